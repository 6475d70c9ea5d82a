# What a plan came to: of the rows of an item the best, whoever wrote it and when; what is missing.
. "$here/attempts.sh"
chosen() {
    "$IMGLOOM" report --plan run --merge -o all.json 2>/dev/null || echo "exit $?"
    jq -r '.results[] | [.seq, .status, .errorCode, .processedSize, .run] | map(. // "-") | join(" ")' all.json
    jq -c '.summary | [.interrupted, .tooManyErrors, .duplicates]' all.json
}
echo "-- nothing was begun"
bad="5" left="7" make_plan run 3 9
report --plan run
report --plan run --missing
report --plan run --missing=failed
report --plan run --merge -o all.json
jq -c '[.plan, .runs, .tool.version, .recipe, .startedAt, .summary.rows, .summary.interrupted]' all.json
echo "-- ranks: what says most counts, whatever came later"
# 0: ok, then an error. 3: skipped, then an error. 6: an error, then cancelled.
attempt run 0 3 20 done "0 ok - 500 1" "3 skipped - 500 1" "6 error corrupt null 1"
attempt run 0 3 21 stopped "0 error io null 1" "3 error io null 1" "6 error cancelled null 1"
# 1: ok twice, of different sizes, the second started later. 4: cancelled, then ok. 7: an error twice.
attempt run 1 3 21 done "1 ok - 600 1" "4 ok - 500 1" "7 error io null 1"
hex=0000000b attempt run 1 3 20 stopped "1 warning - 500 90000000" "4 error cancelled null 1" "7 error corrupt null 1"
report --plan run
report --plan run --missing
report --plan run --missing=failed
chosen
echo "-- equal starts: the later attempt counts"
attempt run 2 3 20 killed "2 ok - 500 1" "5 error collision null 1"
hex=0000000b attempt run 2 3 20 done "2 ok - 700 1" "5 error collision null 1" "8 error cancelled null 1"
chosen | grep '^[258]'
report --plan run --missing
attempt run 2 3 22 done "2 skipped - 700 1" "5 error collision null 1" "8 ok - 800 1"
report --plan run --missing
report --plan run --missing=failed
report --plan run
chosen
echo "-- what is damaged is no row, and never an error"
rm run/reports/*
attempt run 0 3 20 done "0 ok - 500 1" "3 ok - 500 1" "6 ok - 500 1"
cut=$attempt_file
head -c 1500 "$cut" >torn && mv torn "$cut"
id=ffffffffffffffffffffffffffffffff attempt run 0 3 21 done "3 ok - 500 1"
hex=0000000c attempt run 0 3 21 done "1 ok - 500 1" "0 warning - 500 1"
: >run/reports/00000.20261121T091500.000Z-node-7-4711-0000000d.ndjson
echo junk >run/reports/00000.20261121T091500.000Z-node-7-4711-0000000e.ndjson
echo junk >run/reports/notes.txt
report --plan run
report --plan run --merge -o all.json
chosen
echo "-- verify"
rm -r run
make_plan run 2 4
attempt run 0 2 20 done "0 ok - 5 1" "2 ok - 5 1"
attempt run 1 2 20 done "1 skipped - 5 1" "3 error io null 1"
mkdir out
for n in 0 1 2; do printf 12345 >out/$n.jpg; done
report --plan run --verify
printf 1 >>out/2.jpg
report --plan run --verify
rm out/1.jpg
report --plan run --verify --missing
report --plan run --missing
report --plan run --verify --merge -o all.json
jq -c '[.summary.interrupted, .plan.parts, [.results[].seq]]' all.json
mkdir elsewhere && mv out elsewhere/
(cd elsewhere && report --plan ../run --verify --missing -C . | sed 's/HERE/ELSEWHERE/')
echo "-- lists, tables, pages"
report --plan run --failed
"$IMGLOOM" report --plan run --failed -0 | tr '\0' '!'; echo
"$IMGLOOM" report --plan run --failed -C /mnt
"$IMGLOOM" report --plan run --csv | cut -d, -f1-5,8
"$IMGLOOM" report --plan run --merge -o all.ndjson
"$IMGLOOM" report --plan run --merge | jq -c '[.results[].seq]'
head -1 all.ndjson | jq -c '[.plan, .startedAt, (.runs | map([.plan.shard, .plan.job, .summary.rows]))]'
# The merged report is one like others: all its fields are known, and it changes its form alone.
report all.ndjson | head -3
"$IMGLOOM" report --merge all.ndjson -o again.json
jq -c '[.plan.shards, .summary.duplicates, [.results[].run]]' again.json
"$IMGLOOM" report --html again.html all.ndjson
grep -c '"parts":' again.html
"$IMGLOOM" report --plan run --html all.html
grep -c '"parts":\[{"items":2,"missing":0},{"items":2,"missing":0}\]' all.html
echo "-- refused"
report --plan run all.json
report --plan run --compare
report --plan run --merge --missing
report --missing all.json
report --verify all.json
report all.json -C .
report --plan run --merge -C .
report --plan none
report --plan out
report --plan run --merge -o run/plan.json
report --plan run --merge -o run/shards/x.json
report --plan run --html run/reports/x.ndjson
report --plan run --merge -o /dev/full
echo >>run/shards/00001.ndjson
report --plan run
jq -c 'del(.id)' run/plan.json >p && mv p run/plan.json
report --plan run
echo "-- refused before anything is read or written"
report --plan run --html DIR/
report --plan run --html ./all.html/
report --plan run --missing=all
report --plan run --missing --failed
report --plan run --verify --csv --html all.html
report --plan
report --plan run -0
ls -d DIR all.html/ 2>&1 | sed 's/ls: cannot access//'
