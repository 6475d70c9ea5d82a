# A report to a FIFO waits for who reads it, and a signal ends that wait.
picture photos/gray.jpg in/a.jpg
mkfifo fifo
for signal in INT TERM; do
    env --default-signal=$signal "$IMGLOOM" run in -o out --width 50 -Q --report fifo 2>said &
    pid=$!
    until [ -d out ]; do sleep 0.02; done
    sleep 0.2
    kill -$signal $pid
    { wait $pid; } 2>/dev/null
    echo "exit $?"
    cat said
    rmdir out && echo "nothing was made"
done
# A reader that comes late, and one that was there.
"$IMGLOOM" run in -o out --width 50 -Q --report fifo &
sleep 0.2
jq -c '[.results[].status]' <fifo
wait $! && echo "done"
jq -c '[.results[].status]' <fifo &
"$IMGLOOM" run in -o out --width 50 -Q --report fifo && wait
[ -p fifo ] && echo "it is a FIFO still"
# One that is gone at once, before the report was opened or behind that.
for n in $(seq 20); do
    timeout -s KILL 60 "$IMGLOOM" run in -o out --width 50 -Q --report fifo 2>/dev/null &
    : <fifo
    wait $!
    case $? in 0 | 4) echo "it ends" ;; *) echo "exit $?" ;; esac
done | sort | uniq -c
