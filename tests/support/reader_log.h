/* Reports as texts, and what the reader makes of them as one line. All functions assert. */
#ifndef TESTS_SUPPORT_READER_LOG_H
#define TESTS_SUPPORT_READER_LOG_H

#include <stdbool.h>

/* The pieces of reports: of documents, and of lines. p: a path without what JSON escapes. */
#define RUN                                                                                        \
    "\"schemaVersion\":1,\"startedAt\":\"1970-01-01T00:00:02.500Z\",\"workingDirectory\":\"/w\""
#define ROW(p)     "{\"originalPath\":\"" p "\",\"outputPath\":null,\"status\":\"ok\"}"
#define LINE(p)    "{\"type\":\"image\",\"originalPath\":\"" p "\",\"status\":\"ok\"}\n"
#define SUM(n)     "{\"rows\":" n "}"
#define DOC        "{" RUN ",\"results\":[" ROW("a") ",\n" ROW("b") "],\"summary\":" SUM("2") "}"
#define RUNLINE    "{\"type\":\"run\"," RUN "}\n"
#define SUMLINE(n) "{\"type\":\"summary\",\"rows\":" n "}\n"

/* A checked fixture: the log, and a temporary folder. */
void reader_setup(void);
void reader_teardown(void);

/*
 * What the reader makes of a file: records by kind, a row as its path and line; errors as
 * !code:line, with `messages` also their (message); notices as ?line(message). Valid until the
 * next call, as of the others.
 */
const char *reader_log_file(const char *path, bool messages);

/* Of a text, without messages and with them. */
const char *reader_log(const char *text);
const char *reader_log_said(const char *text);

#endif
