/*
 * The forms of a report: how its records are put together. A record is the JSON text of an object
 * with members, `{` first and `}` last.
 */
#ifndef LOOM_REPORT_LAYOUT_H
#define LOOM_REPORT_LAYOUT_H

#include "base/strbuf.h"
#include <stdint.h>

typedef enum loom_layout {
    LOOM_LAYOUT_DOCUMENT, /* one JSON document */
    LOOM_LAYOUT_LINES,    /* NDJSON */
    LOOM_LAYOUT_PAGE      /* an HTML page that holds the records and shows them */
} loom_layout;

/* What stands before the rows: the record of the run. `path` is the report's, "-" for none. */
void loom_layout_begin(loom_layout layout, loom_strbuf *out, const char *run, const char *path);

/* A row; `index` counts them, from 0. */
void loom_layout_row(loom_layout layout, loom_strbuf *out, const char *row, uint64_t index);

/* What follows `rows` rows: summary, and the instant of the end as a JSON value. */
void loom_layout_end(loom_layout layout, loom_strbuf *out, const char *summary,
                     const char *finished, uint64_t rows);

#endif
