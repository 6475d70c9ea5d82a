/* The parts of reading and writing PNG (W3C Portable Network Graphics, third edition). */
#ifndef LOOM_ENGINE_CODEC_PNG_PARTS_H
#define LOOM_ENGINE_CODEC_PNG_PARTS_H

#include "base/bytes.h"
#include "format/png.h"
#include <isa-l/igzip_lib.h>
#include <stdbool.h>
#include <stddef.h>

/* ---- samples ------------------------------------------------------------- */

/*
 * Samples as they stand in the rows of a file (7.2), brought to whole bytes: gray of fewer bits is
 * spread to 0..255, a palette becomes its colours, a colour that tRNS names becomes transparent,
 * and 16 bits come in the order of this machine.
 */

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

/* ---- row filters --------------------------------------------------------- */

/*
 * 9 "Filtering": a byte of a row becomes its difference to what the bytes left of it (a), above it
 * (b) and above that (c) let expect. Bytes outside of the picture are 0.
 */

/* Whether there is a filter of this number. */
static inline bool loom_png_filter_known(unsigned char type)
{
    return type <= 4;
}

/*
 * Filters the row of `size` bytes, with `pixel` of them (1..8) a pixel, by the filter whose
 * differences are the smallest in sum (12.7 there, but for "none"), to `filtered`: the filter's
 * number and `size` bytes. `above` is the row before, of zeros for the first. `scratch` has room
 * for `size` bytes. None of them overlap, but for row and above.
 */
void loom_png_filter(const unsigned char *row, const unsigned char *above, size_t size,
                     size_t pixel, unsigned char *scratch, unsigned char *filtered);

/*
 * The reverse, for `count` rows: `filtered` holds the filter's number and `size` bytes of each,
 * `rows` gets their bytes, each row `stride` bytes behind the one before. False, and nothing is
 * written, where there is no such filter. LOOM_PNG_SLACK bytes behind the last of filtered and
 * above and behind each of the rows are there, too, and may be read and written.
 */
enum { LOOM_PNG_SLACK = 8 };
bool loom_png_unfilter(const unsigned char *filtered, size_t count, const unsigned char *above,
                       size_t size, size_t pixel, unsigned char *rows, size_t stride);

/* ---- inflating ----------------------------------------------------------- */

/*
 * isal_inflate returns with the upper halves of the vector registers in use, with which all SSE
 * code after it is slow, here and in libvips: 1.51 s instead of 1.18 for 15 photographs. So all
 * call this.
 */
int loom_inflate(struct inflate_state *state);

/* ---- what is packed beside the pixels ------------------------------------ */

/* Texts, and the colour profile. */

/* PNG (Third Edition), 11.3.3: tEXt, zTXt, iTXt. */
bool loom_png_is_text(const loom_png_chunk *chunk);

/*
 * Bytes of memory that the text of such a chunk takes; more than `limit`: more than that. *damaged
 * tells that it cannot be unpacked to its end, or fails its checksum.
 */
size_t loom_png_text_size(const loom_png_chunk *chunk, size_t limit, bool *damaged);

/*
 * The text of a chunk iTXt with this keyword, unpacked; NULL: it is none, has more than `limit`
 * bytes or is damaged, or there is no memory. The caller releases it with free().
 */
unsigned char *loom_png_text_take(const loom_png_chunk *chunk, size_t limit, const char *keyword,
                                  size_t *size);

/*
 * Whether the profile of an iCCP chunk can be unpacked and has the right checksum, as far as
 * `limit` bytes of it tell.
 */
bool loom_png_profile_is_sound(const loom_png_chunk *chunk, size_t limit);

#endif
