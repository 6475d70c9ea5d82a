#!/bin/sh
# A run with a state that is killed at random instants, and started again: in the end outputs and
# rows are those of a run without. IMGLOOM is the program, TESTDATA the folder of pictures. The long
# form (IMGLOOM_LONG) kills a hundred times, and prints how many images were made twice.
set -u
kills=6 images=4000
[ -z "${IMGLOOM_LONG:-}" ] || kills=100 images=20000
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
  jq -cS '.results[] | [.outputPath, .error, .errorCode, .warnings, .originalSize, .processedSize,
    .originalFormat, .originalWidth, .originalHeight, .orientation, .format, .width, .height,
    .channels, .quality, .lane, .decoder]' "$1" | sed 's:"want/:"out/:' | sort
}

"$IMGLOOM" run in -o want -Q --width 40 --report want.json
[ $? -eq 1 ] || fail "the run without a state"

made=0
for instant in $(awk -v n=$kills 'BEGIN { srand(7); for (; n > 0; n--) print rand() * 0.4 }'); do
  : >rows.ndjson
  "$IMGLOOM" run in -o out -Q --width 40 --state s.db --ndjson rows.ndjson &
  pid=$!
  sleep "$instant"
  kill -9 $pid 2>/dev/null
  wait $pid 2>/dev/null
  made=$((made + $(grep -c '"status":"ok"' rows.ndjson)))
done
"$IMGLOOM" run in -o out -Q --width 40 --state s.db --report last.json
[ $? -eq 1 ] || fail "the last run"
made=$((made + $(jq .summary.ok last.json)))
diff -r want out || fail "the outputs differ"
facts want.json >want.rows
facts last.json | cmp -s want.rows - || fail "the rows differ"
[ -z "$(find out -name '.imgloom*')" ] || fail "a temporary file was left"
[ ! -e s.db-wal ] || fail "the log was left"
"$IMGLOOM" run in -o out -Q --width 40 --state s.db --report again.json
[ "$(jq '.summary.ok' again.json)" = 0 ] || fail "something was made again"
good=$(jq '.summary.ok' want.json)
echo "$kills kills, $good images, made: $made"
[ "$made" -ge "$good" ] || fail "some were never made"
