# Two runs with one state: the second is refused, and the first is not disturbed.
many_pictures 300 tiny/1x1.jpg in/%d.jpg
mkfifo rows.ndjson
"$IMGLOOM" run in -o out --width 50 --state s.db -Q --ndjson rows.ndjson &
pid=$!
exec 3<rows.ndjson
read -r line <&3 # it has begun, and waits for its reader: all rows are more than a pipe holds
imgloom run in -o other --width 50 --state s.db
imgloom run in -o other --width 50 --state s.db -n
cat <&3 >rows
exec 3<&-
wait $pid
echo "exit $?"
grep -c '"because":"new"' rows
tree . -maxdepth 1 -name 'o*'
imgloom run in -o out --width 50 --state s.db
echo "-- a run on another host, which gave a sign of life a moment ago"
claim() { # HOST SECONDS
  python3 -c 'import sqlite3, sys, time
with sqlite3.connect("s.db") as state:
    beat = int((time.time() - int(sys.argv[2])) * 1e9)
    state.execute("INSERT OR REPLACE INTO meta VALUES (?, ?), (?, ?)", ("host", sys.argv[1], "beat", beat))' "$@"
}
claim mill 20
imgloom run in -o out --width 50 --state s.db | sed 's/2[0-9] s ago/20 s ago/; s/in 2[78][0-9] s/in 280 s/'
claim mill 400
imgloom run in -o out --width 50 --state s.db
