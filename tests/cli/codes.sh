# Each code of the closed set, from the real program. Where a decoder would have to misbehave, a
# worker does in its place that has been told to; `internal` is a mistake that it owns up to.
codes() { jq -r '.results | sort_by(.seq)[] | select(.errorCode) |
    "\(.errorCode) (\(.errorStage)): \(.originalPath): \(.error)"' r.json | tee -a all | sed "s|$PWD|HERE|g; s|another picture: .*|another picture|"; }
run() { "$IMGLOOM" run -o out -j1 --report r.json -Q "$@" >/dev/null 2>&1; echo "exit $?"; codes; }
as_user() { setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; }

# Before any image is run.
mkdir in out && mkfifo in/fifo.jpg && picture tiny/1x1.png in/p.png && cp in/p.png in/p.jpg
echo in/gone.jpg | run in/fifo.jpg in/p.jpg in/p.png --files-from - -f png
cp out/p.png in/q.png && run in/q.png --if-exists error --name p.png
run in/p.png -o in --name '{stem}.{ext}'
echo ../in/in/p.png | run --files-from -

# What a file is, and what became of it.
picture broken/empty.jpg in/empty.jpg && picture broken/text.jpg in/text.jpg
picture broken/corrupt.jpg in/corrupt.jpg && picture broken/truncated.jpg in/truncated.jpg
picture broken/huge-claim.jpg in/huge.jpg
run in/empty.jpg in/text.jpg in/corrupt.jpg in/truncated.jpg in/huge.jpg
echo in/gone.jpg | run in/p.png --files-from - --max-errors 0

# What the system refuses.
picture photos/scene-1.jpg in/large.jpg && chmod 000 in/text.jpg && chmod 777 . out
(if [ "$(id -u)" = 0 ]; then IMGLOOM="as_user $IMGLOOM"; fi
    $IMGLOOM run in/text.jpg -o out --report r.json -Q >/dev/null 2>&1; echo "exit $?") && codes
(ulimit -f 8 && trap '' XFSZ && run in/large.jpg -q 95)

# Workers that die, sleep, want all memory, or blunder; and an output folder that goes away.
mkdir bin && cp "$IMGLOOM" "$(dirname "$IMGLOOM")/imgloom-vips.so" bin/ &&
    cp "$WORKER_TEST" bin/imgloom-worker && IMGLOOM=$PWD/bin/imgloom
for verb in segv sleep allocate internal; do printf 'LOOMTEST %s\n' $verb >in/$verb.png; done
run in/segv.png in/allocate.png in/internal.png --isolate all
run in/sleep.png --isolate all --timeout $((3 * ${CK_TIMEOUT_MULTIPLIER:-1}))
printf 'LOOMTEST nap 10\n' >in/nap.png
(until [ -s early.ndjson ] && rm -r out 2>/dev/null; do sleep 0.05; done) &
"$IMGLOOM" run in/nap.png -o out --isolate all -Q --report early.ndjson --report r.json >/dev/null 2>&1
echo "exit $?" && codes && wait

# An encoder that makes half of the picture gray.
LD_PRELOAD=$WRONG_ENCODER ASAN_OPTIONS=verify_asan_link_order=0:${ASAN_OPTIONS:-} \
    run in/large.jpg -f webp --width 200 --check-outputs

# That is all of them: as docs/report.md has them, and the report's schema.
cut -d' ' -f1 all | sort -u >produced
sed -n '/^| `not-found`/,/^$/s/^| `\([a-z-]*\)`.*/\1/p' "$TESTDATA/../docs/report.md" | sort | diff - produced
jq -r '.. | objects | select(has("enum")) | .enum | select(index("not-found")) | .[] | select(.)' \
    "$TESTDATA/../schema/report.schema.json" | sort -u | diff - produced
wc -l <produced
