/* What a Photoshop file says of its picture: for the container and the decoder. */
#ifndef LOOM_FORMAT_PSD_H
#define LOOM_FORMAT_PSD_H

#include "base/bytes.h"
#include <imgloom/error.h>

enum {
    LOOM_PSD_BITMAP = 0,
    LOOM_PSD_GRAY = 1,
    LOOM_PSD_INDEXED = 2,
    LOOM_PSD_RGB = 3,
    LOOM_PSD_CMYK = 4,
    LOOM_PSD_MULTICHANNEL = 7,
    LOOM_PSD_DUOTONE = 8,
    LOOM_PSD_LAB = 9
};

enum { LOOM_PSD_RAW = 0, LOOM_PSD_RLE = 1, LOOM_PSD_ZIP = 2, LOOM_PSD_ZIP_PREDICTED = 3 };

typedef struct loom_psd {
    unsigned version;       /* 1, or 2 of a large one (PSB) */
    uint32_t width, height; /* px */
    unsigned channels, depth, mode;
    bool merged;           /* there is a picture of all layers together */
    bool transparent;      /* the first channel behind the colours is that picture's alpha */
    int transparent_index; /* of an indexed picture; -1: none */
    loom_bytes palette;    /* 256 of red, then of green and of blue */
    loom_bytes profile;    /* ICC, in the file; data NULL: none */
    unsigned coding;       /* LOOM_PSD_RAW … */
    size_t pixels;         /* where they begin, behind the coding's number */
} loom_psd;

/*
 * Reads all but the pixels. LOOM_ERR_TRUNCATED where the file ends before them, LOOM_ERR_CORRUPT
 * where the header contradicts itself, stage `probe`; kinds that are not read are no error. `err`
 * may be NULL.
 */
loom_status loom_psd_read_header(loom_bytes file, loom_psd *psd, loom_error *err);

/* The colours of such a mode: channels that a picture has without its alpha; 0: not known. */
unsigned loom_psd_colours(unsigned mode);

#endif
