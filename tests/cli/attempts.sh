# Plan folders and reports of attempts with known figures, for tests of what reads them.

plan_id=0123456789abcdef0123456789abcdef

# make_plan RUN SHARDS ITEMS: item I is in/I.jpg to out/I.jpg, in shard I modulo SHARDS. The items that
# `bad` names are errors of the plan, those that `left` names are skipped by it.
make_plan() {
    mkdir -p "$1/shards" "$1/reports" "$1/log"
    awk -v run="$1" -v shards="$2" -v items="$3" -v bad=" ${bad:-} " -v left=" ${left:-} " 'BEGIN {
        for (i = 0; i < shards; i++) printf "" > sprintf("%s/shards/%05d.ndjson", run, i)
        for (i = 0; i < items; i++) {
            more = ""
            if (index(bad, " " i " "))
                more = ",\"errorCode\":\"collision\",\"errorStage\":\"plan\",\"error\":\"it is named twice\""
            if (index(left, " " i " ")) more = ",\"skipReason\":\"the output exists\""
            printf "{\"item\":%d,\"originalPath\":\"in/%d.jpg\",\"outputPath\":\"out/%d.jpg\",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1000%s}\n",
                i, i, i, more > sprintf("%s/shards/%05d.ndjson", run, i % shards)
        }
    }'
    for list in "$1"/shards/*; do
        n=$(wc -l <"$list")
        echo "{\"items\":$n,\"bytes\":$((n * 1000)),\"sha256\":\"$(sha256sum <"$list" | cut -c-64)\"}"
    done | paste -sd, >table
    echo '{"type":"plan","schemaVersion":1,"id":"'$plan_id'","tool":{"name":"imgloom","version":"0.1.0","libvips":"8.14.1","libjpeg":"x"},"recipe":{"quality":70},"judge":{},"preserveTimestamps":false,"workingDirectory":"'"$PWD"'","outputRoot":"out","createdAt":"2026-11-20T09:00:00.000Z","inputs":'$3',"items":'$3',"bytes":'$(($3 * 1000))',"ignored":2,"failed":'$(echo ${bad:-} | wc -w)',"skipped":'$(echo ${left:-} | wc -w)',"shards":['"$(cat table)"']}' >"$1/plan.json"
    rm table
}

# attempt RUN SHARD SHARDS DAY END ROW...: a report of an attempt that began at DAY of November. END is
# done, stopped, or killed; each ROW "ITEM STATUS CODE SIZE STARTMS". Prints the path.
attempt() {
    attempt_name=202611${4}T091500.000Z-node-7-4711-${hex:-0000000a}
    attempt_run=$1 attempt_shard=$2 attempt_day=$4 attempt_end=$5
    attempt_file=$1/reports/$(printf %05d "$2").$attempt_name.ndjson
    attempt_head='"schemaVersion":1,"tool":{"name":"imgloom","version":"0.1.0","libvips":"8.14.1","libjpeg":"x","sandbox":null},"recipe":{"quality":70},"workingDirectory":"'"$PWD"'","startedAt":"2026-11-'$4'T09:15:00.000Z","jobs":2,"plan":{"id":"'${id:-$plan_id}'","shard":'$2',"shards":'$3',"attempt":"'$attempt_name'","job":'${job:-null}'}'
    shift 5
    {
        echo "{\"type\":\"run\",$attempt_head}"
        for attempt_row in "$@"; do
            # shellcheck disable=SC2086  # words
            attempt_row $attempt_row
        done
        stopped=false
        [ "$attempt_end" = stopped ] && stopped=true
        [ "$attempt_end" = killed ] ||
            echo '{"type":"summary","inputs":'$#',"rows":'$#',"ignored":0,"bytesIn":0,"bytesOut":0,"pixelsIn":0,"elapsedMs":2000.000,"cpuMs":3000.000,"peakRssBytes":1000000,"peakTotalRssBytes":1500000,"threads":2,"interrupted":'$stopped',"tooManyErrors":false,"finishedAt":"2026-11-'"$attempt_day"'T09:15:02.000Z"}'
    } >"$attempt_file"
}

attempt_row() { # item status code size startms
    attempt_error=null attempt_stage=null attempt_reason=null attempt_code=null attempt_size=$4
    attempt_when='"2026-11-20T09:15:01.000000000Z"'
    case $2 in
        error) attempt_error='"it failed"' attempt_stage='"decode"' attempt_code="\"$3\"" ;;
        skipped) attempt_reason='"made by an earlier attempt"' ;;
    esac
    [ "$attempt_size" != null ] || attempt_when=null
    printf '{"type":"image","seq":%d,"originalPath":"in/%d.jpg","outputPath":"out/%d.jpg","success":%s,"status":"%s","error":%s,"errorCode":%s,"errorStage":%s,"skipReason":%s,"warnings":[],"originalSize":1000,"processedSize":%s,"originalModified":"2026-11-20T09:00:00.000000000Z","processedModified":%s,"originalFormat":"jpeg","originalWidth":40,"originalHeight":30,"orientation":1,"format":"jpeg","width":20,"height":15,"channels":3,"quality":70,"lane":"jpeg","decoder":"libjpeg-turbo","worker":0,"startMs":%d.000,"queueMs":0.010,"elapsedMs":10.000}\n' \
        "$1" "$1" "$1" "$([ "$2" = error ] && echo false || echo true)" "$2" "$attempt_error" \
        "$attempt_code" "$attempt_stage" "$attempt_reason" "$attempt_size" "$attempt_when" "$5"
}

# imgloom report, what it prints and its exit status, without the test's folder.
report() {
    "$IMGLOOM" report "$@" >"$CAPTURE" 2>&1
    set -- $?
    sed "s:$PWD:HERE:g" "$CAPTURE"
    echo "exit $1"
}
