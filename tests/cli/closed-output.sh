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
# Standard error may be missing, too; the images are done all the same.
"$IMGLOOM" run in -o out2 --width 50 -v 2>&-
echo "exit $?"
tree out2
