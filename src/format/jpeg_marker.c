#include "format/jpeg_marker.h"

#include "base/bytes.h"
#include <string.h>

size_t loom_jpeg_next_marker(const unsigned char *data, size_t size, size_t at)
{
    while (at + 1 < size) {
        const unsigned char *ff = memchr(data + at, 0xFF, size - 1 - at);
        if (ff == NULL)
            return size;
        at = (size_t)(ff - data);
        const unsigned code = ff[1];
        if (code != 0 && code != 0xFF && (code & 0xF8) != LOOM_JPEG_RST0 && code != LOOM_JPEG_TEM)
            return at;
        at += code == 0xFF ? 1 : 2;
    }
    return size;
}

unsigned loom_jpeg_walk(const unsigned char *data, size_t size, size_t *at,
                        const unsigned char **segment, size_t *length)
{
    size_t here = loom_jpeg_next_marker(data, size, *at);

    if (here == size)
        return 0;
    const unsigned marker = data[here + 1];
    here += 2;
    *segment = data + here;
    *length = 0;
    if (marker != LOOM_JPEG_EOI && marker != LOOM_JPEG_SOI) {
        if (size - here < 2 || loom_be16(data + here) < 2 || loom_be16(data + here) > size - here)
            return 0;
        *segment = data + here + 2;
        *length = (size_t)loom_be16(data + here) - 2;
        here += 2 + *length;
    }
    *at = here;
    return marker;
}
