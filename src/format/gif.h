/* The blocks of a GIF file (GIF89a specification), without its decoder. */
#ifndef LOOM_FORMAT_GIF_H
#define LOOM_FORMAT_GIF_H

#include "format/integrity.h"

typedef struct loom_gif {
    uint64_t frames; /* image descriptors, a cut one included */
    loom_integrity integrity;
} loom_gif;

/*
 * Walks the whole file. Where the trailer is missing, a single picture may lack no more than that
 * (NO_END); of an animation nobody can tell how many frames it had (CUT).
 */
loom_gif loom_gif_walk(const unsigned char *data, size_t size);

#endif
