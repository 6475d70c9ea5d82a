# One picture from standard input to standard output. The format of `same` follows the content.
picture photos/scene-3.jpg a.jpg
picture formats/quadrants.png b.png
picture broken/truncated.png cut.png
kind() { od -An -N12 -tx1 "$1"; }
pipe() {
    "$IMGLOOM" run "$@" >piped 2>errors
    echo "exit $?, $(if [ -s piped ]; then kind piped; else echo nothing; fi)"
    cat errors
}
pipe - -o - -f webp --width 40 <a.jpg
pipe - -o - --width 40 <a.jpg
pipe - -o - <b.png
cat b.png | pipe - -o -
pipe b.png -o - -f jpeg
# It is the picture that a file would be.
imgloom run b.png -o out -f webp --width 20 -Q
"$IMGLOOM" run - -o - -f webp --width 20 <b.png | cmp - out/b.webp && echo "the same bytes"
"$IMGLOOM" run - -o - <a.jpg | "$IMGLOOM" run - -o - --width 30 -f png >piped && kind piped
# A reader that has seen enough.
"$IMGLOOM" run - -o - -f png <a.jpg | head -c 4 | od -An -c
# What fails says so, and writes nothing; a report may tell the rest.
pipe - -o - </dev/null
pipe - -o - <cut.png
echo text | pipe - -o - -f webp
pipe missing.jpg -o -
pipe - -o - -f webp --report r.json <cut.png
jq -c '(.results[] | [.originalPath, .outputPath, .errorCode]), .summary.failed' r.json
pipe - -o - -f webp --report r.json --width 30 <a.jpg
jq -c '.results[] | [.status, .originalPath, .outputPath, .format, .width, .originalSize]' r.json
"$IMGLOOM" run - -o - -n --width 30 <a.jpg
pipe - -o - --discard <a.jpg
pipe - -o - -v --width 30 <a.jpg | stable
# A reader that gets nothing is told why; the original, where it is what was asked for, is something.
"$IMGLOOM" run a.jpg -q 30 -o - >small.jpg
pipe small.jpg -o - -q 95 --if-larger copy
cmp piped small.jpg && echo "the original"
pipe - -o - -q 95 --if-larger copy -f webp --report r.json <small.jpg
jq -c '.results[] | [.status, .skipReason]' r.json
pipe - -o - -q 95 --if-larger copy -f webp -v <small.jpg
pipe - -o - -q 95 --if-larger skip <small.jpg
# Two things on one stream, and what makes no sense.
pipe - -o - --report - <a.jpg
pipe - -o - --html - <a.jpg
pipe - --files-from - -o - <a.jpg
pipe --files-from - -o - <a.jpg
pipe - -o - --size 10x,20x --name '{width}' <a.jpg
pipe - -o out <a.jpg
pipe - <a.jpg
pipe - a.jpg -o - <a.jpg
pipe a.jpg b.png -o -
pipe . -o -
pipe a.jpg -o - --report a.jpg
pipe - -o - --report a.jpg <a.jpg
pipe - -o - --prefix x <a.jpg
pipe - -o - --quarantine q <a.jpg
script -qec "'$IMGLOOM' run a.jpg -o -" /dev/null </dev/null | tr -d '\r'
"$IMGLOOM" bench - 2>&1 </dev/null
# A file of that name has another spelling.
cp a.jpg ./-
imgloom run ./- -o out --width 30 -v
ls out
