# The output folder is removed while the run goes on: the rest are errors, and the run ends.
picture photos/scene-1.jpg in/0.jpg
many_links 299 in/0.jpg in/%d.jpg
"$IMGLOOM" run in -o out -j1 --width 100 -Q --report r.json --report r.ndjson &
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 4 ]; do sleep 0.02; done
until rm -rf out 2>/dev/null; do :; done
{ wait $!; } 2>/dev/null
echo "exit $?"
jq -r '.results | length' r.json
jq -r '.results[] | .error // "written" ' r.json | sort -u
[ -e out ] || echo gone
