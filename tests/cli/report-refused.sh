# A report, data or page, may not replace an input or an output.
picture photos/gray.jpg in/a.jpg
ln in/a.jpg linked.json
imgloom run in -o out --report in/a.jpg
imgloom run in -o out --report linked.json
imgloom run in -o out --report out/a.jpg
imgloom run in -o out --html in/a.jpg
imgloom run in -o out --html linked.json
imgloom run in -o out --report r.json --html out/a.jpg
cmp in/a.jpg "$TESTDATA/photos/gray.jpg" && echo untouched
ls -A
