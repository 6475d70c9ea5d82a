/*
 * Edits of bytes in place that can be undone: each keeps what stood there. Zero-initialise; one
 * thread at a time.
 */
#ifndef LOOM_BASE_EDITS_H
#define LOOM_BASE_EDITS_H

#include "base/strbuf.h"

typedef struct loom_edits {
    loom_strbuf old; /* of each edit what stood there, then where and how much */
} loom_edits;

/*
 * Writes `size` bytes to `place`, which must stay where it is until they are undone or released.
 * Without memory for what stood there they are written all the same, and loom_edits_undo tells.
 */
void loom_edit(loom_edits *edits, unsigned char *place, const void *bytes, size_t size);

/* Makes all as it was. False: there was no memory to keep it, and the bytes stay as they are. */
bool loom_edits_undo(loom_edits *edits);

void loom_edits_release(loom_edits *edits); /* they stay */

#endif
