# Attempts at one shard at the same time; one that is stopped, and goes on when another has ended.
. "$here/plans.sh"
many_pictures 300 tiny/photo-333x222.jpg in/%d.jpg
find in -type f -exec touch -d '2001-01-01' {} +
"$IMGLOOM" run in -o want --width 40 -Q
"$IMGLOOM" plan --plan RUN -Q in -o out --width 40 --shards 1 || echo "no plan"
check() {
    diff -r want out && echo "the same bytes"
    find out -name '.*'
    best_rows RUN | jq -r .status | sort | uniq -c | sed 's/^ *//'
    for file in RUN/reports/*; do jq -c 'select(.type == "summary") | [.rows, .failed, .interrupted]' "$file"; done | sort | uniq -c | sed 's/^ *//'
}
echo "-- three at once"
"$IMGLOOM" run --plan RUN --shard 0 -Q -j2 &
one=$!
"$IMGLOOM" run --plan RUN --shard 0 -Q -j2 &
two=$!
"$IMGLOOM" run --plan RUN --shard 0 -Q -j2 --isolate all
echo "exit $?"
wait $one
echo "exit $?"
wait $two
echo "exit $?"
check
echo "-- one is stopped and goes on"
rm -r out RUN/reports/*
mkfifo rows.ndjson
"$IMGLOOM" run --plan RUN --shard 0 -Q --ndjson rows.ndjson &
one=$!
exec 3<rows.ndjson
read -r line <&3 # it has begun, and waits for its reader: all rows are more than a pipe holds
kill -STOP $one
"$IMGLOOM" run --plan RUN --shard 0 -Q
echo "exit $?"
kill -CONT $one
cat <&3 >/dev/null
exec 3<&-
wait $one
echo "exit $?"
check
echo "-- SIGTERM, then on"
rm -r out RUN/reports/*
env --default-signal=TERM "$IMGLOOM" run --plan RUN --shard 0 -Q -j1 --ndjson rows.ndjson &
one=$!
exec 3<rows.ndjson
for n in 1 2 3 4 5; do read -r line <&3; done # its header, and rows
kill -TERM $one
cat <&3 >/dev/null
exec 3<&-
{ wait $one; } 2>/dev/null
echo "exit $?"
jq -c 'select(.type == "summary") | [.rows, .ok > 0, .ok < 300, .interrupted]' RUN/reports/*
"$IMGLOOM" run --plan RUN --shard 0 -Q
echo "exit $?"
diff -r want out && echo "the same bytes"
best_rows RUN | jq -r .status | sort | uniq -c | sed 's/^ *//'
jq -s '[.[] | select(.type == "image" and .status == "ok")] | length' RUN/reports/*
