# Digits and times differ from run to run; what is counted does not.
picture photos/scene-1.jpg in/a.jpg
picture photos/gray.jpg in/b.jpg
head -c 2000 in/a.jpg >in/cut.jpg
mkdir tmp
TMPDIR=$PWD/tmp
export TMPDIR

bench() {
    "$IMGLOOM" bench "$@" >out 2>errors
    echo "exit $?"
    sed -E 's/ +/ /g; s/[0-9]+([.][0-9]+)?/N/g; s/^ //; s/CPUs?;/CPUs;/; s/^(Recommended|The machine was busy):.*/VERDICT/' out
    cat errors
}

bench in --threads 2,1,2 --runs 2 --isolate auto,never --size 40x --json r.json --svg r.svg \
    --html page.html
jq -c '[.type, .schemaVersion, .tool.name, .recipe.width, .inputs.images, .runs, .warmup]' r.json
jq -c '.settings[] | [.threads, .isolate, .comparedWithThreads, (.runs | length),
    ([.latencyHistogram[].count] | add), .runs[0].failed, .runs[0].order, .runs[1].order]' r.json
jq -c 'if .othersShare > 0.1 then .recommended == null and (.verdict | test("busy")) else
    (.recommended | keys) == ["isolate", "threads"] and (.verdict | test("Recommended")) end' r.json
jq -c '.settings[] | [.imagesPerSecond.median, .peakRssBytes.low, .cpuMs.high, .latencyP99Ms.low]
    | all(. > 0)' r.json
jq -r '.settings[0] | keys[]' r.json | tr '\n' ' ' && echo
jq -c '.settings[] | select(.threads == 1) | [.speedUp.low, .efficiency.high | . + 0]' r.json
grep -c '<circle' r.svg
sed -n '/id="bench">/,/<.script>/p' page.html | sed -e 's/^.*id="bench">//' -e 's|</script>$||' |
    jq -S 'del(.finishedAt)' >page.json
jq -S 'del(.finishedAt)' r.json | diff - page.json && echo "the same figures"
tree tmp in

# Several sizes and no outputs; one line of JSON for another program, the table beside it.
"$IMGLOOM" bench in/a.jpg -j 1 --runs 1 --warmup 0 --size 40x,20x --discard --json - 2>table |
    jq -c '[.discard, .inputs.images, (.settings | length)]'
grep -cE '^(Recommended|The machine was busy):' table

# What is no file is written to, not replaced.
mkfifo pipe
cat pipe >got &
ln -s kept link && echo before >kept
"$IMGLOOM" bench in/a.jpg -j 1 --runs 1 --warmup 0 --size 40x --discard --json pipe --svg link \
    --html - 2>table >page.html
wait
ls -l pipe link | cut -c1 | tr '\n' ' '
jq -c .type got
tail -n 1 kept
grep -c 'id="bench"' page.html
grep -cE '^(Recommended|The machine was busy):' table
"$IMGLOOM" bench in/a.jpg -j 1 --runs 1 --warmup 0 --size 40x --discard --svg /dev/full >table
echo "exit $?"
rm pipe got link kept table page.html

# On a narrow terminal the table is several, and no line is broken.
script -qec "stty cols 60; '$IMGLOOM' bench in/a.jpg -j 1 --runs 2 --warmup 0 --size 40x --discard" \
    /dev/null </dev/null 2>/dev/null | tr -d '\r' | grep -E '^ *(threads|1  )' >table
awk 'length > 60' table
tr -s ' ' '\n' <table | grep -xE 'images/s|start'
[ "$(grep -c threads table)" -gt 1 ] && echo "in pieces"
rm table

# What makes no sense.
bench
bench in --threads 0
bench in --threads 1,,2
bench in --threads 1,x
bench in --isolate auto,auto
bench in --isolate some
bench in --runs 0
bench in --json in/a.jpg
bench in --html in/a.jpg
bench in --jobs 2
bench in -o out
bench --files-from - </dev/null
mkdir empty
bench empty
bench in/cut.jpg --threads 1 --runs 1 --size 40x
tree tmp
