#include "engine/codec/png.h"

#include "format/png.h"
#include <libdeflate.h>
#include <stdlib.h>

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
