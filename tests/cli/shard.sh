# Shards of a plan: what is made, what is left out when a shard is run again, and what is told of it.
. "$here/plans.sh"
for n in 1 2 3 4 5 6 7 8; do picture tiny/photo-333x222.jpg in/a/$n.jpg; done
for n in 1 2 3 4 5 6 7 8; do picture photos/gray.jpg in/b/$n.jpg; done
picture broken/text.jpg in/c/1.jpg
picture broken/truncated.jpg in/c/2.jpg
find in -type f -exec touch -d '2001-01-01' {} +
"$IMGLOOM" plan --plan RUN -Q in -o out --width 50 --shards 2 || echo "no plan"
echo "-- each shard once"
shard 0
shard 1/2
kinds RUN 00000
kinds RUN 00001
find out -type f | sort
echo "-- the header of a report"
jq -c 'select(.type == "run") | .plan | .id |= length | .attempt |= length > 30' RUN/reports/00001.*
echo "-- again: nothing is made, failures are tried"
shard all
kinds RUN 00000 | tail -4
echo "-- rows that repeat tell what the first ones told"
for file in RUN/reports/00000.*; do
    jq -c 'select(.type == "image" and (.status == "ok" or .status == "skipped"))' "$file" |
        jq -cS 'del(.status, .skipReason, .worker, .startMs, .queueMs, .elapsedMs, .savedBytes, .cropped)' |
        sort | sha256sum
done | uniq -c | sed -E 's/^ *([0-9]+) .*/\1 the same/'
echo "-- an input changed, an output edited, one removed"
first=$(jq -r .originalPath RUN/shards/00000.ndjson | head -1)
second=$(jq -r .outputPath RUN/shards/00000.ndjson | sed -n 2p)
third=$(jq -r .outputPath RUN/shards/00000.ndjson | sed -n 3p)
touch -d '2002-02-02' "$first"
echo more >>"$second"
rm "$third"
shard 0
kinds RUN 00000 | tail -3
echo "-- what failed by its own fault is not tried again"
shard 1 --retry never
shard 0 --retry never
echo "-- a dry run makes no report"
rm "$third"
ls RUN/reports | wc -l
shard 0 -n -j1
ls RUN/reports | wc -l
[ -e "$third" ] || echo "nothing was made"
echo "-- the command line's own reports have all shards"
rm -r out
shard all --report all.json
jq -c '[(.results | length), .summary.rows, .summary.ok, .summary.failed]' all.json
jq '[.results[].seq] | unique | length' all.json
