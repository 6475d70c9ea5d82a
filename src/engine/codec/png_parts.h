/* The parts of PNG reading and writing (W3C Portable Network Graphics, third edition). */
#ifndef LOOM_ENGINE_CODEC_PNG_PARTS_H
#define LOOM_ENGINE_CODEC_PNG_PARTS_H

#include "base/bytes.h"
#include "format/png.h"
#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- samples ------------------------------------------------------------- */

/*
 * Converts the samples in a file's rows (7.2) to whole bytes: gray of fewer bits is scaled to
 * 0..255, palette indices become colours, the colour in tRNS becomes transparent, and 16-bit
 * samples get the byte order of this machine.
 */

typedef struct loom_png_samples {
    unsigned depth;    /* bits of a sample in the file */
    unsigned colour;   /* a loom_png_colour */
    unsigned stored;   /* samples of a pixel in the file */
    unsigned channels; /* of an output pixel: as loom_picture's */
    unsigned bytes;    /* of an output sample: 1 or 2 */
    bool keyed;        /* gray or RGB, in which `key` is transparent */
    uint16_t key[3];   /* as stored */
    unsigned colours;  /* of the palette: 1..256 */
    unsigned char palette[256][4];
} loom_png_samples;

/*
 * Reads the file's header, PLTE and tRNS. The first of each counts, and none after the first IDAT.
 * A tRNS of the wrong length counts as missing. False: an unknown header, or a palette that is
 * missing or of the wrong size.
 */
bool loom_png_samples_read(loom_bytes file, const loom_png_header *header,
                           loom_png_samples *samples);

/* Whether the rows in the file need no conversion. */
bool loom_png_samples_plain(const loom_png_samples *samples);

/* Bytes of `width` pixels in the file. */
size_t loom_png_samples_row(const loom_png_samples *samples, uint32_t width);

/*
 * Converts the first `count` pixels of an unfiltered row to `to`, which has space for count *
 * channels * bytes. False: a pixel has an index beyond the palette; it becomes black.
 */
bool loom_png_expand(const loom_png_samples *samples, const unsigned char *row, uint32_t count,
                     unsigned char *to);

/* ---- row filters --------------------------------------------------------- */

/*
 * 9 "Filtering": a byte of a row becomes its difference from a prediction, made from the bytes to
 * the left (a), above (b) and above left (c). Bytes outside the picture are 0.
 */

/* Whether the number is that of a filter. */
static inline bool loom_png_filter_known(unsigned char type)
{
    return type <= 4;
}

/*
 * Filters the row of `size` bytes, with `pixel` bytes (1..8) per pixel, by the filter whose sum of
 * differences is smallest (12.7, except "none"). `filtered` receives the filter's number and `size`
 * bytes. `above` is the previous row, or zeros for the first. `scratch` has space for `size` bytes.
 * Only row and above may overlap.
 */
void loom_png_filter(const unsigned char *row, const unsigned char *above, size_t size,
                     size_t pixel, unsigned char *scratch, unsigned char *filtered);

/*
 * The reverse, for `count` rows: `filtered` holds the filter's number and `size` bytes of each;
 * `rows` receives their bytes, with `stride` bytes from row to row. False, with nothing written:
 * unknown filter. LOOM_PNG_SLACK more bytes exist at the end of filtered and above and after each
 * of the rows; they may be read and written.
 */
enum { LOOM_PNG_SLACK = 8 };
bool loom_png_unfilter(const unsigned char *filtered, size_t count, const unsigned char *above,
                       size_t size, size_t pixel, unsigned char *rows, size_t stride);

/* ---- inflating ----------------------------------------------------------- */

/*
 * isal_inflate returns with the upper halves of the vector registers in use. That slows down all
 * later SSE code, here and in libvips: 1.51 s instead of 1.18 for 15 photographs. So all code calls
 * this function instead.
 */
int loom_inflate(struct inflate_state *state);

/* ---- what is packed beside the pixels ------------------------------------ */

/* Texts, and the colour profile. */

/* PNG (Third Edition), 11.3.3: tEXt, zTXt, iTXt. */
bool loom_png_is_text(const loom_png_chunk *chunk);

/*
 * Bytes of memory for the text of such a chunk; any value above `limit` means: more than that.
 * *damaged: it cannot be unpacked to its end, or its checksum is wrong.
 */
size_t loom_png_text_size(const loom_png_chunk *chunk, size_t limit, bool *damaged);

/*
 * The text of an iTXt chunk with this keyword, unpacked. NULL: another chunk, more than `limit`
 * bytes, damaged, or out of memory. The caller releases it with free().
 */
unsigned char *loom_png_text_take(const loom_png_chunk *chunk, size_t limit, const char *keyword,
                                  size_t *size);

/*
 * Whether the profile of an iCCP chunk can be unpacked and has the right checksum, judged by
 * `limit` bytes of it.
 */
bool loom_png_profile_is_sound(const loom_png_chunk *chunk, size_t limit);

/*
 * The profile in the data of an iCCP chunk, unpacked. NULL: more than `limit` bytes, none, damaged,
 * or out of memory. The caller releases it with free().
 */
unsigned char *loom_png_profile_take(loom_bytes data, size_t limit, size_t *size);

#endif
