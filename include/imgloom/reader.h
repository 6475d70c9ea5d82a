/*
 * The reader of reports: hands out the records of a report one by one, in constant memory. It reads
 * documents and NDJSON, complete or truncated. One thread at a time.
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
 * One row of a report. Numbers are -1 and strings NULL if the field is null or missing, unless a
 * comment says otherwise. Paths are the exact bytes of the run, decoded from Base64 where
 * necessary.
 */
typedef struct loom_row {
    int64_t seq;
    const char *original_path; /* never NULL */
    const char *output_path;
    const char *folder; /* the base of relative paths; NULL: the report does not say */
    int64_t started_ns; /* start of its run, ns since the epoch; 0: the report does not say */
    int64_t run;        /* index into a merged report's `runs`; -1: the report is not merged */
    bool success;       /* the result is not an error */
    loom_result result;
    loom_status code; /* LOOM_OK unless the result is an error */
    loom_stage stage;
    const char *error, *skip_reason;
    const char *const *warnings; /* warning_count of them */
    size_t warning_count;
    int64_t original_size, processed_size; /* bytes */
    const char *original_format, *format;
    int64_t original_width, original_height, orientation;
    int64_t width, height, channels, quality;
    const char *lane;
    int64_t thread;
    int64_t start_ns, queue_ns, elapsed_ns;
    const char *decoder;
    int64_t cropped; /* millionths of the picture */
    const char *extracted;
    const char *preview_of;
    bool copied;
    int64_t saved_size; /* bytes, below 0: grown; INT64_MIN: null */
    int64_t original_modified_ns, processed_modified_ns; /* since the epoch; INT64_MIN: null */
    int64_t original_alpha, original_bits, original_frames, original_dpi; /* as loom_traits, */
    int64_t alpha, bits, frames, dpi;                                     /* alpha 0 or 1 */
    loom_because because; /* NONE: it was not made, or there was no state */
    int64_t ssim;         /* millionths */
} loom_row;

/* The type of a report's field: its C type in a struct, and the C value for JSON's null. */
typedef enum loom_field_kind {
    LOOM_FIELD_ANY = 0, /* known, but not read */
    LOOM_FIELD_COUNT,   /* an integer, 0 or more: int64_t; -1 */
    LOOM_FIELD_BYTES,   /* a number of bytes: int64_t; -1 */
    LOOM_FIELD_MS,      /* milliseconds in JSON, ns in C: int64_t; -1 */
    LOOM_FIELD_SHARE,   /* 0 to 1 in JSON, millionths in C: int64_t; -1 */
    LOOM_FIELD_FLAG,    /* bool; false */
    LOOM_FIELD_TEXT,    /* const char *; NULL */
    LOOM_FIELD_PATH,    /* bytes: const char *; NULL. JSON adds a Base64 field if not UTF-8 */
    LOOM_FIELD_TEXTS,   /* strings: const char *const * and a size_t for their number; NULL, 0 */
    LOOM_FIELD_WORD,    /* a word of a closed set: unsigned, the index of the word; 0 */
    LOOM_FIELD_OBJECT,  /* in runs only; internal to the library */
    LOOM_FIELD_ARRAY,   /* in runs only; internal to the library */
    LOOM_FIELD_SIGNED,  /* an integer: int64_t; INT64_MIN */
    LOOM_FIELD_DECIMAL, /* a number, 0 or more, in thousandths: int64_t; -1 */
    LOOM_FIELD_INSTANT, /* an RFC 3339 time, ns since the epoch: int64_t; INT64_MIN */
    LOOM_FIELD_ANSWER   /* true or false, perhaps null: int64_t, 1 or 0; -1 */
} loom_field_kind;

typedef struct loom_field {
    const char *name; /* in JSON */
    loom_field_kind kind;
    size_t offset;        /* in its struct; for the fields of a row, in loom_row */
    size_t count;         /* LOOM_FIELD_TEXTS: the offset of the number of strings */
    bool optional;        /* omitted from the JSON instead of null: a number or a word */
    unsigned column;      /* in a table of rows, from 1; 0: not in tables */
    const char *compared; /* its name in a comparison of two runs; NULL: not compared */
    /* The words of the set by value, from 0; "" for a value without a word, NULL after the last. A
     * LOOM_FIELD_TEXT may have a set too, which later versions may extend. NULL: no set. */
    const char *(*word)(unsigned value);
} loom_field;

/* The fields of a row in the order of the JSON, from 0; NULL after the last. Static. */
LOOM_API const loom_field *loom_row_field_get(size_t index);

/* What a report says about a run before its rows. NULL, 0: the report does not say. */
typedef struct loom_run_record {
    const char *tool_version, *vips_version;
    const char *folder;     /* workingDirectory; bytes */
    const char *started_at; /* RFC 3339 */
    int64_t started_ns;     /* the same time, ns since the epoch */
    unsigned jobs;
    size_t runs; /* merged report: the number of its runs; else 0 */
} loom_run_record;

/* What a report says about a run after its rows. -1: the report does not say. */
typedef struct loom_summary_record {
    int64_t inputs, rows, ignored;
    int64_t bytes_in, bytes_out, pixels_in;
    int64_t elapsed_ns, cpu_ns, peak_rss_bytes;
    int64_t threads;
    bool interrupted, too_many_errors;
    int64_t peak_total_rss_bytes;
} loom_summary_record;

typedef enum loom_record_kind {
    LOOM_RECORD_RUN = 0, /* the start of a run; its rows and then its summary follow */
    LOOM_RECORD_ROW,
    LOOM_RECORD_SUMMARY, /* the end of a run */
    LOOM_RECORD_END,     /* the end of the report */
    LOOM_RECORD_REMOVED  /* between rows and summary: an output whose input is gone; text alone */
} loom_record_kind;

/*
 * A record. `text` is its JSON object on one line, as in NDJSON but without the member "type". A
 * run has no results, a summary includes finishedAt, and values nested deeper than 1000 levels are
 * null. Unknown fields are included; in a row, their numbers may exceed int64_t. `text` is NULL for
 * LOOM_RECORD_END, and for a missing summary: the run was killed or is still going on, or the
 * report is truncated. The reader owns all pointers; they are valid until its next call.
 */
typedef struct loom_record {
    loom_record_kind kind;
    const char *text; /* NUL-terminated */
    size_t size;
    uint64_t offset, length;            /* of the object in the file, for loom_reader_text_at */
    uint64_t line;                      /* of its first byte; from 1 */
    bool lines;                         /* the report is NDJSON */
    const loom_run_record *run;         /* the current run; NULL for LOOM_RECORD_END */
    const loom_row *row;                /* LOOM_RECORD_ROW only */
    const loom_summary_record *summary; /* LOOM_RECORD_SUMMARY with a text only */
} loom_record;

/* The max size of a record that is read, bytes; imgloom's own are far smaller. */
#define LOOM_RECORD_SIZE_MAX ((size_t)16 << 20)

typedef struct loom_reader loom_reader;

/*
 * Called for unknown fields and record types, which are no errors: once for each in a reading, max
 * 100 messages. The reader skips their content, however long or deep.
 */
typedef void loom_reader_notice(void *user, uint64_t line, const char *message);

/*
 * Opens a report; "-" is standard input. If `seekable` is set, an input that cannot be read twice
 * is copied to a temporary file, so that loom_reader_text_at and loom_reader_rewind work. `notice`
 * may be NULL. *reader is set on LOOM_OK only. Errors: as the system says; LOOM_ERR_NOT_A_FILE for
 * a folder.
 */
LOOM_API loom_status loom_reader_open(loom_reader **reader, const char *path, bool seekable,
                                      loom_reader_notice *notice, void *user,
                                      loom_error *err) LOOM_NODISCARD;

/*
 * Sets *record to the next record, which the reader owns. On an error *record is not written, and
 * the message has neither path nor line (see loom_reader_line). The next call continues after the
 * damage, until LOOM_RECORD_END comes. Errors:
 *
 * - LOOM_ERR_EMPTY: the report is empty.
 * - LOOM_ERR_CORRUPT: not JSON; a field of the wrong type, missing or repeated; fewer rows than the
 *   summary says; … The record is skipped.
 * - LOOM_ERR_TRUNCATED: the report ends within a record, or a document ends early.
 * - LOOM_ERR_UNSUPPORTED: another schemaVersion, other JSON, or no record of a known type. Ends the
 *   reading.
 * - LOOM_ERR_TOO_LARGE: a record of a known type is larger than LOOM_RECORD_SIZE_MAX.
 * - Errors of the system and LOOM_ERR_OUT_OF_MEMORY, which end the reading.
 */
LOOM_API loom_status loom_reader_next(loom_reader *reader, const loom_record **record,
                                      loom_error *err) LOOM_NODISCARD;

/* The line of the last record or error; 0: none. */
LOOM_API uint64_t loom_reader_line(const loom_reader *reader);

/*
 * Reads the text of a record again, as in loom_record. Needs `seekable`. Does not move the position
 * of loom_reader_next. The reader owns *text, which is valid until the next call of this function.
 */
LOOM_API loom_status loom_reader_text_at(loom_reader *reader, uint64_t offset, uint64_t length,
                                         const char **text, loom_error *err) LOOM_NODISCARD;

/* Starts again at the first record. Needs `seekable`. */
LOOM_API loom_status loom_reader_rewind(loom_reader *reader, loom_error *err) LOOM_NODISCARD;

LOOM_API void loom_reader_close(loom_reader *reader); /* NULL is allowed */

LOOM_END_DECLS

#endif
