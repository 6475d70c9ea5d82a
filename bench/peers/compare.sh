#!/usr/bin/env bash
# Measures imgloom beside sharp (and vipsthumbnail, when installed) on a folder of JPEG photographs.
#
#   bench/peers/compare.sh [OPTIONS] DIR
#
# Runs every contender in turn, --pairs times over, and prints CPU time, wall time and peak memory
# as medians, and their ratios as medians over the rounds. README.md says how to read them.
# imgloom is $IMGLOOM, or build/release/imgloom of this tree. Needs GNU time (Debian: time), node,
# and sharp (npm ci, in this folder).

set -euo pipefail
export LC_ALL=C
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

usage() {
  cat <<'TEXT'
usage: compare.sh [OPTIONS] DIR

  DIR              a flat folder that holds JPEG files only (photos.sh makes one)
  --jobs N         images at once (default 2)
  --pairs N        rounds, after one warm-up (default 5)
  --size WxH       the box (default 800x600)
  --fit MODE       cover, contain, fill, inside, outside (default inside)
  --quality N      JPEG quality (default 80)
  --rotate DEG     0, 90, 180 or 270 (default 0)
  --grayscale      write one channel
TEXT
}

die() {
  printf 'compare.sh: %s\n' "$2" >&2
  exit "$1"
}

need_match() { # OPTION VALUE PATTERN
  [[ $2 =~ ^($3)$ ]] || die 2 "$1 does not take \"$2\""
}

jobs=2 pairs=5 size=800x600 fit=inside quality=80 rotate=0 grayscale=no dir=
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) usage && exit 0 ;;
    --grayscale) grayscale=yes && shift && continue ;;
    --jobs) need_match "$1" "${2:-}" '[1-9][0-9]{0,2}' && jobs=$2 ;;
    --pairs) need_match "$1" "${2:-}" '[1-9][0-9]{0,2}' && pairs=$2 ;;
    --size) need_match "$1" "${2:-}" '[1-9][0-9]{0,4}x[1-9][0-9]{0,4}' && size=$2 ;;
    --fit) need_match "$1" "${2:-}" 'cover|contain|fill|inside|outside' && fit=$2 ;;
    --quality) need_match "$1" "${2:-}" '[1-9][0-9]?|100' && quality=$2 ;;
    --rotate) need_match "$1" "${2:-}" '0|90|180|270' && rotate=$2 ;;
    -*) die 2 "unknown option $1 (see --help)" ;;
    *)
      [ -z "$dir" ] || die 2 "one DIR only, not also \"$1\""
      dir=$1 && shift && continue
      ;;
  esac
  shift 2
done
[ -n "$dir" ] || die 2 "no DIR (see --help)"
[ -d "$dir" ] || die 2 "$dir is not a folder"
dir=$(cd "$dir" && pwd)

# ---- what is there ----------------------------------------------------------------------------
imgloom=${IMGLOOM:-$here/../../build/release/imgloom}
[ -x "$imgloom" ] || die 1 "no program at $imgloom (build the release preset, or set IMGLOOM)"
gnu_time=$(type -P time || true)
[ -n "$gnu_time" ] || die 1 "GNU time is missing (Debian: apt-get install time)"
type -P node >/dev/null || die 1 "node is missing"
[ -d "$here/node_modules/sharp" ] || die 1 "sharp is missing (npm ci, in $here)"
with_vips=no
if type -P vipsthumbnail >/dev/null && [ "$fit$rotate$grayscale" = inside0no ]; then
  with_vips=yes
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
out=$work/out
find "$dir" -mindepth 1 \( ! -type f -o ! -iname '*.jp*g' -o -name '.*' \) >"$work/strange"
[ ! -s "$work/strange" ] || die 2 "DIR must hold JPEG files only, not $(head -n 1 "$work/strange")"
find "$dir" -type f | sort >"$work/list"
files=$(wc -l <"$work/list")
[ "$files" -gt 0 ] || die 2 "$dir is empty"
: >"$work/none"

# ---- the contenders ---------------------------------------------------------------------------
# Each sets cmd, the command of one run that leaves its pictures in $out, and expected, their count.
imgloom_command() { # JOBS
  cmd=("$imgloom" run --size "$size" --fit "$fit" -q "$quality")
  [ "$rotate" = 0 ] || cmd+=(--rotate "$rotate")
  [ "$grayscale" = no ] || cmd+=(--grayscale)
  cmd+=(-j "$1" -Q -o "$out" "$dir")
  expected=$files
}

sharp_command() { # JOBS LIST
  cmd=(env "UV_THREADPOOL_SIZE=$1" node "$here/sharp_resize.mjs" --jobs "$1"
    --width "${size%x*}" --height "${size#*x}" --fit "$fit" --quality "$quality")
  [ "$rotate" = 0 ] || cmd+=(--rotate "$rotate")
  [ "$grayscale" = no ] || cmd+=(--grayscale)
  cmd+=(--list "$2" "$out")
  expected=$(wc -l <"$2")
}

vipsthumbnail_command() { # one image after the other, each on one thread, in one process
  mapfile -t cmd <"$work/list"
  cmd=(env VIPS_CONCURRENCY=1 vipsthumbnail --size "$size" --export-profile srgb
    -o "$out/%s.jpg[Q=$quality,optimize_coding,strip]" "${cmd[@]}")
  expected=$files
}

command_of() { # CONTENDER
  case $1 in
    imgloom-*) imgloom_command "${1#imgloom-}" ;;
    sharp-none) sharp_command "$jobs" "$work/none" ;;
    sharp-*) sharp_command "${1#sharp-}" "$work/list" ;;
    vipsthumbnail) vipsthumbnail_command ;;
  esac
}

title_of() { # CONTENDER
  case $1 in
    imgloom-*) echo "imgloom -j ${1#imgloom-}" ;;
    sharp-none) echo "sharp, no image" ;;
    sharp-*) echo "sharp, pool of ${1#sharp-}" ;;
    vipsthumbnail) echo "vipsthumbnail, serial" ;;
  esac
}

contenders=("imgloom-$jobs" "sharp-$jobs")
[ "$jobs" = 1 ] || contenders+=(imgloom-1 sharp-1)
[ "$with_vips" = no ] || contenders+=(vipsthumbnail)
contenders+=(sharp-none)

# Runs one contender into a fresh folder and appends "CONTENDER CPU WALL PEAK" to a file: seconds,
# seconds and KiB. A run that fails or leaves pictures out ends the comparison.
run_once() { # CONTENDER FILE
  local user sys wall peak made
  command_of "$1"
  rm -rf "$out" && mkdir "$out"
  if ! "$gnu_time" -o "$work/time" -f '%U %S %e %M' "${cmd[@]}" >"$work/log" 2>&1; then
    tail -n 20 "$work/log" >&2
    die 1 "$1 failed: ${cmd[*]:0:12} ..."
  fi
  made=$(find "$out" -type f | wc -l)
  [ "$made" = "$expected" ] || die 1 "$1 made $made pictures, not $expected"
  read -r user sys wall peak <"$work/time"
  awk -v name="$1" -v user="$user" -v sys="$sys" -v wall="$wall" -v peak="$peak" \
    'BEGIN { printf "%s %.2f %s %s\n", name, user + sys, wall, peak }' >>"$2"
}

# ---- the output -------------------------------------------------------------------------------
shown_command() { # CONTENDER: its command, without the paths of this machine
  command_of "$1"
  local text=" ${cmd[*]}"
  [ "$1" != vipsthumbnail ] || text=" ${cmd[*]:0:$((${#cmd[@]} - files))} FILES"
  text=${text//"$work/list"/LIST}
  text=${text//"$out"/OUT}
  text=${text//" $dir"/ DIR}
  text=${text//"$here/"/}
  echo "${text//"$imgloom"/imgloom}"
}

describe() {
  local count bytes pixels hash name
  node "$here/sharp_resize.mjs" --measure --list "$work/list" >"$work/measured"
  read -r count bytes pixels hash <"$work/measured"
  echo "machine   $(awk -F': *' '/^model name/ { print $2; exit }' /proc/cpuinfo)," \
    "$(nproc) CPUs, $(awk '/^MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo)," \
    "Linux $(uname -r), load $(cut -d' ' -f1 /proc/loadavg)"
  echo "versions  $("$imgloom" --version | head -n 1); $(node "$here/sharp_resize.mjs" --version)"
  [ "$with_vips" = no ] || echo "          vipsthumbnail with $(vipsthumbnail --vips-version)"
  awk -v count="$count" -v bytes="$bytes" -v pixels="$pixels" -v hash="$hash" 'BEGIN {
    printf "data      %d files, %.1f MB, %.1f megapixels (%s)\n",
      count, bytes / 1e6, pixels / 1e6, hash }'
  echo "rounds    $pairs, after one warm-up; wall and CPU in s, peak memory in MiB (1048576 bytes)"
  echo "commands"
  for name in "imgloom-$jobs" "sharp-$jobs" vipsthumbnail; do
    [[ " ${contenders[*]} " != *" $name "* ]] || echo "   $(shown_command "$name")"
  done
  echo
}

# The awk programs below share this: the median of v[1..n], which it sorts.
median_awk='
function median(v, n,   i, j, t) {
  for (i = 2; i <= n; i++)
    for (j = i; j > 1 && v[j] < v[j - 1]; j--) { t = v[j]; v[j] = v[j - 1]; v[j - 1] = t }
  return n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}
function cell(v, n, form,   m) {
  m = median(v, n)
  return sprintf("  %-22s", sprintf(form " (" form "-" form ")", m, v[1], v[n]))
}'

medians_row() { # CONTENDER
  awk -v name="$1" -v title="$(title_of "$1")" "$median_awk"'
    $1 == name { n++; cpu[n] = $2 + 0; wall[n] = $3 + 0; peak[n] = $4 / 1024 }
    END { printf "%-28s%s%s%s\n", title, cell(cpu, n, "%.2f"), cell(wall, n, "%.2f"),
                 cell(peak, n, "%.0f") }' "$work/runs"
}

# The quotient of two contenders, round by round. A peak or a time of 0 cannot be divided by: "-".
ratios_row() { # NUMERATOR DENOMINATOR
  awk -v a="$1" -v b="$2" -v title="$(title_of "$1") / $(title_of "$2")" "$median_awk"'
    $1 == a { n++; for (k = 1; k <= 3; k++) x[k, n] = $(k + 1) }
    $1 == b { m++; for (k = 1; k <= 3; k++) y[k, m] = $(k + 1) }
    function quotient(k,   i, v) {
      for (i = 1; i <= n; i++) {
        if (y[k, i] == 0) return sprintf("  %-22s", "-")
        v[i] = x[k, i] / y[k, i]
      }
      return cell(v, n, "%.2f")
    }
    END {
      printf "%s\n%-28s%s%s%s\n", title, "", quotient(1), quotient(2), quotient(3)
    }' "$work/runs"
}

report() {
  local name
  printf '%-28s  %-22s  %-22s  %s\n' 'median (lowest-highest)' 'CPU s' 'wall s' 'peak MiB'
  for name in "${contenders[@]}"; do
    medians_row "$name"
  done
  printf '\n%-28s  %-22s  %-22s  %s\n' 'ratio within a round' 'CPU' 'wall' 'peak'
  ratios_row "imgloom-$jobs" "sharp-$jobs"
  [ "$with_vips" = no ] || ratios_row imgloom-1 vipsthumbnail
  if [ "$jobs" != 1 ]; then
    ratios_row imgloom-1 "imgloom-$jobs"
    ratios_row sharp-1 "sharp-$jobs"
  fi
}

describe
: >"$work/runs"
for ((round = 0; round <= pairs; round++)); do
  for name in "${contenders[@]}"; do
    [ ! -t 2 ] || printf '\rround %d/%d %-24s' "$round" "$pairs" "$name" >&2
    run_once "$name" "$work/$([ "$round" = 0 ] && echo warm_up || echo runs)"
  done
done
[ ! -t 2 ] || printf '\r%-40s\r' '' >&2
report | sed 's, *$,,'
