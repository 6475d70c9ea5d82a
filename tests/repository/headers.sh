#!/bin/sh
# What the public API promises to programs that embed it.
#
# A struct of the library may get more fields: then a program that was built before must not know
# its size. So no public header has one by value (as a parameter, a result, a field, an array), and
# neither the program nor the examples have one of their own.
#   headers.sh SOURCE_FOLDER
set -u
source=$1

# What never grows, and says so where it is declared.
fixed="loom_error loom_size loom_colour loom_length loom_extract loom_ratio loom_edges loom_place loom_recipe_file loom_file_id loom_stamp loom_content_hash loom_error_limit loom_traits loom_item loom_shard loom_run_attempt"

# Without comments.
plain() {
  awk '
    { text = text $0 "\n" }
    END {
      while ((i = index(text, "/*")) > 0) {
        rest = substr(text, i + 2)
        text = substr(text, 1, i - 1) substr(rest, index(rest, "*/") + 2)
      }
      printf "%s", text
    }' "$@"
}

# ---- structs that may grow
structs=$(plain "$source"/include/imgloom/*.h |
  sed -n 's/^typedef struct \(loom_[a-z_]*\) {.*/\1/p' | sort -u | tr '\n' ' ')
[ "$(echo "$structs" | wc -w)" -ge 25 ] || {
  echo "headers.sh does not find the structs of the public headers"
  exit 1
}

failed=0
for file in "$source"/include/imgloom/*.h "$source"/examples/*.c \
  $(find "$source/src/cli" "$source/src/options" -name '*.[ch]' 2>/dev/null); do
  found=$(plain "$file" | awk -v structs="$structs" -v fixed="$fixed" '
    BEGIN {
      for (n = split(structs, list, " "); n > 0; n--) grows[list[n]] = 1
      for (n = split(fixed, list, " "); n > 0; n--) delete grows[list[n]]
    }
    {
      before = ""
      rest = $0
      while (match(rest, /[A-Za-z0-9_]+/)) {
        name = substr(rest, RSTART, RLENGTH)
        before = before substr(rest, 1, RSTART - 1)
        rest = substr(rest, RSTART + RLENGTH)
        declared = before ~ /struct $/ || (before ~ /^} $/ && rest ~ /^;/)
        pointed = rest ~ /^( const)? *\*/
        offset = before ~ /(offsetof|[A-Z])\(([A-Z_]+, )?$/ && rest ~ /^,/ # of macros, too
        if (name in grows && !declared && !pointed && !offset) print
        before = before name
      }
    }')
  [ -z "$found" ] || {
    echo "${file#"$source"/}: a struct that may grow is there by value: $found"
    failed=1
  }
done

# ---- what the library says names no option of the program: an embedder has others. The worker, a
# ---- program of its own, is started with some.
found=$(grep -rnE '"[^"]*--[a-z]' "$source/src" --include='*.[ch]' |
  grep -vE "^$source/src/(cli/|options/|serve/|isolation/program.c|worker/main.c)")
[ -z "$found" ] || {
  echo "the library names an option: $found"
  failed=1
}
exit $failed
