# Plans, for tests of their shards.

# The rows that count, one of each item: made, else skipped, else failed, else cancelled; the latest.
best_rows() {
    # shellcheck disable=SC2094  # it reads what is whole
    for best_rows_file in "$1"/reports/*.ndjson; do
        jq -cR 'fromjson? // empty | select(.type == "run" or .type == "image")' "$best_rows_file" |
            jq -cn 'input.startedAt as $start | inputs | . + {start: $start}'
    done | jq -cs 'def rank: if .status == "ok" or .status == "warning" then 3
            elif .status == "skipped" then 2 elif .errorCode != "cancelled" then 1 else 0 end;
        group_by(.seq)[] | max_by([rank, .start, .startMs]) | del(.start)'
}

# What rows tell of their images, whoever made them and when.
facts() {
    jq -cS 'del(.type, .worker, .startMs, .queueMs, .elapsedMs, .processedModified, .because)'
}

# How many rows of each kind a shard's reports have: attempts in the order of their names.
kinds() {
    for kinds_file in "$1"/reports/"$2".*.ndjson; do
        jq -r 'select(.type == "image") | [.status, .errorCode, .skipReason] | map(. // empty) |
            join(" ")' "$kinds_file" | sort | uniq -c | sed 's/^ *//'
        jq -c 'select(.type == "summary") | {rows, ok, skipped, failed, interrupted}' "$kinds_file"
    done
}

# As imgloom, without what differs between two attempts.
shard() {
    imgloom run --plan RUN --shard "$@" | sed -E 's/[0-9]{8}T[0-9.]+Z-.*-[0-9]+-[0-9a-f]{8}/ATTEMPT/'
}
