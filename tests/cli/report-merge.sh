# One report of several: of rows with the same paths the newest, and none lost in silence.
. "$here/rows.sh"
folder=/data
make_rows json >a.json
started=2026-11-21T00:00:00Z code=io size=50000 make_rows ndjson >b.ndjson
started=2026-11-19T00:00:00Z out=other make_rows json >c.json
run_report --merge a.json b.ndjson c.json -o all.json
summary() { jq -c '.summary | del(.imagesPerSecond, .megapixelsPerSecond) | map_values(numbers += 0)' "$1"; }
summary all.json
jq -c '[.startedAt, .jobs, (.runs | map(.startedAt))]' all.json
jq -r '.results[] | [.originalPath, .outputPath, .errorCode, .processedSize, .run] | map(. // "-") | join(" ")' all.json
"$IMGLOOM" report all.json | head -2
# The order of the reports does not matter, nor does merging what was merged.
"$IMGLOOM" report --merge c.json b.ndjson a.json -o back.json
"$IMGLOOM" report --merge all.json b.ndjson -o twice.ndjson
for file in back.json twice.ndjson; do
    "$IMGLOOM" report --csv $file | sort >$file.csv
    "$IMGLOOM" report --csv all.json | sort | cmp - $file.csv && echo "same rows"
done
tail -1 twice.ndjson | jq -c '[.rows, .duplicates]'
# A report alone becomes the other kind, and comes back.
"$IMGLOOM" report --merge a.json -o a.ndjson
"$IMGLOOM" report --merge - <a.ndjson | jq -c 'del(.summary, .finishedAt)' >again
jq -c 'del(.summary, .finishedAt)' a.json | cmp - again && echo "same"
# Relative paths of runs in different folders are different files.
folder=/elsewhere make_rows json >d.json
"$IMGLOOM" report --merge a.json d.json -o e.json
jq -c '[.workingDirectory, .summary.rows, .summary.inputs]' e.json
"$IMGLOOM" report --failed e.json
# What cannot be read whole is not merged; what a killed run left is.
head -c 2100 a.json >torn.json
sed '3s/,/;/' b.ndjson >broken.ndjson
sed 3d b.ndjson >fewer.ndjson
head -c 2000 b.ndjson >torn.ndjson
for file in torn.json broken.ndjson fewer.ndjson missing.json; do
    run_report --merge a.json $file -o none.json
done
ls none.json
run_report --merge torn.ndjson a.json -o some.json
jq -c '[.summary.rows, .summary.duplicates, .summary.interrupted]' some.json
run_report --merge a.json b.ndjson -o b.ndjson
run_report --merge a.json -o /dev/full
run_report --merge a.json -o a.json/x.json
