#!/bin/bash
# The manual page and the completions name exactly the options that the help of each command
# names, and are what their readers understand; docs/manual.md and docs/formats.md have the tables that
# are made of the program's: docs.sh IMGLOOM DOCS_FOLDER PAGES_FOLDER
set -euo pipefail
imgloom=$1 docs=$2 pages=$3
failed=0

fail() {
  echo "$*" >&2
  failed=1
}

same() { # WHAT, two lists
  [ "$2" = "$3" ] || fail "$1: $(diff <(echo "$2") <(echo "$3"))"
}

# --name and -n, sorted, of what is read.
names() {
  tr ' ,[]()' '\n' | { grep -xE -e '--[a-z][a-z0-9-]*|-[A-Za-z0-9]' || true; } | sort -u
}

commands=$("$imgloom" --help | sed -n '/^Commands/,/^ *-h/s/^  \([a-z]\{1,\}\) .*/\1/p')
[ -n "$commands" ] || fail "no commands in the help"
for command in $commands; do
  help=$("$imgloom" "$command" --help | grep -oE '^  +(-[A-Za-z0-9], )?--[a-z0-9-]+|also --[a-z-]+' |
    names)
  own=$(grep -vxE -e '--help|--version|-h|-V' <<<"$help" || true)
  manual=$(sed -n "/^\.SS imgloom $command/,/^\.S/p" "$docs/imgloom.1" |
    sed 's/\\-/-/g; s/\\f./ /g' | sed -nE '/^\.TP/{n;p}; s/.*\(also (--[a-z-]+)\).*/\1/p' | names)
  same "manual, $command" "$own" "$manual"
  bash=$(sed -n "s/^    $command) options='\(.*\)' ;;/\1/p" "$docs/imgloom.bash" | tr ' ' '\n' | names)
  same "bash, $command" "$help" "$bash"
  fish=$(sed -n "s/.*seen_subcommand_from $command'\(.*\) -d .*/\1/p" "$docs/imgloom.fish" |
    sed -E 's/ -a .*//; s/ -[xrfF]\b//g; s/ -l ([a-z0-9-]+)/ --\1/g; s/ -s (.)/ -\1/' | names)
  same "fish, $command" "$help" "$fish"
  zsh=$(sed -n "/^  $command)/,/;;/s/^ *'\*\(-[^=[]*\).*/ \1 /p" "$docs/_imgloom" | names)
  same "zsh, $command" "$help" "$zsh"
done

# ---- what the program prints itself
for file in imgloom.bash _imgloom imgloom.fish; do
  shell=${file#imgloom.}
  "$imgloom" completion "${shell/_imgloom/zsh}" | cmp - "$docs/$file" || fail "completion of $file"
done

# ---- tables in Markdown
table() { # NAME PAGE
  sed -n "/^<!-- $1: /,/^<!-- end of $1/p" "$pages/$2.md" | diff - "$docs/$1.md" ||
    fail "$2.md is not what the tables say: cmake --build --preset dev --target manual"
}
table switches manual
table kinds formats

# ---- the completions of bash, as bash uses them
# shellcheck disable=SC1090
source "$docs/imgloom.bash"
compopt() { :; }
complete_words() { # the words so far; the last is being typed
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _imgloom
  printf '%s\n' "${COMPREPLY[@]}" | sort | paste -sd' '
}
cd "$(mktemp -d)"
mkdir folder && touch 'a file.jpg'
same "commands" "run" "$(complete_words imgloom ru)"
same "an option" "--grayscale --greyscale" "$(complete_words imgloom run --gr)"
same "words of an option" "contain cover" "$(complete_words imgloom run --fit co)"
same "words behind =" "contain cover" "$(complete_words imgloom run --fit = co)"
same "all words behind =" "luma luminance none" "$(complete_words imgloom run --grayscale =)"
same "no word without =" "folder" "$(complete_words imgloom run --grayscale f)"
same "words of a letter" "jpeg jxl" "$(complete_words imgloom run -f j)"
same "a folder" "folder" "$(complete_words imgloom run -o f)"
same "an input" "a file.jpg" "$(complete_words imgloom run a)"
same "a number" "" "$(complete_words imgloom run -q '')"
rm -r "$PWD"

# ---- what their readers say
if command -v groff >/dev/null; then
  complaints=$(groff -man -ww -z "$docs/imgloom.1" 2>&1)
  same "groff" "" "$complaints"
fi
for shell in zsh fish; do
  file=$docs/_imgloom
  [ $shell = zsh ] || file=$docs/imgloom.fish
  ! command -v $shell >/dev/null || $shell -n "$file" || fail "$shell cannot read $file"
done
exit $failed
