# Reports of later versions: what is not known is named once and is no damage; what merging makes of it.
. "$here/rows.sh"
folder=/data
make_rows ndjson >a.ndjson
foreign() { # fields and records that nobody knows
    sed -e '1s/"jobs":2/"jobs":2,"cluster":{"nodes":[1,2]}/' -e '1s/"libjpeg"/"os":"x","libjpeg"/' \
        -e 's/"seq":/"hue":[{"a":{"b":1}}],"seq":/' -e 's/"inputs":/"watts":5,"inputs":/' \
        -e '1a {"type":"shard","index":1}' -e '3a {"type":"shard","index":2}' -e '$i {"type":"note","text":"x"}' "$1"
}
foreign a.ndjson >later.ndjson
started=2026-11-21T00:00:00Z out=other make_rows ndjson | foreign - >other.ndjson
run_report later.ndjson | head -8
for mode in --csv --failed; do
    "$IMGLOOM" report $mode later.ndjson 2>/dev/null >later.out
    "$IMGLOOM" report $mode a.ndjson | cmp - later.out && echo "same $mode"
done
run_report --compare a.ndjson later.ndjson
run_report --compare later.ndjson other.ndjson | grep -c 'not known'
# A report that only changes its form keeps the fields of its run and its rows; of two, each run does.
run_report --merge later.ndjson -o one.json | tail -2
jq -c '[.cluster, .tool.os, (.results | map(.hue) | unique), .summary.watts]' one.json
run_report --merge later.ndjson other.ndjson -o two.ndjson | tail -2
jq -c '[.type, .cluster, .tool.os, .hue, (.runs // [] | map(.cluster, .summary.watts))]' two.ndjson | sort | uniq -c
# Numbers beyond 63 bits stay what they are in rows, also when what was merged is merged.
sed 's/"seq":0/"seq":0,"hash":18446744073709551615/; 1s/"jobs"/"hash":18446744073709551615,"jobs"/' a.ndjson >large.ndjson
run_report --merge large.ndjson other.ndjson -o three.ndjson | grep -e hash -e rows
run_report --merge later.ndjson three.ndjson -o four.ndjson | grep -e hash -e rows
grep -o '"hash":[0-9]*' four.ndjson
run_report --compare four.ndjson other.ndjson | tail -5
# Nothing but records of no known type.
grep shard later.ndjson >none.ndjson
run_report none.ndjson
