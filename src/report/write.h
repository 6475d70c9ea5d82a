/*
 * Writing a report: its three records, as members of a JSON object that the caller begins and ends,
 * and the layouts in which records are put together.
 */
#ifndef LOOM_REPORT_WRITE_H
#define LOOM_REPORT_WRITE_H

#include "report/json.h"
#include <imgloom/report.h>

#define LOOM_SCHEMA_VERSION 1u

/* The code of an outcome in error. A result without a code of its own is a bug: `internal`. */
loom_status loom_write_code(const loom_outcome *outcome);

/* machine (the processor, the CPUs and the memory that this process may use, the kernel) and
 * commandLine; NULL: none. */
void loom_write_start(loom_json *json, const char *const *command_line);

/* plan: the attempt. */
void loom_write_attempt(loom_json *json, const loom_run_attempt *attempt);

/* schemaVersion, tool, recipe, machine, commandLine, workingDirectory, startedAt, jobs; of an
 * attempt also plan. */
void loom_write_run(loom_json *json, const loom_run_info *info);

/* One row: every field, null where there is nothing to say. */
void loom_write_row(loom_json *json, const loom_task *task, const loom_outcome *outcome);

/* An ignored file: path, reason. */
void loom_write_ignored(loom_json *json, const loom_ignored_file *file);
/* An output whose input is gone. */
void loom_write_removed(loom_json *json, const loom_removed *removed);

/* The summary's members. */
void loom_write_summary(loom_json *json, const loom_totals *totals);

/* ---- layouts ------------------------------------------------------------- */

/*
 * How records are put together. A record is the JSON text of an object with members, `{` first and
 * `}` last.
 *
 * The page is one HTML file with a script that shows the report. It loads nothing; its
 * Content-Security-Policy lets it run its own script and style alone. The records stand in
 * <script type="application/json"> elements, which are never run: `page` (where the page is),
 * `run`, any number of class `rows` (an array of rows each, so that no element grows beyond what a
 * browser takes) and `summary`. The template is src/report/html/, built in.
 */
typedef enum loom_layout {
    LOOM_LAYOUT_DOCUMENT, /* one JSON document */
    LOOM_LAYOUT_LINES,    /* NDJSON */
    LOOM_LAYOUT_PAGE      /* an HTML page */
} loom_layout;

/*
 * What stands before the rows: the record of the run. `path` is the report's, "-" for none: its
 * folder, which must be there already, is told to a page, so that its links can be relative.
 * `pictures`: as in loom_run_info.
 */
void loom_layout_begin(loom_layout layout, loom_strbuf *out, const char *run, const char *path,
                       const char *pictures);

/* A row; `index` counts them, from 0. */
void loom_layout_row(loom_layout layout, loom_strbuf *out, const char *row, uint64_t index);

/* An output whose input is gone, after `rows` rows; `index` counts them, from 0. */
void loom_layout_removed(loom_layout layout, loom_strbuf *out, const char *removed, uint64_t rows,
                         uint64_t index);

/* An ignored file, after `rows` rows and records of what is gone; `index` counts them, from 0. */
void loom_layout_ignored(loom_layout layout, loom_strbuf *out, const char *file, uint64_t index,
                         uint64_t rows);

/*
 * What follows `rows` rows and records of what is gone, and `ignored` ignored files (-1: nothing is
 * told of them): summary, and the instant of the end as a JSON value.
 */
void loom_layout_end(loom_layout layout, loom_strbuf *out, const char *summary,
                     const char *finished, uint64_t rows, int64_t ignored);

/*
 * JSON text as it may stand in a <script> element: `<`, `>` and `&`, and U+2028 and U+2029, can
 * only be parts of strings there, and are written as escapes.
 */
void loom_html_add_json(loom_strbuf *out, const char *json, size_t size);

#endif
