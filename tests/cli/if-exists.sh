# What happens to outputs that are there.
picture photos/gray.jpg in/a.jpg
picture photos/gray.jpg in/b.jpg
mkdir out
echo old >out/a.jpg
imgloom run in -o out --width 50 --if-exists skip --report r.json
rows r.json
cat out/a.jpg
imgloom run in -o out --width 50 --if-exists error --report r.json
rows r.json
cat out/a.jpg
touch -d '2001-01-01' out/a.jpg
imgloom run in -o out --width 50 --if-exists newer --report r.json
rows r.json
jq -r '.results | sort_by(.seq)[] | .skipReason' r.json
echo old >out/b.jpg
imgloom run in -o out --width 50 -Q --report r.json
rows r.json
grep -c old out/a.jpg out/b.jpg
