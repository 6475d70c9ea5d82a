/*
 * The forward DCT of LOOM_FDCT_BATCH blocks at once, in terms of what a variant defines before it
 * includes this: a lane is a block.
 *
 *     FDCT_INLINE            how its functions are declared
 *     lanes, wide            a number of 16 or 32 bits for each block
 *     add, subtract          lanes
 *     same(n)
 *     shift_left, shift_right(x, n)   x * 2^n, x / 2^n towards minus infinity
 *     rotate(a, p, b, q)     a * p + b * q, as wide
 *     wide_add, wide_same(n)
 *     narrow(wide, n)        / 2^n, towards minus infinity, as lanes
 *     load_row(row, d)       the eight samples of a line, 0..255
 *
 * Bounds: samples are -128..127, less what is left out (below). A sum over a line is at most 1024
 * in size; the first pass has it times 4, so that its results are within +-4096. Sums over eight of
 * them are within -32768..32512; those of the odd part are of differences, within +-16384.
 */
#ifndef LOOM_ENGINE_BASELINE_FDCT_PASSES_H
#define LOOM_ENGINE_BASELINE_FDCT_PASSES_H

/* The numbers of libjpeg's islow, of 13 bits behind the point; what the first pass keeps behind it.
 */
enum { FDCT_BITS = 13, FDCT_KEPT = 2 };
enum {
    F_0_298 = 2446,
    F_0_390 = 3196,
    F_0_541 = 4433,
    F_0_765 = 6270,
    F_0_899 = 7373,
    F_1_175 = 9633,
    F_1_501 = 12299,
    F_1_847 = 15137,
    F_1_961 = 16069,
    F_2_053 = 16819,
    F_2_562 = 20995,
    F_3_072 = 25172
};

/* The odd coefficients of the differences d[3] - d[4], d[2] - d[5], d[1] - d[6], d[0] - d[7]. */
FDCT_INLINE void transform_odd(lanes t4, lanes t5, lanes t6, lanes t7, int bits, lanes d[8])
{
    const lanes sum46 = add(t4, t6), sum57 = add(t5, t7);
    const wide half = wide_same(1 << (bits - 1));
    const wide z3 = wide_add(rotate(sum46, F_1_175 - F_1_961, sum57, F_1_175), half);
    const wide z4 = wide_add(rotate(sum46, F_1_175, sum57, F_1_175 - F_0_390), half);

    d[7] = narrow(wide_add(rotate(t4, F_0_298 - F_0_899, t7, -F_0_899), z3), bits);
    d[1] = narrow(wide_add(rotate(t4, -F_0_899, t7, F_1_501 - F_0_899), z4), bits);
    d[5] = narrow(wide_add(rotate(t5, F_2_053 - F_2_562, t6, -F_2_562), z4), bits);
    d[3] = narrow(wide_add(rotate(t5, -F_2_562, t6, F_3_072 - F_2_562), z3), bits);
}

/*
 * Eight numbers to eight coefficients times sqrt(8), by the method of Loeffler, Ligtenberg and
 * Moschytz (ICASSP 1989), with islow's rounding. The first pass keeps FDCT_KEPT more bits, the
 * second takes them away.
 */
FDCT_INLINE void transform(lanes d[8], bool first)
{
    const int bits = first ? FDCT_BITS - FDCT_KEPT : FDCT_BITS + FDCT_KEPT;
    const lanes s0 = add(d[0], d[7]), s1 = add(d[1], d[6]), s2 = add(d[2], d[5]),
                s3 = add(d[3], d[4]);
    const lanes t7 = subtract(d[0], d[7]), t6 = subtract(d[1], d[6]), t5 = subtract(d[2], d[5]),
                t4 = subtract(d[3], d[4]);
    const lanes even = add(s0, s3), other = add(s1, s2), a = subtract(s0, s3), b = subtract(s1, s2);
    const wide half = wide_same(1 << (bits - 1));

    transform_odd(t4, t5, t6, t7, bits, d);
    d[2] = narrow(wide_add(rotate(a, F_0_541 + F_0_765, b, F_0_541), half), bits);
    d[6] = narrow(wide_add(rotate(a, F_0_541, b, F_0_541 - F_1_847), half), bits);
    if (first) {
        /* All samples are too large by 128, which only their sum shows. */
        d[0] = shift_left(subtract(add(even, other), same(8 * 128)), FDCT_KEPT);
        d[4] = shift_left(subtract(even, other), FDCT_KEPT);
    } else {
        d[0] = shift_right(add(add(even, other), same(1 << (FDCT_KEPT - 1))), FDCT_KEPT);
        d[4] = shift_right(add(subtract(even, other), same(1 << (FDCT_KEPT - 1))), FDCT_KEPT);
    }
}

/* Where a coefficient stands in zigzag order (T.81, figure A.6). */
static const uint8_t fdct_zigzag[LOOM_FDCT_BLOCK] = {
    0,  1,  5,  6,  14, 15, 27, 28, 2,  4,  7,  13, 16, 26, 29, 42, 3,  8,  12, 17, 25, 30,
    41, 43, 9,  11, 18, 24, 31, 40, 44, 53, 10, 19, 23, 32, 39, 45, 52, 54, 20, 22, 33, 38,
    46, 51, 55, 60, 21, 34, 37, 47, 50, 56, 59, 61, 35, 36, 48, 49, 57, 58, 62, 63};

/* The coefficients of all blocks times 8, not quantised yet, in zigzag order. */
FDCT_INLINE void transform_batch(const uint8_t *const rows[LOOM_FDCT_SIDE],
                                 lanes made[LOOM_FDCT_BLOCK])
{
    lanes between[LOOM_FDCT_SIDE][LOOM_FDCT_SIDE], d[LOOM_FDCT_SIDE];

    for (int y = 0; y < LOOM_FDCT_SIDE; y++) {
        load_row(rows[y], d);
        transform(d, true);
        LOOM_UNROLL for (int u = 0; u < LOOM_FDCT_SIDE; u++) between[u][y] = d[u];
    }
    for (int u = 0; u < LOOM_FDCT_SIDE; u++) {
        LOOM_UNROLL for (int y = 0; y < LOOM_FDCT_SIDE; y++) d[y] = between[u][y];
        transform(d, false);
        LOOM_UNROLL for (int v = 0; v < LOOM_FDCT_SIDE; v++)
            made[fdct_zigzag[LOOM_FDCT_SIDE * v + u]] = d[v];
    }
}

#endif
