# An output that is larger than its original is a warning, or the original, or nothing.
picture photos/scene-1.jpg photos/a.jpg
"$IMGLOOM" run photos -o in -q 40 -Q || exit 1
cp in/a.jpg a.before
said() {
    rm -rf out
    imgloom run "$@" -o out -Q --report r.json
    jq -r '.results[] | "\(.status) \(.copied) \(.processedSize == .originalSize) \(.quality) \(.warnings[0] // .skipReason)"' r.json |
        sed -E 's/[0-9]+ bytes, from [0-9]+/N bytes, from M/'
    tree out 2>/dev/null
}
same() { cmp -s "$1" "$2" && echo "the same bytes"; }
said in -q 95
said in -q 95 --if-larger write
said in -q 20
said in -q 20 --if-larger skip
said in -q 95 --if-larger skip
said in -q 95 --if-larger copy
same out/a.jpg a.before
# Where the original is not what was asked for, there is none.
said in -q 100 --if-larger copy -f webp
said in -q 95 --if-larger copy --width 1199
said in -q 95 --if-larger copy --flip
said in -q 95 --if-larger copy --grayscale
said in -q 95 --if-larger copy --progressive
said in -q 95 --if-larger copy --size 1200x1200 --fit contain
# What the rule for metadata drops, the original holds; what it keeps may stay.
picture orientation/landscape-1.jpg exif/a.jpg
said exif -q 100 --if-larger copy
said exif -q 100 --if-larger copy --metadata all
same out/a.jpg exif/a.jpg
picture orientation/landscape-6.jpg turned/a.jpg
said turned -q 100 --if-larger copy --metadata all
said turned -q 100 --if-larger copy --metadata all --no-auto-orient
same out/a.jpg turned/a.jpg
said turned -q 100 --if-larger copy --metadata all --no-auto-orient --width 20
said turned -q 100 --if-larger copy --metadata xmp --no-auto-orient --lane vips
# PNG and WebP.
picture tiny/1x1.png png/a.png
"$IMGLOOM" run photos -o webp -f webp -q 30 -Q
said png --if-larger copy
said webp -q 90 --if-larger copy
same out/a.webp webp/a.webp
said webp -q 90 --if-larger copy --chroma 444
# More pixels take more bytes, and lossless ones too: no warning. Nor is there an original in place of one.
said in -q 95 --size 200%
said in -f png
said in -q 95 --size 200% --if-larger copy
# An old output stays.
mkdir old && echo mine >old/a.jpg
imgloom run in -o old -q 95 --if-larger skip
cat old/a.jpg
imgloom run in -o old -q 95 --if-larger copy -v
same old/a.jpg a.before
imgloom run in -q 95 --if-larger copy --discard
imgloom run in -o out -q 95 --if-larger keep
# In a worker process, too.
said in -q 95 --if-larger copy --isolate all
same out/a.jpg a.before
cmp in/a.jpg a.before
