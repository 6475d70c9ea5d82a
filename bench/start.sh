#!/usr/bin/env bash
# What it takes until a worker has made the first picture, and what does without: wall time of whole
# runs of one small picture, by two builds in turn.
#   bench/start.sh BUILD OTHER_BUILD [ROUNDS]
# Each BUILD is a folder with imgloom, imgloom-worker and imgloom-vips.so; bench_measure is taken
# from the first. Prints the least and the median of ROUNDS (15), in ms. On a busy machine run it by
# `chrt -f 1`, as root: what else runs waits meanwhile.
set -euo pipefail

declare -A builds=([first]=${1:?a folder with a build} [other]=${2:?a folder with another build})
rounds=${3:-15}
testdata=$(cd "$(dirname "${BASH_SOURCE[0]}")/../testdata" && pwd)
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT
cp "$testdata/formats/quadrants.webp" "$work/"
cp "$testdata/orientation/landscape-1.jpg" "$work/photo.jpg"

# measure NAME BUILD ARGUMENT...
measure() {
  local name=$1 build=$2
  shift 2
  rm -rf "$work/out"
  "${builds[first]}/bench/bench_measure" "$work/figures" "$build/imgloom" "$@" >/dev/null
  jq .wallMs "$work/figures" >>"$work/times-$name"
}

for ((i = 0; i < rounds; i++)); do
  for side in first other; do
    measure "webp-$side" "${builds[$side]}" run "$work/quadrants.webp" -o "$work/out" -Q
    measure "jpeg-webp-$side" "${builds[$side]}" run "$work/photo.jpg" -o "$work/out" -f webp -Q
    measure "jpeg-avif-$side" "${builds[$side]}" run "$work/photo.jpg" -o "$work/out" -f avif -Q
    measure "jpeg-$side" "${builds[$side]}" run "$work/photo.jpg" -o "$work/out" -Q
    measure "jpeg-report-$side" "${builds[$side]}" run "$work/photo.jpg" -o "$work/out" -Q --report "$work/r"
    measure "version-$side" "${builds[$side]}" --version
  done
done
for name in webp jpeg-webp jpeg-avif jpeg jpeg-report version; do
  for side in first other; do
    sort -n "$work/times-$name-$side" | awk -v name="$name" -v build="${builds[$side]}" '
      { v[NR] = $1 }
      END { printf "%-12s %-40s least %5.1f ms, median %5.1f ms\n", name, build, v[1], v[int((NR + 1) / 2)] }'
  done
done
