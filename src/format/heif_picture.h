/*
 * What the boxes of a HEIF or AVIF file say of its primary picture: how it is coded, and what its
 * samples mean (ISO/IEC 14496-12, 8.11; ISO/IEC 23008-12, 6). Any bytes are allowed.
 */
#ifndef LOOM_FORMAT_HEIF_PICTURE_H
#define LOOM_FORMAT_HEIF_PICTURE_H

#include "base/bytes.h"

/* All zero but where it is said. */
typedef struct loom_heif_picture {
    bool found;         /* there is a primary item, and it has a type */
    uint32_t derived;   /* its type where it is made of other items, as "grid"; else 0 */
    uint32_t coding;    /* the type of the items that are coded, as "av01"; 0: not told */
    bool mixed;         /* those are not all of one type */
    bool premultiplied; /* by the alpha of another item */
    bool has_icc;
    bool has_codes; /* the following four, of ITU-T H.273 */
    unsigned primaries, transfer, matrix;
    bool full_range;
    bool gray;      /* coded without chroma */
    unsigned bits;  /* a sample; 0: not told */
    bool mirrored;  /* by the container */
    uint32_t turns; /* a hash of how it is turned, mirrored and cropped, in order; 0: it is not */
    bool has_alpha, alpha_apart; /* alpha of another item; it is turned otherwise */
} loom_heif_picture;

/*
 * `meta` is the content of that box, behind its version and flags, in the file. Where no box says
 * what the colours are, an AV1 bitstream may.
 */
void loom_heif_picture_read(loom_bytes file, loom_bytes meta, loom_heif_picture *picture);

#endif
