/*
 * Vertical downscaling, one output row at a time.
 *
 * Rows go in from top to bottom, a few at a time. Output rows come out in the same order, in 16
 * bits: with fractions, and with headroom for values that a filter makes darker than black or
 * brighter than white, so that the horizontal step does not start with a rounding error. Only the
 * sums of the rows in progress are stored.
 */
#ifndef LOOM_PICTURE_SHRINK_ROWS_H
#define LOOM_PICTURE_SHRINK_ROWS_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In an output row, an 8-bit sample v is LOOM_SHRINK_ROWS_ZERO + v * LOOM_SHRINK_ROWS_ONE. */
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
    uint32_t rows, made; /* source rows, output rows */
    double scale;        /* source rows for each output row */
    size_t samples;      /* a row */
    uint32_t max_added;  /* max rows added at once */
    uint32_t slots;      /* for output rows in progress: y has slot y % slots */
    uint32_t max_taps;   /* max source rows that contribute to one output row */
    uint32_t added;      /* source rows so far */
    uint32_t taken;      /* output rows taken; the others below `begun` are in progress */
    uint32_t begun;
    float *sums;    /* owned; `samples` a slot */
    float *weights; /* owned; `max_taps` a slot */
    double *exact;  /* owned; those of a row as they are reckoned */
} loom_shrink_rows;

/*
 * Prepares to make `made` rows from `rows` (both >= 1), which stand for `extent` rows: the same
 * number, or up to one more, whose last part is missing. made <= extent. Any kernel except nearest.
 * At most `max_added` rows will be added at once. False: out of memory; *shrink is then empty.
 */
bool loom_shrink_rows_init(loom_shrink_rows *shrink, loom_kernel kernel, uint32_t rows,
                           double extent, uint32_t made, size_t samples, uint32_t max_added);

void loom_shrink_rows_release(loom_shrink_rows *shrink); /* a zeroed struct is allowed */

void loom_shrink_rows_restart(loom_shrink_rows *shrink); /* as after init */

/* Whether the next row can be taken; otherwise add rows. There must be a next row. */
bool loom_shrink_rows_is_ready(const loom_shrink_rows *shrink);

/* Adds the next `count` rows, `stride` bytes apart. Call it only if the next row is not ready. */
void loom_shrink_rows_add(loom_shrink_rows *shrink, const uint8_t *rows, ptrdiff_t stride,
                          uint32_t count);

/* Takes the next row of `samples`, which must be ready. */
void loom_shrink_rows_take(loom_shrink_rows *shrink, uint16_t *to);

#endif
