# --ndjson writes lines whatever the name, each as soon as its image is done; beside other reports.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/b.jpg
imgloom run in -o out --width 50 --ndjson lines --report r.json
jq -r .type lines
jq -c 'select(.type == "image") | del(.type)' lines >rows
jq -c '.results[]' r.json | diff - rows && echo "the same rows"
"$IMGLOOM" run in -o out --width 50 -Q --ndjson - | jq -c '[.type, .status]'
imgloom run in -o out --width 50 --ndjson - --report -
imgloom run in -o out --width 50 --ndjson out/a.jpg
