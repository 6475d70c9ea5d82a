#!/usr/bin/env bash
# What isolation costs: images per second with --isolate auto and all, against never.
#   bench/isolation.sh DIR [PHOTOGRAPHS [PAIRS]]
# DIR holds JPEG photographs; of PHOTOGRAPHS (16) of them PNG, WebP and TIFF versions and small PNGs
# are made by imgloom. Each figure is the median of the ratios of PAIRS (5) runs that follow one
# another: of images per second, and of processor time, which moves less with what else runs. IMGLOOM names the program; IMGLOOM_WORKER_TEST a worker that can be told to crash (built
# with the tests), to measure what that costs.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
photographs=${1:?a folder of JPEG photographs}
count=${2:-16}
pairs=${3:-5}
imgloom=${IMGLOOM:-$here/build/release/imgloom}
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

median() {
  sort -n | awk '{ v[NR] = $1 } END { printf "%.3f", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# measure MODE FOLDER: images per second, and seconds of processor time, workers included.
measure() {
  local box=800x600 cpu TIMEFORMAT='%U %S'
  [ "$(basename "$2")" = png-320 ] && box=160x120
  rm -rf "$work/out"
  cpu=$({ time "$imgloom" run "$2" -o "$work/out" --isolate "$1" --size $box --fit inside -Q \
    --report "$work/report.json"; } 2>&1)
  echo "$(jq .summary.imagesPerSecond "$work/report.json") $cpu" | awk '{ print $1, $2 + $3 }'
}

# compare MODE NAME: one line of the table.
compare() {
  local mode=$1 name=$2 isolated never i
  : >"$work/pairs"
  measure never "$work/$name" >/dev/null # the files are in memory from here on
  for ((i = 0; i < pairs; i++)); do
    if ((i % 2)); then
      never=$(measure never "$work/$name")
      isolated=$(measure "$mode" "$work/$name")
    else
      isolated=$(measure "$mode" "$work/$name")
      never=$(measure never "$work/$name")
    fi
    echo "$isolated $never" | awk '{ print $1, $1 / $3, $2 / $4 }' >>"$work/pairs"
  done
  printf '%-8s %-5s %9s images/s  %s x never (%.2f to %.2f)  processor time %s x\n' "$name" "$mode" \
    "$(cut -d' ' -f1 "$work/pairs" | median)" "$(cut -d' ' -f2 "$work/pairs" | median)" \
    "$(cut -d' ' -f2 "$work/pairs" | sort -n | head -1)" \
    "$(cut -d' ' -f2 "$work/pairs" | sort -n | tail -1)" \
    "$(cut -d' ' -f3 "$work/pairs" | median)"
}

mkdir "$work/jpeg"
find "$photographs" -name '*.jp*g' -print | sort | head -n "$count" | while read -r file; do
  cp "$file" "$work/jpeg/"
done
echo "$(find "$work/jpeg" -type f | wc -l) photographs, $(nproc) processors, load $(cut -d' ' -f1 /proc/loadavg)"
for format in png webp tiff; do
  "$imgloom" run "$work/jpeg" -o "$work/$format" -f $format -Q
done
"$imgloom" run "$work/jpeg" -o "$work/small" -f png --size 320x -Q
mkdir "$work/png-320"
for ((i = 0; i < 20; i++)); do
  for file in "$work"/small/*; do ln "$file" "$work/png-320/$i-$(basename "$file")"; done
done

for mode in auto all; do
  for name in png webp tiff png-320 jpeg; do
    compare $mode $name
  done
done

if [ -n "${IMGLOOM_WORKER_TEST:-}" ]; then
  mkdir "$work/bin" "$work/crash"
  cp "$imgloom" "$work/bin/imgloom"
  cp "$IMGLOOM_WORKER_TEST" "$work/bin/imgloom-worker"
  for ((i = 0; i < 100; i++)); do echo 'LOOMTEST segv' >"$work/crash/$i.png"; done
  "$work/bin/imgloom" run "$work/crash" -o "$work/out" --isolate all -j 1 -Q \
    --report "$work/report.json" || true
  echo "a crash costs $(jq '[.results[] | select(.errorCode == "crashed") | .elapsedMs] | add / length | floor' "$work/report.json") ms, next worker included"
fi
