/*
 * Reports and totals, made from outcomes. Totals are counters. A report is a file; rows are written
 * to it as they come, in constant memory. Main thread only.
 */
#ifndef IMGLOOM_REPORT_H
#define IMGLOOM_REPORT_H

#include <imgloom/batch.h>

LOOM_BEGIN_DECLS

/* The totals of a batch. loom_totals_create returns them; afterwards only the functions here write
 * them, unless a field says otherwise. */
typedef struct loom_totals {
    uint64_t inputs;       /* files and other entries: tasks that are output 0 */
    uint64_t rows;         /* tasks */
    uint64_t by_result[8]; /* rows by loom_result; the length never changes */
    uint64_t by_code[64];  /* failed rows by loom_status; the length never changes */
    uint64_t processed;    /* inputs that a thread had */
    uint64_t ignored;      /* files that the scan ignored; set by the caller */
    uint64_t bytes_in;     /* of inputs that were read, each counted once */
    uint64_t pixels_in;    /* of inputs that were decoded, each counted once */
    uint64_t bytes_out;    /* of outputs that were written */
    /* With a state: what it left out, because of stamps or content; what was made, or would be, by
     * loom_because (the length never changes). */
    uint64_t unchanged, content_unchanged, by_because[16];
    /* Set by loom_totals_finish, down to `threads`; what a batch tells by the caller if there was
     * none. */
    int64_t elapsed_ns, cpu_ns;
    uint64_t peak_rss_bytes;
    bool interrupted, too_many_errors;
    unsigned threads;    /* pool threads that ran */
    bool merged;         /* the rows were merged, so the report states `duplicates` */
    uint64_t duplicates; /* rows left out because others of their outputs count */
    bool state;          /* a state was kept, so the report says the following; set by the caller */
    uint64_t removed, pruned; /* outputs whose input is gone; of these, removed ones; likewise */

    /* The job whose rows come now, and what was counted for it, so that its input counts once. */
    const char *job_input; /* compared as a pointer, never read */
    unsigned job_output;
    uint64_t job_bytes, job_pixels;
    /* Of `ignored`, by loom_ignored; set by the caller. The length never changes. */
    uint64_t ignored_for[16];

    /* The peak resident memory of the process and its workers together, as the caller has sampled
     * it; shared pages count for each. 0: not sampled, null in the report. */
    uint64_t peak_total_rss_bytes;
} loom_totals;

LOOM_API loom_totals *loom_totals_create(void);      /* all zero; NULL: out of memory */
LOOM_API void loom_totals_free(loom_totals *totals); /* NULL is allowed */

/* Counts one outcome. The rows of an input that a thread had must come as a batch hands them over:
 * directly after one another, in the order of its outputs. */
LOOM_API void loom_totals_add(loom_totals *totals, const loom_task *task,
                              const loom_outcome *outcome);
/*
 * Sets elapsed_ns, interrupted, too_many_errors and threads from the batch (NULL: there was none,
 * and they stay), and what the process
 * has used so far: the CPU time of all its threads and of the children it has waited for, and its
 * own peak resident memory (without children).
 */
LOOM_API void loom_totals_finish(loom_totals *totals, const loom_batch_result *result);

/* The attempt whose rows a report has, see imgloom/attempt.h. This struct never grows. */
typedef struct loom_run_attempt {
    const char *plan; /* its id */
    unsigned shard, shards;
    const char *name;
    const char *job; /* the words of what runs it; NULL: none, null in the report */
} loom_run_attempt;

/* What a report says about the run before its first row. The caller owns the strings. */
typedef struct loom_run_info {
    const loom_recipe *recipe;
    unsigned jobs;            /* requested; the summary says how many threads ran */
    int64_t started_ns;       /* CLOCK_REALTIME, ns since the epoch */
    const char *vips_version; /* loom_engine_vips_version(); NULL: unknown, null in the report */
    const char *jpeg_version; /* loom_engine_jpeg_version(); NULL: unknown, null in the report */
    /* The active parts of the sandbox, as loom_engine_sandbox; NULL: no image is isolated. */
    const char *const *sandbox;
    /* The words that started the run, ended by NULL; the name of the program comes first. Reports
     * are shown to others: leave out what is secret. NULL: none, null in the report. */
    const char *const *command_line;
    /* For a page: the folder, named from that of the page, that will hold small pictures of the
     * outputs, as WebP: "012/012345.webp" for the row whose `seq` is 12345, in a merged report
     * below a folder named by its `run`: "2/012/012345.webp". NULL: none. */
    const char *pictures;
    const loom_run_attempt *attempt; /* NULL: the run is no attempt at a shard */
} loom_run_info;

LOOM_API loom_run_info *loom_run_info_create(void);    /* all zero; NULL: out of memory */
LOOM_API void loom_run_info_free(loom_run_info *info); /* NULL is allowed */

typedef struct loom_report loom_report;

/*
 * Opens a report at `path`; "-" is standard output. A name that ends in .ndjson or .jsonl (case
 * ignored) gets one JSON value per line, each flushed; any other, including "-", gets one JSON
 * document. A document is written to a temporary file in the same folder, and loom_report_finish
 * moves it to `path`; if the report fails before that, an existing file stays. NDJSON is written
 * directly to `path`, and so is any report whose path is not a regular file (a FIFO, which waits
 * for its reader; /dev/null; /dev/stdout): these are never replaced. Missing folders are made.
 *
 * *report is set on LOOM_OK only. *info and what it points to may be freed after the call. Errors:
 * as the system says, stage `write`; LOOM_ERR_NOT_A_FILE for a folder. If the reader of a pipe goes
 * away, that is LOOM_ERR_IO if SIGPIPE is ignored; else SIGPIPE ends the process as usual.
 */
LOOM_API loom_status loom_report_open(loom_report **report, const char *path,
                                      const loom_run_info *info, loom_error *err) LOOM_NODISCARD;

/* The same, always with one JSON value per line. */
LOOM_API loom_status loom_report_open_lines(loom_report **report, const char *path,
                                            const loom_run_info *info,
                                            loom_error *err) LOOM_NODISCARD;

/* The same at a path where nothing is: else LOOM_ERR_EXISTS. So no two processes share a report. */
LOOM_API loom_status loom_report_open_new_lines(loom_report **report, const char *path,
                                                const loom_run_info *info,
                                                loom_error *err) LOOM_NODISCARD;

/*
 * Opens a report as a page: one self-contained HTML file for a browser. It is written like a
 * document, whatever its name.
 */
LOOM_API loom_status loom_report_open_page(loom_report **report, const char *path,
                                           const loom_run_info *info,
                                           loom_error *err) LOOM_NODISCARD;

/*
 * Writes the row of one outcome. A failure breaks the report: later calls do nothing and return the
 * same error, and loom_report_finish does not move it to its path.
 */
LOOM_API loom_status loom_report_add(loom_report *report, const loom_task *task,
                                     const loom_outcome *outcome, loom_error *err) LOOM_NODISCARD;

/* An output of an earlier run that no input stands behind any more, see loom_state_find_gone. */
typedef struct loom_removed {
    const char *original_path, *output_path; /* bytes; relative ones to the current folder */
    const char *reason;                      /* a clause; static */
    bool pruned;                             /* the output and the record are gone */
    const char *kept; /* a clause: why it was to be removed, but was not; static; or NULL */
} loom_removed;

/* Writes a record of it, after all rows. Failures as loom_report_add. */
LOOM_API loom_status loom_report_add_removed(loom_report *report, const loom_removed *removed,
                                             loom_error *err) LOOM_NODISCARD;

/* The same, with the text of a record (LOOM_RECORD_REMOVED). */
LOOM_API loom_status loom_report_add_removed_text(loom_report *report, const char *removed,
                                                  loom_error *err) LOOM_NODISCARD;

/*
 * The row of an outcome as a JSON object on one line, for a request: as in a report, without the
 * fields that say where an image stands in a run (seq, paths, startMs). The caller releases the
 * string with free(). NULL: out of memory. Any thread.
 */
LOOM_API char *loom_row_to_json(const loom_outcome *outcome);

/*
 * Writes a file that the scan ignored: a record of its own. Call it after the last row. Failures
 * are those of loom_report_add. A page does not name these files.
 */
LOOM_API loom_status loom_report_add_ignored(loom_report *report, const loom_ignored_file *file,
                                             loom_error *err) LOOM_NODISCARD;

/*
 * The same functions for records of another report: `run` and `row` are JSON objects, the texts of
 * loom_record; `pictures` of a page is as in loom_run_info. What happened long ago nobody waits for:
 * lines are not flushed one by one.
 */
LOOM_API loom_status loom_report_open_text(loom_report **report, const char *path, const char *run,
                                           loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_report_open_page_text(loom_report **report, const char *path,
                                                const char *run, const char *pictures,
                                                loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_report_add_text(loom_report *report, const char *row,
                                          loom_error *err) LOOM_NODISCARD;

/*
 * Writes the summary and the end, syncs the file (fsync), and moves it to its path. Afterwards only
 * loom_report_path and loom_report_free may be called.
 */
LOOM_API loom_status loom_report_finish(loom_report *report, const loom_totals *totals,
                                        loom_error *err) LOOM_NODISCARD;

/* Frees the report, and removes the temporary file of an unfinished document. NULL is allowed. */
LOOM_API void loom_report_free(loom_report *report);

/* The path that was given to loom_report_open; valid until the report is freed. */
LOOM_API const char *loom_report_path(const loom_report *report);

/* The JSON Schema (draft 2020-12) of reports: *size bytes, not NUL-terminated. Static. */
LOOM_API const char *loom_report_schema(size_t *size);

LOOM_END_DECLS

#endif
