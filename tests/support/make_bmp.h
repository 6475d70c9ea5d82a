/* BMPs with headers of any kind. */
#ifndef TESTS_SUPPORT_MAKE_BMP_H
#define TESTS_SUPPORT_MAKE_BMP_H

#include "support/raster_files.h"

enum { CORE = 12, INFO = 40, V2 = 52, V3 = 56, OS2 = 64, V4 = 108, V5 = 124 };
enum { SRGB = 0x73524742, WINDOWS = 0x57696E20, LINKED = 0x4C494E4B, EMBEDDED = 0x4D424544 };

/* What the headers say; what is 0 there is what most files have. */
typedef struct bmp {
    uint32_t header, width;
    int32_t height;
    uint32_t planes, bits, coding, colours, used, space;
    uint32_t offset; /* of the pixels, and 1; 0: what is right */
    uint32_t gap;    /* bytes before them */
    uint32_t masks[4];
    uint32_t profile_at, profile_size;
} bmp;

extern const bmp bmp_usual; /* 2x2 px of 8 bits, of four colours */

/*
 * What it shows: red i, green 2i and blue 3i + 1 of the indices 1, 0, 3 and 1, from the top; and
 * its pixels, where they have 8 bits.
 */
extern const unsigned char bmp_shown[12];
void bmp_put_rows(raster_file *f);

/* The header, its masks where they follow, and that palette. */
void bmp_put(raster_file *f, const bmp *b);

#endif
