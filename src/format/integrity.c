#include "format/integrity.h"

#include "base/bytes.h"
#include "format/gif.h"
#include "format/integrity_heif.h"
#include "format/integrity_tiff.h"
#include "format/jpeg_marker.h"
#include <stdbool.h>
#include <string.h>

/* ---- JPEG: ITU-T T.81, Annex B ------------------------------------------- */

/* How far each coefficient of each component is known: 0 not at all, else 1 + lowest bit sent. */
typedef struct jpeg_scans {
    unsigned char ids[LOOM_JPEG_COMPONENTS];
    unsigned components;
    bool progressive;
    uint64_t least; /* bytes that the pixels take: a bit for each block of the largest component */
    unsigned char known[LOOM_JPEG_COMPONENTS][LOOM_JPEG_COEFFICIENTS];
} jpeg_scans;

static void jpeg_frame(jpeg_scans *scans, unsigned marker, const unsigned char *p, size_t size)
{
    if (size < 6 || size < 6 + (size_t)p[5] * 3 || p[5] > LOOM_JPEG_COMPONENTS)
        return;
    scans->progressive = marker % 4 == 2; /* SOF2, 6, 10, 14 */
    scans->components = p[5];
    if (marker <= LOOM_JPEG_SOF2) /* Huffman-coded */
        scans->least =
            ((loom_be16(p + 1) + UINT64_C(7)) / 8) * ((loom_be16(p + 3) + UINT64_C(7)) / 8) / 8;
    for (unsigned i = 0; i < scans->components; i++)
        scans->ids[i] = p[6 + i * 3];
}

static void jpeg_scan(jpeg_scans *scans, const unsigned char *p, size_t size)
{
    if (size < 1 || p[0] > LOOM_JPEG_COMPONENTS || size < 4 + (size_t)p[0] * 2)
        return;
    const unsigned char *rest = p + 1 + (size_t)p[0] * 2;
    unsigned from = rest[0], to = rest[1], low = rest[2] & 15u;
    if (!scans->progressive)
        from = 0, to = LOOM_JPEG_COEFFICIENTS - 1, low = 0;

    for (unsigned s = 0; s < p[0]; s++)
        for (unsigned i = 0; i < scans->components; i++)
            if (scans->ids[i] == p[1 + s * 2])
                for (unsigned k = from; k <= to && k < LOOM_JPEG_COEFFICIENTS; k++)
                    scans->known[i][k] = (unsigned char)(1 + low);
}

/* Whether the scans that began would make the whole picture. */
static bool jpeg_complete(const jpeg_scans *scans)
{
    for (unsigned i = 0; i < scans->components; i++)
        for (unsigned k = 0; k < LOOM_JPEG_COEFFICIENTS; k++)
            if (scans->known[i][k] != 1)
                return false;
    return scans->components > 0;
}

static loom_integrity check_jpeg(const unsigned char *data, size_t size)
{
    jpeg_scans scans = {.components = 0};

    for (size_t at = 2;;) {
        at = loom_jpeg_next_marker(data, size, at);
        if (at == size)
            return jpeg_complete(&scans) ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
        const unsigned marker = data[at + 1];
        at += 2;
        if (marker == LOOM_JPEG_EOI)
            return LOOM_INTEGRITY_WHOLE; /* bytes after the end are nothing */
        if (marker == LOOM_JPEG_SOI)
            continue;
        if (size - at < 2 || loom_be16(data + at) > size - at)
            return LOOM_INTEGRITY_CUT;
        const size_t length = loom_be16(data + at);
        if (length < 2)
            return LOOM_INTEGRITY_WHOLE; /* damaged, not cut */
        if (loom_jpeg_is_frame(marker))
            jpeg_frame(&scans, marker, data + at + 2, length - 2);
        if (marker == LOOM_JPEG_SOS)
            jpeg_scan(&scans, data + at + 2, length - 2);
        if (marker == LOOM_JPEG_SOS && scans.least > size)
            return LOOM_INTEGRITY_CUT;
        at += length;
        if (marker == LOOM_JPEG_SOS && size - at >= 2 && data[size - 2] == 0xFF &&
            data[size - 1] == LOOM_JPEG_EOI)
            return LOOM_INTEGRITY_WHOLE; /* nearly every file: no need to walk its scans */
    }
}

/* ---- PNG: chunks of length, type, data, CRC ------------------------------ */

static const unsigned char png_end[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

/* Where IEND begins, or the first chunk that is not all there. *pixels: one IDAT was before. */
static size_t png_last(const unsigned char *data, size_t size, bool *pixels)
{
    size_t at = size < 8 ? size : 8;

    *pixels = false;
    while (size - at >= 12 && loom_be32(data + at) <= size - at - 12) {
        if (memcmp(data + at + 4, "IEND", 4) == 0)
            break;
        if (memcmp(data + at + 4, "IDAT", 4) == 0)
            *pixels = true;
        at += 12 + (size_t)loom_be32(data + at);
    }
    return at;
}

static loom_integrity check_png(const unsigned char *data, size_t size)
{
    bool pixels;
    const size_t at = png_last(data, size, &pixels), left = size - at;

    if (left >= 12 && loom_be32(data + at) <= left - 12)
        return LOOM_INTEGRITY_WHOLE;
    /* Nothing of IEND is there, or a part of it. */
    const bool no_end = pixels && left < sizeof png_end && memcmp(data + at, png_end, left) == 0;
    return no_end ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
}

/* ---- WebP: RIFF ---------------------------------------------------------- */

static loom_integrity check_webp(const unsigned char *data, size_t size)
{
    return size < 12 || loom_le32(data + 4) > size - 8 ? LOOM_INTEGRITY_CUT : LOOM_INTEGRITY_WHOLE;
}

/* ---- all ----------------------------------------------------------------- */

loom_integrity loom_integrity_check(loom_format format, const unsigned char *data, size_t size)
{
    switch (format) {
    case LOOM_FORMAT_JPEG:
        return check_jpeg(data, size);
    case LOOM_FORMAT_PNG:
        return check_png(data, size);
    case LOOM_FORMAT_GIF:
        return loom_gif_walk(data, size).integrity;
    case LOOM_FORMAT_WEBP:
        return check_webp(data, size);
    case LOOM_FORMAT_TIFF:
        return loom_integrity_tiff(data, size);
    case LOOM_FORMAT_AVIF:
    case LOOM_FORMAT_HEIC:
        return loom_integrity_heif(data, size);
    default:
        return LOOM_INTEGRITY_WHOLE;
    }
}

bool loom_integrity_cut_in_header(loom_format format, const unsigned char *data, size_t size)
{
    bool pixels;

    if (format != LOOM_FORMAT_PNG || check_png(data, size) != LOOM_INTEGRITY_CUT)
        return false;
    const size_t at = png_last(data, size, &pixels);
    return !pixels && (size - at < 8 || memcmp(data + at + 4, "IDAT", 4) != 0);
}

const unsigned char *loom_integrity_end(loom_format format, const unsigned char *data, size_t size,
                                        size_t *missing)
{
    static const unsigned char jpeg[] = {0xFF, LOOM_JPEG_EOI};
    static const unsigned char gif[] = {0x3B};
    bool pixels;
    size_t there;

    switch (format) {
    case LOOM_FORMAT_JPEG:
        *missing = sizeof jpeg; /* a lone FF before it is a fill byte */
        return jpeg;
    case LOOM_FORMAT_PNG:
        there = size - png_last(data, size, &pixels);
        there =
            there < sizeof png_end && memcmp(data + size - there, png_end, there) == 0 ? there : 0;
        *missing = sizeof png_end - there;
        return png_end + there;
    case LOOM_FORMAT_GIF:
        *missing = sizeof gif;
        return gif;
    default:
        *missing = 0;
        return jpeg;
    }
}
