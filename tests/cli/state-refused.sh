# States that are refused, and switches without one.
picture photos/gray.jpg in/a.jpg
try() { imgloom run in -o out --width 50 "$@"; }
try --retry never
try --unchanged-by stat
try --keep-versions
try --prune
try --max-prune 3%
try --state s.db --unchanged-by magic
try --state s.db --retry always
imgloom run in --state s.db --discard
try --state s.db --name '{n}.{ext}'
try --state ''
try --state in/a.jpg
try --state in
try --state out/a.jpg
try --state r.json --report r.json
echo "my diary" >diary
try --state diary
cat diary
tree .
echo "-- a folder is made for it"
try --state new/folder/s.db -Q
tree new
echo "-- damage"
head -c 6000 new/folder/s.db >cut.db
try --state cut.db
wc -c <cut.db
