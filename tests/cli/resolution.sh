# The resolution of an input is kept where the output can hold it, or set. 300 dpi is 0x012C.
picture photos/scene-3.jpg a.jpg
picture photos/scene-3.jpg b.jpg
printf '\001\001\054\001\054' | dd of=a.jpg bs=1 seek=13 conv=notrunc 2>/dev/null
density() {
    for file in "$@"; do echo "$file: $(od -An -tx1 -j2 -N18 "$file" | tr -d '\n')"; done
}
imgloom run a.jpg -o out --width 50 -Q
imgloom run a.jpg -o vips --lane vips --width 50 -Q
imgloom run a.jpg -o progressive --progressive --width 50 -Q
density out/a.jpg vips/a.jpg progressive/a.jpg
imgloom run a.jpg -o out -f png --width 50 -Q
od -An -tx1 -j37 -N17 out/a.png
# On from there; and set. No pixel changes.
imgloom run out/a.png -o next -f jpeg --width 50 -Q
density next/a.jpg
imgloom run a.jpg -o set --width 50 --dpi 72 -Q
density set/a.jpg
tail -c +21 out/a.jpg >one && tail -c +21 set/a.jpg | cmp - one && echo "the same pixels"
imgloom run a.jpg -o set -f webp --width 50 --dpi 72 -v | sed 's/[0-9]* ms/TIME/'
# What holds it in EXIF alone gets that, if it may; what holds none says so, and so does EXIF without the field.
picture formats/quadrants.png p.png
picture orientation/landscape-1.jpg e.jpg
{
    head -c 2 b.jpg # then EXIF with an Artist alone
    printf '\377\341\0\042Exif\0\0II*\0\010\0\0\0\001\0\073\001\002\0\003\0\0\0An\0\0\0\0\0\0'
    tail -c +3 b.jpg
} >named.jpg
told() { jq -c '.results[] | [.format, .dpi, (.warnings[] | select(test("resolution")))]' r.json; }
for options in "-f webp --metadata all" "-f avif --metadata exif" "-f webp --metadata xmp" "-f avif" \
    "-f jxl --metadata all" "-f gif" "-f png"; do
    # shellcheck disable=SC2086
    imgloom run p.png -o set $options --dpi 300 --report r.json -Q
    told
done
imgloom run p.png -o set -f webp,avif --metadata all --dpi 300 --isolate all -Q
for picture in set/p.webp set/p.avif; do
    imgloom run "$picture" -o again -f png --report r.json -Q
    jq -c '.results[] | [.originalFormat, .originalDpi, .dpi]' r.json
done
for picture in e.jpg named.jpg b.jpg; do
    imgloom run "$picture" -o set --width 50 -f webp --metadata all --dpi 300 --report r.json -Q
    told
done
# An input that tells none has none.
imgloom run b.jpg -o out --width 50 -Q
density out/b.jpg
for words in "--dpi 0" "--dpi 65536" "--metadata all,-gsp" "--metadata gps"; do
    # shellcheck disable=SC2086
    imgloom run a.jpg -o out $words
done
