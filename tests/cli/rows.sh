# Reports with known figures, for tests of what reads them.

row() { # seq path output status code size processed ms
    stage=null error=null
    [ "$5" = null ] || stage='"decode"' error='"the file ends too early"'
    printf '"seq":%d,"originalPath":"%s","outputPath":"%s","success":%s,"status":"%s","error":%s,"errorCode":%s,"errorStage":%s,"skipReason":null,"warnings":[],"originalSize":%s,"processedSize":%s,"originalFormat":"jpeg","originalWidth":400,"originalHeight":300,"orientation":1,"format":"%s","width":40,"height":30,"channels":3,"quality":80,"lane":"jpeg","decoder":"libjpeg-turbo","worker":0,"startMs":%d.000,"queueMs":0.010,"elapsedMs":%s' \
        "$1" "$2" "$3" "$([ "$4" = error ] && echo false || echo true)" "$4" "$error" "$5" "$stage" \
        "$6" "$7" "${3##*.}" "$1" "$8"
}

# make_rows json|ndjson: seven rows, in two folders; one failed, one grew.
make_rows() {
    started=${started:-2026-11-20T09:15:00.123Z} out=${out:-out} ext=${ext:-jpg}
    head='"schemaVersion":1,"tool":{"name":"imgloom","version":"0.1.0","libvips":"8.14.1","libjpeg":"x","sandbox":null},"recipe":{},"workingDirectory":"'"${folder:-$PWD}"'","startedAt":"'$started'","jobs":2'
    summary='"inputs":7,"rows":7,"ok":5,"warning":1,"skipped":0,"planned":0,"failed":1,"ignored":3,"bytesIn":700000,"bytesOut":260000,"pixelsIn":720000,"elapsedMs":2000.000,"imagesPerSecond":3.5,"megapixelsPerSecond":0.36,"cpuMs":3000.000,"peakRssBytes":1000000,"peakTotalRssBytes":1500000,"threads":2,"interrupted":false,"tooManyErrors":false,"errorsByCode":{"truncated":1},"finishedAt":"2026-11-20T09:15:02.123Z"'
    {
        row 0 p/a.jpg "$out/a.$ext" ok null 100000 20000 10.5; echo
        row 1 p/b.jpg "$out/b.$ext" ok null 100000 120000 20.25; echo
        row 2 p/c.jpg "$out/c.$ext" error "\"${code:-truncated}\"" 100000 null 0.9; echo
        row 3 p/q/d.jpg "$out/q/d.$ext" warning null 100000 30000 1234.5; echo
        row 4 p/q/e.jpg "$out/q/e.$ext" ok null 100000 "${size:-30000}" 40; echo
        row 5 p/q/f.jpg "$out/q/f.$ext" ok null 100000 30000 50; echo
        row 6 p/q/g.jpg "$out/q/g.$ext" ok null 100000 30000 60; echo
    } >rows.txt
    if [ "$1" = json ]; then
        printf '{%s,"results":[\n' "$head"
        sed -e 's/.*/{&}/' -e '$!s/$/,/' rows.txt
        printf '],"summary":{%s}}\n' "$summary"
    else
        printf '{"type":"run",%s}\n' "$head"
        sed 's/.*/{"type":"image",&}/' rows.txt
        printf '{"type":"summary",%s}\n' "$summary"
    fi
    rm rows.txt
}

# imgloom report, what it prints and its exit status.
run_report() {
    "$IMGLOOM" report "$@" >"$CAPTURE" 2>&1
    set -- $?
    cat "$CAPTURE"
    echo "exit $1"
}
