# What is no plan, or is not the one that was made; and reports where they must not be.
. "$here/plans.sh"
many_pictures 20 tiny/1x1.jpg in/%d.jpg
"$IMGLOOM" plan --plan RUN -Q in -o out --width 50 --shards 2 || echo "no plan"
mkdir empty
echo "-- no plan"
imgloom run --plan nowhere --shard 0
imgloom run --plan empty --shard 0
imgloom run --plan in/1.jpg --shard 0
cp -r RUN begun && rm begun/plan.json
imgloom run --plan begun --shard 0
cp -r RUN newer && sed -i 's/"schemaVersion":1/"schemaVersion":2/' newer/plan.json
imgloom run --plan newer --shard 0
cp -r RUN cut && truncate -s 100 cut/plan.json
imgloom run --plan cut --shard 0
echo "-- another list"
cp -r RUN list && sed -i '$d' list/shards/00000.ndjson
imgloom run --plan list --shard 0 -Q
imgloom run --plan list --shard all -Q
imgloom run --plan list --shard 1 -Q
rm list/shards/00001.ndjson
imgloom run --plan list --shard 1 -Q
[ ! -e out/1.jpg ] && echo "not made"
echo "-- another version"
jq -c '.tool.version = "0.0.9"' RUN/plan.json >plan.json
cp -r RUN old && mv plan.json old/plan.json
imgloom run --plan old --shard 1 -Q | sed -E 's/, and this is .*: outputs/, and this is VERSIONS: outputs/; s/libvips .* and this/VERSIONS, and this/'
ls old/reports
imgloom run --plan old --shard 1 --keep-versions -Q
ls old/reports | wc -l
echo "-- a format that this build cannot write: asked for, or that of an input"
picture formats/quadrants.tif tif/a.tif
"$IMGLOOM" plan --plan AVIF -Q in -o out --format avif --shards 1 || echo "no plan"
"$IMGLOOM" plan --plan TIFF -Q in tif -o out --shards 1 || echo "no plan"
mv "$(dirname "$IMGLOOM")/imgloom-vips.so" away
imgloom run --plan AVIF --shard 0 --keep-versions | cut -c1-80
imgloom run --plan TIFF --shard 0 --keep-versions
ls AVIF/reports TIFF/reports
mv away "$(dirname "$IMGLOOM")/imgloom-vips.so"
echo "-- reports"
imgloom run --plan RUN --shard 0 --report RUN/plan.json
imgloom run --plan RUN --shard 0 --report RUN/reports/mine.json
imgloom run --plan RUN --shard 0 --report RUN/shards/00001.ndjson
imgloom run --plan RUN --shard 0 --report "$(jq -r .originalPath RUN/shards/00000.ndjson | head -1)"
imgloom run --plan RUN --shard 0 --report "$(jq -r .outputPath RUN/shards/00000.ndjson | head -1)"
imgloom run --plan RUN --shard 0 --quarantine out/q
imgloom run --plan RUN --shard 0 --quarantine in
rm -r RUN/reports && touch RUN/reports
imgloom run --plan RUN --shard 0
rm RUN/reports
imgloom run --plan RUN --shard 0 -Q
