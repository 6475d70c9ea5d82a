# No image at all: exit 3, and the report says so.
mkdir empty
echo text >empty/notes.txt
imgloom run empty -o out --report r.json
jq -c '[.results, .summary.rows, .summary.ignored]' r.json
imgloom run empty -o out -Q
: >list
imgloom run --files-from list -o out
ls -A
