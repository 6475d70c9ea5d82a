# Ctrl-C while paths are still being read: what was found is cancelled, the report is whole, and
# nothing is made. A wait for more paths ends.
picture photos/gray.jpg a.jpg
mkfifo list
env --default-signal=INT "$IMGLOOM" run --files-from list -o out --width 50 -Q --report r.json &
pid=$!
exec 3>list # waits until it reads
# More than a pipe holds: when all of it is written, the first line has been read.
{ echo a.jpg && head -c 200000 /dev/zero | tr '\0' '\n'; } >&3
# One that comes just before it waits would be seen after the wait only.
for n in $(seq 100); do
    kill -INT $pid && sleep 0.05
done 2>/dev/null
exec 3>&-
{ wait $pid; } 2>/dev/null
echo "exit $?"
rows r.json
jq -c '.summary | [.rows, .interrupted]' r.json
[ -e out ] || echo "no output folder"
