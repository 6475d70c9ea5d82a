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
try --state folder/ -Q
tree new
echo "-- damage"
head -c 6000 new/folder/s.db >cut.db
try --state cut.db
wc -c <cut.db
echo "-- a state of another kind, version or program: nothing of it changes"
# refused FILE: tries it, and looks whether it is as it was.
refused() {
    cp -a "$1" before
    try --state "$1"
    cmp "$1" before && echo "as it was"
}
# four_bytes OFFSET OCTAL...: in the header of a database (sqlite.org/fileformat2.html, 1.3).
four_bytes() { printf "$2" | dd of="$3" bs=1 seek="$1" conv=notrunc 2>/dev/null; }
cp new/folder/s.db newer.db && four_bytes 60 '\000\000\000\002' newer.db && refused newer.db
cp new/folder/s.db other.db && four_bytes 68 '\000\000\000\007' other.db
echo "a log that is not ours" >other.db-wal
refused other.db
cat other.db-wal
refused cut.db
echo "-- what is no regular file"
ln -s new/folder/s.db link.db
ln -s nowhere dangling.db
mkfifo fifo
for file in link.db dangling.db fifo /dev/null; do try --state $file; done
ls nowhere 2>&1 | grep -c "No such file"
echo "-- where none can be"
try --state diary/s.db
mkdir -m 555 locked
chmod 777 . out
imgloom_as_user run in -o out --width 50 --state locked/s.db
imgloom_as_user run in -o out --width 50 --state locked/below/s.db
echo "-- or where none can be written to"
chmod 755 locked
try --state locked/s.db -Q
chmod 666 locked/s.db
chmod 555 locked
imgloom_as_user run in -o out --width 50 --state locked/s.db
chmod 444 locked/s.db
imgloom_as_user run in -o out --width 50 --state locked/s.db
echo "-- a file of the run, too"
try --state p.html --html p.html
try --state p.ndjson --ndjson ./p.ndjson
echo "-- limits"
for limit in 101% -1 x 1.5; do try --state new/folder/s.db --prune --max-prune $limit; done
