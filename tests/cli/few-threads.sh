# A system without room for the threads that were asked for: fewer images at once, and no image is
# lost.
for n in $(seq 1 12); do picture formats/quadrants.png "in/$n.png"; picture photos/scene-1.jpg "in/$n.jpg"; done
IMGLOOM_REAL=$IMGLOOM
printf '#!/bin/sh\nexec "$LACKING" $lack -- "%s" "$@"\n' "$IMGLOOM_REAL" >lacking.sh
chmod 755 lacking.sh && IMGLOOM=./lacking.sh && export lack LACKING
export ASAN_OPTIONS="${ASAN_OPTIONS:-}:detect_leaks=0"
echo "# No thread at all"
lack=threads
imgloom run in -o none --include '*.jpg' -j 3 --width 40 --progress never --report r.json
jq -c '[.jobs, .summary.threads, .summary.ok, .summary.rows]' r.json
echo "# Damage that nobody confirms, in threads: libvips' may be for want of a thread; ours is damage"
mkdir bad && picture formats/quadrants.png bad/1.png; picture broken/corrupt.jpg bad/2.jpg
seq 99 | dd of=bad/1.png bs=1 seek=$(($(wc -c <bad/1.png) / 2)) count=40 conv=notrunc 2>/dev/null
lack=processes
imgloom run bad -o none --isolate never -Q --report r.json
rows r.json
jq -r '.results[] | select(.originalFormat == "png") | .error' r.json
[ "$(id -u)" = 0 ] || exit 0
mkdir few && chmod 777 few .
for n in 4 6 9; do
    echo "# Threads and processes: $n"
    lack=processes-beyond=$n
    imgloom run in -o few -j 8 --width 40 -Q --report few/r.json | sed -E 's/(at once: )[0-9]+$/\1FEW/; /^imgloom: images waited/d'
    jq -c '[.summary.ok, .summary.rows]' few/r.json
done
