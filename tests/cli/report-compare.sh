# What changed between two runs.
. "$here/rows.sh"
make_rows json >a.json
code=io size=90000 make_rows ndjson >b.ndjson
run_report --compare a.json a.json
run_report --compare a.json b.ndjson
# To another folder and another format: originals tell the rows apart.
out=web ext=webp size=1000 make_rows json >c.json
run_report --compare a.json - <c.json
jq 'del(.results[1], .results[4]) | .summary.rows = 5' a.json >fewer.json
run_report --compare a.json fewer.json
run_report --compare fewer.json a.json
run_report --compare a.json
