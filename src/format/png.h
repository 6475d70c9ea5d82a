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

/* PNG (Third Edition), table 8: by their numbers in IHDR. */
typedef enum loom_png_colour {
    LOOM_PNG_GRAY = 0,
    LOOM_PNG_RGB = 2,
    LOOM_PNG_PALETTE = 3,
    LOOM_PNG_GRAY_ALPHA = 4,
    LOOM_PNG_RGB_ALPHA = 6
} loom_png_colour;

/* What IHDR says, unchecked. */
typedef struct loom_png_header {
    uint32_t width, height;
    unsigned depth; /* bits a sample */
    unsigned colour, compression, filter, interlace;
} loom_png_header;

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

/* The checksum that the chunk says it has. */
static inline uint32_t loom_png_chunk_crc(const loom_png_chunk *chunk)
{
    return loom_be32(chunk->start + 8 + chunk->length);
}

/* Whether it has that checksum. */
bool loom_png_chunk_is_sound(const loom_png_chunk *chunk);

/*
 * What the data of a chunk iTXt with XMP begin with, and the literal's own NUL (11.3.3.4): keyword;
 * not compressed, method 0; no language, no translated keyword.
 */
#define LOOM_PNG_XMP "XML:com.adobe.xmp\0\0\0\0"

/* Whether the type is made of letters, as all are. */
bool loom_png_chunk_is_named(const loom_png_chunk *chunk);

/* Whether no decoder may pass over a chunk of this type: its first letter is a capital. */
static inline bool loom_png_chunk_is_critical(const loom_png_chunk *chunk)
{
    return (chunk->start[4] & 0x20) == 0;
}

/* Whether it is a critical one that is read here: IHDR, PLTE, IDAT, IEND. */
bool loom_png_chunk_is_known(const loom_png_chunk *chunk);

/* Reads the first chunk; false where it is no IHDR of the right length. */
bool loom_png_header_read(loom_bytes file, loom_png_header *header);

#endif
