# Times and sizes at the end of their range: sums stay there, and nothing becomes less than nothing.
row() {
    printf '{"type":"image","originalPath":"%s","outputPath":"o/%s","status":"ok","worker":0,' "$1" "$1"
    printf '"originalSize":%s,"processedSize":%s,' "$2" "$2"
    printf '"startMs":9e12,"queueMs":0,"elapsedMs":%s}\n' "$3"
}
report() {
    echo '{"type":"run","schemaVersion":1,"startedAt":"2262-04-11T23:47:15Z","workingDirectory":"/w"}'
    for name in a b c; do row $name "$1" "$2"; done
    echo '{"type":"summary","rows":3,"elapsedMs":9e12,"cpuMs":9e12}'
}
report 9223372036854775807 9e12 >large.ndjson
report 1 1 >small.ndjson
for words in "large.ndjson large.ndjson" "--compare large.ndjson small.ndjson" \
    "--compare small.ndjson large.ndjson" "--merge large.ndjson large.ndjson small.ndjson"; do
    echo "== $words"
    "$IMGLOOM" report $words >"$CAPTURE"
    echo "exit $?"
    grep -cE '[ :]-[0-9]' "$CAPTURE"
done
jq -c .summary.elapsedMs "$CAPTURE"
