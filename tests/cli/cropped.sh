# What a fit cuts away is told: in rows, with -v, in a dry run, and at the end. 333x222 in a square
# keeps two thirds, 400x300 three quarters; a row of pixels that rounding cuts is no news.
picture tiny/photo-333x222.jpg in/a.jpg
picture formats/quadrants.png in/b.png
identify() { jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.originalWidth)x\(.originalHeight) \(.status) \(.width)x\(.height) \(.cropped)"' "$1"; }
imgloom run in -o out -j1 --size 60x60 -v --report r.json
identify r.json
imgloom run in -o out -j1 --size 60x60 -n -v --report r.json
identify r.json
imgloom run in/a.jpg -o out --size 60x60
imgloom run in -o out --size 60x60,30x10 --name '{stem}-{width}.{ext}'
imgloom run in -o out --size 90x60 --report r.json
identify r.json
# Who says how to fit need not be told of another way.
for words in "--size 60x60 --fit cover" "--cover 60x60" "--inside 60x60" "--contain 60x60" "--size 60" "--long-edge 60"; do
    echo "$words"
    imgloom run in -o out $words --report r.json
    identify r.json
done
"$IMGLOOM" report --csv r.json | head -1 | tr ',' '\n' | grep -n cropped
# Other words for what never enlarges.
for word in --no-upscale --only-shrink; do
    imgloom run in -o out --inside 300x300 $word -Q --report r.json
    identify r.json
done
# Errors and what is skipped have no picture.
echo no >in/c.jpg
imgloom run in -o out --size 60x60 --if-exists skip -Q --report r.json
identify r.json
