/*
 * The forms of a report: how its records are put together. A record is the JSON text of an object
 * with members, `{` first and `}` last.
 */
#ifndef LOOM_REPORT_FORM_H
#define LOOM_REPORT_FORM_H

#include "base/strbuf.h"
#include <stdint.h>

typedef enum loom_form {
    LOOM_FORM_DOCUMENT, /* one JSON document */
    LOOM_FORM_LINES,    /* NDJSON */
    LOOM_FORM_PAGE      /* an HTML page that holds the records and shows them */
} loom_form;

/* What stands before the rows: the record of the run. `path` is the report's, "-" for none. */
void loom_form_begin(loom_form form, loom_strbuf *out, const char *run, const char *path);

/* A row; `index` counts them, from 0. */
void loom_form_row(loom_form form, loom_strbuf *out, const char *row, uint64_t index);

/* What follows `rows` rows: summary, and the instant of the end as a JSON value. */
void loom_form_end(loom_form form, loom_strbuf *out, const char *summary, const char *finished,
                   uint64_t rows);

#endif
