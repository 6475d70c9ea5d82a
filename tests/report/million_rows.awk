# Writes a report of ROWS rows (awk -v rows=1000000 -v lines=1 -v out=out): NDJSON with lines=1, else a
# document; FIRST and OUT vary its rows.
BEGIN {
    head = "\"schemaVersion\":1,\"tool\":{\"name\":\"imgloom\",\"version\":\"0.1.0\",\"libvips\":\"8.14.1\"," \
        "\"libjpeg\":\"libjpeg-turbo 2.1.5\",\"sandbox\":[\"landlock\",\"seccomp\"]},\"recipe\":{}," \
        "\"workingDirectory\":\"/data\",\"startedAt\":\"2026-11-20T09:15:00.123Z\",\"jobs\":8"
    if (lines) printf "{\"type\":\"run\",%s}\n", head
    else printf "{%s,\"results\":[", head
    for (i = first; i < first + rows; i++) {
        failed = i % 1000 == 999
        row = sprintf("\"seq\":%d,\"originalPath\":\"photos/%d/%d/IMG_%07d.jpg\",\"outputPath\":\"%s/%d/%d/IMG_%07d.jpg\"," \
            "\"success\":%s,\"status\":\"%s\",\"error\":%s,\"errorCode\":%s,\"errorStage\":%s,\"skipReason\":null," \
            "\"warnings\":[],\"originalSize\":%d,\"processedSize\":%s,\"originalFormat\":\"jpeg\"," \
            "\"originalWidth\":4032,\"originalHeight\":3024,\"orientation\":6,\"format\":\"jpeg\",\"width\":600," \
            "\"height\":800,\"channels\":3,\"quality\":80,\"lane\":\"jpeg\",\"worker\":%d,\"startMs\":%d.120," \
            "\"queueMs\":12.031,\"elapsedMs\":%d.%03d", i, i % 7, i % 20000, i, out, i % 7, i % 20000, i,
            failed ? "false" : "true", failed ? "error" : "ok",
            failed ? "\"the file ends too early\"" : "null", failed ? "\"truncated\"" : "null",
            failed ? "\"decode\"" : "null", 1000000 + i, failed ? "null" : 40000 + i % 977, i % 8, i, 20 + i % 31, i % 997)
        if (lines) printf "{\"type\":\"image\",%s}\n", row
        else printf "%s\n{%s}", (i > first ? "," : ""), row
    }
    summary = sprintf("\"inputs\":%d,\"rows\":%d,\"bytesIn\":%d,\"elapsedMs\":1000000.000,\"interrupted\":false",
        rows, rows, rows * 1500000)
    if (lines) printf "{\"type\":\"summary\",%s}\n", summary
    else printf "\n],\"summary\":{%s},\"finishedAt\":\"2026-11-20T09:45:00.123Z\"}\n", summary
}
