# Files that are ignored are counted by reason, named with -v and in reports.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/IMG_2.JPG
picture photos/gray.jpg in/sub/draft-b.jpg
for name in notes.txt drawing.svg sub/page.pdf; do echo x >in/$name; done
name=$(printf 'in/not utf-8 \377.txt')
echo x >"$name"
imgloom run in -o out --width 20 --include '*.jpg' --exclude 'draft*' -v -j1 --report r.json --report r.ndjson
jq -c '.ignored[], .summary.ignored, .summary.ignoredByReason' r.json
jq -c '.ignored[]' r.json >r.list
jq -c 'select(.type == "ignored") | del(.type)' r.ndjson | cmp - r.list && echo "the same in NDJSON"
# Readers know these records, wherever they stand, and say nothing of them.
for report in r.json r.ndjson; do imgloom report --csv $report | cut -c 1-16; done
jq -S . r.json >sorted.json
imgloom report --csv sorted.json | cut -c 1-16
imgloom report --merge r.json r.ndjson -o merged.json
jq -c 'has("ignored"), .summary.ignored, .summary.ignoredByReason' merged.json
# Case, if told; a bound, if told; without -v and reports nothing is named.
imgloom run in -o out --width 20 --include '*.jpg' --exclude 'DRAFT*' --ignore-case
imgloom run in -o out --width 20 -Q --report r.json --list-ignored 2
jq -c '[.ignored[].path], .summary.ignored' r.json
imgloom run in/a.jpg -o out --width 20 -Q --report r.json
jq -c '.ignored' r.json
imgloom run in -o out --ignore-case --width 20
imgloom run in/sub --include '*.png' --width 20
# Beside the inputs, what an earlier run has made is left out, and said so.
imgloom run in/sub --width 20
imgloom run in/sub --width 20
