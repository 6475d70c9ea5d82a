# A tree of 1,000 folders, deeper than any path that the system takes at once: inputs are read and
# outputs written there all the same.
levels() { i=0; while [ $i -lt "$1" ]; do mkdir "f$i" && cd -P "f$i" || exit 1; i=$((i + 1)); done; }
mkdir in
(cd in && levels 100 && cp "$TESTDATA/photos/gray.jpg" a.jpg && levels 900 &&
    cp "$TESTDATA/photos/gray.jpg" b.jpg)
imgloom run in -o out --width 50 --report r.json
jq -r '.results[] | "\(.status) \(.outputPath | length > 4096)"' r.json
find out -name '*.jpg' -printf '%d %f\n' | sort
imgloom run in -o out --width 50 --if-exists skip --report r.json -Q
jq -r '.results[].status' r.json
imgloom run in --width 50 --durable -Q
find in -name 'processed_*' -printf '%d %f\n' | sort
