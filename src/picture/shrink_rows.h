/*
 * Vertical downscaling, one output row at a time.
 *
 * Rows go in from top to bottom, a few at a time; output rows come out in the same order, in 16
 * bits: with fractions, and with headroom for what a filter makes darker than black and brighter
 * than white, so that the horizontal step that follows does not begin with a rounding error. Only
 * the sums of the rows in progress are kept.
 */
#ifndef LOOM_PICTURE_SHRINK_ROWS_H
#define LOOM_PICTURE_SHRINK_ROWS_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A sample v of 8 bits is LOOM_SHRINK_ROWS_ZERO + v * LOOM_SHRINK_ROWS_ONE in a row that was made.
 */
enum { LOOM_SHRINK_ROWS_ONE = 128, LOOM_SHRINK_ROWS_ZERO = 128 * LOOM_SHRINK_ROWS_ONE };

/* Such a sample in 8 bits, rounded half up. */
static inline uint8_t loom_shrink_rows_round(uint16_t sample)
{
    const int v =
        (sample - LOOM_SHRINK_ROWS_ZERO + LOOM_SHRINK_ROWS_ONE / 2) / LOOM_SHRINK_ROWS_ONE;

    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

typedef struct loom_shrink_rows {
    loom_kernel kernel;
    uint32_t rows, made; /* of the source, and to make of them */
    double scale;        /* rows of the source for each that is made */
    size_t samples;      /* a row */
    uint32_t max_added;  /* rows at once */
    uint32_t slots;      /* for rows that are being made: y has slot y % slots */
    uint32_t max_taps;   /* rows that go into one */
    uint32_t added;      /* rows of the source so far */
    uint32_t taken;      /* rows that came out; the others below `begun` are being made */
    uint32_t begun;
    float *sums;    /* owned; `samples` a slot */
    float *weights; /* owned; `max_taps` a slot */
} loom_shrink_rows;

/*
 * Prepares to make `made` rows out of `rows` (both >= 1), which stand for `extent` rows: as many,
 * or up to one more, whose last part is missing. made <= extent. Any kernel but nearest. At most
 * `max_added` rows will be added at once. False: not enough memory; *shrink is then empty.
 */
bool loom_shrink_rows_init(loom_shrink_rows *shrink, loom_kernel kernel, uint32_t rows,
                           double extent, uint32_t made, size_t samples, uint32_t max_added);

void loom_shrink_rows_release(loom_shrink_rows *shrink); /* a zeroed struct is allowed */

void loom_shrink_rows_restart(loom_shrink_rows *shrink); /* as after init */

/* Whether the next row can be taken; if not, rows are to be added. There is one. */
bool loom_shrink_rows_is_ready(const loom_shrink_rows *shrink);

/* Adds the next `count` rows, `stride` bytes apart. Only where the next row is not ready. */
void loom_shrink_rows_add(loom_shrink_rows *shrink, const uint8_t *rows, ptrdiff_t stride,
                          uint32_t count);

/* The next row of `samples`, which must be ready. */
void loom_shrink_rows_take(loom_shrink_rows *shrink, uint16_t *to);

#endif
