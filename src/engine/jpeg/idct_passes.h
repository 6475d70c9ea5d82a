/*
 * The inverse DCT of idct.h over `lanes`: vectors of 16-bit numbers, one of each block, with three
 * bits below the unit. Each variant includes this file once, behind its own
 *
 *     lanes               the type of a vector
 *     IDCT_INLINE         how a function that is always inlined is declared
 *     add, subtract       a + b, a - b, saturated to 16 bits
 *     scale(x, c)         (x * c + 2^14) >> 15, c from 0 to 32767
 *     load(count, blocks, table, z)   the first `count` coefficients, a multiple of 8, in zigzag
 *                             order, dequantised, times 8
 *     store(k, s, to)         a row of each block: its samples are (s[x] >> 6) + 128, clamped
 *
 * so that all make the same samples. A transform of k points is done by the symmetry of its
 * cosines, a(u, k - 1 - n) = (-1)^u a(u, n): the even coefficients, which are a transform of k/2
 * points where k is even, and the odd ones are summed apart. That halves the work, and keeps sums
 * small: of samples whose distance from 128 is M at most no partial sum, in whatever order, is
 * beyond 8 M 12/7 (k = 7), which reaches 4096, where 16 bits end, at M = 298.
 */
#ifndef LOOM_ENGINE_JPEG_IDCT_PASSES_H
#define LOOM_ENGINE_JPEG_IDCT_PASSES_H

#include "engine/jpeg/idct_variants.h"

/* Where a coefficient stands in zigzag order: T.81, figure 5. */
static const uint8_t zigzag[LOOM_IDCT_BLOCK] = {
    /* clang-format off */
    0, 1, 5, 6, 14, 15, 27, 28,
    2, 4, 7, 13, 16, 26, 29, 42,
    3, 8, 12, 17, 25, 30, 41, 43,
    9, 11, 18, 24, 31, 40, 44, 53,
    10, 19, 23, 32, 39, 45, 52, 54,
    20, 22, 33, 38, 46, 51, 55, 60,
    21, 34, 37, 47, 50, 56, 59, 61,
    35, 36, 48, 49, 57, 58, 62, 63,
    /* clang-format on */
};

/* x times c, which is a constant from 0 to 2. */
#define TIMES(x, c) ((c) < 1 ? scale(x, FRACTION(c)) : add(x, scale(x, FRACTION((c)-1))))
#define FRACTION(c) ((int16_t)((c) < 0 ? 0 : (c)*32768 + 0.5))

/* sqrt(2) cos(m pi / 2k) */
#define A3_1   1.2247448714
#define A3_2   0.7071067812
#define A4_1   1.3065629649
#define A4_3   0.5411961001
#define A5_1   1.3449970239
#define A5_2   1.1441228056
#define A5_3   0.8312538756
#define A5_4   0.4370160244
#define A6_1   1.3660254038
#define A6_5   0.3660254038
#define A7_1   1.3787562757
#define A7_2   1.2741623923
#define A7_3   1.1056766860
#define A7_4   0.8817477338
#define A7_5   0.6136042684
#define A7_6   0.3146921227
#define A8_1   1.3870398453
#define A8_3   1.1758756024
#define A8_5   0.7856949584
#define A8_7   0.2758993793
#define ROOT_2 1.4142135624

/* y[n] and y[k - 1 - n] from the sums of even and of odd coefficients. */
#define JOIN(n, even, odd)                                                                         \
    do {                                                                                           \
        const lanes even_sum = (even), odd_sum = (odd);                                            \
        y[n] = add(even_sum, odd_sum);                                                             \
        y[points - 1 - (n)] = subtract(even_sum, odd_sum);                                         \
    } while (0)

IDCT_INLINE void transform_2(lanes x0, lanes x1, lanes *y)
{
    enum { points = 2 };
    JOIN(0, x0, x1);
}

IDCT_INLINE void transform_3(lanes x0, lanes x1, lanes x2, lanes *y)
{
    enum { points = 3 };
    JOIN(0, add(x0, TIMES(x2, A3_2)), TIMES(x1, A3_1));
    y[1] = subtract(x0, TIMES(x2, ROOT_2));
}

IDCT_INLINE void transform_4(lanes x0, lanes x1, lanes x2, lanes x3, lanes *y)
{
    enum { points = 4 };
    lanes even[2];

    transform_2(x0, x2, even);
    JOIN(0, even[0], add(TIMES(x1, A4_1), TIMES(x3, A4_3)));
    JOIN(1, even[1], subtract(TIMES(x1, A4_3), TIMES(x3, A4_1)));
}

IDCT_INLINE void transform_5(const lanes *x, lanes *y)
{
    enum { points = 5 };
    JOIN(0, add(x[0], add(TIMES(x[2], A5_2), TIMES(x[4], A5_4))),
         add(TIMES(x[1], A5_1), TIMES(x[3], A5_3)));
    JOIN(1, subtract(x[0], add(TIMES(x[2], A5_4), TIMES(x[4], A5_2))),
         subtract(TIMES(x[1], A5_3), TIMES(x[3], A5_1)));
    const lanes difference = subtract(x[4], x[2]);
    y[2] = add(x[0], TIMES(difference, ROOT_2));
}

IDCT_INLINE void transform_6(const lanes *x, lanes *y)
{
    enum { points = 6 };
    lanes even[3];

    transform_3(x[0], x[2], x[4], even);
    JOIN(0, even[0], add(x[3], add(TIMES(x[1], A6_1), TIMES(x[5], A6_5))));
    JOIN(1, even[1], subtract(subtract(x[1], x[3]), x[5]));
    JOIN(2, even[2], subtract(add(TIMES(x[1], A6_5), TIMES(x[5], A6_1)), x[3]));
}

IDCT_INLINE void transform_7(const lanes *x, lanes *y)
{
    enum { points = 7 };
    JOIN(0, add(add(x[0], TIMES(x[2], A7_2)), add(TIMES(x[4], A7_4), TIMES(x[6], A7_6))),
         add(add(TIMES(x[1], A7_1), TIMES(x[3], A7_3)), TIMES(x[5], A7_5)));
    JOIN(1, subtract(add(x[0], TIMES(x[2], A7_6)), add(TIMES(x[4], A7_2), TIMES(x[6], A7_4))),
         subtract(subtract(TIMES(x[1], A7_3), TIMES(x[3], A7_5)), TIMES(x[5], A7_1)));
    JOIN(2, add(subtract(x[0], TIMES(x[2], A7_4)), subtract(TIMES(x[6], A7_2), TIMES(x[4], A7_6))),
         add(subtract(TIMES(x[1], A7_5), TIMES(x[3], A7_1)), TIMES(x[5], A7_3)));
    const lanes difference = subtract(subtract(x[4], x[2]), x[6]);
    y[3] = add(x[0], TIMES(difference, ROOT_2));
}

IDCT_INLINE void transform_8(const lanes *x, lanes *y)
{
    enum { points = 8 };
    const lanes x1 = x[1], x3 = x[3], x5 = x[5], x7 = x[7];
    lanes even[4];

    transform_4(x[0], x[2], x[4], x[6], even);
    JOIN(0, even[0],
         add(add(TIMES(x1, A8_1), TIMES(x3, A8_3)), add(TIMES(x5, A8_5), TIMES(x7, A8_7))));
    JOIN(1, even[1],
         subtract(subtract(TIMES(x1, A8_3), TIMES(x3, A8_7)),
                  add(TIMES(x5, A8_1), TIMES(x7, A8_5))));
    JOIN(2, even[2],
         add(subtract(TIMES(x1, A8_5), TIMES(x3, A8_1)), add(TIMES(x5, A8_7), TIMES(x7, A8_3))));
    JOIN(3, even[3],
         add(subtract(TIMES(x1, A8_7), TIMES(x3, A8_5)),
             subtract(TIMES(x5, A8_3), TIMES(x7, A8_1))));
}

IDCT_INLINE void transform(int k, const lanes *x, lanes *y)
{
    if (k == 2)
        transform_2(x[0], x[1], y);
    else if (k == 3)
        transform_3(x[0], x[1], x[2], y);
    else if (k == 4)
        transform_4(x[0], x[1], x[2], x[3], y);
    else if (k == 5)
        transform_5(x, y);
    else if (k == 6)
        transform_6(x, y);
    else if (k == 7)
        transform_7(x, y);
    else
        transform_8(x, y);
}

/* Columns first, then each row, which is stored at once. */
IDCT_INLINE void make_batch(int k, const int16_t *const *blocks, const loom_idct_table *table,
                            uint8_t *to, size_t stride)
{
    static const unsigned reach[9] = {0, 0, 8, 16, 32, 40, 56, 64, 64};
    lanes z[LOOM_IDCT_BLOCK], rows[LOOM_IDCT_BLOCK], in[8], out[8];

    load(reach[k], blocks, table, z);
    z[0] = add(z[0], same(32)); /* which is in each sample, and rounds it */
    LOOM_UNROLL for (int u = 0; u < k; u++)
    {
        LOOM_UNROLL for (int v = 0; v < k; v++) in[v] = z[zigzag[8 * v + u]];
        transform(k, in, out);
        LOOM_UNROLL for (int y = 0; y < k; y++) rows[8 * y + u] = out[y];
    }
    LOOM_UNROLL for (int y = 0; y < k; y++)
    {
        transform(k, rows + 8 * y, out);
        store(k, out, to + (size_t)y * stride);
    }
}

#define IDCT_BATCH(k)                                                                              \
    static IDCT_TARGET void make_batch_##k(                                                        \
        const int16_t *const *blocks, const loom_idct_table *table, uint8_t *to, size_t stride)    \
    {                                                                                              \
        make_batch(k, blocks, table, to, stride);                                                  \
    }
IDCT_BATCH(2)
IDCT_BATCH(3)
IDCT_BATCH(4)
IDCT_BATCH(5)
IDCT_BATCH(6)
IDCT_BATCH(7)
IDCT_BATCH(8)

#define IDCT_BATCHES                                                                               \
    {                                                                                              \
        0, 0, make_batch_2, make_batch_3, make_batch_4, make_batch_5, make_batch_6, make_batch_7,  \
            make_batch_8                                                                           \
    }

#endif
