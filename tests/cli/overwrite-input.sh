# An input is never replaced.
picture photos/gray.jpg in/a.jpg
imgloom run in -o in --width 50 --report r.json
rows r.json
imgloom run in --prefix '' --width 50 --report r.json
rows r.json
cmp in/a.jpg "$TESTDATA/photos/gray.jpg" && echo untouched
