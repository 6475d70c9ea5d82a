#!/bin/sh
# Attempts at shards that are killed at random instants, and started again: in the end
# outputs and rows are those of a plain run, each item once, and no temporary file is left. IMGLOOM is
# the program, TESTDATA the folder of pictures. The long form (IMGLOOM_LONG) kills 200 times.
set -u
kills=8 images=1600 shards=2
[ -z "${IMGLOOM_LONG:-}" ] || kills=200 images=36000 shards=8
folder=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-kill.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT
cd "$folder" || exit 1

fail() {
  echo "$*"
  exit 1
}

mkdir in
for n in $(seq 4); do cp "$TESTDATA/tiny/photo-333x222.jpg" "in/0000$n.jpg" || exit 1; done
cp "$TESTDATA/photos/gray.jpg" in/00002.jpg
cp "$TESTDATA/broken/text.jpg" in/00003.jpg
seq 5 "$images" | awk '{ printf "in/0000%d.jpg in/%05d.jpg\n", $1 % 4 + 1, $1 }' |
  while read -r from to; do ln "$from" "$to"; done
find in -exec touch -d 2001-01-01 {} +

# What is told of each output, whenever it was made.
facts() {
  jq -cS '[.outputPath, .error, .errorCode, .warnings, .originalSize, .processedSize,
    .originalFormat, .originalWidth, .originalHeight, .orientation, .format, .width, .height,
    .channels, .quality, .lane, .decoder]' | sed 's:"want/:"out/:' | sort
}

"$IMGLOOM" run in -o want -Q --width 40 --report want.json
[ $? -eq 1 ] || fail "the plain run"
"$IMGLOOM" plan --plan RUN -Q in -o out --width 40 --shards $shards || fail "the plan"

# The shards without a summary that tells that they are through.
unfinished() {
  shard=0
  while [ $shard -lt $shards ]; do
    name=$(printf '%05d' $shard)
    cat RUN/reports/"$name".*.ndjson 2>/dev/null |
      grep -q '^{"type":"summary".*"interrupted":false.*"tooManyErrors":false' || echo $shard
    shard=$((shard + 1))
  done
}

# Lets an attempt make so many images, and kills it while it makes those that its pipe has room for.
mkfifo rows
kill_after() {
  exec 3<rows
  grep -m "$1" '"status":"ok"' <&3 >made # a file: for /dev/null it reads on to the end
  kill -9 $pid 2>/dev/null && killed=$((killed + 1))
  exec 3<&-
  wait $pid 2>/dev/null
}

killed=0
awk -v n=$kills -v most=$((images / kills / 2)) \
  'BEGIN { srand(11); for (; n > 0; n--) print int(rand() * most) }' >counts
while read -r count; do
  shard=$(unfinished | sed -n 1p)
  [ -n "$shard" ] || break
  "$IMGLOOM" run --plan RUN --shard "$shard" -Q --ndjson rows &
  pid=$!
  kill_after "$count"
done <counts
for shard in $(unfinished); do
  "$IMGLOOM" run --plan RUN --shard "$shard" -Q
  [ $? -le 1 ] || fail "shard $shard"
done
[ -z "$(unfinished)" ] || fail "shards that are not through"
diff -r want out || fail "the outputs differ"
[ -z "$(find out -name '.*' -type f)" ] || fail "a temporary file was left"

# Of each item the best row; rows that are torn are none.
cat RUN/reports/*.ndjson | grep '^{"type":"image",.*}$' | jq -cR 'fromjson? // empty' |
  jq -cs 'def rank: if .status == "ok" or .status == "warning" then 2
    elif .status == "skipped" then 1 else 0 end; group_by(.seq)[] | max_by(rank)' >best
[ "$(wc -l <best)" -eq "$images" ] || fail "$(wc -l <best) items have rows"
jq -c '.results[]' want.json | facts >want.rows
facts <best | cmp -s want.rows - || fail "the rows differ"
made=$(cat RUN/reports/*.ndjson | grep -c '"status":"ok"')
echo "$killed kills, $(ls RUN/reports | wc -l) attempts, $(jq .summary.ok want.json) good images, made: $made"
