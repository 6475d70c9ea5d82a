# A system without room for worker processes: a clear error for each image; with room for a few:
# those are shared, and all images are done.
many_pictures 12 formats/quadrants.webp in/%d.webp
IMGLOOM_REAL=$IMGLOOM
printf '#!/bin/sh\nexec "$LACKING" $lack -- "%s" "$@"\n' "$IMGLOOM_REAL" >lacking.sh
chmod 755 lacking.sh && IMGLOOM=./lacking.sh && export lack LACKING
lack=processes
# A sanitizer's search for leaks is a process, too.
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
imgloom run in -o out --isolate all -j 3 --progress never --report r.json | sed '/^    in/d'
rows r.json | sort -u -k1,3 | cut -d' ' -f1-3
[ "$(id -u)" = 0 ] || exit 0
mkdir few && chmod 777 few . 
lack=processes-beyond=20
imgloom run in -o few --isolate all -j 8 --progress never --report few/r.json | sed -E 's/processes \([0-9]\): .*/processes/'
jq -c '[.summary.ok, .summary.rows]' few/r.json
