# A format that this build cannot write is a usage error. Without its modules libvips lacks two.
picture photos/gray.jpg a.jpg
export VIPSHOME=/nonexistent
for format in jxl avif; do
    imgloom run a.jpg -o out --report r.json -f $format
done
imgloom run a.jpg -n -Q -f webp
ls -A
