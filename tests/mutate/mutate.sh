#!/bin/bash
# Files whose header fields say every value that they can: what the program calls ok (or a warning)
# must look like what ImageMagick makes of it, 30 dB at least; where it does not, the file is on the
# reviewed list with the reason, and nothing else is. Of every format enough must be ok.
# mutate.sh IMGLOOM MUTATE TESTDATA LIST
# 77 where jq or ImageMagick 6 is not installed: the list has not been looked at with another one.
set -euo pipefail
imgloom=$1 mutate=$2 testdata=$3 list=$4
shift 4
command -v jq >/dev/null || { echo "jq is missing"; exit 77; }
case $(convert -version 2>/dev/null) in
  *"ImageMagick 6."*) ;;
  *) echo "convert is not ImageMagick 6, for which the list was made"; exit 77 ;;
esac
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-mutate-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/in"
"$mutate" "$testdata" "$work/in"
cd "$work"
"$imgloom" run in -o out --format png --report r.json -Q || [ $? -eq 1 ]

# judge FILE MADE...: the PSNR of what we made of each file and what ImageMagick makes of it, both on magenta, so
# that transparent colours do not count. "none": ImageMagick makes nothing of it, or another size. What no
# frame of a GIF covers it paints in the background's colour, unless there is alpha. It takes as long to start
# as for two pictures, so it is given many; where one stops it, each is given alone.
judge() {
  local words=() frame all=("$@") said well at
  while [ $# -gt 0 ]; do
    frame=()
    case $1 in *.gif) frame=(-alpha set -background none -coalesce) ;; esac
    words+=(\( "$1[0]" "${frame[@]}" +repage -auto-orient -colorspace sRGB -depth 8 -background magenta
      -alpha set -flatten +profile '*' \) \( "$2" -depth 8 -background magenta -alpha set -flatten +profile '*' \)
      -metric PSNR -compare -format "${1#in/} %[distortion]\\n" -write info: -delete 0--1)
    shift 2
  done
  said=$(convert "${words[@]}" xc:none null: 2>/dev/null) && well=yes || well=
  said=$(grep -E '^[^ ]+ [a-z0-9.]+$' <<<"$said") || :
  if [ ${#all[@]} -eq 2 ]; then
    printf '%s\n' "${said:-${all[0]#in/} none}"
  elif [ -n "$well" ] && [ "$(wc -l <<<"$said")" -eq $((${#all[@]} / 2)) ]; then
    printf '%s\n' "$said"
  else
    for ((at = 0; at < ${#all[@]}; at += 2)); do judge "${all[@]:at:2}"; done
  fi
}
export -f judge
jq -r '.results[] | select(.success) | .originalPath + "\t" + .outputPath' r.json >made
xargs <made -P "$(nproc)" -n 32 bash -c 'judge "$@"' _ >judged
[ "$(wc -l <judged)" -eq "$(wc -l <made)" ] || { echo "not all were compared"; exit 1; }

# far: fewer than 30 dB; none: the other decoder has no picture to compare with.
sed 's/ *#.*//; /^$/d' "$list" >patterns
awk 'NR == FNR {pattern[++rows] = $0; next}
  {
    far = $2 == "none" || ($2 != "inf" && $2 < 30)
    listed = 0
    for (i = 1; i <= rows; i++)
      if ($1 ~ "^(" pattern[i] ")$") {
        listed = used[i] = 1
        if (!far)
          print $1, $2 ": near, and on the list by " pattern[i]
      }
    if (far && !listed)
      print $1, $2 ": far, and not on the list"
    count += far
  }
  END {
    for (i = 1; i <= rows; i++)
      if (!used[i])
        print pattern[i] ": on the list, and no such file was made"
    print count + 0 >"far"
  }' patterns judged | sort >wrong

# Of each format about as many as were made when it was looked at: none may be refused whole.
while read -r format least; do
  count=$(grep -c "^in/$format-" made) || :
  [ "$count" -ge "$least" ] || echo "$format: $count made instead of $least at least" >>wrong
  echo "$format" >>known
done <<'END'
bmp 95
gif 58
hdr 8
jpeg 200
png 50
pnm 60
psd 58
tga 128
tiff 235
webp 52
END
for file in in/*; do file=${file#in/}; echo "${file%%-*}"; done | sort -u | comm -23 - known |
  sed 's/$/: how many are to be made is not said/' >>wrong
printf '%d files, %d made, %d far from the other decoder, %d complaints\n' \
  "$(find in -type f | wc -l)" "$(wc -l <made)" "$(cat far)" "$(wc -l <wrong)"
[ -z "${KEEP:-}" ] || cp judged r.json "$KEEP"
[ ! -s wrong ] || { cat wrong; exit 1; }
