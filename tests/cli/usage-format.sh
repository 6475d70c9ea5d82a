# A format that this build cannot write is a usage error. Without its modules libvips lacks two.
picture photos/gray.jpg a.jpg
export VIPSHOME=/nonexistent
short() { # the formats that there are come and go
    sed 's/it writes .* (see/it writes ... (see/'
}
for format in jxl avif; do
    imgloom run a.jpg -o out --report r.json -f $format 2>&1 | short
done
imgloom run a.jpg -n -Q -f webp
ls -A
