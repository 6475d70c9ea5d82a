# With --check-outputs, an output that shows another picture than its input is an error, and what
# stood there before still stands. A broken encoder is put in the place of libwebp's.
broken() {
    LD_PRELOAD=$WRONG_ENCODER ASAN_OPTIONS=verify_asan_link_order=0:${ASAN_OPTIONS:-} "$IMGLOOM" "$@" 2>said
    echo "exit $?"
    grep -v '^imgloom: [0-9]* image' said | sed -E 's/ [0-9]+ of [0-9]+ parts/ N of M parts/; s/by up to [0-9]+/by up to N/'
}
told() { jq -r '.results | sort_by(.seq)[] | "\(.originalPath) \(.status) \(.errorCode) \(.errorStage) \(.processedSize)"' r.json; }
picture photos/scene-1.jpg in/a.jpg
picture orientation/landscape-6.jpg in/b.jpg
picture formats/quadrants.png in/c.png

# Without the switch, nobody notices; with it, nothing is written.
broken run in -o out -f webp -Q
tree out
rm -r out && mkdir out && echo mine >out/a.webp
broken run in -o out -f webp -Q --check-outputs --report r.json
told
tree out
cat out/a.webp
# In a worker process, too, and of several outputs the others are written.
broken run in/a.jpg -o several -f webp,jpeg --isolate all -Q --check-outputs --report r.json
told
tree several
# A quarantine gets the original.
broken run in/a.jpg -o out -f webp -Q --check-outputs --quarantine bad
tree bad

# What is right is written, in every format and turn.
rm -r out
for format in jpeg png webp gif tiff; do
    imgloom run in -o out/$format -f $format --cover 160x120 --flop --check-outputs -Q --report r.json
    told | cut -d' ' -f1-4
done
# It is no part of how an output is made: a state takes it for made.
imgloom run in -o out/state --width 50 --state state.db -Q
imgloom run in -o out/state --width 50 --state state.db -Q --check-outputs --report r.json
jq -r '.results[].skipReason' r.json | sed 's/content is //' # as its times are told apart or not
# Nor of a plan, which goes with it.
imgloom plan in -o planned --width 60 --plan plan -Q
imgloom run --plan plan --shard all --check-outputs -Q
tree planned
