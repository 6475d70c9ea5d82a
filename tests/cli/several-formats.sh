# Several formats from one decode, as several sizes: each is what it would be alone. What `same` is
# for an input is written once.
picture photos/scene-1.jpg in/a.jpg
picture formats/quadrants-alpha.png in/b.png
imgloom run in -f webp,png,same --width 60 -o out --report r.json -v -j1
rows r.json
jq -c '.recipe, (.summary | [.inputs, .rows, .bytesIn])' r.json
for format in webp png; do
    imgloom run in -f $format --width 60 -o alone -Q
    for file in alone/*.$format; do cmp "$file" "out/${file#alone/}"; done
done
# With sizes; the report's recipe does the same again.
imgloom run in/a.jpg --size 40x,20x -f jpeg,webp --name '{stem}-{width}.{ext}' -o sizes --report s.json -Q
rows s.json
imgloom run in/a.jpg --recipe s.json --name '{stem}-{width}.{ext}' -o again -Q
diff -r sizes again && echo "the same again"
# An output that is there is left out of a job, not the others.
rm sizes/a-20.webp
imgloom run in/a.jpg --size 40x,20x -f jpeg,webp --name '{stem}-{width}.{ext}' -o sizes --if-exists skip -v
# What makes no sense.
imgloom run in -f webp,webp -o none
imgloom run in -f webp,bmp -o none
imgloom run in -f webp,avif --name '{stem}' -o none
imgloom run in -f jpeg,webp --lossless -o none
imgloom run in -f jpeg,webp --animated -o none
imgloom run in/b.png -f same,png -o none -Q --report r.json
rows r.json
