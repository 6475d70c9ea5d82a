/*
 * Samples of a PNG as they stand in its rows (PNG, Third Edition, 7.2), brought to whole bytes:
 * gray of fewer bits is spread to 0..255, a palette becomes its colours, a colour that tRNS names
 * becomes transparent, and 16 bits come in the order of this machine.
 */
#ifndef LOOM_ENGINE_CODEC_PNG_EXPAND_H
#define LOOM_ENGINE_CODEC_PNG_EXPAND_H

#include "format/png.h"

typedef struct loom_png_samples {
    unsigned depth;    /* bits a sample in the file */
    unsigned colour;   /* a loom_png_colour */
    unsigned stored;   /* samples of a pixel in the file */
    unsigned channels; /* of a pixel that is made: as loom_picture's */
    unsigned bytes;    /* of a sample that is made: 1 or 2 */
    bool keyed;        /* gray or RGB, of which `key` is transparent */
    uint16_t key[3];   /* as stored */
    unsigned colours;  /* of the palette: 1..256 */
    unsigned char palette[256][4];
} loom_png_samples;

/*
 * What the file's header, PLTE and tRNS say; of those the first count, and none behind the first
 * IDAT. A tRNS of another length than it may have counts as none. False: no header that is known,
 * or a palette that is missing or of an odd size.
 */
bool loom_png_samples_read(loom_bytes file, const loom_png_header *header,
                           loom_png_samples *samples);

/* Whether rows are what is to be made of them as they stand in the file. */
bool loom_png_samples_plain(const loom_png_samples *samples);

/* Bytes of `width` pixels in the file. */
size_t loom_png_samples_row(const loom_png_samples *samples, uint32_t width);

/*
 * Makes `count` pixels out of a row, without its filter, that begins with them, to `to`, where
 * there is room for count * channels * bytes. False: one has a number beyond the palette; it is
 * black then.
 */
bool loom_png_expand(const loom_png_samples *samples, const unsigned char *row, uint32_t count,
                     unsigned char *to);

#endif
