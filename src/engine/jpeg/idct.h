/*
 * From the coefficients of a JPEG to samples, at k/8 of its size for each k from 1 to 8: ITU-T
 * T.81, A.3.3, with k in place of 8. A sample is
 *
 *     128 + 1/8 sum over u, v < k of F(v, u) a(u, x) a(v, y),  x, y < k
 *     a(0, n) = 1,  a(u, n) = sqrt(2) cos((2n + 1) u pi / 2k)
 *
 * rounded to the nearest and clamped to 0..255. F are the k by k lowest coefficients, dequantised;
 * the others have no say. All functions are free of state: any thread may call them.
 */
#ifndef LOOM_ENGINE_JPEG_IDCT_H
#define LOOM_ENGINE_JPEG_IDCT_H

#include <stddef.h>
#include <stdint.h>

enum { LOOM_IDCT_BLOCK = 64 /* coefficients of a block */ };

/* A quantisation table, made ready. */
typedef struct loom_idct_table {
    _Alignas(32) int16_t factors[LOOM_IDCT_BLOCK]; /* in zigzag order */
    int16_t limits[LOOM_IDCT_BLOCK];               /* of the size of a coefficient */
} loom_idct_table;

/* quant: in zigzag order, as in a file (T.81, B.2.4.1); any values. */
void loom_idct_table_make(const uint16_t quant[LOOM_IDCT_BLOCK], loom_idct_table *made);

/*
 * How many coefficients, in zigzag order, hold the k by k lowest: 1, 5, 13, 25, 40, 52, 60 and 64.
 * k: 1 to 8.
 */
unsigned loom_idct_needed(int k);

/*
 * How many int16_t of a block must be there to be read: those needed, rounded up to whole vectors
 * (1, 8, 16, 32, 40, 56, 64, 64). What stands behind those needed does not matter. k: 1 to 8.
 */
unsigned loom_idct_reach(int k);

/*
 * Makes k rows of k * count samples of `count` blocks that stand side by side; the rows begin
 * `stride` bytes after each other, and nothing is written beside them. blocks[i] has the quantised
 * coefficients of a block in zigzag order, at any alignment, loom_idct_reach(k) of them; two may be
 * the same. Best in multiples of 16 blocks. k: 1 to 8; count: 0 or more.
 *
 * k = 1 is exact for all coefficients. The others are 16-bit arithmetic with three bits below the
 * unit: a sample is at most 1 from what it should be where the sums above, before they are rounded
 * and clamped, are within -128..383 in the whole block; and, for k = 8, at most 1 from that of
 * libjpeg's slow integer method (JDCT_ISLOW). Beyond, sums saturate: any coefficients may come, and
 * samples are clamped all the same. A dequantised coefficient is limited to the largest multiple
 * below 4096, or, if there is none, to 4095. Samples are the same on every CPU.
 */
void loom_idct(int k, const int16_t *const *blocks, size_t count, const loom_idct_table *table,
               uint8_t *to, size_t stride);

#endif
