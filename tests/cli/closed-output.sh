# Standard output that is closed, or whose reader went away, is an error of the write.
picture photos/gray.jpg in/a.jpg
"$IMGLOOM" run in -o out --width 50 -Q --report - >&- 2>errors
echo "exit $?"
cat errors
"$IMGLOOM" --help >&- 2>errors
echo "exit $?"
cat errors
{
    sleep 0.3
    "$IMGLOOM" run in -o out --width 50 -Q --report - 2>errors
    echo "exit $?" >status
} | :
cat status errors
# Also where the write that failed was not the last one.
. "$here/rows.sh"
make_rows ndjson >r.ndjson
for n in $(seq 1 400); do sed -n 2,8p r.ndjson; done >more
{ sed 8q r.ndjson && cat more; } >long.ndjson
{
    "$IMGLOOM" report --csv long.ndjson 2>errors
    echo "exit $?" >status
} | head -n 1 | cut -c1-16
cat status
tail -n 1 errors
rm r.ndjson more long.ndjson
# Standard error may be missing, too; the images are done all the same.
"$IMGLOOM" run in -o out2 --width 50 -v 2>&-
echo "exit $?"
tree out2
