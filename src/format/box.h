/* Boxes, the structure of HEIF, AVIF, JPEG XL and JPEG 2000 files: ISO/IEC 14496-12, 4.2. */
#ifndef LOOM_FORMAT_BOX_H
#define LOOM_FORMAT_BOX_H

#include "base/bytes.h"

typedef enum loom_box_result {
    LOOM_BOX_FOUND,
    LOOM_BOX_CUT,    /* the end of the boxes, or a truncated box */
    LOOM_BOX_DAMAGED /* an impossible length */
} loom_box_result;

/* Four characters as one number, as in loom_box.type. */
#define LOOM_FOURCC(text)                                                                          \
    ((uint32_t)(unsigned char)(text)[0] << 24 | (uint32_t)(unsigned char)(text)[1] << 16 |         \
     (uint32_t)(unsigned char)(text)[2] << 8 | (uint32_t)(unsigned char)(text)[3])

typedef struct loom_box {
    uint32_t type;
    loom_bytes content; /* the bytes after its header */
    loom_bytes whole;   /* with its header */
} loom_box;

/* Reads the first box of *rest, and moves *rest past it. LOOM_BOX_CUT: there is no complete box. */
loom_box_result loom_box_next(loom_bytes *rest, loom_box *box);

/*
 * Finds the first box of a type among those in `in`, and sets *content to the bytes after its
 * header; if there is none, to no bytes, with data NULL. The next box begins at the end of the
 * content.
 */
loom_box_result loom_box_find(loom_bytes in, const char type[4], loom_bytes *content);

/* The same for a full box, after its version and flags; also false if these are missing. */
bool loom_box_find_full(loom_bytes in, const char type[4], loom_bytes *content);

/* The version of a full box; 255: the box is too short. */
static inline unsigned loom_box_version(const loom_box *box)
{
    return box->content.size >= 4 ? box->content.data[0] : 255;
}

/* A sequence of numbers; beyond the end they read as 0, which is recorded. */
typedef struct loom_numbers {
    loom_bytes rest;
    bool past_end;
} loom_numbers;

/* The next number, 0 to 8 bytes, big-endian. */
uint64_t loom_numbers_next(loom_numbers *numbers, unsigned bytes);

#endif
