# SIGTERM as the first process of a container, which no signal ends by default: the exit status is
# what a shell would tell all the same, by which a container's manager knows that it was ended.
new="unshare --pid --fork"
[ "$(id -u)" = 0 ] || new="unshare --user --map-root-user --pid --fork"
# shellcheck disable=SC2086  # words
$new true 2>/dev/null || skip "no process namespace can be made"
picture photos/scene-1.jpg in/0.jpg
many_links 999 in/0.jpg in/%d.jpg
# /proc is that of the outer namespace, in which the search for leaks finds no threads.
# shellcheck disable=SC2086
ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0" $new "$IMGLOOM" run in -o out -j1 --width 100 -Q --report r.json --report r.ndjson &
outer=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 4 ]; do
    kill -0 $outer || break
    sleep 0.02
done
# shellcheck disable=SC2046
kill -TERM $(cat /proc/$outer/task/*/children)
wait $outer
echo "exit $?"
jq -c '[(.results | length), .summary.interrupted]' r.json
