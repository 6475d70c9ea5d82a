# Bad reports: a message with file and line, an exit status, and whatever can be read.
. "$here/rows.sh"
folder=/data
make_rows json >a.json
make_rows ndjson >a.ndjson
try() {
    echo "== $1"
    "$IMGLOOM" report "$1" >"$CAPTURE" 2>errors
    status=$?
    head -1 "$CAPTURE"
    cat errors
    echo "exit $status"
}
printf '' >empty.json
echo 'a picture' >text.json
printf '\377\330\377\340' >picture.jpg
echo '{}' >object.json
echo '{"recipe":{}}' >recipe.json
sed 's/"schemaVersion":1/"schemaVersion":2/' a.json >version.json
head -c 1500 a.json >torn.json
head -c 1500 a.ndjson >torn.ndjson
sed 3d a.ndjson >fewer.ndjson
sed 1d a.ndjson >headless.ndjson
sed '4s/"seq":2,/"seq":2,"seq":2,/' a.ndjson >twice.ndjson
sed 's/"seq":/"hue":1,"seq":/' a.ndjson >unknown.ndjson
sed '4s/"originalSize":100000/"originalSize":"large"/' a.json >type.json
sed '4s/100000/1e999/' a.json >huge.json
sed 's/\("summary":.*\)}$/\1,"results":[]}/' a.json >results-twice.json
sed 's/\("summary":.*\)}$/\1,"jobs":1}/' a.json >jobs-twice.json
sed 's/\("summary":.*\)}$/\1,"hue":1,"summary":{}}/' a.json >summary-twice.json
sed 's/"schemaVersion":1,//; s/\("summary":.*\)}$/\1,"schemaVersion":1,"summary":{}}/' a.json >late-twice.json
sed '4s/"lane":"/"lane":"\\u0000/' a.ndjson >nul.ndjson
sed '4s/"status":"error"/"status":"lost"/' a.ndjson >status.ndjson
{ cat a.ndjson; head -c 100000 /dev/zero | tr '\0' '['; } >deep.ndjson
{ head -2 a.ndjson; head -c 20000000 /dev/zero | tr '\0' x; echo; tail -1 a.ndjson; } >long.ndjson
{ cat a.json; echo x; } >more.json
sed 's/^{"type":"image".*/{"type":"image"}/' a.ndjson >many.ndjson
for n in 1 2 3 4 5 6 7; do sed -n 2,8p many.ndjson; done >>many.ndjson
mkdir folder.json
for file in empty.json text.json picture.jpg object.json recipe.json version.json torn.json torn.ndjson \
    fewer.ndjson headless.ndjson twice.ndjson unknown.ndjson type.json huge.json status.ndjson \
    deep.ndjson long.ndjson results-twice.json jobs-twice.json summary-twice.json late-twice.json \
    nul.ndjson more.json many.ndjson folder.json missing.json; do
    try $file
done
# One bad report does not keep the others from being read.
"$IMGLOOM" report missing.json a.json 2>/dev/null | head -1
