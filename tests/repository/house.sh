#!/bin/sh
# How the code is cut: figures of src/, and what they must not grow beyond.
#   house.sh SOURCE_FOLDER
# A user of a private header is a file of src/ that includes it by itself, other than the .c of its
# name: a header that has one user at most is a seam that nobody else needs.
set -u
cd "$1" || exit 1
failed=0

# at_most WHAT FIGURE LIMIT
at_most() {
  echo "$1: $2 (at most $3)"
  if [ "$2" -gt "$3" ]; then
    echo "  that is more than there was" >&2
    failed=1
  fi
}

sources() {
  find src -name '*.[ch]' | LC_ALL=C sort
}

echo "source files: $(sources | grep -c '\.c$') .c, $(sources | grep -c '\.h$') .h"

# ---- headers: "PATH USERS" for each
headers() {
  sources | xargs grep -H '^#include "' /dev/null | awk -F'[:"]' '
    {
      own = $1
      sub(/\.c$/, ".h", own)
      if (own != "src/" $3 && !seen[$1, $3]++)
        users["src/" $3]++
    }
    END { for (header in users) print header, users[header] }' |
    LC_ALL=C sort >"$counted"
  sources | grep '\.h$' | LC_ALL=C join -a 1 -e 0 -o 0,2.2 - "$counted"
}

# share PATTERN: percent of the headers whose path matches that have one user at most
share() {
  headers | awk -v pattern="$1" '
    $1 ~ pattern { all++; few += $2 <= 1 }
    END { print all ? int((100 * few + all - 1) / all) : 0 }'
}

counted=$(mktemp) || exit 1
trap 'rm -f "$counted"' EXIT
headers | awk '
  { all++; few += $2 <= 1 }
  $2 <= 1 { list = list "  " $1 "\n" }
  END { printf "headers with one user or none: %d of %d\n%s", few, all, list }'
at_most "percent of all headers" "$(share .)" 19
at_most "percent in format" "$(share '^src/format/')" 7
at_most "percent in picture" "$(share '^src/picture/')" 17
at_most "percent in engine/codec and engine/vips" "$(share '^src/engine/(codec|vips)/')" 14

# ---- formats: in how many files one is named by its constant
names=$(sed -n 's/^ *\(LOOM_FORMAT_[A-Z0-9]*\),$/\1/p' include/imgloom/format.h)
[ -n "$names" ] || { echo "no formats in format.h" >&2; exit 1; }
max=0
for name in $names; do
  count=$(sources | xargs grep -lw "$name" | wc -l)
  [ "$count" -gt "$max" ] && max=$count named=$name
done
at_most "files that name one format ($named)" "$max" 5

# ---- lengths
longest=$(sources | xargs wc -l | grep -v ' total$' | sort -n | tail -1)
at_most "lines of a file (${longest##*/})" "$(echo "$longest" | awk '{ print $1 }')" 450
# In our layout only a function has its braces at the beginning of a line.
longest=$(sources | xargs awk '
  /^\{/ { begin = FNR }
  /^\}/ && begin { if (FNR - begin - 1 > max) { max = FNR - begin - 1; at = FILENAME ":" begin }; begin = 0 }
  END { print max, at }')
at_most "lines of a function (${longest#* })" "${longest%% *}" 59

exit $failed
