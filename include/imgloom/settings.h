/*
 * Settings: how images are treated, whatever is made of them. What damage is let through, what
 * becomes of outputs that are there already, and limits.
 */
#ifndef IMGLOOM_SETTINGS_H
#define IMGLOOM_SETTINGS_H

#include <imgloom/error.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Which damage of a picture is an error. Each level includes those before it. */
typedef enum loom_fail_on {
    LOOM_FAIL_ON_NONE = 0,  /* what can be decoded is written, with a warning */
    LOOM_FAIL_ON_TRUNCATED, /* missing pixel data */
    LOOM_FAIL_ON_ERROR,     /* damaged pixel data too */
    LOOM_FAIL_ON_WARNING    /* anything the decoder complains of */
} loom_fail_on;

/* What to do when a file stands at a task's output path already. */
typedef enum loom_if_exists {
    LOOM_IF_EXISTS_REPLACE = 0,
    LOOM_IF_EXISTS_SKIP,
    LOOM_IF_EXISTS_ERROR,
    LOOM_IF_EXISTS_NEWER /* replaces only an output older than its input */
} loom_if_exists;

#define LOOM_DEFAULT_MAX_PIXELS UINT64_C(268402689) /* 16383 x 16383 */

/* Pictures beyond these are LOOM_ERR_TOO_LARGE by their header, whatever max_pixels says. */
#define LOOM_INPUT_SIDE_MAX 1000000u /* px a side; less where the format's decoder has less */
#define LOOM_FRAMES_MAX     4096u    /* of an animation that is to be kept */
#define LOOM_SCANS_MAX      500u     /* of a JPEG that is decoded scan by scan */

/* Bytes of metadata, together or in one block; what is beyond is dropped with a warning. */
#define LOOM_METADATA_MAX 8000000u

/* How images are treated; the picture itself is the recipe's matter. */
typedef struct loom_settings {
    loom_fail_on fail_on;
    loom_if_exists if_exists;
    uint64_t max_pixels;  /* width x height by the header, checked before decoding; 0: no limit */
    bool dry_run;         /* probe only, write nothing */
    bool discard;         /* make outputs, and throw them away: to check inputs, and to measure */
    bool allow_untrusted; /* read formats whose decoders are not meant for hostile files */
    bool preserve_timestamps; /* outputs get the modification time of their input */
    const char *lane;         /* one of loom_engine_lanes, which alone may be taken; NULL: any */
} loom_settings;

/* The defaults: damaged pixels are an error, outputs are replaced. NULL: no memory. */
LOOM_API loom_settings *loom_settings_create(void);
LOOM_API loom_settings *loom_settings_copy(const loom_settings *settings); /* likewise */
LOOM_API void loom_settings_free(loom_settings *settings);                 /* NULL is allowed */

/* none, truncated, error, warning; replace, skip, error, newer. LOOM_ERR_USAGE names what is
 * allowed, and the value is then unchanged. */
LOOM_API loom_status loom_fail_on_parse(const char *word, loom_fail_on *fail_on,
                                        loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_if_exists_parse(const char *word, loom_if_exists *if_exists,
                                          loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
