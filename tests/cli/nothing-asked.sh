# A run without any operation, place or name for its outputs is a slip: it would put a copy, made
# anew, next to each picture.
picture photos/gray.jpg photos/a.jpg
imgloom run photos
imgloom run photos -j 2 -p --if-exists skip --report r.json
imgloom run photos --background red
imgloom run photos -q 80 --fit
tree .
# Each of these is something to do.
echo '{}' >recipe.json
for words in "-n" "--discard" "-o out" "--name {stem}-copy.{ext}" "--prefix x-" "--suffix=-y" \
    "--recipe recipe.json" "--width 50" "--inside 50" "--flip" "--rotate 90" "--grayscale" "-q 50" \
    "-f png" "--metadata all" "--no-auto-orient" "--max-bytes 10K" "--progressive"; do
    "$IMGLOOM" run photos/a.jpg $words -Q >/dev/null 2>&1 || echo "$words: $?"
done
