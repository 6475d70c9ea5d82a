#!/bin/sh
# A run with a state that is killed at random instants, and started again: in the end outputs and
# rows are those of a run without, and little was made twice. IMGLOOM is the program, TESTDATA the
# folder of pictures. The long form (IMGLOOM_LONG) kills a hundred times, once a run of seconds and
# once one of minutes.
set -u
folder=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-kill.XXXXXX") || exit 1
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "$*"
  exit 1
}

# What is told of each output, whenever it was made.
facts() {
  jq -cS '.results[] | del(.seq, .status, .skipReason, .because, .worker, .startMs, .queueMs,
    .elapsedMs, .processedModified)' "$1" | sed 's:"want/:"out/:' | sort
}

# links COUNT PICTURE: those in in/; one has another kind, and one is none.
links() {
  mkdir in
  for n in $(seq 4); do cp "$TESTDATA/$2" "in/0000$n.jpg" || exit 1; done
  cp "$TESTDATA/photos/gray.jpg" in/00002.jpg
  cp "$TESTDATA/broken/text.jpg" in/00003.jpg
  perl -e 'for my $n (5 .. shift) {
      my ($from, $to) = map { sprintf "in/%05d.jpg", $_ } $n % 4 + 1, $n;
      link($from, $to) or die "$to: $!";
    }' "$1" || exit 1
  find in -exec touch -d 2001-01-01 {} +
}

# series KILLS IMAGES PICTURE RECIPE PERCENT: the kills are spread over as much time as a run takes.
# Prints how much was made, in percent of one run, which may be PERCENT.
# shellcheck disable=SC2086  # RECIPE is several words
series() {
  mkdir "$folder/$2" && cd "$folder/$2" || exit 1
  links "$2" "$3"
  "$IMGLOOM" run in -o want -Q $4 --report want.json
  [ $? -eq 1 ] || fail "the run without a state"
  longest=$(jq --argjson n "$1" '[0.4, 2.2 * .summary.elapsedMs / 1000 / $n] | max' want.json)
  made=0
  for instant in $(awk -v n="$1" -v max="$longest" 'BEGIN { srand(7); for (; n > 0; n--) print rand() * max }'); do
    : >rows.ndjson
    "$IMGLOOM" run in -o out -Q $4 --state s.db --ndjson rows.ndjson &
    pid=$!
    sleep "$instant"
    kill -9 $pid 2>/dev/null
    wait $pid 2>/dev/null
    made=$((made + $(grep -c '"status":"ok"' rows.ndjson)))
  done
  "$IMGLOOM" run in -o out -Q $4 --state s.db --report last.json
  [ $? -eq 1 ] || fail "the last run"
  made=$((made + $(jq .summary.ok last.json)))
  diff -r want out || fail "the outputs differ"
  facts want.json >want.rows
  facts last.json | diff want.rows - || fail "the rows differ"
  [ -z "$(find out -name '.imgloom*')" ] || fail "a temporary file was left"
  [ ! -e s.db-wal ] || fail "the log was left"
  "$IMGLOOM" run in -o out -Q $4 --state s.db --report again.json
  [ "$(jq '.summary.ok' again.json)" = 0 ] || fail "something was made again"
  good=$(jq '.summary.ok' want.json)
  [ "$made" -ge "$good" ] || fail "some were never made"
  [ "$made" -le $((good + $1 * 1010)) ] || fail "$made were made: more than a thousand twice, for each kill"
  [ $((made * 100)) -le $((good * $5)) ] || fail "$made were made, not $good"
  jq -r --argjson made "$made" --argjson good "$good" --argjson kills "$1" \
    '"\($kills) kills of a run of \(.summary.elapsedMs / 100 | round / 10) s, \($good) images: \(1000 * $made / $good | round / 10) % made"' want.json
}

if [ -z "${IMGLOOM_LONG:-}" ]; then
  series 6 4000 tiny/photo-333x222.jpg "--width 40" 300
else
  series 100 20000 tiny/photo-333x222.jpg "--width 40" 1000
  series 100 8000 photos/scene-1.jpg "--width 100 --rotate 5" 105
fi
