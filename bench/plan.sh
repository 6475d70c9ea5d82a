#!/usr/bin/env bash
# What it costs to merge the reports of a plan, and to ask what is missing: CPU time and peak memory.
#   bench/plan.sh BUILD [ROWS] [SHARDS]
# BUILD is a folder with imgloom and bench/bench_measure. The plan has ROWS (1000000) outputs in SHARDS
# (100) shards, neighbours dealt by eights. An attempt at each has all rows, in random order; in every
# tenth shard another one was killed half way before.
# Temporary files go to TMPDIR, or to /tmp: 3 kB a row.
set -euo pipefail

build=$(realpath "${1:?a folder with a build}")
rows=${2:-1000000} shards=${3:-100}
work=$(mktemp -d "${TMPDIR:-/tmp}/imgloom-plan.XXXXXX")
export TMPDIR=$work
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p run/shards run/reports run/log

awk -v rows="$rows" -v shards="$shards" '
function row(i, status, reason) {
  return sprintf("{\"type\":\"image\",\"seq\":%d,\"originalPath\":\"photos/%d/%d/IMG_%07d.jpg\",\"outputPath\":\"small/%d/%d/IMG_%07d.jpg\",\"success\":true,\"status\":\"%s\",\"error\":null,\"errorCode\":null,\"errorStage\":null,\"skipReason\":%s,\"warnings\":[],\"originalSize\":%d,\"processedSize\":%d,\"savedBytes\":900000,\"originalModified\":\"2026-05-02T08:14:09.120000000Z\",\"processedModified\":\"2026-11-20T09:15:00.431207518Z\",\"originalFormat\":\"jpeg\",\"originalWidth\":4032,\"originalHeight\":3024,\"originalHasAlpha\":false,\"originalBitDepth\":8,\"originalFrames\":1,\"originalDpi\":72,\"orientation\":6,\"format\":\"jpeg\",\"width\":600,\"height\":800,\"channels\":3,\"hasAlpha\":false,\"bitDepth\":8,\"frames\":1,\"dpi\":72,\"quality\":80,\"cropped\":0,\"copied\":false,\"lane\":\"jpeg\",\"decoder\":\"imgloom\",\"worker\":%d,\"startMs\":%d.120,\"queueMs\":12.031,\"elapsedMs\":31.377}\n",
    i, i % 7, i % 20000, i, i % 7, i % 20000, i, status, reason, 1000000 + i, 40000 + i % 977, i % 8, i)
}
function head(shard, attempt) {
  return sprintf("{\"type\":\"run\",\"schemaVersion\":1,\"tool\":{\"name\":\"imgloom\",\"version\":\"0.1.0\",\"libvips\":\"8.14.1\",\"libjpeg\":\"x\",\"sandbox\":[\"landlock\"]},\"recipe\":{},\"machine\":{\"processor\":\"x\",\"cpus\":8,\"memoryBytes\":1,\"system\":\"Linux\",\"release\":\"6.1\"},\"commandLine\":[\"imgloom\",\"run\",\"--plan\",\"run\",\"--shard\",\"auto\"],\"workingDirectory\":\"/data\",\"startedAt\":\"2026-11-20T09:15:00.123Z\",\"jobs\":8,\"plan\":{\"id\":\"0123456789abcdef0123456789abcdef\",\"shard\":%d,\"shards\":%d,\"attempt\":\"%s\",\"job\":\"4711_%d\"}}\n", shard, shards, attempt, shard)
}
BEGIN {
  srand(1)
  each = int((rows + 8 * shards - 1) / (8 * shards)) # eights of a shard
  for (shard = 0; shard < shards; shard++) {
    list = sprintf("run/shards/%05d.ndjson", shard)
    printf "" > list
    n = 0
    for (k = 0; k < each; k++)
      for (i = 8 * (k * shards + shard); i < 8 * (k * shards + shard) + 8 && i < rows; i++) {
        printf "{\"item\":%d,\"originalPath\":\"photos/%d/%d/IMG_%07d.jpg\",\"outputPath\":\"small/%d/%d/IMG_%07d.jpg\",\"outputIndex\":0,\"format\":\"jpeg\",\"bytes\":1000}\n", i, i % 7, i % 20000, i, i % 7, i % 20000, i > list
        at = int(rand() * (n + 1)); order[n] = order[at]; order[at] = i; n++
      }
    close(list)
    half = shard % 10 == 0 ? n / 2 : 0
    if (half > 0) {
      name = "20261120T091500.123Z-node-4711-0000000a"
      file = sprintf("run/reports/%05d.%s.ndjson", shard, name)
      printf "%s", head(shard, name) > file
      for (k = 0; k < half; k++) printf "%s", row(order[k], "ok", "null") > file
      close(file)
    }
    name = "20261120T101500.123Z-node-4712-0000000b"
    file = sprintf("run/reports/%05d.%s.ndjson", shard, name)
    printf "%s", head(shard, name) > file
    for (k = 0; k < n; k++)
      printf "%s", (k < half ? row(order[k], "skipped", "\"made by an earlier attempt\"") : row(order[k], "ok", "null")) > file
    printf "{\"type\":\"summary\",\"inputs\":%d,\"rows\":%d,\"ignored\":0,\"elapsedMs\":1000.000,\"cpuMs\":8000.000,\"peakRssBytes\":1000000,\"threads\":8,\"interrupted\":false,\"tooManyErrors\":false}\n", n, n > file
    close(file)
  }
}'
for list in run/shards/*; do
  n=$(wc -l <"$list")
  printf '{"items":%d,"bytes":%d,"sha256":"%s"}\n' "$n" $((n * 1000)) "$(sha256sum <"$list" | cut -c-64)"
done | paste -sd, >table
printf '{"type":"plan","schemaVersion":1,"id":"0123456789abcdef0123456789abcdef","tool":{"name":"imgloom","version":"0.1.0","libvips":"8.14.1","libjpeg":"x"},"recipe":{},"judge":{},"preserveTimestamps":false,"workingDirectory":"/data","outputRoot":"small","createdAt":"2026-11-20T09:00:00.000Z","inputs":%d,"items":%d,"bytes":%d,"ignored":0,"failed":0,"skipped":0,"shards":[%s]}\n' \
  "$rows" "$rows" $((rows * 1000)) "$(cat table)" >run/plan.json

measure() { # WHAT ARGUMENT...
  local what=$1
  shift
  "$build/bench/bench_measure" figures "$build/imgloom" report --plan run "$@" >/dev/null
  jq -r --arg what "$what" '"\($what): \((.userMs + .sysMs) / 10 | round / 100) s of CPU, \(.peakRssBytes / 1e6 | round) MB"' figures
}
echo "$rows outputs, $shards shards, $(ls run/reports | wc -l) attempts, $(du -sm run | cut -f1) MB"
measure "what is missing" --missing
measure "merge" --merge -o all.ndjson
measure "CSV" --csv
[ "$(tail -1 all.ndjson | jq -c '[.rows, .ok, .interrupted]')" = "[$rows,$rows,false]" ]
jq -c 'select(.type == "image") | .seq' <(head -1001 all.ndjson) | cmp - <(seq 0 999)
