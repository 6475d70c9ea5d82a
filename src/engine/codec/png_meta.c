/* Metadata of PNG: chunks that are written, and texts and profiles that are unpacked. */
#include "engine/codec/png.h"

#include "engine/codec/png_parts.h"
#include "format/png.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <zlib.h>

/* ---- writing ------------------------------------------------------------- */

enum { LEVEL = 6 };

static void add32(loom_strbuf *out, uint32_t value)
{
    unsigned char bytes[4];

    loom_put32(bytes, true, value);
    loom_strbuf_add(out, bytes, sizeof bytes);
}

/* A chunk whose data are in two parts. */
static void add_chunk(loom_strbuf *out, const char *type, loom_bytes head, loom_bytes data)
{
    uint32_t check = libdeflate_crc32(0, type, 4);

    check = libdeflate_crc32(check, head.data, head.size);
    check = libdeflate_crc32(check, data.data, data.size);
    add32(out, (uint32_t)(head.size + data.size));
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add(out, head.data, head.size);
    loom_strbuf_add(out, data.data, data.size);
    add32(out, check);
}

/* Name, NUL, method 0, and a zlib stream. */
static bool add_profile(loom_strbuf *out, loom_bytes profile)
{
    static const unsigned char head[] = "icc\0"; /* the NUL that ends it is the method */
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(LEVEL);
    const size_t bound = libdeflate_zlib_compress_bound(compressor, profile.size);
    unsigned char *packed = compressor != NULL ? malloc(bound) : NULL;
    size_t size = 0;

    if (packed != NULL)
        size = libdeflate_zlib_compress(compressor, profile.data, profile.size, packed, bound);
    if (size > 0)
        add_chunk(out, "iCCP", (loom_bytes){head, sizeof head}, (loom_bytes){packed, size});
    libdeflate_free_compressor(compressor);
    free(packed);
    return size > 0;
}

bool loom_png_meta_add(const loom_meta *meta, loom_strbuf *out)
{
    static const unsigned char xmp_head[] = LOOM_PNG_XMP;
    const loom_bytes none = {xmp_head, 0};

    if (meta->profile.size > 0 && !add_profile(out, meta->profile))
        return false;
    if (meta->exif.size > 0)
        add_chunk(out, "eXIf", none, loom_meta_bytes(&meta->exif));
    if (meta->xmp.size > 0)
        add_chunk(out, "iTXt", (loom_bytes){xmp_head, sizeof xmp_head},
                  loom_meta_bytes(&meta->xmp));
    return !out->failed;
}

bool loom_png_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out)
{
    loom_png_chunk header;

    if (!loom_png_chunk_at(file, LOOM_PNG_SIGNATURE, &header) ||
        !loom_png_chunk_is(&header, "IHDR"))
        return false;
    loom_strbuf_add(out, file.data, header.end);
    if (!loom_png_meta_add(meta, out))
        return false;
    loom_strbuf_add(out, file.data + header.end, file.size - header.end);
    return !out->failed;
}

/* ---- packed data --------------------------------------------------------- */

/*
 * The unpacked size of a stream; any value above `limit` means: larger than that. *damaged: the
 * stream does not end. If `to` is not NULL, it receives the first `limit` bytes.
 */
static size_t inflate_stream(const unsigned char *data, size_t size, size_t limit,
                             unsigned char *to, bool *damaged)
{
    unsigned char block[16384];
    z_stream z = {.next_in = (z_const Bytef *)(uintptr_t)data, .avail_in = (uInt)size};
    size_t made = 0;
    int status = Z_OK;

    *damaged = false;
    if (inflateInit(&z) != Z_OK)
        return limit + 1; /* no memory, and so none for the text either */
    while (status == Z_OK && (to == NULL ? made <= limit : made < limit)) {
        const size_t room = to != NULL && limit - made < sizeof block ? limit - made : sizeof block;
        z.next_out = to != NULL ? to + made : block;
        z.avail_out = (uInt)room;
        status = inflate(&z, Z_NO_FLUSH);
        made += room - z.avail_out;
    }
    (void)inflateEnd(&z);
    *damaged = status != Z_STREAM_END && made <= limit && to == NULL;
    return made;
}

/* The position after the NUL that ends a name; the chunk's length: there is none. */
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

/* The position of the text in a chunk's data; *packed: it is compressed. The length: no text. */
static size_t find_text(const loom_png_chunk *chunk, bool *packed)
{
    const size_t size = chunk->length;
    size_t at = behind_name(chunk, 0);

    *packed = loom_png_chunk_is(chunk, "zTXt");
    if (*packed)
        return at < size ? at + 1 : size; /* after the method */
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
    return packed ? inflate_stream(chunk->start + 8 + at, chunk->length - at, limit, NULL, damaged)
                  : chunk->length;
}

unsigned char *loom_png_text_take(const loom_png_chunk *chunk, size_t limit, const char *keyword,
                                  size_t *size)
{
    const loom_bytes data = {chunk->start + 8, chunk->length};
    bool packed, damaged = false;
    const size_t at = find_text(chunk, &packed);

    if (!loom_png_chunk_is(chunk, "iTXt") || at >= data.size ||
        !loom_bytes_equal(data, 0, keyword, strlen(keyword) + 1))
        return NULL;
    const loom_bytes text = loom_bytes_from(data, at);
    *size = packed ? inflate_stream(text.data, text.size, limit, NULL, &damaged) : text.size;
    if (damaged || *size == 0 || *size > limit)
        return NULL;
    unsigned char *made = malloc(*size);
    if (made != NULL && packed)
        (void)inflate_stream(text.data, text.size, *size, made, &damaged);
    else if (made != NULL)
        memcpy(made, text.data, *size);
    return made;
}

/* ---- the colour profile: 11.3.2.3 ---------------------------------------- */

bool loom_png_profile_is_sound(const loom_png_chunk *chunk, size_t limit)
{
    const size_t at = behind_name(chunk, 0);
    bool damaged = true;

    if (at < chunk->length && chunk->start[8 + at] == 0) /* the only defined method */
        (void)inflate_stream(chunk->start + 8 + at + 1, chunk->length - at - 1, limit, NULL,
                             &damaged);
    return !damaged;
}

unsigned char *loom_png_profile_take(loom_bytes data, size_t limit, size_t *size)
{
    const unsigned char *name = data.size > 0 ? memchr(data.data, 0, data.size) : NULL;
    const size_t at = name != NULL ? (size_t)(name - data.data) + 2 : data.size; /* the method */
    bool damaged = false;

    if (at >= data.size)
        return NULL;
    const loom_bytes packed = loom_bytes_from(data, at);
    *size = inflate_stream(packed.data, packed.size, limit, NULL, &damaged);
    if (damaged || *size == 0 || *size > limit)
        return NULL;
    unsigned char *profile = malloc(*size);
    if (profile != NULL)
        (void)inflate_stream(packed.data, packed.size, *size, profile, &damaged);
    return profile;
}
