#include "format/photoshop.h"

#include "base/bytes.h"
#include <string.h>

enum { THUMBNAIL_BGR = 1033, THUMBNAIL = 1036 };

/* The length of the resource at `p`, with its padding; 0 when there is none. */
static size_t resource_length(const unsigned char *p, size_t left)
{
    if (left < 8 || memcmp(p, "8BIM", 4) != 0)
        return 0;
    const size_t name = (size_t)p[6] + 1, head = 6 + name + name % 2;
    if (left < head + 4)
        return 0;
    const size_t data = loom_be32(p + head);
    if (data > left - head - 4)
        return 0;
    const size_t length = head + 4 + data;
    return length % 2 == 1 && length < left ? length + 1 : length;
}

size_t loom_photoshop_drop_thumbnails(unsigned char *data, size_t size)
{
    static const char start[] = "Photoshop 3.0";
    size_t from = size >= sizeof start && memcmp(data, start, sizeof start) == 0 ? sizeof start : 0;
    size_t to = from;

    for (size_t length; (length = resource_length(data + from, size - from)) > 0; from += length) {
        const unsigned id = loom_be16(data + from + 4);
        if (id == THUMBNAIL_BGR || id == THUMBNAIL)
            continue;
        memmove(data + to, data + from, length);
        to += length;
    }
    memmove(data + to, data + from, size - from);
    return to + (size - from);
}
