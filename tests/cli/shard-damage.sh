# Reports in the plan's folder that are torn, foreign or no reports: what they tell is not believed,
# and nothing is refused for them.
. "$here/plans.sh"
many_pictures 30 tiny/1x1.jpg in/%d.jpg
find in -type f -exec touch -d '2001-01-01' {} +
"$IMGLOOM" plan --plan RUN -Q in -o out --width 50 --shards 1 || echo "no plan"
"$IMGLOOM" plan --plan OTHER -Q in -o out --width 50 --shards 1 || echo "no plan"
last() {
    shard 0 -Q "$@"
    kinds RUN 00000 2>/dev/null | tail -2 # what is torn is no JSON
}
echo "-- of another plan"
imgloom run --plan OTHER --shard 0 -Q
cp OTHER/reports/* RUN/reports/
last
echo "-- of another shard"
rm -r out RUN/reports/*
shard 0 -Q
sed -i 's/"shard":0/"shard":1/' RUN/reports/*
last
echo "-- torn within its header, within a row, and before its end"
for bytes in 40 5000 -30; do
    rm -r out RUN/reports/*
    shard 0 -Q
    truncate -s "$bytes" RUN/reports/*
    echo "$bytes: rows that are whole: $(jq -cR 'fromjson? | select(.type == "image")' RUN/reports/* | wc -l)"
    last
done
echo "-- other files"
rm -r out RUN/reports/*
shard 0 -Q
name=$(basename RUN/reports/*)
: >RUN/reports/00000.empty.ndjson
printf 'text\0' >RUN/reports/00000.text.ndjson
mkdir RUN/reports/00000.folder.ndjson
mkfifo RUN/reports/00000.fifo.ndjson
ln -s nowhere RUN/reports/00000.link.ndjson
touch RUN/reports/note.txt
cat "RUN/reports/$name" "RUN/reports/$name" >RUN/reports/00000.twice.ndjson
shard 0 -Q
for file in RUN/reports/00000.2*; do jq -c 'select(.type == "summary") | {rows, ok, skipped}' "$file"; done
