# Words that are right one by one, and make no sense together.
picture photos/gray.jpg a.jpg
imgloom run
imgloom run -o out
imgloom run a.jpg --null
imgloom run a.jpg --flatten
imgloom run a.jpg -Qv
imgloom run a.jpg -Q --progress always
imgloom run a.jpg --no-auto-orient --rotate 90
imgloom run a.jpg --no-auto-orient --flop
imgloom run a.jpg -f jpeg --background '#11223344'
imgloom run a.jpg --size 800x600,400x300 -o out
imgloom run a.jpg --size 800x600,400x300 -o out --name '{stem}.{ext}'
imgloom run a.jpg --size 800x600,800x300 -o out --name '{stem}-{width}.{ext}'
imgloom run a.jpg --size 800x600,8x,800x600 -o out --name '{stem}-{width}.{ext}'
imgloom run a.jpg --size 800x600,400x300 --width 8 -o out --name '{width}/{stem}.{ext}'
imgloom run a.jpg --height 8 --size 800x600,400x300 -o out --name '{width}/{stem}.{ext}'
imgloom run a.jpg --inside 800x600,400x300 --long-edge 8 -o out --name '{width}/{stem}.{ext}'
# A size that says how to fit, and another fit.
imgloom run a.jpg --size 800 --fit cover
imgloom run a.jpg --fit fill --size '800x600>'
imgloom run a.jpg --fit fill --size '800>'
imgloom run a.jpg --fit inside --size '800x600!'
imgloom run a.jpg --fit inside --size 800,400 -o out --name '{width}/{stem}.{ext}'
imgloom run a.jpg --size 800 --size 800x600 --fit cover -n -Q
imgloom run a.jpg --inside '800x600!'
imgloom run a.jpg --name '{stem}-small.{ext}' --prefix x
imgloom run a.jpg --name '{stem}-small.{ext}' --suffix x
imgloom run a.jpg -o out --name '{stem}-small.{ext}' --flatten
imgloom run a.jpg --size 8x8 --fit contain --position attention
imgloom run a.jpg --no-auto-orient --rotate 0.5
imgloom run a.jpg -f jpeg --lossless
imgloom run a.jpg -f gif --lossless
imgloom run a.jpg --lossless --chroma 420
imgloom run a.jpg --lossless --max-bytes 20K
imgloom run a.jpg -f png --max-bytes 20K
imgloom run a.jpg -f png --chroma 444
imgloom run a.jpg -f webp --progressive
imgloom run a.jpg -f png -q 50
imgloom run a.jpg -f jpeg --effort 3
imgloom run a.jpg --flip --report - --report -
imgloom run a.jpg --flip --report r.json --report ./r.json
imgloom run a.jpg --files-from x --files-from y
# What would do nothing without another word. A recipe in a file may hold the rest.
echo '{"width":8,"height":8}' >box.json
echo '{"fit":"contain","position":"north","kernel":"cubic","noUpscale":true}' >manner.json
for words in "--fit contain" "--kernel cubic" "--only-shrink" "--no-upscale" "--position north" \
    "--inside 8x8 --position north" "--width 8 --position north" "--size 50% --position centre" \
    "--list-ignored 3" "--ignore-case" "--shard 0" "--directory ." \
    "--state s.db --prune --max-prune 3 --list-ignored 0 --report r.json" "--state s.db --max-prune 3" \
    "--width 8 --fit contain" "--aspect 4:3 --position north" "--contain 8 --position north" \
    "--recipe box.json --fit contain --position north --kernel cubic --only-shrink" \
    "--recipe manner.json"; do
    imgloom run a.jpg -n -Q -o out $words
done
imgloom bench a.jpg --kernel cubic
imgloom plan --plan p a.jpg -o out --only-shrink
rm *.json
ls -A
