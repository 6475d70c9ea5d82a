# What a plan holds: the folder, plan.json, and the lists of its shards.
plan() { imgloom plan --plan run "$@"; }
what() { jq -c 'del(.id, .tool, .workingDirectory, .createdAt, .shards, .bytes)' run/plan.json; }
items() { cat run/shards/*.ndjson | jq -s -r 'sort_by(.item)[] | [.item, .originalPath, .outputPath, .outputIndex,
    .format, .errorCode, .errorStage, .error, .skipReason] | map(. // "-") | join(" ")'; }
for n in 1 2 3 4 5 6; do picture photos/scene-1.jpg in/$n.jpg; done
picture photos/gray.jpg in/6.png
touch in/notes.txt
echo "-- no image is read, and no output written"
plan in -o out --inside 100x100 --shards 3 --fail-on warning -p --name '{n}-{stem}.{ext}'
tree run
tree out
what
items
jq -c '[.id, .shards[].sha256 | length], [.shards[].items], (.tool | keys)' run/plan.json
for n in 0 1 2; do
    [ "$(sha256sum <run/shards/0000$n.ndjson)" = "$(jq -r ".shards[$n].sha256" run/plan.json)  -" ] && echo "sum of $n"
    [ "$(wc -l <run/shards/0000$n.ndjson)" = "$(jq ".shards[$n].items" run/plan.json)" ] && echo "lines of $n"
done
[ "$(jq -r .workingDirectory run/plan.json)" = "$PWD" ] && echo "here"
[ "$(jq .bytes run/plan.json)" = "$(cat in/*.jpg in/*.png | wc -c)" ] && echo "bytes"
echo "-- a plan is never replaced"
plan in -o out --inside 100x100
echo "-- what exists is decided here; collisions are found over all shards"
rm -r run
mkdir run
picture photos/gray.jpg out/in/1.jpg
echo missing.jpg >list
plan in --files-from list -o out -f jpeg,webp --if-exists skip --shards 4 -v
what
items
echo "-- beside inputs, and quietly"
rm -r run
plan in --width 50 -Q --shards 2
what
items
echo "-- nobody may read the images"
rm -r run
chmod 000 in/*.jpg in/*.png
chmod 777 .
imgloom_as_user plan --plan run in -o again --width 50 --shards 2
