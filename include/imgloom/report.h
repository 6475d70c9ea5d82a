/*
 * The report: what consumes outcomes. Totals are counters; a report is a file that rows are
 * written to as they come, in constant memory. Main thread only.
 */
#ifndef IMGLOOM_REPORT_H
#define IMGLOOM_REPORT_H

#include <imgloom/batch.h>

LOOM_BEGIN_DECLS

/* What a batch amounts to. Made by loom_totals_create; then only the functions here write it, but
 * where a field says otherwise. */
typedef struct loom_totals {
    uint64_t inputs;            /* files and other entries: tasks of size 0 */
    uint64_t rows;              /* tasks */
    uint64_t by_result[8];      /* rows by loom_result; longer than needed, and never longer */
    uint64_t by_code[64];       /* rows in error by loom_status; likewise */
    uint64_t processed;         /* inputs that a worker had */
    uint64_t ignored;           /* set by the caller: passed over by the scan */
    uint64_t bytes_in;          /* of inputs that were read, each counted once */
    uint64_t pixels_in;         /* of those that were decoded, likewise */
    uint64_t bytes_out;         /* of outputs that were written */
    int64_t elapsed_ns, cpu_ns; /* set by loom_totals_finish */
    uint64_t peak_rss_bytes;    /* likewise */
    bool interrupted, too_many_errors; /* likewise */
    unsigned workers;                  /* likewise: those that ran */
    bool merged;                       /* of rows that were merged: duplicates are told */
    uint64_t duplicates;               /* rows left out for newer ones */

    /* Of the job whose rows come now, for counting its input once: what is counted of it. */
    const char *job_input; /* never looked into */
    unsigned job_size;
    uint64_t job_bytes, job_pixels;
} loom_totals;

LOOM_API loom_totals *loom_totals_create(void);      /* all zero; NULL: no memory */
LOOM_API void loom_totals_free(loom_totals *totals); /* NULL is allowed */

/* Rows of one input that a worker had must come as a batch hands them over: together, rising. */
LOOM_API void loom_totals_add(loom_totals *totals, const loom_task *task,
                              const loom_outcome *outcome);
/*
 * Sets elapsed_ns, interrupted, too_many_errors and workers from the batch, and what the process
 * used so far: the CPU time of all its threads and of the children it has waited for, and its own
 * peak resident memory (children not included).
 */
LOOM_API void loom_totals_finish(loom_totals *totals, const loom_batch_result *result);

/* What a report says of the run before its first row. Strings are the caller's. */
typedef struct loom_run_info {
    const loom_recipe *recipe;
    unsigned jobs;            /* asked for; the summary tells how many ran */
    int64_t started_ns;       /* CLOCK_REALTIME, ns since the epoch */
    const char *vips_version; /* loom_engine_vips_version(); NULL: not known, null in the report */
    const char *jpeg_version; /* loom_engine_jpeg_version(); likewise */
    /* Active parts of the workers' sandbox, as loom_engine_sandbox; NULL: none are isolated. */
    const char *const *sandbox;
} loom_run_info;

LOOM_API loom_run_info *loom_run_info_create(void);    /* all zero; NULL: no memory */
LOOM_API void loom_run_info_free(loom_run_info *info); /* NULL is allowed */

typedef struct loom_report loom_report;

/*
 * Opens a report at `path`: "-" is standard output; a name that ends in .ndjson or .jsonl (case
 * ignored) gets one JSON value a line, each flushed; anything else, "-" too, one JSON document.
 * A document is written to a temporary file in the same folder and appears under `path` only by
 * loom_report_finish; a failure before leaves what stood there. NDJSON is written to `path` itself
 * from the start, and so is any report whose path is not a regular file (a FIFO, which waits for
 * its reader, /dev/null, /dev/stdout): those are never replaced. Missing folders are made.
 *
 * *report is set on LOOM_OK only. *info and what it points to are not needed afterwards.
 * Errors: as the system says, stage `write`; a folder is LOOM_ERR_NOT_A_FILE. A reader that goes
 * away is an error (LOOM_ERR_IO) where SIGPIPE is ignored; else it ends the process as usual.
 */
LOOM_API loom_status loom_report_open(loom_report **report, const char *path,
                                      const loom_run_info *info, loom_error *err) LOOM_NODISCARD;

/*
 * A report as a page: one HTML file that shows the report in a browser and needs nothing
 * else. Written as a document is, whatever its name.
 */
LOOM_API loom_status loom_report_open_page(loom_report **report, const char *path,
                                           const loom_run_info *info,
                                           loom_error *err) LOOM_NODISCARD;

/*
 * Writes the row of one outcome. After a failure the report is broken: later calls do nothing
 * and return the same error, and finish will not put it in place.
 */
LOOM_API loom_status loom_report_add(loom_report *report, const loom_task *task,
                                     const loom_outcome *outcome, loom_error *err) LOOM_NODISCARD;

/*
 * The same of records that another report holds: `run` and `row` are JSON objects, as loom_record
 * has their texts.
 */
LOOM_API loom_status loom_report_open_text(loom_report **report, const char *path, const char *run,
                                           loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_report_open_page_text(loom_report **report, const char *path,
                                                const char *run, loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_report_add_text(loom_report *report, const char *row,
                                          loom_error *err) LOOM_NODISCARD;

/*
 * Writes summary and end, makes it durable (fsync) and visible. Still to be freed; nothing else may
 * follow but loom_report_path.
 */
LOOM_API loom_status loom_report_finish(loom_report *report, const loom_totals *totals,
                                        loom_error *err) LOOM_NODISCARD;

/* Frees; the temporary of an unfinished document is removed. NULL is allowed. */
LOOM_API void loom_report_free(loom_report *report);

/* The path as given to loom_report_open; valid until the report is freed. */
LOOM_API const char *loom_report_path(const loom_report *report);

/* The JSON Schema (draft 2020-12) of reports, *size bytes without a NUL behind them. Static. */
LOOM_API const char *loom_report_schema(size_t *size);

LOOM_END_DECLS

#endif
