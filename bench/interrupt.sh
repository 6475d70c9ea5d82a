#!/usr/bin/env bash
# How long a run takes to end after the first SIGINT, which lets running images finish.
#   bench/interrupt.sh DIR [RUNS [OPTIONS...]]
# DIR holds pictures; each of RUNS (20) runs of `imgloom run OPTIONS DIR` (--size 800x600) is
# interrupted at a random instant of its first second, reports and all. Prints the times in ms, in
# order. IMGLOOM names the program.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
pictures=${1:?a folder of pictures}
runs=${2:-20}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- --size 800x600
imgloom=${IMGLOOM:-$here/build/release/imgloom}
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-bench-XXXXXX")
trap 'rm -rf "$work"' EXIT

for run in $(seq "$runs"); do
  rm -rf "$work/out"
  # Some are sent before there are images at work, which is an instant like others.
  env --default-signal=INT "$imgloom" run "$pictures" -o "$work/out" -Q "$@" \
    --report "$work/report.json" 2>/dev/null &
  pid=$!
  sleep "0.$(printf '%03d' $((RANDOM % 1000)))"
  start=$(date +%s%N)
  kill -INT $pid 2>/dev/null || true
  status=0
  { wait $pid; } 2>/dev/null || status=$?
  [ "$status" != 130 ] || echo $((($(date +%s%N) - start) / 1000000))
  [ "$status" != 130 ] || [ "$(jq .summary.interrupted "$work/report.json")" = true ] ||
    echo "run $run: the report does not say that it was interrupted" >&2
done | sort -n | tr '\n' ' '
echo
