#!/usr/bin/env bash
# CPU and wall time of operations beside sharp and ImageMagick, in turn, two images at once:
#   bench/peers/operations.sh PHOTOS [COUNT [ROUNDS [OPERATION...]]]
# PHOTOS is a folder of JPEGs (scripts/bench-peers makes build/peers/photos/jpeg), of which COUNT (40)
# are taken; after one round that does not count, medians of ROUNDS (5). Programs: build/release, and
# sharp where scripts/bench-peers has installed it. Run it on a quiet machine.
set -euo pipefail
here=$(cd "$(dirname "$0")/../.." && pwd)
photos=$1 count=${2:-40} rounds=${3:-5}
shift $(($# < 3 ? $# : 3))
[ $# -gt 0 ] || set -- resize extract trim sharpen blur brighten watermark text
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-operations-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/in" "$work/out"
find "$photos" -name '*.jpg' | sort | head -n "$count" | xargs cp -t "$work/in"
find "$work/in" -type f >"$work/list"
convert -size 160x80 xc:none -fill '#e8452ccc' -draw 'roundrectangle 2,2 157,77 16,16' "$work/mark.png"
export VIPS_CONCURRENCY=1 UV_THREADPOOL_SIZE=2 OMP_NUM_THREADS=2 MAGICK_THREAD_LIMIT=2 TIMEFORMAT='%U %S %R'

imgloom() {
  local words=()
  case $1 in
    extract) words=(--extract '10%,10%,80%x80%') ;;
    trim) words=(--trim) ;;
    sharpen) words=(--sharpen=1) ;;
    blur) words=(--blur 2) ;;
    brighten) words=(--brightness 1.2 --saturation 1.3) ;;
    watermark) words=(--watermark "$work/mark.png" --watermark-position southeast+0+0) ;;
    text) words=(--text 'a caption' --font 'DejaVu Sans' --text-size 32 --text-position south+0+0) ;;
  esac
  "$here/build/release/imgloom" run --inside 800x600 "${words[@]}" -q 80 -f jpeg -j 2 -Q -o "$work/out" "$work/in"
}

sharp() {
  node "$here/bench/peers/operations.mjs" "$1" 2 "$work/list" "$work/out" "$work/mark.png"
}

magick() {
  local before=() after=()
  case $1 in
    extract) before=(-gravity center -crop '80%x80%+0+0' +repage) ;;
    trim) before=(-fuzz '4%' -trim +repage) ;;
    sharpen) after=(-unsharp 0x1+1+0) ;;
    blur) after=(-blur 0x2) ;;
    brighten) after=(-modulate 120,130) ;;
    watermark)
      # shellcheck disable=SC2016 # the quotes are its own
      after=(-gravity southeast -draw "image over 0,0 0,0 '$work/mark.png'") ;;
    text) after=(-gravity south -font DejaVu-Sans -pointsize 32 -fill white -annotate +0+0 'a caption') ;;
  esac
  mogrify -path "$work/out" -auto-orient "${before[@]}" -resize 800x600 "${after[@]}" -quality 80 -sampling-factor 2x2 -strip "$work/in/*.jpg"
}

# measure PROGRAM OPERATION ROUND: its CPU and wall seconds go to a file.
measure() {
  local times
  times=$({ time "$1" "$2" >/dev/null 2>&1; } 2>&1)
  [ "$3" = 0 ] || awk '{ print $1 + $2, $3 }' <<<"$times" >>"$work/$1-$2"
}

median() { # FILE COLUMN
  sort -n -k"$2,$2" "$1" | awk -v c="$2" '{ v[NR] = $c } END { print v[int((NR + 1) / 2)] }'
}

printf '%-10s %-10s %8s %8s %8s\n' operation program 'CPU s' 'wall s' 'imgloom'
for operation; do
  for round in $(seq 0 "$rounds"); do
    for program in imgloom sharp magick; do
      measure "$program" "$operation" "$round"
    done
  done
  own=$(median "$work/imgloom-$operation" 1)
  for program in imgloom sharp magick; do
    cpu=$(median "$work/$program-$operation" 1)
    printf '%-10s %-10s %8.2f %8.2f %8s\n' "$operation" "$program" "$cpu" "$(median "$work/$program-$operation" 2)" \
      "$(awk -v a="$own" -v b="$cpu" 'BEGIN { printf "%.2f", a / b }')"
  done
done
