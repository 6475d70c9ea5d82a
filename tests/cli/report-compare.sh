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
# One row; and names that are no text, which are written alike in every list.
jq '.results = [.results[1]] | .summary.rows = 1 | .results[0].originalPath = "p/\uFFFD.jpg"
    | .results[0].originalPathBase64 = "cC//LmpwZw=="' a.json >one.json
run_report --compare one.json one.json
run_report --compare one.json fewer.json
run_report --compare fewer.json one.json
run_report --compare a.json
