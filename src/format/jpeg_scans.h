/* Leaving out scans of a JPEG that cannot matter for the picture that is wanted. */
#ifndef LOOM_FORMAT_JPEG_SCANS_H
#define LOOM_FORMAT_JPEG_SCANS_H

#include "format/jpeg_marker.h"
#include <stddef.h>

/* What is wanted of a component. */
typedef enum loom_jpeg_need {
    LOOM_JPEG_ALL = 0, /* each coefficient */
    LOOM_JPEG_DC,      /* the mean of each block: no scan of higher frequencies */
    LOOM_JPEG_NOTHING
} loom_jpeg_need;

/*
 * Takes out of the whole JPEG at `data`, in place, each scan that holds nothing that is needed;
 * needs[i] speaks of the i-th component of the frame. Tables and all else stay, so that what a
 * decoder makes of the rest is the same to the bit. Returns the new size; `size`, and the data
 * untouched, where there is nothing to take or the marker structure is not well-formed up to its
 * end marker: then it is for the decoder to say what is wrong.
 */
size_t loom_jpeg_drop_scans(unsigned char *data, size_t size,
                            const loom_jpeg_need needs[LOOM_JPEG_COMPONENTS]);

#endif
