/* ISO/IEC 14496-12: boxes (4.2), and in "meta" the item location box "iloc" (8.11.3). */
#include "format/integrity_heif.h"

#include "base/bytes.h"
#include <stdbool.h>
#include <string.h>

typedef struct span {
    const unsigned char *data; /* NULL: none */
    size_t size;
} span;

/* Numbers one after the other; what lies beyond the end reads as 0 and is remembered. */
typedef struct reader {
    span rest;
    bool past_end;
} reader;

static uint64_t next(reader *r, unsigned bytes)
{
    uint64_t value = 0;

    if (r->rest.size < bytes) {
        r->past_end = true;
        r->rest.size = 0;
        return 0;
    }
    for (unsigned i = 0; i < bytes; i++)
        value = value << 8 | r->rest.data[i];
    r->rest.data += bytes;
    r->rest.size -= bytes;
    return value;
}

/*
 * Looks for a box among those in `in`, and sets *content to what is behind its header. CUT when
 * the boxes end without it or one of them is cut; WHOLE without content when they make no sense.
 */
static loom_integrity find_box(span in, const char *type, span *content)
{
    *content = (span){NULL, 0};
    for (size_t at = 0, head; in.size - at >= 8;) {
        const unsigned char *box = in.data + at;
        const size_t left = in.size - at;
        uint64_t length = loom_be32(box);
        head = 8;
        if (length == 0) /* to the end of the file */
            length = left;
        if (length == 1) {
            head = 16;
            if (left < head)
                return LOOM_INTEGRITY_CUT;
            length = loom_be64(box + 8);
        }
        if (length < head)
            return LOOM_INTEGRITY_WHOLE;
        if (length > left)
            return LOOM_INTEGRITY_CUT;
        if (memcmp(box + 4, type, 4) == 0) {
            *content = (span){box + head, (size_t)length - head};
            return LOOM_INTEGRITY_WHOLE;
        }
        at += (size_t)length;
    }
    return LOOM_INTEGRITY_CUT;
}

/* The head of an "iloc" box: how wide its numbers are, in bytes. */
typedef struct widths {
    unsigned version, offset, length, base, index, item;
} widths;

/* Whether one item's extents lie within the first `size` bytes of the file. */
static bool item_inside(reader *r, const widths *w, size_t size)
{
    (void)next(r, w->item);
    const uint64_t method = w->version > 0 ? next(r, 2) & 15 : 0;
    const bool here = next(r, 2) == 0 && method == 0; /* else in another file, or box, or item */
    const uint64_t base = next(r, w->base), extents = next(r, 2);

    for (uint64_t i = 0; i < extents && !r->past_end; i++) {
        (void)next(r, w->index);
        const uint64_t offset = next(r, w->offset), length = next(r, w->length);
        uint64_t end;
        if (here && !r->past_end &&
            (__builtin_add_overflow(base, offset, &end) ||
             __builtin_add_overflow(end, length, &end) || end > size))
            return false;
    }
    return true;
}

static loom_integrity check_items(span iloc, size_t size)
{
    reader r = {iloc, false};
    widths w = {.version = (unsigned)(next(&r, 4) >> 24)};
    const unsigned nibbles = (unsigned)next(&r, 2);

    w.offset = nibbles >> 12;
    w.length = nibbles >> 8 & 15;
    w.base = nibbles >> 4 & 15;
    w.index = w.version > 0 ? nibbles & 15 : 0;
    w.item = w.version < 2 ? 2 : 4;
    if (w.version > 2 || w.offset > 8 || w.length > 8 || w.base > 8 || w.index > 8)
        return LOOM_INTEGRITY_WHOLE; /* damaged, or newer than this */
    const uint64_t items = next(&r, w.item);
    for (uint64_t i = 0; i < items && !r.past_end; i++)
        if (!item_inside(&r, &w, size))
            return LOOM_INTEGRITY_CUT;
    return LOOM_INTEGRITY_WHOLE;
}

loom_integrity loom_integrity_heif(const unsigned char *data, size_t size)
{
    const span file = {data, size};
    span meta, iloc, moov;

    if (find_box(file, "meta", &meta) == LOOM_INTEGRITY_CUT) {
        (void)find_box(file, "moov", &moov); /* a film alone: the decoder must know */
        return moov.data != NULL ? LOOM_INTEGRITY_WHOLE : LOOM_INTEGRITY_CUT;
    }
    if (meta.data == NULL || meta.size < 4)
        return LOOM_INTEGRITY_WHOLE;
    (void)find_box((span){meta.data + 4, meta.size - 4}, "iloc", &iloc);
    return iloc.data != NULL ? check_items(iloc, size) : LOOM_INTEGRITY_WHOLE;
}
