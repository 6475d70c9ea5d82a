# A dry run says what would be done and writes nothing but the report.
picture photos/scene-3.jpg in/a.jpg
picture photos/scene-4.jpg in/sub/b.jpg
picture broken/text.jpg in/text.jpg
dry() {
    "$IMGLOOM" run in -n -o out --size 80x60 -f webp -j1 "$@" >rows 2>errors
    echo "exit $?"
}
# Its rows are what it is for: they go to standard output. -v says them no second time.
dry -v --report r.json
cat rows
echo "and on standard error:"
stable <errors
dry -Q
cat rows errors
rows r.json
sizes r.json
rm rows errors
tree . | grep -v '^./in'
# A report there stands alone.
dry --report - -Q
jq -r '.results | map(.status) | sort | unique[]' rows
cat errors
dry --report - -v
jq -r '.summary.rows' rows
grep -c '^planned' errors
# A reader that has seen enough is no failure, and ends the run: of these rows a pipe takes few.
rm -r in/sub in/text.jpg rows errors
many_links 2000 in/a.jpg "in/a name that is long enough to fill a pipe soon %d.jpg"
{
    "$IMGLOOM" run in -n -o out --width 80 -j1 2>errors
    echo "exit $?" >status
} | head -n 1 | cut -c1-20
cat status errors
{
    "$IMGLOOM" run in -n -o out --width 80 -j1 --report r.json 2>errors
    echo "exit $?" >status
} | head -n 1 | cut -c1-20
cat status errors
jq -c '.summary | [.planned, .interrupted]' r.json
