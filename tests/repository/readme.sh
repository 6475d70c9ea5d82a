#!/bin/bash
# What README.md tells a reader to type is typed, in its order, and does what it says there; the switches in
# the commands of all documents are those of the program: readme.sh IMGLOOM ROOT
set -euo pipefail
imgloom=$1 root=$2
folder=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-readme-XXXXXX")
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/bin"
ln -s "$imgloom" "$folder/bin/imgloom"
PATH=$folder/bin:$PATH
failed=0

fail() {
  echo "$*" >&2
  failed=1
}

# ---- the commands of the README, in a folder as a reader has one
mkdir "$folder/home"
cd "$folder/home"
mkdir -p photos/sea
convert "$root/testdata/photos/scene-1.jpg" -resize 2000x photos/wide.jpg
cp "$root"/testdata/photos/scene-[12].jpg photos
cp "$root/testdata/photos/scene-4.jpg" photos/sea
cp "$root/testdata/formats/quadrants.png" photos/sea
cp photos/scene-1.jpg a.jpg
commands=$(sed -nE 's/^    ((imgloom|find photos) .*)/\1/p' "$root/README.md")

# sizes FILE...: "WIDTHxHEIGHT" of each, sorted, each once.
sizes() {
  identify -format '%wx%h\n' "$@" | sort -u
}

# within WIDTH HEIGHT FILE...: no picture is larger, and one is as large as it may be.
within() {
  sizes "${@:3}" | awk -F x -v w="$1" -v h="$2" '
    $1 > w || $2 > h { bad = 1 } $1 == w || $2 == h { full = 1 } END { exit bad || !full }' ||
    fail "not within $1x$2: $(sizes "${@:3}")"
}
any=99999 # for a side that is free

# count NUMBER FOLDER: the files below it.
count() {
  [ "$(find "$2" -type f | wc -l)" = "$1" ] || fail "not $1 files: $(find "$2")"
}

# before COMMAND, after COMMAND, which printed what is in `printed`.
before() {
  case $1 in
    *--if-exists*) # the run that Ctrl-C ended; its report says what it came to
      mv photos/wide.jpg .
      imgloom run --inside 1600x1600 -o web photos --report first.ndjson -Q
      mv wide.jpg photos ;;
    *jq*) head -c 20000 a.jpg >photos/cut.jpg ;;
  esac
}

after() {
  case $1 in
    *--html*) count 5 small && within 800 600 small/*.jpg && grep -q '<script' report.html ;;
    *--cover*)
      count 5 thumbs
      [ "$(sizes thumbs/*.jpg thumbs/*/*)" = 320x320 ] || fail "$1: $(sizes thumbs/*.jpg)" ;;
    *--contain*)
      count 5 out
      [ "$(sizes out/*.jpg)" = 800x600 ] || fail "$1: $(sizes out/*.jpg)"
      [ "$(identify -format '%[colorspace]' out/scene-1.jpg)" = Gray ] || fail "$1: not grey"
      [ "$(jq .summary.ok report.json)" = 5 ] || fail "$1: $(jq .summary report.json)" ;;
    *--only-shrink*)
      count 5 web
      within 1600 $any web/*.webp web/sea/*.webp
      [ "$(sizes photos/sea/quadrants.png)" = "$(sizes web/sea/quadrants.webp)" ] || fail "$1: enlarged" ;;
    *--max-bytes*)
      count 15 sizes
      [ -z "$(find sizes -type f -size +100000c)" ] || fail "$1: $(find sizes -size +100000c)"
      within 800 $any sizes/*-800.webp && within 200 $any sizes/sea/*-200.webp ;;
    *--files-from*) count 4 recent && within 800 $any recent/photos/*.jpg ;;
    *--merge*)
      [ "$(jq -c '[.summary.rows, .summary.ok, .summary.interrupted]' all.json)" = '[5,5,false]' ] ||
        fail "$1: $(jq .summary all.json)" ;;
    *'run - -o -'*) within 800 800 a.webp ;;
    *jq*) [[ $printed = truncated$'\t'photos/cut.jpg$'\t'?* ]] || fail "$1: prints $printed" ;;
    *--if-exists*) count 10 web ;;
    *) fail "README.md has a command that this test knows nothing of: $1" ;;
  esac
}

number=0
while IFS= read -r command; do
  before "$command"
  if printed=$(bash -c "$command" </dev/null 2>"$folder/errors"); then
    after "$command"
  else
    fail "$command: exit $?: $(cat "$folder/errors")"
  fi
  number=$((number + 1))
done <<<"$commands"
[ "$number" -ge 10 ] || fail "README.md has $number commands"

# ---- the switches that documents name
for document in "$root"/README.md "$root"/docs/*.md "$root"/clients/*/README.md "$root"/bench/README.md; do
  while read -r command words; do
    help=$(imgloom "$command" --help 2>/dev/null) || { fail "$document: no imgloom $command" && continue; }
    for word in $(grep -oE -e '(^| )--?[A-Za-z0-9][a-z-]*' <<<"${words%%[|&;#]*}"); do
      grep -qE -e "(^|[ ,])$word(\$|[][ ,=)])" <<<"$help" || fail "$document: imgloom $command has no $word"
    done
  done < <(sed -nE 's/^    ([^#]*\| *)?imgloom ([a-z]+) (.*)/\2 \3/p' "$document")
done
exit $failed
