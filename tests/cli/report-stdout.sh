# Standard output carries the report and nothing else.
picture photos/gray.jpg in/a.jpg
picture broken/empty.jpg in/b.jpg
"$IMGLOOM" run in -o out --width 50 --report - 2>errors >r.json
echo "exit $?"
stable <errors
rows r.json
jq -c '[.schemaVersion, .tool.name, .summary.rows, .summary.failed, .summary.interrupted]' r.json
"$IMGLOOM" run in -o out -Q --report - 2>errors | jq -r '.summary.errorsByCode.empty'
cat errors
