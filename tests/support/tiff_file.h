/*
 * TIFFs put together by hand, of any kind and with any value in a field, and what picture they
 * hold, by arithmetic. Nothing of src/, libvips or stb_image has a part in it. All functions assert
 * that they work.
 */
#ifndef TESTS_SUPPORT_TIFF_FILE_H
#define TESTS_SUPPORT_TIFF_FILE_H

#include "support/oracle.h"

enum { TIFF_EXTRAS = 6, TIFF_MORE = 6, TIFF_ABSENT = 0x10000 };

typedef struct tiff_bytes {
    const void *data;
    size_t size;
} tiff_bytes;

/* A field more: one value, or the bytes at `data`. */
typedef struct tiff_more {
    unsigned tag, type, count, value;
    const void *data; /* in the byte order of the file; NULL: `value` */
    size_t size;
} tiff_more;

/* Samples a pixel, of so many bits; what a field is not given for (0) has the usual value. */
typedef struct tiff_spec {
    uint32_t width, height;
    unsigned photometric, bits, samples; /* photometric: TIFF_ABSENT for no such tag */
    unsigned format;                     /* SampleFormat; 0: no such tag */
    unsigned extras[TIFF_EXTRAS], extra_count;
    unsigned compression, t4; /* 0: no such tag, none; T4Options */
    unsigned predictor;
    unsigned planes;
    unsigned order; /* FillOrder */
    unsigned orientation;
    uint32_t rows;  /* of a strip; 0: all */
    uint32_t tile;  /* side of a tile; 0: strips */
    bool big, wide; /* byte order; BigTIFF */
    bool plain_map; /* a palette of grays */
    tiff_more more[TIFF_MORE];
    unsigned more_count;
    const tiff_bytes *pieces; /* as they are to stand in the file; NULL: made from the samples */
} tiff_spec;

/* The sample as it is stored: some pattern with its extremes. */
unsigned tiff_sample(const tiff_spec *spec, uint32_t x, uint32_t y, unsigned sample);

/* The largest sample; what the palette (ColorMap) says of a sample, of 16 bits. */
unsigned tiff_top(const tiff_spec *spec);
unsigned tiff_map(const tiff_spec *spec, unsigned channel, unsigned index);

/* Writes it. Compressions that are not known to tiff_code leave the pieces as they are. */
void tiff_write(const char *path, const tiff_spec *spec);

/*
 * The picture of a kind that everybody reads alike: gray, RGB, a palette or CIE L*a*b* with
 * unsigned samples, alpha as ExtraSamples say; upright. False: it is of no such kind.
 */
bool tiff_picture(const tiff_spec *spec, oracle_image *picture);

/* ---- coding -------------------------------------------------------------- */

/* What a coder must know of a piece. */
typedef struct tiff_piece {
    unsigned compression, t4, photometric, bits, samples;
    uint32_t width, rows;
    unsigned order;
} tiff_piece;

/*
 * Codes a piece: PackBits and LZW by hand, others by zlib and libtiff. NULL: nobody codes it so,
 * or libtiff was built without it. The result is to be freed.
 */
unsigned char *tiff_code(const tiff_piece *piece, const unsigned char *data, size_t size,
                         size_t *coded);

/* Puts a page of other size and kind behind those of a little-endian or big-endian file. */
void tiff_append_page(const char *path);

#endif
