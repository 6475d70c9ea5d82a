#include "format/webp.h"

#include "base/bytes.h"
#include <stdbool.h>
#include <string.h>

enum { RIFF_HEADER = 12, CHUNK_HEADER = 8, FLAG_XMP = 0x04, FLAG_EXIF = 0x08 };

static bool is_chunk(const unsigned char *p, const char *name)
{
    return memcmp(p, name, 4) == 0;
}

/* The length of the chunk at `p` with header and padding; 0: it does not lie within `left`. */
static size_t chunk_length(const unsigned char *p, size_t left)
{
    if (left < CHUNK_HEADER)
        return 0;
    const size_t data = loom_le32(p + 4), padded = data + data % 2;
    return padded <= left - CHUNK_HEADER ? CHUNK_HEADER + padded : 0;
}

static bool well_formed(const unsigned char *data, size_t size)
{
    if (size < RIFF_HEADER || !is_chunk(data, "RIFF") || !is_chunk(data + 8, "WEBP"))
        return false;
    for (size_t at = RIFF_HEADER; at < size;) {
        const size_t length = chunk_length(data + at, size - at);
        if (length == 0)
            return false;
        at += length;
    }
    return true;
}

size_t loom_webp_drop_metadata(unsigned char *data, size_t size)
{
    size_t to = RIFF_HEADER;

    if (!well_formed(data, size))
        return size;
    for (size_t from = RIFF_HEADER, length; from < size; from += length) {
        length = chunk_length(data + from, size - from);
        if (is_chunk(data + from, "EXIF") || is_chunk(data + from, "XMP "))
            continue;
        if (is_chunk(data + from, "VP8X") && length > CHUNK_HEADER) {
            data[from + CHUNK_HEADER] &= (unsigned char)~(FLAG_XMP | FLAG_EXIF);
            if (data[from + CHUNK_HEADER] == 0)
                continue; /* nothing extended is left */
        }
        memmove(data + to, data + from, length);
        to += length;
    }
    const size_t riff = to - 8;
    for (unsigned i = 0; i < 4; i++)
        data[4 + i] = (unsigned char)(riff >> 8 * i);
    return to;
}
