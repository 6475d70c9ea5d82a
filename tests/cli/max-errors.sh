# With one failure more than allowed no further image is begun; those not begun are cancelled.
# With a team of one thread it is the same images each time.
export OMP_THREAD_LIMIT=1
for n in 1 2 3 4 5 6 7 8 9; do picture broken/text.jpg in/$n.jpg; done
picture tiny/1x1.png in/x.png
imgloom run in -o out -j1 --queue 1 --max-errors 2 --report r.json
jq -c '.summary | [.rows, .ok, .failed, .interrupted, .tooManyErrors]' r.json
jq -r '.results[] | select(.errorCode == "cancelled") | .error' r.json | sort -u
tree out
# Of ten outputs 90 % may fail; with 89 % the ninth is one too many, whatever comes after it.
imgloom run in -o out -j1 --max-errors 90% -Q --report r.json
jq -c '.summary | [.rows, .ok, .failed, .interrupted, .tooManyErrors]' r.json
tree out && rm -r out
imgloom run in -o out -j1 --max-errors 89% -Q --report r.json
jq -c '.summary | [.rows, .failed, .tooManyErrors]' r.json
# What fails in the plan counts, too.
echo nothing | imgloom run in/x.png --files-from - -o out --max-errors 0 -Q --report r.json
rows r.json
imgloom run in -o out --max-errors 101%
imgloom run in -o out --max-errors -1
