/* GIF89a specification: a screen, then blocks, of which only sub-blocks have lengths. */
#include "format/container.h"

enum { EXTENSION = 0x21, IMAGE = 0x2C, TRAILER = 0x3B, GRAPHIC_CONTROL = 0xF9, APPLICATION = 0xFF };

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "GIF87a") || LOOM_BYTES_HAVE(file, 0, "GIF89a");
}

/* Skips sub-blocks up to and with their terminator; false: cut. */
static bool skip(loom_bytes file, size_t *at)
{
    for (;;) {
        if (*at >= file.size)
            return false;
        const size_t length = file.data[*at];
        *at += 1;
        if (length == 0)
            return true;
        if (file.size - *at < length)
            return false;
        *at += length;
    }
}

static size_t table_bytes(unsigned flags)
{
    return flags & 0x80 ? (size_t)3 << ((flags & 7) + 1) : 0;
}

/* Whether an application extension says how often an animation is to be shown. */
static bool is_loop(loom_bytes extension)
{
    return LOOM_BYTES_HAVE(extension, 0, "\013NETSCAPE2.0") ||
           LOOM_BYTES_HAVE(extension, 0, "\013ANIMEXTS1.0");
}

typedef struct walk {
    loom_bytes file;
    size_t at;
    uint64_t frames; /* image descriptors, a cut one included */
    loom_integrity integrity;
    bool loops;   /* it says that it is an animation */
    bool promise; /* what comes next belongs to a frame that is not there yet */
} walk;

/* One block; false: the walk ends, and `integrity` says how. */
static bool step(walk *w)
{
    const unsigned char *p = w->file.data + w->at;
    const size_t left = w->file.size - w->at;

    if (left == 0) {
        const bool single = w->frames == 1 && !w->loops && !w->promise;
        w->integrity = single ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
        return false;
    }
    if (p[0] == TRAILER)
        return false;
    w->integrity = LOOM_INTEGRITY_CUT;
    if (p[0] == EXTENSION && left >= 2) {
        w->loops = w->loops || (p[1] == APPLICATION && is_loop((loom_bytes){p + 2, left - 2}));
        w->promise = w->promise || p[1] == GRAPHIC_CONTROL;
        w->at += 2;
    } else if (p[0] == IMAGE) {
        w->frames++;
        if (left < 11 || table_bytes(p[9]) > left - 11)
            return false;
        w->at += 10 + table_bytes(p[9]) + 1; /* descriptor, table, code size */
        w->promise = false;
    } else if (p[0] != EXTENSION) {
        w->integrity = LOOM_INTEGRITY_WHOLE; /* damaged, not cut */
        return false;
    }
    if (w->at > w->file.size || !skip(w->file, &w->at))
        return false;
    w->integrity = LOOM_INTEGRITY_WHOLE;
    return true;
}

/*
 * Walks the whole file. Where the trailer is missing, a single picture may lack no more than that
 * (NO_END); of an animation nobody can tell how many frames it had (CUT).
 */
static walk walk_all(loom_bytes file)
{
    walk w = {.file = file};

    if (file.size < 13 || table_bytes(file.data[10]) > file.size - 13) {
        w.integrity = LOOM_INTEGRITY_CUT;
        return w;
    }
    w.at = 13 + table_bytes(file.data[10]);
    while (step(&w))
        continue;
    return w;
}

/* The size is the screen's. */
static bool read_header(loom_bytes file, loom_header *header)
{
    if (file.size < 10)
        return false;
    header->binding = true;
    header->width = loom_le16(file.data + 6);
    header->height = loom_le16(file.data + 8);
    return true;
}

/* libvips passes over frames beyond the 4097th, so they are counted here. */
static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    static const unsigned char end[] = {TRAILER};
    const walk w = walk_all(file);

    if (w.frames > 0)
        header->frames = w.frames < UINT32_MAX ? (uint32_t)w.frames : UINT32_MAX;
    if (w.integrity == LOOM_INTEGRITY_NO_END)
        *missing_end = (loom_bytes){end, sizeof end};
    return w.integrity;
}

const loom_container loom_container_gif = {.sniff = sniff, .header = read_header, .check = check};
