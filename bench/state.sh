#!/usr/bin/env bash
# What a state costs: a second run over many unchanged files beside one that skips outputs
# that exist, the bytes of a record, and a first run of small pictures with and without a state.
#   bench/state.sh BUILD [FILES] [PICTURES] [ROUNDS]
# BUILD is a folder with imgloom and bench/bench_measure. FILES (1000000) are links to one picture of
# 1x1 px, made once; PICTURES (1260) are of 333x222 and of 1200x800 px, and made small. Medians of ROUNDS
# (5) in turn.
# Temporary files go to /dev/shm unless TMPDIR says otherwise: 5 kB a file.
set -euo pipefail

build=$(realpath "${1:?a folder with a build}")
files=${2:-1000000} pictures=${3:-1260} rounds=${4:-5}
testdata=$(cd "$(dirname "${BASH_SOURCE[0]}")/../testdata" && pwd)
work=$(mktemp -d "${TMPDIR:-/dev/shm}/imgloom-state.XXXXXX")
trap 'rm -rf "$work"' EXIT
cd "$work"

# links FOLDER COUNT PICTURE: a file may have some ten thousand links.
links() {
  mkdir "$1"
  perl -e 'my ($folder, $count, $from) = @ARGV;
  for my $n (0 .. $count - 1) {
    my $first = sprintf "%s/picture-%07d.jpg", $folder, $n - $n % 10000;
    if ($n % 10000 == 0) { system("cp", $from, $first) == 0 or die }
    else { link($first, sprintf "%s/picture-%07d.jpg", $folder, $n) or die "$n: $!" }
  }' "$@"
  find "$1" -name '*0000.jpg' -exec touch -d 2001-01-01 {} +
}

# measure ARGUMENT...: a run; prints its CPU time in ms and its peak memory in kB.
measure() {
  "$build/bench/bench_measure" figures "$build/imgloom" run -Q --width 100 "$@" >/dev/null
  jq -r '"\(.userMs + .sysMs) \(.peakRssBytes / 1024 | round)"' figures
}

median() { sort -n "$1" | awk '{ line[NR] = $0 } END { print line[int((NR + 1) / 2)] }'; }

links many "$files" "$testdata/tiny/1x1.jpg"
"$build/imgloom" run many -o out -Q --width 100 --state s.db
for ((i = 0; i < rounds; i++)); do
  measure many -o out --if-exists skip >>skip
  measure many -o out --state s.db >>again
done
read -r skip_cpu skip_rss < <(median skip)
read -r cpu rss < <(median again)
# Pages in use, of 4096 bytes: the header has their number, and that of free ones.
bytes=$(od -An -t u4 --endian=big -j 28 -N 12 s.db | awk '{ print ($1 - $3) * 4096 }')
awk -v n="$files" -v c="$cpu" -v sc="$skip_cpu" -v r="$rss" -v sr="$skip_rss" -v b="$bytes" 'BEGIN {
  printf "second run over %d files: %.2f s of CPU, %.2f x that of --if-exists skip (%.2f s)\n",
         n, c / 1000, c / sc, sc / 1000
  printf "memory: %.0f MB, %.0f MB more\n", r / 1000, (r - sr) / 1000
  printf "a record: %.0f bytes\n", b / n }'
rm -rf out s.db many

for picture in tiny/photo-333x222.jpg photos/scene-1.jpg; do
  rm -rf small with without
  links small "$pictures" "$testdata/$picture"
  for ((i = 0; i < rounds; i++)); do
    rm -rf out s.db && measure small -o out >>without
    rm -rf out s.db && measure small -o out --state s.db >>with
  done
  awk -v w="$(median with | cut -d' ' -f1)" -v o="$(median without | cut -d' ' -f1)" -v n="$pictures" -v p="$picture" 'BEGIN {
    printf "first run of %d times %s: %.0f ms of CPU, %.3f x that without a state\n", n, p, w, w / o }'
done
