/*
 * The reader of reports: hands out the records of a report one by one, in constant memory, be it
 * a document or NDJSON, whole or cut short. One thread at a time.
 */
#ifndef IMGLOOM_READER_H
#define IMGLOOM_READER_H

#include <imgloom/error.h>
#include <imgloom/outcome.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/*
 * One row of a report. Numbers are -1 and strings NULL where the report has null or nothing.
 * Paths are bytes, exactly those of the run, whatever Base64 it took to tell them.
 */
typedef struct loom_row {
    int64_t seq;
    const char *original_path; /* never NULL */
    const char *output_path;
    const char *folder; /* what relative paths are relative to; NULL: the report does not say */
    int64_t started_ns; /* when its run began, ns since the epoch; 0: the report does not say */
    int64_t run;        /* which of a merged report's `runs` it came from; else -1 */
    loom_result result;
    loom_status code; /* LOOM_OK but for a row in error */
    loom_stage stage;
    const char *error, *skip_reason;
    const char *const *warnings; /* warning_count of them */
    size_t warning_count;
    int64_t original_size, processed_size; /* bytes */
    const char *original_format, *format;
    int64_t original_width, original_height, orientation;
    int64_t width, height, channels, quality;
    const char *lane;
    int64_t worker;
    int64_t start_ns, queue_ns, elapsed_ns;
} loom_row;

/* What a report says of a run before its rows. NULL, 0: the report does not say. */
typedef struct loom_run_record {
    const char *tool_version, *vips_version;
    const char *folder;     /* workingDirectory; bytes */
    const char *started_at; /* RFC 3339 */
    int64_t started_ns;     /* the same, since the epoch */
    unsigned jobs;
    size_t runs; /* a merged report's: how many runs its rows came from; else 0 */
} loom_run_record;

/* What a report says of a run after its rows; -1: it does not say. */
typedef struct loom_summary_record {
    int64_t inputs, rows, ignored;
    int64_t bytes_in, bytes_out, pixels_in;
    int64_t elapsed_ns, cpu_ns, peak_rss_bytes;
    int64_t workers;
    bool interrupted, too_many_errors;
} loom_summary_record;

typedef enum loom_record_kind {
    LOOM_RECORD_RUN = 0, /* a run begins; its rows and then its summary follow */
    LOOM_RECORD_ROW,
    LOOM_RECORD_SUMMARY, /* a run ends */
    LOOM_RECORD_END      /* of the report; there is no more */
} loom_record_kind;

/*
 * A record. `text` is its JSON object in one line, as NDJSON has it but without the member "type":
 * a run has no results, a summary has finishedAt in it. It is NULL for LOOM_RECORD_END, and for
 * the summary of a run that has none, because the run was killed or is not over yet, or because the
 * report is cut short. All pointers are the reader's, valid until its next call.
 */
typedef struct loom_record {
    loom_record_kind kind;
    const char *text; /* NUL-terminated */
    size_t size;
    uint64_t offset, length;            /* of the object in the file, for loom_reader_text_at */
    uint64_t line;                      /* where it begins; from 1 */
    bool lines;                         /* NDJSON */
    const loom_run_record *run;         /* of the present run, in each record but the end */
    const loom_row *row;                /* of LOOM_RECORD_ROW */
    const loom_summary_record *summary; /* of LOOM_RECORD_SUMMARY with a text */
} loom_record;

/* The longest record that is read; those of imgloom are far below. */
#define LOOM_RECORD_SIZE_MAX ((size_t)16 << 20)

typedef struct loom_reader loom_reader;

/* Told of what is no error but should be said. Once for each field not known, for example. */
typedef void loom_reader_notice(void *user, uint64_t line, const char *message);

/*
 * Opens a report; "-" is standard input. With `seekable` what cannot be read twice is copied to a
 * temporary file, so that loom_reader_text_at and loom_reader_rewind may be used. `notice` may be
 * NULL. *reader is set on LOOM_OK only. Errors: as the system says; LOOM_ERR_NOT_A_FILE for a
 * folder.
 */
LOOM_API loom_status loom_reader_open(loom_reader **reader, const char *path, bool seekable,
                                      loom_reader_notice *notice, void *user,
                                      loom_error *err) LOOM_NODISCARD;

/*
 * Sets *record to the next record, which is the reader's. On an error *record is not written, the
 * message is without path and line (see loom_reader_line), and the next call goes on with what can
 * be read behind it, until LOOM_RECORD_END comes. Errors: LOOM_ERR_EMPTY        there is nothing in
 * it LOOM_ERR_CORRUPT      not JSON, a field of the wrong type, not given or given twice, fewer
 *                         rows than the summary tells … The record is passed over
 *   LOOM_ERR_TRUNCATED    it ends within a record, or a document does before its end
 *   LOOM_ERR_UNSUPPORTED  another schemaVersion, or JSON of another kind; ends the reading
 *   LOOM_ERR_TOO_LARGE    a record beyond LOOM_RECORD_SIZE_MAX, or nested too deep
 *   and those of reading and memory, which end it, too.
 */
LOOM_API loom_status loom_reader_next(loom_reader *reader, const loom_record **record,
                                      loom_error *err) LOOM_NODISCARD;

/* The line of the last record or error; 0: none. */
LOOM_API uint64_t loom_reader_line(const loom_reader *reader);

/*
 * The text of a record once more, as loom_record has it. Needs `seekable`. Leaves the place of
 * loom_reader_next alone. *text is the reader's, valid until the next call of this.
 */
LOOM_API loom_status loom_reader_text_at(loom_reader *reader, uint64_t offset, uint64_t length,
                                         const char **text, loom_error *err) LOOM_NODISCARD;

/* Begins anew. Needs `seekable`. */
LOOM_API loom_status loom_reader_rewind(loom_reader *reader, loom_error *err) LOOM_NODISCARD;

LOOM_API void loom_reader_close(loom_reader *reader); /* NULL is allowed */

LOOM_END_DECLS

#endif
