# NDJSON can be followed while the run goes on, and read after it was killed.
picture photos/scene-1.jpg in/0.jpg
many_links 999 in/0.jpg in/%d.jpg
"$IMGLOOM" run in -o out -j2 --width 100 -Q --report r.ndjson &
pid=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 4 ]; do
    kill -0 $pid || break
    sleep 0.02
done
# Each line that has an end is whole, while more are written.
head -5 r.ndjson | jq -r .type
kill -KILL $pid
{ wait $pid; } 2>/dev/null
sed '$d' r.ndjson | jq -r .type | sort | uniq -c | sed -E 's/ +[0-9]+/ N/' | sort
"$IMGLOOM" report r.ndjson >summary 2>errors
echo "exit $?"
grep -v 'cut short' errors
[ "$("$IMGLOOM" report --csv r.ndjson 2>/dev/null | sed 1d | wc -l)" -ge "$(($(wc -l <r.ndjson) - 1))" ] && echo "all rows"
grep -c 'without a summary: 1' summary
# The last line torn off: all others are read.
head -c -7 r.ndjson >torn.ndjson
"$IMGLOOM" report torn.ndjson 2>&1 >/dev/null | sed -E 's/:[0-9]+:/:LINE:/'
