#include "base/edits.h"

#include <string.h>

/* Stands behind the bytes that it tells of, so that the last one can be found. */
typedef struct edit {
    unsigned char *place;
    size_t size;
} edit;

static edit last_of(const loom_strbuf *old)
{
    edit last;

    memcpy(&last, old->data + old->size - sizeof last, sizeof last);
    return last;
}

void loom_edit(loom_edits *edits, unsigned char *place, const void *bytes, size_t size)
{
    loom_strbuf *old = &edits->old;
    edit added = {place, size};

    if (old->size > 0 && !old->failed) { /* one behind another is one */
        const edit last = last_of(old);
        if (last.place + last.size == place) {
            loom_strbuf_truncate(old, old->size - sizeof last);
            added = (edit){last.place, last.size + size};
        }
    }
    loom_strbuf_add(old, place, size);
    loom_strbuf_add(old, &added, sizeof added);
    memcpy(place, bytes, size);
}

bool loom_edits_undo(loom_edits *edits)
{
    loom_strbuf *old = &edits->old;

    if (old->failed)
        return false;
    for (size_t left = old->size; left > 0; loom_strbuf_truncate(old, left)) {
        const edit last = last_of(old);
        left -= sizeof last + last.size;
        memcpy(last.place, old->data + left, last.size);
    }
    return true;
}

void loom_edits_release(loom_edits *edits)
{
    loom_strbuf_release(&edits->old);
}
