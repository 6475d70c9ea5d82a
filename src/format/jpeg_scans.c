#include "format/jpeg_scans.h"

#include "base/bytes.h"
#include <stdbool.h>
#include <string.h>

typedef struct frame {
    unsigned char ids[LOOM_JPEG_COMPONENTS];
    unsigned count;
    const loom_jpeg_need *needs;
} frame;

static bool read_frame(frame *f, const unsigned char *p, size_t size)
{
    if (f->count != 0 || size < 6 || p[5] == 0 || p[5] > LOOM_JPEG_COMPONENTS ||
        size != 6 + (size_t)p[5] * 3)
        return false;
    f->count = p[5];
    for (unsigned i = 0; i < f->count; i++)
        f->ids[i] = p[6 + i * 3];
    return true;
}

/* The need of the component with this id; an unknown one is the decoder's matter. */
static loom_jpeg_need need_of(const frame *f, unsigned id)
{
    for (unsigned i = 0; i < f->count; i++)
        if (f->ids[i] == id)
            return f->needs[i];
    return LOOM_JPEG_ALL;
}

/* Whether a scan, whose header is p (T.81, B.2.3), holds something that is needed. */
static bool is_needed(const frame *f, const unsigned char *p)
{
    const unsigned count = p[0], from = p[1 + count * 2];

    for (unsigned i = 0; i < count; i++) {
        const loom_jpeg_need need = need_of(f, p[1 + i * 2]);
        if (need == LOOM_JPEG_ALL || (need == LOOM_JPEG_DC && from == 0))
            return true;
    }
    return false;
}

/*
 * Walks the file. With `to` NULL only checks it and tells by *drops whether there is something to
 * leave out; else moves what stays to `to`, which is the file itself. Returns the size of what
 * stays; 0: not well-formed.
 */
static size_t walk(const unsigned char *data, size_t size, frame *f, unsigned char *to, bool *drops)
{
    const unsigned char *p;
    size_t length, at = 2, kept_from = 0, made = 0;

    *drops = false;
    f->count = 0;
    for (;;) {
        const size_t start = loom_jpeg_next_marker(data, size, at);
        const unsigned marker = loom_jpeg_walk(data, size, &at, &p, &length);
        if (marker == 0 || marker == LOOM_JPEG_SOI)
            return 0;
        if (loom_jpeg_is_frame(marker) && !read_frame(f, p, length))
            return 0;
        const bool scan = marker == LOOM_JPEG_SOS;
        if (scan && (length < 1 || length != 4 + (size_t)p[0] * 2 || f->count == 0))
            return 0;
        const bool drop = scan && !is_needed(f, p);
        if (scan)
            at = loom_jpeg_next_marker(data, size, at);
        if (!drop && marker != LOOM_JPEG_EOI)
            continue;
        const size_t end = drop ? start : at;
        if (to != NULL)
            memmove(to + made, data + kept_from, end - kept_from);
        made += end - kept_from;
        kept_from = at;
        *drops = *drops || drop;
        if (marker == LOOM_JPEG_EOI)
            return made;
    }
}

size_t loom_jpeg_drop_scans(unsigned char *data, size_t size,
                            const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS])
{
    frame f = {.needs = needs};
    bool drops;

    if (size < 2 || walk(data, size, &f, NULL, &drops) == 0 || !drops)
        return size;
    return walk(data, size, &f, data, &drops);
}
