/*
 * The row filters of PNG (W3C Portable Network Graphics, third edition, 9 "Filtering"): a byte of a
 * row becomes its difference to what the bytes left of it (a), above it (b) and above that (c) let
 * expect. Bytes outside of the picture are 0.
 */
#ifndef LOOM_ENGINE_CODEC_PNG_FILTER_H
#define LOOM_ENGINE_CODEC_PNG_FILTER_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
