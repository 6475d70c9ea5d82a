/* What the header of a bitmap of Windows or OS/2 says: for the container and the decoder. */
#ifndef LOOM_FORMAT_BMP_H
#define LOOM_FORMAT_BMP_H

#include "base/bytes.h"
#include <imgloom/error.h>

/* By Windows' numbers; those of OS/2, which mean other things there, are apart. */
typedef enum loom_bmp_coding {
    LOOM_BMP_RAW = 0,
    LOOM_BMP_RLE8 = 1,
    LOOM_BMP_RLE4 = 2,
    LOOM_BMP_MASKS = 3,
    LOOM_BMP_JPEG = 4,
    LOOM_BMP_PNG = 5,
    LOOM_BMP_ALPHA_MASKS = 6,
    LOOM_BMP_CMYK = 11,
    LOOM_BMP_CMYK_RLE8 = 12,
    LOOM_BMP_CMYK_RLE4 = 13,
    LOOM_BMP_OS2 = 0x10000, /* added to OS/2's numbers of more than 2 */
    LOOM_BMP_HUFFMAN = LOOM_BMP_OS2 + 3,
    LOOM_BMP_RLE24 = LOOM_BMP_OS2 + 4
} loom_bmp_coding;

enum { LOOM_BMP_RED, LOOM_BMP_GREEN, LOOM_BMP_BLUE, LOOM_BMP_ALPHA };

typedef struct loom_bmp {
    uint32_t header;        /* bytes of the second header, which tell its kind */
    uint32_t width, height; /* px */
    bool from_top;
    unsigned planes, bits;
    uint32_t coding;   /* loom_bmp_coding, or another */
    uint32_t masks[4]; /* where pixels have 16 or 32 bits; alpha's is 0 where there is none */
    const unsigned char *table; /* the palette: blue, green, red, and with `entry` 4 another byte */
    unsigned entry, colours;    /* bytes each, and how many there are: at most 256 */
    size_t pixels;              /* where they begin, perhaps beyond the file's end */
    uint32_t space;             /* the colour space of a header that has one, else sRGB's */
    bool other_primaries;       /* its own primaries and gamma, which are not sRGB's */
    loom_bytes profile;         /* in the file; NULL: none */
} loom_bmp;

enum {
    LOOM_BMP_CALIBRATED = 0,
    LOOM_BMP_SRGB = 0x73524742,    /* "sRGB" */
    LOOM_BMP_WINDOWS = 0x57696E20, /* "Win " */
    LOOM_BMP_LINKED = 0x4C494E4B,  /* "LINK" */
    LOOM_BMP_EMBEDDED = 0x4D424544 /* "MBED" */
};

/*
 * Reads the headers of a file that begins as a bitmap does. LOOM_ERR_TRUNCATED where they are cut,
 * LOOM_ERR_CORRUPT where they contradict themselves, stage `probe`; kinds that are not read are no
 * error. `err` may be NULL.
 */
loom_status loom_bmp_read_header(loom_bytes file, loom_bmp *bmp, loom_error *err);

/* Whether its pixels are run lengths. */
static inline bool loom_bmp_is_coded(const loom_bmp *bmp)
{
    return bmp->coding == LOOM_BMP_RLE8 || bmp->coding == LOOM_BMP_RLE4 ||
           bmp->coding == LOOM_BMP_RLE24;
}

/* Bytes of a row of such pixels, which is padded to four. The width is at most INT32_MAX. */
size_t loom_bmp_row_bytes(const loom_bmp *bmp);

#endif
