#include "format/limits.h"

#include "base/bytes.h"
#include "format/jpeg_marker.h"
#include "format/tiff.h"
#include <string.h>

static bool tiff_side(const loom_tiff *t, unsigned tag, uint32_t *side)
{
    loom_tiff_values values;

    if (!loom_tiff_find(t, tag, &values) || values.at == NULL || values.count == 0)
        return false;
    const uint64_t value = loom_tiff_value(t, &values, 0);
    *side = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    return true;
}

bool loom_limits_size(loom_format format, const unsigned char *data, size_t size, uint32_t *width,
                      uint32_t *height)
{
    uint32_t w, h;
    loom_tiff t;

    switch (format) {
    case LOOM_FORMAT_PNG:
        if (size < 24 || memcmp(data + 12, "IHDR", 4) != 0)
            return false;
        w = loom_be32(data + 16);
        h = loom_be32(data + 20);
        break;
    case LOOM_FORMAT_GIF:
        if (size < 10)
            return false;
        w = loom_le16(data + 6);
        h = loom_le16(data + 8);
        break;
    case LOOM_FORMAT_WEBP:
        if (size < 30 || memcmp(data + 12, "VP8X", 4) != 0)
            return false; /* the others hold less than anybody minds */
        w = 1 + (loom_le32(data + 24) & 0xFFFFFF);
        h = 1 + (loom_le32(data + 26) >> 8);
        break;
    case LOOM_FORMAT_TIFF:
        if (!loom_tiff_open(&t, data, size) || !tiff_side(&t, LOOM_TIFF_WIDTH, &w) ||
            !tiff_side(&t, LOOM_TIFF_HEIGHT, &h))
            return false;
        break;
    default:
        return false;
    }
    *width = w;
    *height = h;
    return true;
}

unsigned loom_limits_scans(const unsigned char *data, size_t size, unsigned most)
{
    const unsigned char *segment;
    unsigned scans = 0;
    size_t length;

    for (size_t at = 2; at < size && scans <= most;) {
        const unsigned marker = loom_jpeg_walk(data, size, &at, &segment, &length);
        if (marker == 0 || marker == LOOM_JPEG_EOI)
            break;
        scans += marker == LOOM_JPEG_SOS;
    }
    return scans;
}
