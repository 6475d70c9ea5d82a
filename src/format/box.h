/* Boxes, of which HEIF, AVIF, JPEG XL and JPEG 2000 files are made: ISO/IEC 14496-12, 4.2. */
#ifndef LOOM_FORMAT_BOX_H
#define LOOM_FORMAT_BOX_H

#include "base/bytes.h"

typedef enum loom_box_result {
    LOOM_BOX_FOUND,
    LOOM_BOX_CUT,    /* the boxes end without it, or one of them is cut */
    LOOM_BOX_DAMAGED /* a length makes no sense */
} loom_box_result;

/* Four characters as one number, as loom_box.type has them. */
#define LOOM_FOURCC(text)                                                                          \
    ((uint32_t)(unsigned char)(text)[0] << 24 | (uint32_t)(unsigned char)(text)[1] << 16 |         \
     (uint32_t)(unsigned char)(text)[2] << 8 | (uint32_t)(unsigned char)(text)[3])

typedef struct loom_box {
    uint32_t type;
    loom_bytes content; /* what stands behind its header */
    loom_bytes whole;   /* with its header */
} loom_box;

/* The first box of *rest, which then begins behind it. LOOM_BOX_CUT: there is no whole one. */
loom_box_result loom_box_next(loom_bytes *rest, loom_box *box);

/*
 * Looks for the first box of a type among those in `in`, and sets *content to what stands behind
 * its header; else to no bytes, with data NULL. What follows the box begins where its content ends.
 */
loom_box_result loom_box_find(loom_bytes in, const char type[4], loom_bytes *content);

/*
 * The same of a full box, behind its version and flags; false also where they are not there.
 */
bool loom_box_find_full(loom_bytes in, const char type[4], loom_bytes *content);

/* The version of a full box; 255: it is too short for one. */
static inline unsigned loom_box_version(const loom_box *box)
{
    return box->content.size >= 4 ? box->content.data[0] : 255;
}

/* Numbers one after the other; what lies beyond the end reads as 0 and is remembered. */
typedef struct loom_numbers {
    loom_bytes rest;
    bool past_end;
} loom_numbers;

/* The next number of 0 to 8 bytes, the highest first. */
uint64_t loom_numbers_next(loom_numbers *numbers, unsigned bytes);

#endif
