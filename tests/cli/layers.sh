# Watermarks and texts from the command line: what reports tell, what makes outputs anew, what is refused.
picture tiny/photo-333x222.jpg in/a.jpg
picture formats/quadrants.png in/b.png
picture formats/quadrants-alpha.png logo.png
picture formats/quadrants.webp other.webp
tell() { jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.status) \(.width)x\(.height) \(.channels) \(.lane)"' "$1"; }
try() {
    echo "$*"
    imgloom run in -o out -j1 "$@" -Q --report r.json
    tell r.json
}
try --inside 100x100 --watermark logo.png --watermark-size 30% --check-outputs
try --inside 100x100 --watermark other.webp --watermark-position tile+5+5 --watermark-opacity 50% --watermark-blend multiply
try --inside 100x100 --grayscale --text '{stem} {width}x{height}' --text-color gray
try --inside 100x100 --text '{stem}' --text-outline red --text-position north+0+0 -f webp
# The recipe has the hashes of what was named; it makes the same again.
imgloom run in -o one --watermark logo.png --text '{stem}' -Q --report one.json
jq -c '.recipe | .watermark, (.font.hash | length)' one.json
imgloom run in -o two --recipe one.json -Q
cmp one/a.jpg two/a.jpg && cmp one/b.png two/b.png && echo same
# With a state the content counts, not the name.
state() {
    imgloom run in -o state --state s.db --inside 50x50 "$@" -Q --report r.json
    jq -c '[.results[] | .because // .skipReason] | unique' r.json | sed 's/content is //'
}
state --watermark logo.png
state --watermark logo.png
cp logo.png moved.png
state --watermark moved.png
state --watermark moved.png --watermark-opacity 0.5
cp in/b.png moved.png
state --watermark moved.png
# Where the content is another a recipe that holds its hash is refused, and so is a plan.
imgloom plan in -o planned --plan p --watermark moved.png --inside 50x50 -Q
imgloom run in -o two --recipe one.json --watermark moved.png -Q && echo taken
cp logo.png moved.png
imgloom run --plan p --shard all -Q
rm logo.png
imgloom run in -o two --recipe one.json
# No output replaces what it was made of.
imgloom run in -o . -f png --watermark moved.png --name moved.png --inside 20x20 --exclude '*.jpg' -Q --report r.json
jq -r '.results[].errorCode' r.json
# A name is one face of a font, another is another.
for font in "DejaVu Sans" "DejaVu Sans:bold" "DejaVu Sans Bold"; do
    state --text a --font "$font"
done 2>&1 | sed "s/is '[^']*'/is 'X'/"
# What is wrong is told before anything is written.
echo "no picture" > text.png
for words in "--watermark missing.png" "--watermark text.png" "--watermark in" "--watermark-size 10" "--text {n}" \
    "--text {stem" "--text {date}} --font DejaVu" "--font Sans" "--text a --text-position top" "--text a --font missing.ttf" \
    "--text a --font ./text.png" "--watermark moved.png --watermark-blend under" \
    "--watermark moved.png --watermark-opacity 2" "--watermark moved.png --watermark-size 101%"; do
    imgloom run in -o refused --inside 50x50 $words
done
imgloom run in -o refused --inside 50x50 --text a --font "No Such Font" 2>&1 | sed "s/is '[^']*'/is 'X'/"
ls refused
