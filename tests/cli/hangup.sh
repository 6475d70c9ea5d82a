# A signal that nobody asked to be gentle (SIGHUP of a closed terminal) ends the run at once: whole
# outputs or none, no worker left, and the next run removes the left-overs. A reader that goes away
# (SIGPIPE) is a report that cannot be written.
picture formats/quadrants.png in/0.png
many_links 499 in/0.png in/%d.png
env --default-signal=HUP "$IMGLOOM" run in -o out -j2 --width 50 -Q --report r.json --report r.ndjson &
pid=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 20 ]; do
    kill -0 $pid || break
    sleep 0.02
done
children=$(cat /proc/$pid/task/*/children)
# shellcheck disable=SC2086
workers=$(count_workers $children)
kill -HUP $pid
{ wait $pid; } 2>/dev/null
echo "exit $?, workers $workers"
for n in $(seq 100); do # one that nobody has waited for yet is gone, too
    left=""
    for child in $children; do
        grep -qs "^State:.[^ZX]" /proc/$child/status && left="worker left"
    done
    [ -n "$left" ] || break
    sleep 0.05
done
[ -z "$left" ] || echo "$left"
[ -e r.json ] && echo "a report that is not whole"
for file in out/*.png; do tail -c 8 "$file" | od -An -tx1; done | sort -u
imgloom run in/0.png -o out --width 50 -Q --report r.json
find out . -maxdepth 1 -name '.imgloom-*' -print

mkfifo pipe
"$IMGLOOM" run in/0.png -o out --width 50 -Q --report pipe &
pid=$!
: <pipe
wait $pid
echo "exit $?"
