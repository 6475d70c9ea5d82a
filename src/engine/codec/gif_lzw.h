/* Decodes the codes of a GIF frame (GIF89a, appendix F: LZW with variable-length codes). */
#ifndef LOOM_ENGINE_CODEC_GIF_LZW_H
#define LOOM_ENGINE_CODEC_GIF_LZW_H

#include "base/bytes.h"
#include <stdint.h>

enum { LOOM_GIF_CODE_SIZE_MIN = 2, LOOM_GIF_CODE_SIZE_MAX = 11 }; /* code sizes, bits */

typedef enum loom_gif_codes {
    LOOM_GIF_CODES_FULL = 0, /* all colours were there */
    LOOM_GIF_CODES_SHORT,    /* the data or the codes end early */
    LOOM_GIF_CODES_DAMAGED,  /* a code is invalid */
    LOOM_GIF_CODES_NO_MEMORY
} loom_gif_codes;

/* The data to decode, and its receiver. */
typedef struct loom_gif_stream {
    loom_bytes file;
    size_t at;          /* of the first sub-block */
    unsigned code_size; /* LOOM_GIF_CODE_SIZE_MIN..MAX; 1 also, if count is 1 */
    uint64_t count;     /* colours wanted; at least 1 */
    /* Receives the next colours, as indices. */
    void (*put)(void *user, const unsigned char *indices, size_t count);
    void *user;
} loom_gif_stream;

/* Hands over the colours that exist; if the codes are damaged, those before the damage. */
loom_gif_codes loom_gif_lzw_decode(const loom_gif_stream *stream);

#endif
