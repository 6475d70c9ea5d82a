/* PNG (Third Edition), sections 5 and 11: a signature, then chunks. */
#include "format/png.h"

#include "format/container.h"
#include "format/png_colour.h"

enum { INTERLACE = 28 }; /* where IHDR, which stands first, says so */

static const unsigned char end_chunk[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\x89PNG\r\n\x1A\n");
}

/* Where the walk through the chunks ends. */
typedef struct last {
    size_t at;   /* where IEND begins, or the first chunk that is not all there */
    bool end;    /* it is IEND */
    bool pixels; /* a whole IDAT stands before */
} last;

static last find_last(loom_bytes file)
{
    last l = {.at = file.size < LOOM_PNG_SIGNATURE ? file.size : LOOM_PNG_SIGNATURE};
    loom_png_chunk chunk;

    while (loom_png_chunk_at(file, l.at, &chunk)) {
        l.end = loom_png_chunk_is(&chunk, "IEND");
        if (l.end)
            break;
        l.pixels = l.pixels || loom_png_chunk_is(&chunk, "IDAT");
        l.at = chunk.end;
    }
    return l;
}

static bool read_header(loom_bytes file, loom_header *header)
{
    if (file.size < 24 || !LOOM_BYTES_HAVE(file, 12, "IHDR"))
        return false;
    header->binding = true;
    header->colour = loom_png_colour(file);
    header->width = loom_be32(file.data + 16);
    header->height = loom_be32(file.data + 20);
    header->whole = file.size > INTERLACE && file.data[INTERLACE] == 1;
    return true;
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    const last l = find_last(file);
    const size_t there = file.size - l.at;

    /* Of a chunk that is cut short a decoder makes room for what its length says, up to 2 GiB. */
    header->no_pixels = !l.end && !l.pixels && !LOOM_BYTES_HAVE(file, l.at + 4, "IDAT");

    if (l.end)
        return LOOM_INTEGRITY_WHOLE;
    /* Nothing of IEND is there, or a part of it. */
    if (!l.pixels || there >= sizeof end_chunk || memcmp(file.data + l.at, end_chunk, there) != 0)
        return LOOM_INTEGRITY_CUT;
    *missing_end = (loom_bytes){end_chunk + there, sizeof end_chunk - there};
    return LOOM_INTEGRITY_NO_END;
}

const loom_container loom_container_png = {.sniff = sniff, .header = read_header, .check = check};
