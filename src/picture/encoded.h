/* An encoded picture in memory: the bytes of a file that is not written yet. */
#ifndef LOOM_PICTURE_ENCODED_H
#define LOOM_PICTURE_ENCODED_H

#include <stddef.h>

typedef struct loom_encoded {
    void *data; /* owned, from malloc (or g_malloc, which is equivalent); NULL: none */
    size_t size;
    int channels;
    int quality; /* used; 0: the format has none */
} loom_encoded;

#endif
