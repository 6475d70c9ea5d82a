/* What a TGA says of its picture: for the container and the decoder. */
#ifndef LOOM_FORMAT_TGA_H
#define LOOM_FORMAT_TGA_H

#include "base/bytes.h"
#include <imgloom/error.h>

enum { LOOM_TGA_INDEXED = 1, LOOM_TGA_COLOUR = 2, LOOM_TGA_GRAY = 3 };

/* What the attribute bits of a pixel mean (Truevision TGA 2.0, field 24), and 255: not said. */
enum {
    LOOM_TGA_NO_ALPHA = 0,
    LOOM_TGA_UNDEFINED = 1,
    LOOM_TGA_RETAINED = 2,
    LOOM_TGA_ALPHA = 3,
    LOOM_TGA_PREMULTIPLIED = 4,
    LOOM_TGA_NOT_SAID = 255
};

typedef struct loom_tga {
    uint32_t width, height; /* px */
    unsigned type;          /* LOOM_TGA_INDEXED …, without run lengths' 8 */
    bool coded;             /* run lengths */
    unsigned bits;          /* of a pixel, or of an index */
    unsigned attributes;    /* of a pixel's bits; the map's have none of their own */
    unsigned meaning;       /* LOOM_TGA_NO_ALPHA … */
    bool from_top, from_right;
    unsigned interleaving;    /* 0: none */
    unsigned map_type;        /* 1: there is a map, perhaps unused */
    unsigned first, colours;  /* the map's first index, and how many follow */
    unsigned map_bits;        /* of an entry */
    const unsigned char *map; /* perhaps cut off */
    size_t pixels;            /* where they begin, perhaps beyond the file's end */
} loom_tga;

/*
 * Reads the header and what stands in the footer. LOOM_ERR_TRUNCATED where the header or the map of
 * an indexed picture is cut, LOOM_ERR_CORRUPT where it contradicts itself, stage `probe`; kinds
 * that are not read are no error. `err` may be NULL.
 */
loom_status loom_tga_read_header(loom_bytes file, loom_tga *tga, loom_error *err);

#endif
