# A report that cannot be written: exit 4, and the images are done all the same.
picture photos/gray.jpg in/a.jpg
imgloom run in -o out --width 50 --report /dev/full --report nowhere/r.json
imgloom run in -o out --width 50 --report /dev/full
"$IMGLOOM" run in -o out --width 50 -Q --report - >/dev/full 2>errors
echo "exit $?"
cat errors
tree out
"$IMGLOOM" --version >/dev/full 2>errors
echo "exit $?"
cat errors
