# Huge files that hold next to nothing are refused by their first bytes, or by their size.
mkdir in
truncate -s 5G in/zero.jpg
head -c 2000 "$TESTDATA/photos/gray.jpg" >in/start.jpg
truncate -s 5G in/start.jpg
truncate -s 5G in/zero.tga
for mode in auto all never; do
    imgloom run in -o out --isolate $mode --report r.json -Q
    jq -r '.results | sort_by(.seq)[] | "\(.errorCode) \(.originalSize) \(.error)"' r.json
done
