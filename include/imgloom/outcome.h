/*
 * An outcome: what happened to one task. The library creates it, a pool thread fills it in, and the
 * batch hands it to its caller, who may change it during the callback.
 */
#ifndef IMGLOOM_OUTCOME_H
#define IMGLOOM_OUTCOME_H

#include <imgloom/error.h>
#include <imgloom/format.h>
#include <imgloom/task.h>
#include <stdbool.h>
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
#define LOOM_WARNINGS_MAX 20 /* for each picture; the last one counts those that follow */

typedef struct loom_outcome {
    loom_result result;
    loom_error error;        /* set when result is LOOM_RESULT_ERROR */
    const char *skip_reason; /* static string, when result is LOOM_RESULT_SKIPPED */
    char **warnings;         /* owned; sentences in UTF-8 */
    size_t warning_count;
    size_t warnings_dropped; /* those after LOOM_WARNINGS_MAX */

    uint64_t original_size; /* bytes */
    loom_format original_format;
    uint32_t original_width, original_height; /* px as stored, before orientation; 0: not known */
    int orientation;                          /* EXIF 1..8; 0: not known */

    loom_format format;      /* of the output, whether written yet or not */
    uint64_t processed_size; /* bytes of the output */
    uint32_t width, height;  /* px of the output; 0: none */
    int channels;            /* of the output; 0: none */
    int quality;             /* used for the output; 0: the format has none */

    void *picture; /* owned, from malloc: the output of a task without output_path, processed_size
                      bytes; NULL: none. To keep it, set this to NULL and call free() later */

    const char *lane;   /* static string; NULL: no lane was reached */
    int thread;         /* the pool thread, 0 … jobs-1; -1: no thread had it */
    int64_t start_ns;   /* since the batch began; 0: no thread had it */
    int64_t queue_ns;   /* from being queued until a thread took it */
    int64_t elapsed_ns; /* on the thread: the whole job, with all sizes of the input */

    /* The library that decoded, or tried to, as loom_engine_codec names it, without its version;
     * "": nothing was decoded. Printable ASCII. */
    char decoder[16];

    /*
     * The input as it was when it was opened, and that instant (CLOCK_REALTIME); zero: it was not
     * opened. The output as it was once it had its name; zero: none was written to a file.
     */
    loom_stamp original_stamp, processed_stamp;
    int64_t opened_ns;
    /* Set where the flags say so: with `hash` of the settings, of what was read, and written or
     * handed over. */
    loom_content_hash original_hash, processed_hash;
    bool original_hashed, processed_hashed;

    /* The part of the upright picture that was used, X,Y,WxH in px: what extract, aspect and trim
     * left; "": all of it. */
    char extracted[48];
    uint32_t cropped; /* the share of the picture that its fit cut away, in millionths */
    bool copied;      /* the output is the original, byte for byte: see loom_if_larger */

    loom_traits original_traits; /* of the input */
    loom_traits traits;          /* of the output, as its bytes say; all 0: none */
    /* Left out, because the input has the content that is recorded of it, whatever its stamp. */
    bool content_unchanged;
    bool left_out;       /* by loom_if_larger: made, but its original is kept in its place */
    bool output_changed; /* made, because the output had not the content that is recorded of it */
    /* How similar the output is to the picture before it was encoded (SSIM of luma, as in
     * docs/manual.md), in millionths; 0: it was not compared. */
    uint32_t ssim;
    /* The kind of raw file whose embedded preview was read, "nef": what is told of the original,
     * but for its size in bytes, is told of the preview. "": none. Printable ASCII. */
    char preview_of[8];
} loom_outcome;

/* The skip_reason of what a state leaves out. */
#define LOOM_SKIP_UNCHANGED         "unchanged"
#define LOOM_SKIP_CONTENT_UNCHANGED "content is unchanged"

/* Why the output was made, or was to be made and failed; NONE: it was not tried. */
LOOM_API loom_because loom_outcome_because(const loom_task *task, const loom_outcome *outcome);

/* "ok", "warning", "skipped", "planned", "error". Never NULL; static. */
LOOM_API const char *loom_result_name(loom_result result);

/*
 * Whether the pixels of such an outcome count as decoded (for `planned`: would be decoded). True
 * for all except errors up to decoding: a refused header's claim is not a picture's size. `stage`
 * is the stage of the error.
 */
LOOM_API bool loom_result_decoded(loom_result result, loom_stage stage);

/*
 * Adds a warning, cut between two characters to at most 500 bytes. A repeated sentence is kept
 * once. Warnings after LOOM_WARNINGS_MAX, or when memory runs out, are only counted.
 */
LOOM_API void loom_outcome_warn(loom_outcome *outcome, const char *format, ...) LOOM_PRINTF(2, 3);

LOOM_END_DECLS

#endif
