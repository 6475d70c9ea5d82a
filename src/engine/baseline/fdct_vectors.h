/*
 * What variants of the forward DCT have in common whose `lanes` (lanes.h) are vectors: in and out
 * of them. Each includes this file behind its own
 *
 *     FDCT_INLINE and what fdct_passes.h wants, but for load_row
 *     read_lanes(from)         as many bytes as lanes take, at any alignment
 *     read_8(from)             8 numbers of 16 bits, twice where lanes are 16
 *     divide(x, half, factor, scale)   ((|x| + half) * factor >> 16) * scale >> 16, with x's sign
 *     store_8(blocks, lane, k, x)      coefficients k to k + 7 of the block in this lane, and of
 * the one in lane + 8, if there is one find_set(from)           a bit for each of 32 coefficients
 * that is not 0
 */
#ifndef LOOM_ENGINE_BASELINE_FDCT_VECTORS_H
#define LOOM_ENGINE_BASELINE_FDCT_VECTORS_H

/*
 * Samples of LANES blocks, of a fourth of them in each vector: `a` and `c` first come in turn, then
 * all, then the first and the second block of each 128 bits. lane_blocks tells where that leads to.
 */
FDCT_INLINE void load_row(const uint8_t *row, lanes d[LOOM_FDCT_SIDE])
{
    const lanes a = read_lanes(row), b = read_lanes(row + sizeof a),
                c = read_lanes(row + 2 * sizeof a), e = read_lanes(row + 3 * sizeof a);
    const lanes ac = low_8(a, c), be = low_8(b, e);
    const lanes ac_next = high_8(a, c), be_next = high_8(b, e);
    const lanes low = low_16(ac, be), low_next = low_16(ac_next, be_next);
    const lanes high = high_16(ac, be), high_next = high_16(ac_next, be_next);
    const lanes columns[4] = {low_32(low, low_next), high_32(low, low_next),
                              low_32(high, high_next), high_32(high, high_next)};

    LOOM_UNROLL for (int i = 0; i < 4; i++)
    {
        d[2 * i] = low_8(columns[i], same(0));
        d[2 * i + 1] = high_8(columns[i], same(0));
    }
}

#include "engine/baseline/fdct_passes.h"

/* Coefficients k to k + 7 of all blocks: matrices of 8 by 8, transposed. */
FDCT_INLINE void store_columns(const lanes *from, unsigned k, const loom_fdct_table *table,
                               loom_fdct_block *blocks)
{
    const lanes half = read_8(table->halves + k), factor = read_8(table->factors + k),
                scale = read_8(table->scales + k);
    lanes v[8], w[8];

    LOOM_UNROLL for (int i = 0; i < 4; i++)
    {
        v[2 * i] = low_16(from[2 * i], from[2 * i + 1]);
        v[2 * i + 1] = high_16(from[2 * i], from[2 * i + 1]);
    }
    LOOM_UNROLL for (int i = 0; i < 4; i++)
    {
        const int at = i / 2 * 4 + i % 2;
        w[2 * i] = low_32(v[at], v[at + 2]);
        w[2 * i + 1] = high_32(v[at], v[at + 2]);
    }
    /* w[0..3]: coefficients 0 to 3 of lanes 0/1, 2/3, 4/5, 6/7; w[4..7]: 4 to 7. */
    LOOM_UNROLL for (unsigned i = 0; i < 4; i++)
    {
        store_8(blocks, 2 * i, k, divide(low_64(w[i], w[i + 4]), half, factor, scale));
        store_8(blocks, 2 * i + 1, k, divide(high_64(w[i], w[i + 4]), half, factor, scale));
    }
}

/* LANES blocks of as many that stand side by side. */
FDCT_INLINE void make_blocks(const uint8_t *const rows[LOOM_FDCT_SIDE],
                             const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set)
{
    lanes made[LOOM_FDCT_BLOCK];

    transform_batch(rows, made);
    for (unsigned k = 0; k < LOOM_FDCT_BLOCK; k += 8)
        store_columns(made + k, k, table, blocks);
    for (unsigned i = 0; i < LANES; i++)
        set[i] = find_set(blocks[i].at) | (uint64_t)find_set(blocks[i].at + 32) << 32;
}

#endif
