/* Boxes, of which HEIF, AVIF and JPEG XL files are made: ISO/IEC 14496-12, 4.2. */
#ifndef LOOM_FORMAT_BOX_H
#define LOOM_FORMAT_BOX_H

#include "base/bytes.h"

typedef enum loom_box_result {
    LOOM_BOX_FOUND,
    LOOM_BOX_CUT,    /* the boxes end without it, or one of them is cut */
    LOOM_BOX_DAMAGED /* a length makes no sense */
} loom_box_result;

/*
 * Looks for the first box of a type among those in `in`, and sets *content to what stands behind
 * its header; else to no bytes, with data NULL. What follows the box begins where its content ends.
 */
loom_box_result loom_box_find(loom_bytes in, const char type[4], loom_bytes *content);

/*
 * The same of a full box, behind its version and flags; false also where they are not there.
 */
bool loom_box_find_full(loom_bytes in, const char type[4], loom_bytes *content);

#endif
