/* Reports of plain rows, written by the library and read again. All but report_add assert. */
#ifndef TESTS_SUPPORT_REPORT_FILE_H
#define TESTS_SUPPORT_REPORT_FILE_H

#include <imgloom/report.h>

/* Of the reports that are opened here; two jobs. */
extern loom_run_info report_info;
/* What report_add has counted. */
extern loom_totals report_totals;
extern loom_error report_err;

/* A checked fixture's start: enters a temporary folder and clears the above. */
void report_setup(void);

loom_report *report_open(const char *path);

/* Adds the row of an image that went well. Errors go to report_err. */
loom_status report_add(loom_report *report, uint64_t seq, const char *path);

/* Rows 0 … count - 1. */
void report_add_many(loom_report *report, uint64_t count);

/* Ends and frees the report. */
void report_finish(loom_report *report);

/* Checks a document of `rows` rows as report_add_many makes them. */
void report_check_document(const char *text, size_t rows);
void report_check_document_file(const char *path, size_t rows);

/* Checks NDJSON: a run line, `rows` image lines, and with `ended` a summary line. */
void report_check_lines(const char *path, size_t rows, bool ended);

/* Checks the whole content of a file. */
void report_check_text(const char *path, const char *expected);

#endif
