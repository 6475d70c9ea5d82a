# Progress is drawn on a terminal, or when it is asked for; a short run elsewhere shows none.
picture photos/scene-1.jpg in/0.jpg
for n in $(seq 1 99); do ln in/0.jpg "in/$n.jpg"; done
drawn() {
    "$IMGLOOM" run in -o out -j1 "$@" 2>&1 | cat -v | grep -oE '\^M\^\[\[K[0-9]+/100  [0-9.]+ images/s' |
        sed -E 's/[0-9.]+/N/g' | sort -u
    echo "drawn with $*"
}
drawn --progress always
drawn --progress never
drawn --progress auto
drawn --quiet
# The line is gone before anything else is printed.
"$IMGLOOM" run in -o out -j1 --progress always 2>&1 | cat -v | grep -oE '\^M\^\[\[K100 images.*'
