/* PSDs and PSBs of 3x2 px, of any kind. */
#ifndef TESTS_SUPPORT_MAKE_PSD_H
#define TESTS_SUPPORT_MAKE_PSD_H

#include "support/raster_files.h"

enum { BITMAP, GRAY, INDEXED, RGB, CMYK, MULTICHANNEL = 7, DUOTONE, LAB };

/* What the file says; what is 0 there is what an RGB picture of 8 bits has. */
typedef struct psd {
    unsigned version, channels, depth, mode, coding;
    int layers;         /* below 0: the first channel behind the colours is transparency */
    bool layers_behind; /* in a block of their own, as with 16 bits */
    bool marked;        /* transparency by a block of its own, as with 16 bits */
    int merged;      /* the resource that says whether there is a picture: 1 yes, -1 no, 0: none */
    int transparent; /* index, and 1; 0: none */
    const void *profile; /* NULL: none */
    size_t profile_size;
    const unsigned char *samples; /* pixel by pixel, of 8 bits; NULL: colours and the usual alpha */
} psd;

/* The usual alpha of a pixel. */
unsigned char psd_alpha(unsigned pixel);

void psd_put(raster_file *f, const psd *p);

#endif
