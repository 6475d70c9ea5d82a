/*
 * An outcome: what happened to one task. Made by the library, filled in on a thread of the pool and
 * handed to the batch's caller, who may change it while he has it.
 */
#ifndef IMGLOOM_OUTCOME_H
#define IMGLOOM_OUTCOME_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <stddef.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

typedef enum loom_result {
    LOOM_RESULT_OK = 0,
    LOOM_RESULT_WARNING, /* written, with warnings */
    LOOM_RESULT_SKIPPED, /* on purpose, see skip_reason */
    LOOM_RESULT_PLANNED, /* dry run */
    LOOM_RESULT_ERROR    /* see error */
} loom_result;

#define LOOM_RESULT_COUNT ((unsigned)LOOM_RESULT_ERROR + 1)
#define LOOM_WARNINGS_MAX 20 /* a picture; what comes after is counted in the last one */

typedef struct loom_outcome {
    loom_result result;
    loom_error error;        /* set when result is LOOM_RESULT_ERROR */
    const char *skip_reason; /* static string, when result is LOOM_RESULT_SKIPPED */
    char **warnings;         /* owned; sentences in UTF-8 */
    size_t warning_count;
    size_t warnings_dropped; /* beyond LOOM_WARNINGS_MAX */

    uint64_t original_size; /* bytes */
    loom_format original_format;
    uint32_t original_width, original_height; /* px as stored, before orientation; 0: not known */
    int orientation;                          /* EXIF 1..8; 0: not known */

    loom_format format;      /* written, or to be written */
    uint64_t processed_size; /* bytes of the output */
    uint32_t width, height;  /* px of the output; 0: none */
    int channels;            /* of the output; 0: none */
    int quality;             /* used for the output; 0: the format has none */

    void *picture; /* owned, from malloc: the output, processed_size bytes, of a task without
                      output_path; NULL: none. Who keeps it sets this to NULL, and frees it */

    const char *lane;   /* static string; NULL: no lane was reached */
    int worker;         /* 0 … jobs-1; -1: no worker had it */
    int64_t start_ns;   /* since the batch began; 0 when no worker had it */
    int64_t queue_ns;   /* from being queued until a worker took it */
    int64_t elapsed_ns; /* on the worker: of the whole job, with all sizes made of the input */
} loom_outcome;

/* "ok", "warning", "skipped", "planned", "error". Never NULL; static. */
LOOM_API const char *loom_result_name(loom_result result);

/*
 * Whether the pixels of such an outcome count as decoded (or would be: planned): all but errors up
 * to decoding. What a header claims that was refused is not a picture's size. `stage`: the error's.
 */
LOOM_API bool loom_result_decoded(loom_result result, loom_stage stage);

/*
 * Adds a warning (cut at 500 bytes, at a character). The same sentence twice is kept once, and
 * beyond LOOM_WARNINGS_MAX they are only counted. Out of memory drops it, counted likewise.
 */
LOOM_API void loom_outcome_warn(loom_outcome *outcome, const char *format, ...) LOOM_PRINTF(2, 3);

LOOM_END_DECLS

#endif
