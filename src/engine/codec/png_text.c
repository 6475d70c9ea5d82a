#include "engine/codec/png_text.h"

#include <zlib.h>

/* ---- packed data --------------------------------------------------------- */

/* How large a stream becomes; more than `limit`: larger than that. */
static size_t inflated_size(const unsigned char *data, size_t size, size_t limit, bool *damaged)
{
    unsigned char block[16384];
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    size_t made = 0;
    int status = Z_OK;

    *damaged = false;
    if (inflateInit(&z) != Z_OK)
        return limit + 1; /* no memory: none for the text, either */
    while (status == Z_OK && made <= limit) {
        z.next_out = block;
        z.avail_out = sizeof block;
        status = inflate(&z, Z_NO_FLUSH);
        made += sizeof block - z.avail_out;
    }
    (void)inflateEnd(&z);
    *damaged = status != Z_STREAM_END && made <= limit;
    return made;
}

/* Where what follows the NUL behind a name begins; the chunk's length: there is none. */
static size_t behind_name(const loom_png_chunk *chunk, size_t at)
{
    const unsigned char *data = chunk->start + 8;
    const unsigned char *end = at < chunk->length ? memchr(data + at, 0, chunk->length - at) : NULL;

    return end != NULL ? (size_t)(end - data) + 1 : chunk->length;
}

/* ---- texts --------------------------------------------------------------- */

bool loom_png_is_text(const loom_png_chunk *chunk)
{
    return loom_png_chunk_is(chunk, "tEXt") || loom_png_chunk_is(chunk, "zTXt") ||
           loom_png_chunk_is(chunk, "iTXt");
}

/* Where in a chunk's data its text begins; *packed: it is compressed. The length: nowhere. */
static size_t find_text(const loom_png_chunk *chunk, bool *packed)
{
    const size_t size = chunk->length;
    size_t at = behind_name(chunk, 0);

    *packed = loom_png_chunk_is(chunk, "zTXt");
    if (*packed)
        return at < size ? at + 1 : size; /* behind the method */
    if (!loom_png_chunk_is(chunk, "iTXt"))
        return at;
    if (size - at < 2)
        return size;
    *packed = chunk->start[8 + at] == 1;
    at += 2;
    for (int i = 0; i < 2; i++) /* language, translated keyword */
        at = behind_name(chunk, at);
    return at;
}

size_t loom_png_text_size(const loom_png_chunk *chunk, size_t limit, bool *damaged)
{
    bool packed;
    const size_t at = find_text(chunk, &packed);

    *damaged = false;
    return packed ? inflated_size(chunk->start + 8 + at, chunk->length - at, limit, damaged)
                  : chunk->length;
}

/* ---- the colour profile: 11.3.2.3 ---------------------------------------- */

bool loom_png_profile_is_sound(const loom_png_chunk *chunk, size_t limit)
{
    const size_t at = behind_name(chunk, 0);
    bool damaged = true;

    if (at < chunk->length && chunk->start[8 + at] == 0) /* the only method there is */
        (void)inflated_size(chunk->start + 8 + at + 1, chunk->length - at - 1, limit, &damaged);
    return !damaged;
}
