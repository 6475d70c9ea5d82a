# Several formats from one decode, as several sizes: each is what it would be alone. What `same` is
# for an input is written once.
picture photos/scene-1.jpg in/a.jpg
picture formats/quadrants-alpha.png in/b.png
imgloom run in -f webp,png,same --width 60 -o out --report r.json -v -j1
rows r.json
jq -c '.recipe, (.summary | [.inputs, .rows, .bytesIn])' r.json
# In one lane: the lane of JPEGs writes WebP, but no PNG.
imgloom run in -f webp,png,same --width 60 -o together -Q --lane vips
for format in webp png; do
    imgloom run in -f $format --width 60 -o alone -Q --lane vips
    for file in alone/*.$format; do cmp "$file" "together/${file#alone/}"; done
done
# There, too, each is what it would be alone.
imgloom run in/a.jpg -f webp,jpeg --width 60 -o planes -Q
for format in webp jpeg; do imgloom run in/a.jpg -f $format --width 60 -o plain -Q; done
diff -r planes plain && echo "as alone"
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
# What is wrong with several outputs of an image is said once; rows have it for each.
head -c 20000 in/a.jpg >in/cut.jpg
cp in/a.jpg in/b.jpg
imgloom run in -f same,webp --inside 10x,20x --name '{stem}-{width}.{ext}' -o many --report r.json
jq -c '.results[] | select(.success | not) | [.outputPath, .errorCode]' r.json
imgloom report r.json | grep 'outputs)'
"$IMGLOOM" run in -f same,webp --inside 10x,20x --name '{stem}-{width}.{ext}' -o many -j1 --progress always 2>&1 |
    cat -v | grep -oE 'error   .*'
imgloom run in/cut.jpg -f same,webp --inside 10x,20x --name '{stem}-{width}.{ext}' -o many
