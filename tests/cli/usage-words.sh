# Each bad word is named, with what is allowed; nothing is touched.
picture photos/gray.jpg a.jpg
for words in \
    "--size 8x" "--size 8y8" "--size 0x8" "--size 0%" "--size x" "--size" "--width 0" \
    "--width -1" "--width 4x" "--width 1e3" "--height 65501" \
    "--height 99999999999999999999" "--size 65501x1" "--size -1x1" "--size 800x600,0x8" \
    "--size 8x,9x," "--inside 8y8" "--long-edge 0" "--short-edge 9x" "--cover" "--fit stretch" "--rotate 7.5deg" "--rotate x" "--rotate 1000001" \
    "--position left" "--position north-east" "--kernel box" "--icc p3" "--metadata gps" \
    "--effort 11" "--effort -1" "--chroma 422" "--max-bytes 5X" "--max-bytes -1" \
    "--name {stem" "--name {name}.jpg" "--name=" "--name {dir}/" "--grayscale=blue" "--background nocolour" "--format bmp" "-f docx" "-q 0" "-q 101" "-j 0" \
    "-j x" "-j-1" "--queue 0" "--timeout -1" "--timeout 1d" "--max-pixels -5" "--max-depth 0" \
    "--fail-on some" "--lane gif" "--if-exists maybe" "--progress yes" "--color maybe" "--prefix a/b" \
    "--suffix /" "--output=" "--recipe none.json" "--files-from none.txt" \
    "--zat" "-W" "--flatten=no" "--siz 8x8" "--recursive" "-r" "--resize 8x8" "--gray" "--out out" "--strip" "--overwrite" "--crop 8x8" "--quality=high" "--threads 4" "--prog" "--size 8x8^" "--report" "-vo" "-quality 80" "-format png" "-size 8x8" "--html --width 8" "-o --width=8" "--prefix --" "-i a.jpg" "-x *.png" "--optimize" "--thumb 8"
do
    # Some are sizes by accident: 8x is one, with a free height.
    imgloom run a.jpg -n -Q $words
done 2>&1 | sed -e 's/output format: .* or same/output format: ... or same/' -e 's/a lane: .* (see/a lane: ... (see/'
ls -A
