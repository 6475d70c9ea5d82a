# Plans that cannot be: each exit status, and nothing is left behind.
plan() { imgloom plan --plan run "$@"; ls -A; }
picture photos/gray.jpg in/a.jpg
mkdir full
touch full/file
echo "-- usage"
imgloom plan in -o out
plan
plan in
plan nowhere -o out
plan in -o out --shards 0
plan in -o out --shards 10001
plan in -o run
plan in -o out --name '{taken}.{ext}'
plan in -o out --size 10x,20x
plan in -o -
plan in -o out --jobs 2
plan in -o out --report r.json
plan in -o out --state s.db
plan in -o a.jpg
imgloom plan --plan full in -o out
imgloom plan --plan in/a.jpg in -o out
imgloom plan --schema in
echo "-- a literal {taken} is no field"
plan in -o out --name '{{taken}}-{stem}.{ext}'
rm -r run out
echo "-- no image"
mkdir none
plan none -o out
echo "-- folders that cannot be written"
plan in -o in/a.jpg
mkdir -m 555 locked
imgloom_as_user plan --plan locked/run in -o /dev/null/out
imgloom_as_user plan --plan locked/run in --width 10
chmod 777 .
imgloom_as_user plan --plan run in -o locked/out
ls -A
