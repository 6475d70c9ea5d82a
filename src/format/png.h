/* Walking through the chunks of a PNG file: length, type, data, CRC, one after the other. */
#ifndef LOOM_FORMAT_PNG_H
#define LOOM_FORMAT_PNG_H

#include "base/bytes.h"

enum {
    LOOM_PNG_SIGNATURE = 8, /* bytes before the first chunk */
    LOOM_PNG_CHUNK = 12,    /* bytes of a chunk beside its data */
    LOOM_PNG_HEADER = 13    /* bytes of data in IHDR */
};

typedef struct loom_png_chunk {
    const unsigned char *start; /* length, type, data, CRC */
    size_t length;              /* bytes of data, from start + 8 on */
    size_t end;                 /* offset in the file of what follows */
} loom_png_chunk;

/* The chunk at offset `at`; false where no whole one is there. */
static inline bool loom_png_chunk_at(loom_bytes file, size_t at, loom_png_chunk *chunk)
{
    if (at > file.size || file.size - at < LOOM_PNG_CHUNK ||
        loom_be32(file.data + at) > file.size - at - LOOM_PNG_CHUNK)
        return false;
    chunk->start = file.data + at;
    chunk->length = loom_be32(file.data + at);
    chunk->end = at + LOOM_PNG_CHUNK + chunk->length;
    return true;
}

static inline bool loom_png_chunk_is(const loom_png_chunk *chunk, const char *type)
{
    return memcmp(chunk->start + 4, type, 4) == 0;
}

#endif
