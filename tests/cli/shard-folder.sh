# Another mount point, and paths that the plan's lists have been made to lead astray.
. "$here/plans.sh"
mkdir here
cd here || exit 1
many_pictures 10 tiny/1x1.jpg in/%d.jpg
picture broken/text.jpg in/sub/bad.jpg
"$IMGLOOM" plan --plan ../RUN -Q in -o out --width 50 --shards 1 || echo "no plan"
cd ..
mv here there
echo "-- the folder is gone"
shard 0 | sed "s:$PWD:PWD:"
shard 0 -C nowhere
echo "-- a copy"
shard 0 -C there --report r.json --quarantine q | sed "s:$PWD:PWD:g"
tree . -path ./RUN -prune -o -path ./there/in -prune -o -type f -print -o -type l -print
readlink q/sub/bad.jpg | sed "s:$PWD:PWD:"
jq -r .workingDirectory r.json | sed "s:$PWD:PWD:"
echo "-- elsewhere again: the same inputs, but no outputs"
cp -a there copy && rm -r copy/out
shard 0 -C copy
shard 0 -C there
echo "-- an item that is not below the output folder"
again() {
    sum=$(sha256sum RUN/shards/00000.ndjson | cut -d' ' -f1)
    jq -c --arg sum "$sum" '.shards[0].sha256 = $sum' RUN/plan.json >plan && mv plan RUN/plan.json
    rm RUN/reports/*
    shard 0 -C there -Q
    jq -rs 'map(select(.errorCode == "unsafe-path")) | sort_by(.seq)[] | [.outputPath, .error] |
        join(": ")' RUN/reports/*
}
sed -i -e '1s:"out/:"out/../:' -e '2s:"out/:"/tmp/:' -e '3s:"out/:"outer/:' -e '4s:"out/:"./out/:' RUN/shards/00000.ndjson
again
ls
echo "-- a link below it"
rm -r there/out
mkdir there/out elsewhere
ln -s ../../elsewhere there/out/sub
sed -i '/"bad/!s:"out/\([0-9]*\).jpg":"out/sub/\1.jpg":' RUN/shards/00000.ndjson
again
ls elsewhere
