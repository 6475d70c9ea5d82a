# A line each: the run, the images, the summary. Two reports of one run hold the same rows.
picture photos/gray.jpg in/a.jpg
picture photos/scene-3.jpg in/b.jpg
imgloom run in -o out --width 50 -Q --report r.ndjson --report r.json
jq -r .type r.ndjson
jq -s -c '[.[] | select(.type == "image") | .originalPath] | sort' r.ndjson
rows r.json
ls -A
