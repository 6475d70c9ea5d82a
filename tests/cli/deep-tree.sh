# A tree of 1,000 folders, deeper than any path that the system takes at once: inputs are read and
# outputs written there all the same.
hundred=$(printf 'fold%02d/' $(seq 100))
down() { mkdir -p "$hundred" && cd -P "$hundred" || exit 1; }
mkdir in
(cd in && down && cp "$TESTDATA/photos/gray.jpg" a.jpg &&
    for _ in 1 2 3 4 5 6 7 8 9; do down; done && cp "$TESTDATA/photos/gray.jpg" b.jpg)
imgloom run in -o out --width 50 --report r.json
jq -r '.results[] | "\(.status) \(.outputPath | length > 4096)"' r.json
find out -name '*.jpg' -printf '%d %f\n' | sort
imgloom run in -o out --width 50 --if-exists skip --report r.json -Q
jq -r '.results[].status' r.json
imgloom run in --width 50 -Q
find in -name 'processed_*' -printf '%d %f\n' | sort
