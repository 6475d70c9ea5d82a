# Progress is drawn on a terminal, or when it is asked for; a short run elsewhere shows none.
picture photos/scene-1.jpg in/0.jpg
many_links 99 in/0.jpg in/%d.jpg
drawn() {
    "$IMGLOOM" run in -o out -j1 "$@" 2>&1 | cat -v | grep -oE '\^M(\[[=-]+\]  )?[0-9]+%  [0-9]+/100  [0-9.]+ images/s' |
        sed -E 's/[0-9.]+/N/g; s/[=-]+/BAR/' | sort -u
    echo "drawn with $*"
}
drawn --progress always
drawn --progress never
drawn --progress auto
drawn --quiet
# The line is gone before anything else is printed.
"$IMGLOOM" run in -o out -j1 --progress always 2>&1 | cat -v | grep -oE '\^M\^\[\[K100 images.*'
# A failure is shown as it happens, above the line, once.
picture broken/truncated.png in/bad.png
"$IMGLOOM" run in -o out -j1 --progress always 2>&1 | cat -v | grep -oE 'error   truncated: in/bad.png'
# SIGUSR1 asks how far it is, also where nothing is drawn.
"$IMGLOOM" run in -o out -j1 -Q --report r.ndjson -f webp 2>status &
pid=$!
until [ "$(wc -l 2>/dev/null <r.ndjson || echo 0)" -gt 2 ]; do
    kill -0 $pid || break
    sleep 0.02
done
kill -USR1 $pid
wait $pid
echo "exit $?"
grep -cE '^(\[[=-]+\]  )?[0-9]+%  [0-9]+/101  ' status
