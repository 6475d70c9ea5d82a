/* What the header of a Radiance picture says: for the container and the decoder. */
#ifndef LOOM_FORMAT_HDR_H
#define LOOM_FORMAT_HDR_H

#include "base/bytes.h"
#include <imgloom/error.h>
#include <stdbool.h>

enum { LOOM_HDR_RGBE = 0, LOOM_HDR_XYZE = 1, LOOM_HDR_OTHER = 2 };

typedef struct loom_hdr {
    unsigned format;        /* LOOM_HDR_RGBE … */
    bool gamma;             /* it says one that is not 1 */
    bool other_primaries;   /* it says some that are neither Radiance's nor sRGB's */
    uint32_t width, height; /* px */
    /* A file has scanlines of pixels; where they go in the picture. */
    bool columns;                 /* scanlines are columns, else rows */
    bool from_bottom, from_right; /* how rows and columns go */
    size_t pixels;                /* where they begin */
} loom_hdr;

/*
 * Reads the header of a file that begins as such a picture does. LOOM_ERR_TRUNCATED where it is
 * cut, LOOM_ERR_CORRUPT where it is damaged, stage `probe`; kinds that are not read are no error.
 * `err` may be NULL.
 */
loom_status loom_hdr_read_header(loom_bytes file, loom_hdr *hdr, loom_error *err);

#endif
