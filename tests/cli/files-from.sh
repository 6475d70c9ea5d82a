# Lists: lines or NUL bytes, from a file or standard input; the tree below -o repeats the paths.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg 'in/deep er/b.jpg'
picture photos/gray.jpg "$(printf 'in/new\nline.jpg')"
printf 'in/a.jpg\n\n./in/deep er/b.jpg\nin/none.jpg' >list
imgloom run --files-from list -o out --width 50 --report r.json
rows r.json
tree out
find in -name '*.jpg' -print0 | sort -z | "$IMGLOOM" run --files-from - -0 -o out2 --width 50 -Q
echo "exit $?"
ls -b out2/in
imgloom run --files-from none -0 -o out
