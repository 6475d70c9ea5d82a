# Two inputs with one output: the first keeps it, before any of them runs.
picture photos/gray.jpg one/a.jpg
picture photos/scene-3.jpg two/a.jpg
picture photos/gray.jpg two/b.png
picture photos/gray.jpg two/b.jpg
imgloom run one two -o out --flatten -f jpeg --width 60 --report r.json
rows r.json
sizes r.json
tree out
# All are known before the first picture is made: in the order of the rows they come first, and a
# dry run tells the same.
imgloom run one two -o out --flatten -f jpeg --width 60 -j1 --report r.ndjson -Q
jq -c 'select(.type == "image") | [.seq, .errorCode, .errorStage, .worker]' r.ndjson
imgloom run one two -o new --flatten -f jpeg --width 60 -n --report r.json -Q
rows r.json
