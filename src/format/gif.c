#include "format/gif.h"

#include <string.h>

enum { EXTENSION = 0x21, IMAGE = 0x2C, TRAILER = 0x3B, GRAPHIC_CONTROL = 0xF9, APPLICATION = 0xFF };

/* Skips sub-blocks up to and with their terminator; false: cut. */
static bool skip(const unsigned char *data, size_t size, size_t *at)
{
    for (;;) {
        if (*at >= size)
            return false;
        const size_t length = data[*at];
        *at += 1;
        if (length == 0)
            return true;
        if (size - *at < length)
            return false;
        *at += length;
    }
}

static size_t table_bytes(unsigned flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Whether the application extension at `p` says how often an animation is to be shown. */
static bool is_loop(const unsigned char *p, size_t size)
{
    return size >= 12 && p[0] == 11 &&
           (memcmp(p + 1, "NETSCAPE2.0", 11) == 0 || memcmp(p + 1, "ANIMEXTS1.0", 11) == 0);
}

typedef struct walk {
    const unsigned char *data;
    size_t size, at;
    loom_gif found;
    bool loops;   /* it says that it is an animation */
    bool promise; /* what comes next belongs to a frame that is not there yet */
} walk;

/* One block; false: the walk ends, and `integrity` says how. */
static bool step(walk *w)
{
    const unsigned char *p = w->data + w->at;
    const size_t left = w->size - w->at;

    if (left == 0) {
        const bool single = w->found.frames == 1 && !w->loops && !w->promise;
        w->found.integrity = single ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
        return false;
    }
    if (p[0] == TRAILER)
        return false;
    w->found.integrity = LOOM_INTEGRITY_CUT;
    if (p[0] == EXTENSION && left >= 2) {
        w->loops = w->loops || (p[1] == APPLICATION && is_loop(p + 2, left - 2));
        w->promise = w->promise || p[1] == GRAPHIC_CONTROL;
        w->at += 2;
    } else if (p[0] == IMAGE) {
        w->found.frames++;
        if (left < 11 || table_bytes(p[9]) > left - 11)
            return false;
        w->at += 10 + table_bytes(p[9]) + 1; /* descriptor, table, code size */
        w->promise = false;
    } else if (p[0] != EXTENSION) {
        w->found.integrity = LOOM_INTEGRITY_WHOLE; /* damaged, not cut */
        return false;
    }
    if (w->at > w->size || !skip(w->data, w->size, &w->at))
        return false;
    w->found.integrity = LOOM_INTEGRITY_WHOLE;
    return true;
}

loom_gif loom_gif_walk(const unsigned char *data, size_t size)
{
    walk w = {.data = data, .size = size};

    if (size < 13 || table_bytes(data[10]) > size - 13) {
        w.found.integrity = LOOM_INTEGRITY_CUT;
        return w.found;
    }
    w.at = 13 + table_bytes(data[10]);
    while (step(&w))
        continue;
    return w.found;
}
