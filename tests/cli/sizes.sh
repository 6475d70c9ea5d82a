# Several sizes of each input from one decode, an output each, named by a template.
picture photos/scene-1.jpg in/a.jpg
picture photos/scene-3.jpg in/sub/b.JPG
name='{dir}/{stem}-{width}x{height}.{ext}'
imgloom run in --size 400x300,200x150,50x50 --name "$name" -o out --report r.json
rows r.json
sizes r.json
# What was read is counted once, whatever was made of it.
bytes=$(cat in/a.jpg in/sub/b.JPG | wc -c)
jq -c --argjson bytes "$bytes" '.summary | [.inputs, .rows, .ok, .bytesIn == $bytes, .pixelsIn]' r.json
jq -c '.results | group_by(.originalPath)[] | map([.worker, .startMs, .elapsedMs]) | unique | length' r.json
jq -c '.recipe.sizes' r.json
# One more size than the last time; what is there stays.
imgloom run in --size 400x300,200x150,50x50,25% --name "$name" -o out --if-exists skip --report r.json
rows r.json
sizes r.json
jq -c '.summary | [.inputs, .rows, .skipped, .ok]' r.json
# An input that fails before it has outputs is one row.
echo missing.jpg | imgloom run in --files-from - --size 40x30,20x15 --name "$name" -o more --report r.json
rows r.json
# The order of the sizes is the caller's; each is right whatever the others are.
imgloom run in/a.jpg --size x30,90x,700x700 --name '{format}/{width}/{height}' -o any --no-upscale \
    -f png --report r.json -Q
rows r.json
sizes r.json
# An output that is another's, or an input, is that one output's failure.
imgloom run in/a.jpg in/sub/b.JPG --size 60x40,30x20 --name 'all-{width}.jpg' -o same --report r.json -Q
rows r.json
cp in/a.jpg in/30.jpg
imgloom run in/a.jpg in/30.jpg --size 60x40,30x20 --name '{width}.jpg' --report r.json -Q
rows r.json
cmp in/a.jpg in/30.jpg && echo "input unchanged"
# What cannot be a name.
imgloom run in/a.jpg --size 60x40,30x20 -o none
imgloom run in/a.jpg --size 60x40,60x20 --name '{stem}-{width}.{ext}' -o none
imgloom run in/a.jpg --size 60x40,60x40 --name "$name" -o none
imgloom run in/a.jpg --name '{stem}-{with}.{ext}' -o none
imgloom run in/a.jpg --name '{stem' -o none
imgloom run in/a.jpg --name '{stem}/' -o none
imgloom run in/a.jpg --name '' -o none
imgloom run in/a.jpg --name "$name" --prefix x -o none
for words in '../{stem}.{ext}' '/{stem}.{ext}' 'x/../../{stem}.{ext}' '{dir}' '{dir}/..x.{ext}' 'a..b'; do
    rm -f r.json
    imgloom run in/a.jpg --name "$words" -o safe --report r.json -Q
    [ ! -f r.json ] || rows r.json
done
tree safe
