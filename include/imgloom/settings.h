/*
 * Settings: how to process images, independently of the recipe. Which damage is tolerated, what
 * happens to existing outputs, and limits.
 */
#ifndef IMGLOOM_SETTINGS_H
#define IMGLOOM_SETTINGS_H

#include <imgloom/error.h>
#include <stdbool.h>
#include <stdint.h>

LOOM_BEGIN_DECLS

/* Which damage of a picture is an error. Each level includes those before it. */
typedef enum loom_fail_on {
    LOOM_FAIL_ON_NONE = 0,  /* everything that can be decoded is written, with a warning */
    LOOM_FAIL_ON_TRUNCATED, /* missing pixel data */
    LOOM_FAIL_ON_ERROR,     /* also damaged pixel data */
    LOOM_FAIL_ON_WARNING    /* anything the decoder complains about */
} loom_fail_on;

/* What to do if an output file already exists. */
typedef enum loom_if_exists {
    LOOM_IF_EXISTS_REPLACE = 0,
    LOOM_IF_EXISTS_SKIP,
    LOOM_IF_EXISTS_ERROR,
    LOOM_IF_EXISTS_NEWER /* replaces only an output older than its input */
} loom_if_exists;

/* What to do if an output would be larger than its original. */
typedef enum loom_if_larger {
    LOOM_IF_LARGER_WRITE = 0,
    LOOM_IF_LARGER_COPY, /* write the original's bytes, if they are what was asked for */
    LOOM_IF_LARGER_SKIP
} loom_if_larger;

/* Who decodes ordinary JPEGs that become JPEGs. */
typedef enum loom_jpeg_decoder {
    LOOM_JPEG_DECODER_IMGLOOM = 0, /* imgloom's own, where it takes the file, else libjpeg */
    LOOM_JPEG_DECODER_LIBJPEG      /* libjpeg alone */
} loom_jpeg_decoder;

#define LOOM_DEFAULT_MAX_PIXELS UINT64_C(268402689) /* 16383 x 16383 */

/* Fixed limits: a header beyond them is LOOM_ERR_TOO_LARGE, whatever max_pixels says. */
#define LOOM_INPUT_SIDE_MAX 1000000u /* px a side; lower if the decoder's own limit is lower */
#define LOOM_FRAMES_MAX     4096u    /* frames of an animation, if all frames are kept */
#define LOOM_SCANS_MAX      500u     /* scans of a JPEG that is decoded scan by scan */

/* Bytes of metadata, in one block or in total; metadata beyond it is dropped with a warning. */
#define LOOM_METADATA_MAX 8000000u

/* How to process images; the recipe says what to make of them. */
typedef struct loom_settings {
    loom_fail_on fail_on;
    loom_if_exists if_exists;
    uint64_t max_pixels;  /* width x height by the header, checked before decoding; 0: no limit */
    bool dry_run;         /* probe only, write nothing */
    bool discard;         /* make outputs and discard them: to check inputs, or to measure */
    bool allow_untrusted; /* read formats whose decoders are not meant for hostile files */
    bool hash;            /* outcomes get the hashes of inputs and outputs */
    bool preserve_timestamps; /* outputs get the modification time of their input */
    const char *lane;         /* use this lane only, one of loom_engine_lanes; NULL: any lane */
    loom_jpeg_decoder jpeg_decoder;
    loom_if_larger if_larger;
    /* width x height of an output, of all its frames together, checked before decoding; 0: no
     * limit. For requests from clients, who may ask for much with little. */
    uint64_t max_output_pixels;
    /* Decode each output again and compare it with its input: LOOM_ERR_CHECK_FAILED. */
    bool check_outputs;
} loom_settings;

/* The defaults: damaged pixels are an error, outputs are replaced. NULL: out of memory. */
LOOM_API loom_settings *loom_settings_create(void);
LOOM_API loom_settings *loom_settings_copy(const loom_settings *settings); /* NULL: out of memory */
LOOM_API void loom_settings_free(loom_settings *settings);                 /* NULL is allowed */

/* Parse none, truncated, error, warning; and replace, skip, error, newer. On LOOM_ERR_USAGE the
 * message lists the allowed words, and the value is unchanged. */
LOOM_API loom_status loom_fail_on_parse(const char *word, loom_fail_on *fail_on,
                                        loom_error *err) LOOM_NODISCARD;
LOOM_API loom_status loom_if_exists_parse(const char *word, loom_if_exists *if_exists,
                                          loom_error *err) LOOM_NODISCARD;

LOOM_END_DECLS

#endif
