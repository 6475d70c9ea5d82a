# The paths of what failed, for another run.
. "$here/rows.sh"
make_rows json >a.json
run_report --failed a.json
# From elsewhere the paths are told from the folder of the run.
mkdir elsewhere
(cd elsewhere && "$IMGLOOM" report --failed ../a.json | sed "s:${PWD%/elsewhere}:THERE:")
# Any name comes back byte by byte, and once though several outputs failed.
odd=$(printf 'in/\377 x\ny.jpg')
mkdir in && echo no >"$odd" && picture photos/gray.jpg in/good.jpg && echo no >in/-plain.jpg
"$IMGLOOM" run -j1 in -o out --size 30x30,20x20 --name '{stem}-{width}.{ext}' -Q --report r.ndjson
"$IMGLOOM" report --failed r.ndjson >plain 2>errors
echo "exit $?"
cat plain errors
"$IMGLOOM" report --failed -0 r.ndjson >failed
tr '\0' '\n' <failed | od -An -c
"$IMGLOOM" run --files-from failed -0 -n -Q --report again.json
echo "exit $?"
jq -c '.summary | [.inputs, .failed]' again.json
# Of a run that was killed: what it had not come to nobody knows, which is said.
head -4 r.ndjson >killed.ndjson
"$IMGLOOM" report --failed killed.ndjson
echo "exit $?"
run_report -0 r.ndjson
