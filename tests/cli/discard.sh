# Outputs are made and thrown away: rows say what they would have been, no file and no folder comes.
picture photos/scene-1.jpg in/a.jpg
picture photos/gray.jpg in/b.jpg
head -c 2000 in/a.jpg >in/cut.jpg
imgloom run in --discard --width 50 --report r.json
rows r.json
sizes r.json
jq '[.results[].processedSize // 0 | . > 0] | sort' -c r.json
tree .
# What would be written where makes no sense.
imgloom run in --discard -o out
