# A second signal cancels what runs: in a worker, which is killed in the middle of an encoder, and
# in a thread, between two strips. Each image would take many seconds.
picture photos/scene-1.jpg in/0.jpg
ln in/0.jpg in/1.jpg
sizes=$(seq -s, -f '%.0fx3000' 3000 3015)
for signal in INT TERM; do
    for what in "all -f avif --effort 10 --size 2500x2500" \
        "never --lane vips --rotate 33 --name {stem}-{width}.{ext} --size $sizes"; do
        # shellcheck disable=SC2086
        env --default-signal=$signal "$IMGLOOM" run in -o out -j1 -Q --report r.json \
            --report r.ndjson --isolate $what 2>/dev/null &
        pid=$!
        at_work $pid
        kill -$signal $pid
        sleep 0.2
        kill -0 $pid && echo "the first lets it finish"
        children=$(cat /proc/$pid/task/*/children)
        # shellcheck disable=SC2086
        workers=$(count_workers $children)
        kill -$signal $pid
        { wait $pid; } 2>/dev/null
        echo "${what%% *} $signal: exit $?, workers $workers"
        for child in $children; do [ -e /proc/$child ] && echo "worker left"; done
        rows r.json | sed 's/ out.*//; s/ [a-z]* in/ in/' | sort | uniq -c
        jq -c '.summary | [.rows, .interrupted]' r.json
        jq -s -r 'map(.type) | .[]' r.ndjson | sort | uniq -c
        tree out
        rm -r out r.json r.ndjson
    done
done
