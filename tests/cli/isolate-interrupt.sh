# Ctrl-C reaches imgloom alone; workers and their zygote, to which it is sent all the same, take no
# notice. Running images are finished, and none of them has crashed.
picture formats/quadrants.png in/0.png
many_links 1999 in/0.png in/%d.png
setsid env --default-signal=INT "$IMGLOOM" run in -o out -j2 --isolate all --width 50 -Q \
    --report r.json --report r.ndjson &
pid=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 20 ]; do
    kill -0 $pid || break
    sleep 0.02
done
children=$(cat /proc/$pid/task/*/children)
# shellcheck disable=SC2086
workers=$(count_workers $children)
# shellcheck disable=SC2086
kill -INT -$pid $children
{ wait $pid; } 2>/dev/null
echo "exit $?"
echo "workers $workers"
for child in $children; do [ -e /proc/$child ] && echo "worker left"; done
jq -c '[(.results | length), .summary.rows, .summary.interrupted]' r.json
jq -r '.results[] | "\(.status) \(.errorCode)"' r.json | sort -u
[ "$(find out -name '*.png' | wc -l)" = "$(jq .summary.ok r.json)" ] && echo "all written"
find out -name '.*' -type f
