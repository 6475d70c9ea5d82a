# What reports amount to; from documents, NDJSON, standard input, and several together.
. "$here/rows.sh"
make_rows json >a.json
make_rows ndjson >a.ndjson
run_report a.json
"$IMGLOOM" report a.ndjson >lines.txt
"$IMGLOOM" report a.json | cmp - lines.txt && echo same
cat a.json a.ndjson a.ndjson | "$IMGLOOM" report - | head -2
"$IMGLOOM" report a.json a.ndjson | head -2
jq . a.json >pretty.json && "$IMGLOOM" report pretty.json | cmp - lines.txt && echo same
jq -S . a.json >sorted.json && "$IMGLOOM" report sorted.json | cmp - lines.txt && echo same
run_report --color always a.json | head -1 | od -c | head -3
# Names cannot do anything to a terminal.
picture photos/gray.jpg "in/$(printf 'a\033[2Jb').jpg"
"$IMGLOOM" run in -o out --width 50 -Q --report r.json
"$IMGLOOM" report r.json | grep -c '\\x1b\[2J'
"$IMGLOOM" report r.json >/dev/full 2>errors
echo "exit $?"
cat errors
# An image that was not begun is no failure to be listed.
code=cancelled make_rows ndjson |
    sed -e '/"cancelled"/s/"worker":0/"worker":null/' -e 's/"truncated":1/"cancelled":1/' >cancelled.ndjson
run_report cancelled.ndjson | sed -n '1p; /^Failed/p; /^Slowest/p'
