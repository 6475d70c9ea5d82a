# What counts of the rows of one output: the newest that says what was done to it; a row that skips
# it, or was never come to, hides none of these. The merge is interrupted where something is missing.
. "$here/rows.sh"
line() { # seq status code
    size=500
    case $2 in error | skipped | planned) size=null ;; esac
    printf '{"type":"image",'
    row "$1" "p/$1.jpg" "out/$1.jpg" "$2" "$3" 1000 "$size" 1
    echo '}'
}
report() { # FILE DAY INTERRUPTED LINES: each "seq status code"
    file=$1 day=$2 interrupted=$3
    shift 3
    {
        echo "{\"type\":\"run\",\"schemaVersion\":1,\"tool\":{\"name\":\"imgloom\",\"version\":\"0\",\"libvips\":null,\"libjpeg\":\"x\",\"sandbox\":null},\"recipe\":{},\"workingDirectory\":\"/w\",\"startedAt\":\"2026-11-${day}T00:00:00Z\",\"jobs\":1}"
        for words in "$@"; do
            line $words
        done
        [ "$interrupted" = killed ] ||
            echo "{\"type\":\"summary\",\"rows\":$#,\"inputs\":$#,\"interrupted\":$interrupted,\"tooManyErrors\":$interrupted,\"finishedAt\":\"2026-11-${day}T00:00:01Z\"}"
    } >"$file"
}
merged() {
    "$IMGLOOM" report --merge "$@" -o all.json 2>/dev/null || echo "exit $?"
    jq -r '.results | sort_by(.seq)[] | "\(.seq) \(.status) \(.errorCode) \(.run)"' all.json
    jq -c '.summary | [.interrupted, .tooManyErrors, .duplicates]' all.json
}
cancelled='"cancelled"'
corrupt='"corrupt"'
# 0: done, then skipped. 1: cancelled, then done. 2: ok, then corrupt. 3: corrupt, then ok. 4: skipped
# twice. 5: skipped, then cancelled. 6: planned, then cancelled. 7: ok twice. 8: warning, then planned.
report a.ndjson 10 true "0 ok null" "1 error $cancelled" "2 ok null" "3 error $corrupt" "4 skipped null" \
    "5 skipped null" "6 planned null" "7 ok null" "8 warning null"
report b.ndjson 11 false "0 skipped null" "1 ok null" "2 error $corrupt" "3 ok null" "4 skipped null" \
    "5 error $cancelled" "6 error $cancelled" "7 ok null" "8 planned null"
merged a.ndjson b.ndjson
merged b.ndjson a.ndjson
# After Ctrl-C and a second run nothing is missing; before it, something is.
report first.ndjson 10 true "0 ok null" "1 error $cancelled" "2 error $cancelled"
report rest.ndjson 11 false "0 skipped null" "1 ok null" "2 ok null"
report part.ndjson 11 true "0 skipped null" "1 ok null" "2 error $cancelled"
merged first.ndjson rest.ndjson
merged first.ndjson part.ndjson
merged first.ndjson part.ndjson rest.ndjson
merged first.ndjson
# Of a run that was killed nobody knows what it had not come to, nor of a search that found nothing yet.
report killed.ndjson 10 killed "0 ok null"
report none.ndjson 10 true
merged killed.ndjson rest.ndjson
merged none.ndjson rest.ndjson
