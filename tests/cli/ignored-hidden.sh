# Hidden pictures and linked folders are ignored, and said so, a folder as one.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/.b.jpg
picture photos/gray.jpg in/.c/d.jpg
picture photos/gray.jpg else/e.jpg
touch in/.DS_Store
ln -s ../else in/f
imgloom run in -o out --width 20 -v -j1 --report r.json --report r.ndjson
jq -c '.ignored[], .summary.ignored, .summary.ignoredByReason' r.json
jq -c 'select(.type == "ignored")' r.ndjson
ln -s ../else in/g
imgloom run in -n -Q -o out --width 20 --report r.json --hidden
jq -c '.summary.inputs, .summary.ignoredByReason' r.json
imgloom run in -n -Q -o out --width 20 --report r.json --hidden --follow
jq -c '.summary.inputs, .summary.ignoredByReason' r.json
rm in/a.jpg
imgloom run in -o out --width 20
