#!/bin/bash
# The documents are true where a machine can tell, and short: documents.sh SOURCE_FOLDER
#   each link leads to a file, and to a heading in it
#   each path that ARCHITECTURE.md and CONTRIBUTING.md name is there
#   each source file that a comment names is there
#   README, ARCHITECTURE and CONTRIBUTING have no more lines than a newcomer reads
set -u
cd "$1" || exit 1
failed=0

fail() {
  echo "$*"
  failed=1
}

# The anchors of a document's headings, as web pages of repositories make them.
anchors() {
  grep -E '^#+ ' "$1" | sed -E 's/^#+ //; s/[^A-Za-z0-9 _-]//g; s/ /-/g' | tr '[:upper:]' '[:lower:]'
}

documents="README.md ARCHITECTURE.md CONTRIBUTING.md bench/README.md testdata/README.md $(echo docs/*.md docs/*/*.md)"
for document in $documents; do
  folder=$(dirname "$document")
  while IFS= read -r link; do
    case $link in http*) continue ;; esac
    target=${link%%#*} anchor=""
    case $link in *'#'*) anchor=${link#*#} ;; esac
    file=$folder/$target
    [ -n "$target" ] || file=$document
    [ -e "$file" ] || { fail "$document: no $target" && continue; }
    [ -z "$anchor" ] || anchors "$file" | grep -qxF -e "$anchor" || fail "$document: no heading $link"
  done < <(grep -oE '\]\([^) ]+\)' "$document" | sed 's/^](//; s/)$//'
           grep -oE 'src="[^"]+"' "$document" | sed 's/^src="//; s/"$//')
done

# `room/file` stands for src/room/file, with or without an ending; * for anything. NAME is the reader's.
for document in ARCHITECTURE.md CONTRIBUTING.md; do
  while IFS= read -r path; do
    case $path in *NAME*) continue ;; esac
    for place in "$path" "src/$path"; do
      for ending in "" .c .h; do
        compgen -G "${place%/}$ending" >/dev/null && continue 3
      done
    done
    fail "$document: no $path"
  done < <(grep -oE '`[a-z_.]+/[A-Za-z_/.*{}-]*[a-z_/]`' "$document" | tr -d '`' | sort -u)
done

# Comments name source files by their last part.
known=$(find src include tests fuzz bench testdata cmake -name '*.[ch]' -o -name '*.h.in' | sed 's#.*/##; s/\.in$//' | sort -u)
while IFS=: read -r file name; do
  grep -qxF "$name" <<<"$known" || fail "$file: a comment names $name, which is not there"
done < <(grep -rE '(^[[:space:]]*\*|/\*).*\b[a-z_0-9]+\.[ch]\b' --include='*.c' --include='*.h' src include tests fuzz |
  grep -v '#include' | sed 's/^\([^:]*\):/\1\n/' | awk 'NR % 2 { file = $0; next }
    { while (match($0, /(^|[^a-z_0-9.\/<])[a-z_0-9]+\.[ch]([^a-z_0-9]|$)/)) {
        name = substr($0, RSTART, RLENGTH); gsub(/^[^a-z_0-9]|[^a-z_0-9]$/, "", name)
        print file ":" name; $0 = substr($0, RSTART + RLENGTH) } }' | sort -u)

limit() { # FILE LINES
  [ "$(wc -l <"$1")" -le "$2" ] || fail "$1 has more than $2 lines"
}
limit README.md 150
limit ARCHITECTURE.md 150
limit CONTRIBUTING.md 100
exit $failed
