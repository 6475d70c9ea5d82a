/*
 * Decoders of formats that libvips does not read, or not rightly: each decodes a whole file into
 * memory, knows what is missing and what is damaged, and needs no libvips.
 */
#ifndef LOOM_ENGINE_CODEC_DECODER_H
#define LOOM_ENGINE_CODEC_DECODER_H

#include "files/input.h"
#include "format/container.h"
#include "picture/picture.h"

/* What was decoded; to be released by loom_decoded_release. A zeroed struct is empty. */
typedef struct loom_decoded {
    loom_picture picture; /* of an animation, its frames one below the other */
    bool missing;         /* the file lacks pixel data; in their place is black, or nothing */
    const char *damage;   /* what is wrong with pixel data that are there, static; NULL: nothing */
    const char *warning;  /* what else somebody should know of the picture, static; NULL: nothing */
    loom_bytes profile;   /* its ICC profile, in the input; data NULL: it has none */
    int *delays;          /* ms, one for each frame, from malloc; NULL: no animation */
    int loop;             /* how often an animation is shown; 0: for ever */
} loom_decoded;

void loom_decoded_release(loom_decoded *decoded);

typedef struct loom_decoder {
    const char *name; /* the library that does it, with its version */
    /*
     * Whether the header, which the container has read into *header as far as it can be read, is
     * in order. LOOM_ERR_CORRUPT, LOOM_ERR_TRUNCATED, LOOM_ERR_TOO_LARGE or LOOM_ERR_UNSUPPORTED,
     * stage `probe`.
     */
    loom_status (*probe)(const loom_input *input, const loom_header *header, loom_error *err);
    /*
     * Decodes the picture, or all of its header->frames where `frames` says so. What is missing or
     * damaged is no error as long as there is a picture to show. On an error, stage `decode`,
     * *decoded, empty before, stays empty.
     */
    loom_status (*decode)(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err);
} loom_decoder;

/* The decoder of the format; NULL: libvips reads it, or nothing does. */
const loom_decoder *loom_decoder_of(loom_format format);

#endif
