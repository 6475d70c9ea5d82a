/* Reading the three records of a report: what the reader makes of their JSON objects. */
#ifndef LOOM_REPORT_RECORDS_H
#define LOOM_REPORT_RECORDS_H

#include "report/json_fields.h"
#include "report/write.h"

/* A run that rows of a merged report came from. */
typedef struct loom_run_part {
    int64_t started_ns;
    char *folder; /* owned; NULL: not known */
} loom_run_part;

/* A run's record, and what its strings live in. Zero-initialise; release with loom_run_clear. */
typedef struct loom_run_holder {
    loom_run_record record;
    loom_field_store store;
    loom_run_part *parts; /* owned; record.runs of them */
} loom_run_holder;

void loom_run_clear(loom_run_holder *run);
/*
 * Takes over `object` (also on failure). LOOM_ERR_UNSUPPORTED for another schemaVersion,
 * LOOM_ERR_CORRUPT for wrong fields. `unknown` is told of fields that are not known, also of those
 * of the tool, the recipe and the runs of a merged report; it may be NULL.
 */
loom_status loom_run_read(loom_run_holder *run, json_t *object, loom_field_unknown *unknown,
                          void *user, loom_error *err);

/* Whether a run, a row, a record of any kind has a field of this name. */
bool loom_run_has(const char *name);
bool loom_row_has(const char *name);
bool loom_record_has(const char *name);

/* The words of closed sets, as for loom_field: "" for a value without a word, NULL past the last.
 */
const char *loom_code_word(unsigned value);
const char *loom_stage_word(unsigned value);
const char *loom_format_word(unsigned value);

typedef struct loom_row_holder {
    loom_row row;
    loom_field_store store;
    loom_strbuf strings; /* of a row that was scanned */
} loom_row_holder;

void loom_row_clear(loom_row_holder *row);
/*
 * Reads a row from its text, without a parser, if it is as imgloom writes it: `text` stands behind
 * the member "type" of a line, and is copied. False: it is not, or not right in itself;
 * loom_row_read tells then.
 */
bool loom_row_scan(loom_row_holder *row, const char *text, size_t size, const loom_run_holder *run);

/* As loom_run_read, of a row of the run that came before it. */
loom_status loom_row_read(loom_row_holder *row, json_t *object, const loom_run_holder *run,
                          loom_field_unknown *unknown, void *user, loom_error *err);

/* As loom_run_read. */
loom_status loom_summary_read(loom_summary_record *summary, json_t *object,
                              loom_field_unknown *unknown, void *user, loom_error *err);

#endif
