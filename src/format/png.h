/* Walks the chunks of a PNG file: length, type, data, CRC, one after another. */
#ifndef LOOM_FORMAT_PNG_H
#define LOOM_FORMAT_PNG_H

#include "base/bytes.h"

enum {
    LOOM_PNG_SIGNATURE = 8, /* bytes before the first chunk */
    LOOM_PNG_CHUNK = 12,    /* bytes of a chunk besides its data */
    LOOM_PNG_HEADER = 13    /* bytes of data in IHDR */
};

typedef struct loom_png_chunk {
    const unsigned char *start; /* length, type, data, CRC */
    size_t length;              /* bytes of data, from start + 8 on */
    size_t end;                 /* offset in the file of the next chunk */
} loom_png_chunk;

/* PNG (Third Edition), table 8: the numbers in IHDR. */
typedef enum loom_png_colour {
    LOOM_PNG_GRAY = 0,
    LOOM_PNG_RGB = 2,
    LOOM_PNG_PALETTE = 3,
    LOOM_PNG_GRAY_ALPHA = 4,
    LOOM_PNG_RGB_ALPHA = 6
} loom_png_colour;

/* The contents of IHDR, unchecked. */
typedef struct loom_png_header {
    uint32_t width, height;
    unsigned depth; /* bits a sample */
    unsigned colour, compression, filter, interlace;
} loom_png_header;

/* Reads the chunk at offset `at`; false if there is no complete chunk. */
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

/* The checksum stored in the chunk. */
static inline uint32_t loom_png_chunk_crc(const loom_png_chunk *chunk)
{
    return loom_be32(chunk->start + 8 + chunk->length);
}

/* Whether the checksum is correct. */
bool loom_png_chunk_is_sound(const loom_png_chunk *chunk);

/*
 * The start of the data in an iTXt chunk with XMP, including the literal's own NUL (11.3.3.4):
 * keyword; not compressed, method 0; no language, no translated keyword.
 */
#define LOOM_PNG_XMP "XML:com.adobe.xmp\0\0\0\0"

/* Whether the type consists of letters, as it must. */
bool loom_png_chunk_is_named(const loom_png_chunk *chunk);

/* Whether the chunk is critical, so that no decoder may skip it: its first letter is a capital. */
static inline bool loom_png_chunk_is_critical(const loom_png_chunk *chunk)
{
    return (chunk->start[4] & 0x20) == 0;
}

/* Whether it is a critical chunk that we read: IHDR, PLTE, IDAT, IEND. */
bool loom_png_chunk_is_known(const loom_png_chunk *chunk);

/* Reads the first chunk; false if it is not an IHDR of the right length. */
bool loom_png_header_read(loom_bytes file, loom_png_header *header);

#endif
