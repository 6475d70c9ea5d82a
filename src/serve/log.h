/* The log: lines of JSON. A reader that does not read loses lines; it never stops the service. */
#ifndef SERVE_LOG_H
#define SERVE_LOG_H

#include <imgloom/error.h>
#include <stdbool.h>
#include <stdint.h>

struct serve_exchange;

typedef struct serve_log {
    const char *path; /* "-": standard output */
    int file;         /* -1: not open */
    uint64_t lost;    /* lines */
} serve_log;

bool serve_log_open(serve_log *log, const char *path, loom_error *err);
/* Opens the file again, after it was renamed. */
void serve_log_reopen(serve_log *log);
void serve_log_close(serve_log *log);

/* A line for a request that has ended. */
void serve_log_request(serve_log *log, const struct serve_exchange *exchange);
/* A line for an event, with `text` about it (or NULL). */
void serve_log_event(serve_log *log, const char *event, const char *text);

#endif
