# A header that claims too much is refused before anything is decoded.
picture broken/huge-claim.jpg in/a.jpg
picture broken/huge-claim.png in/b.png
picture photos/gray.jpg in/c.jpg
imgloom run in -o out --width 50 --report r.json
rows r.json
imgloom run in/c.jpg -o out --max-pixels 239999 --report r.json
rows r.json
imgloom run in/c.jpg -o out --max-pixels 240000 --report r.json
rows r.json
# libheif's own limit is 16384 px: nothing is corrupt, whoever finds it.
picture formats/quadrants.avif d.avif
at=$(grep -abo ispe d.avif | head -n 1 | cut -d: -f1)
printf '\000\000\102\150\000\000\102\150' | dd of=d.avif bs=1 seek=$((at + 8)) conv=notrunc status=none
for mode in auto all never; do
    imgloom run d.avif -o out --isolate $mode --report r.json -Q
    jq -r '.results[0].errorCode' r.json
done
