# A report, data or page, may not replace an input or an output.
picture photos/gray.jpg in/a.jpg
ln in/a.jpg linked.json
imgloom run in -o out --report in/a.jpg
imgloom run in -o out --report linked.json
imgloom run in -o out --report out/a.jpg
imgloom run in -o out --report ./out//a.jpg
imgloom run in -o out --report r.json --report ./r.json
imgloom run in -o out --html in/a.jpg
imgloom run in -o out --html linked.json
imgloom run in -o out --report r.json --html out/a.jpg
# By whatever path, the folder there or not, and through a link.
imgloom run in -o out --report ./out/a.jpg
imgloom run in -o out --report "$PWD/out//a.jpg" | sed "s|$PWD|HERE|"
imgloom run in -o new/deep --report r.json --report ./new/./deep/../deep/a.jpg
imgloom run in -o new/deep --report new/r.json --report ./new/r.json
mkdir out && cp "$TESTDATA/photos/gray.jpg" out/a.jpg && ln -s out/a.jpg link.ndjson && ln -s out to
imgloom run in -o out --report link.ndjson
imgloom run in -o out --html to/a.jpg
cmp out/a.jpg "$TESTDATA/photos/gray.jpg" && rm -r out link.ndjson to
cmp in/a.jpg "$TESTDATA/photos/gray.jpg" && echo untouched
ls -A
