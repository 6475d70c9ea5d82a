#include "format/header.h"

#include "base/bytes.h"
#include <string.h>

typedef struct bytes {
    const unsigned char *data;
    size_t size;
} bytes;

typedef struct dimensions {
    uint32_t width, height;
} dimensions;

/* ITU-T T.81, B.2.2: the frame header. */
static bool jpeg_size(bytes b, dimensions *d)
{
    for (size_t at = 2; b.size - at >= 4 && at <= b.size - 4;) {
        if (b.data[at] != 0xFF)
            return false;
        const unsigned marker = b.data[at + 1];
        if (marker == 0xFF) {
            at++;
            continue;
        }
        const size_t length = loom_be16(b.data + at + 2);
        if (length < 2 || length > b.size - at - 2)
            return false;
        if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 &&
            marker != 0xCC) {
            if (length < 7)
                return false;
            *d = (dimensions){loom_be16(b.data + at + 7), loom_be16(b.data + at + 5)};
            return true;
        }
        at += 2 + length;
    }
    return false;
}

static bool png_size(bytes b, dimensions *d)
{
    if (b.size < 24 || memcmp(b.data + 12, "IHDR", 4) != 0)
        return false;
    *d = (dimensions){loom_be32(b.data + 16), loom_be32(b.data + 20)};
    return true;
}

static bool gif_size(bytes b, dimensions *d)
{
    if (b.size < 10)
        return false;
    *d = (dimensions){loom_le16(b.data + 6), loom_le16(b.data + 8)};
    return true;
}

/* WebP container specification; RFC 6386, 9.1 (VP8); WebP lossless, 3 (VP8L). */
static bool webp_size(bytes b, dimensions *d)
{
    if (b.size < 30)
        return false;
    const unsigned char *chunk = b.data + 12, *p = chunk + 8;
    if (memcmp(chunk, "VP8X", 4) == 0) {
        *d = (dimensions){1 + (loom_le32(p + 4) & 0xFFFFFF), 1 + (loom_le32(p + 6) >> 8)};
        return true;
    }
    if (memcmp(chunk, "VP8L", 4) == 0 && p[0] == 0x2F) {
        const uint32_t bits = loom_le32(p + 1);
        *d = (dimensions){1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)};
        return true;
    }
    if (memcmp(chunk, "VP8 ", 4) == 0 && p[3] == 0x9D && p[4] == 0x01 && p[5] == 0x2A) {
        *d = (dimensions){loom_le16(p + 6) & 0x3FFFu, loom_le16(p + 8) & 0x3FFFu};
        return true;
    }
    return false;
}

/* TIFF 6.0, section 2: ImageWidth (256) and ImageLength (257) of the first directory. */
static bool tiff_size(bytes b, dimensions *d)
{
    if (b.size < 8)
        return false;
    const bool big = b.data[0] == 'M';
    const size_t at = loom_get32(b.data + 4, big);

    if (at > b.size || b.size - at < 2)
        return false;
    const size_t entries = loom_get16(b.data + at, big);
    if ((b.size - at - 2) / 12 < entries)
        return false;
    for (size_t i = 0; i < entries; i++) {
        const unsigned char *entry = b.data + at + 2 + i * 12;
        const unsigned tag = loom_get16(entry, big), type = loom_get16(entry + 2, big);
        const uint32_t value = type == 3 ? loom_get16(entry + 8, big) : loom_get32(entry + 8, big);
        if (tag == 256)
            d->width = value;
        else if (tag == 257)
            d->height = value;
    }
    return true;
}

/* The content of the first box called `name` in `in`, behind `skip` bytes of a full box's head. */
static bool find_box(bytes in, const char *name, size_t skip, bytes *box)
{
    for (size_t at = 0; in.size - at >= 8;) {
        const size_t length = loom_be32(in.data + at);
        if (length < 8 || length > in.size - at)
            return false;
        if (memcmp(in.data + at + 4, name, 4) == 0) {
            if (length < 8 + skip)
                return false;
            *box = (bytes){in.data + at + 8 + skip, length - 8 - skip};
            return true;
        }
        at += length;
        if (at > in.size)
            return false;
    }
    return false;
}

/* ISO/IEC 23008-12: the largest spatial extent, which is the picture's. */
static bool avif_size(bytes b, dimensions *d)
{
    bytes meta, properties, container;

    if (!find_box(b, "meta", 4, &meta) || !find_box(meta, "iprp", 0, &properties) ||
        !find_box(properties, "ipco", 0, &container))
        return false;
    for (bytes rest = container, extent; find_box(rest, "ispe", 4, &extent);) {
        if (extent.size < 8)
            return false;
        const dimensions found = {loom_be32(extent.data), loom_be32(extent.data + 4)};
        if ((uint64_t)found.width * found.height > (uint64_t)d->width * d->height)
            *d = found;
        const unsigned char *end = extent.data + extent.size;
        rest = (bytes){end, (size_t)(container.data + container.size - end)};
    }
    return true;
}

/* ---- JPEG XL: ISO/IEC 18181-1, SizeHeader -------------------------------- */

typedef struct bit_reader {
    bytes b;
    size_t at; /* bits */
} bit_reader;

/* The next n bits, least significant first; zeros beyond the end. */
static uint32_t bits(bit_reader *r, unsigned n)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < n; i++, r->at++)
        if (r->at / 8 < r->b.size && r->b.data[r->at / 8] >> r->at % 8 & 1)
            value |= UINT32_C(1) << i;
    return value;
}

static uint32_t jxl_side(bit_reader *r, bool eighths)
{
    static const unsigned widths[] = {9, 13, 18, 30};

    return eighths ? (bits(r, 5) + 1) * 8 : bits(r, widths[bits(r, 2)]) + 1;
}

static bool jxl_size(bytes b, dimensions *d)
{
    static const unsigned ratios[8][2] = {{0, 0}, {1, 1},  {12, 10}, {4, 3},
                                          {3, 2}, {16, 9}, {5, 4},   {2, 1}};
    bytes stream = b;

    if (b.size >= 12 && b.data[0] == 0 && !find_box(b, "jxlc", 0, &stream) &&
        !find_box(b, "jxlp", 4, &stream))
        return false;
    if (stream.size < 12 || stream.data[0] != 0xFF || stream.data[1] != 0x0A)
        return false;
    bit_reader r = {stream, 16};
    const bool eighths = bits(&r, 1) == 1;
    d->height = jxl_side(&r, eighths);
    const unsigned *ratio = ratios[bits(&r, 3)];
    d->width = ratio[1] == 0 ? jxl_side(&r, eighths)
                             : (uint32_t)((uint64_t)d->height * ratio[0] / ratio[1]);
    return true;
}

bool loom_header_size(loom_format format, const unsigned char *data, size_t size, uint32_t *width,
                      uint32_t *height)
{
    static bool (*const readers[LOOM_FORMAT_COUNT])(bytes, dimensions *) = {
        [LOOM_FORMAT_JPEG] = jpeg_size, [LOOM_FORMAT_PNG] = png_size,
        [LOOM_FORMAT_WEBP] = webp_size, [LOOM_FORMAT_GIF] = gif_size,
        [LOOM_FORMAT_TIFF] = tiff_size, [LOOM_FORMAT_AVIF] = avif_size,
        [LOOM_FORMAT_JXL] = jxl_size,
    };
    dimensions d = {0, 0};

    if (loom_format_sniff(data, size) != format || readers[format] == NULL ||
        !readers[format]((bytes){data, size}, &d) || d.width == 0 || d.height == 0)
        return false;
    *width = d.width;
    *height = d.height;
    return true;
}
