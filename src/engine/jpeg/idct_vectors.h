/*
 * What variants of the inverse DCT have in common whose `lanes` are vectors of eight blocks, or of
 * twice as many: in and out of lanes. Each includes this file behind its own
 *
 *     dequantise(blocks, i, at, table)   coefficients at to at + 7 of block i, times 8, and behind
 *                              them, where lanes are 16, those of block i + 8
 *     low_16, high_16 (a, b)   eight bytes of each, the lower or the higher ones, in pairs of 16
 *     low_8, low_32, ...       bits each of a and of b: in each 128 bits by themselves
 *     bytes(a, b)              (a >> 6) + 128 and (b >> 6) + 128, clamped to 0..255, 64 bits of
 * each in turn
 */
#ifndef LOOM_ENGINE_JPEG_IDCT_VECTORS_H
#define LOOM_ENGINE_JPEG_IDCT_VECTORS_H

/* Coefficients at to at + 7 of all blocks: matrices of 8 by 8, transposed. */
IDCT_INLINE void load_8(const int16_t *const *blocks, unsigned at, const loom_idct_table *table,
                        lanes *z)
{
    lanes v[8], w[8];

    LOOM_UNROLL for (int i = 0; i < 8; i++) v[i] = dequantise(blocks, i, at, table);
    LOOM_UNROLL for (int i = 0; i < 4; i++)
    {
        w[i] = low_16(v[2 * i], v[2 * i + 1]);
        w[i + 4] = high_16(v[2 * i], v[2 * i + 1]);
    }
    LOOM_UNROLL for (int i = 0; i < 4; i++)
    {
        v[i] = low_32(w[2 * i], w[2 * i + 1]);
        v[i + 4] = high_32(w[2 * i], w[2 * i + 1]);
    }
    LOOM_UNROLL for (int i = 0; i < 2; i++)
    {
        z[4 * i] = low_64(v[2 * i], v[2 * i + 1]);
        z[4 * i + 1] = high_64(v[2 * i], v[2 * i + 1]);
        z[4 * i + 2] = low_64(v[2 * i + 4], v[2 * i + 5]);
        z[4 * i + 3] = high_64(v[2 * i + 4], v[2 * i + 5]);
    }
}

IDCT_INLINE void load(unsigned count, const int16_t *const *blocks, const loom_idct_table *table,
                      lanes *z)
{
    LOOM_UNROLL for (unsigned at = 0; at < count; at += 8) load_8(blocks, at, table, z + at);
}

/* Four bytes of each block, of s[0] to s[count - 1] and any others, to quads[0] and quads[1]. */
IDCT_INLINE void interleave_4(int count, const lanes *s, lanes *quads)
{
    const lanes even = bytes(s[0], s[count > 2 ? 2 : 0]);
    const lanes odd = bytes(s[count > 1 ? 1 : 0], s[count > 3 ? 3 : 0]);
    const lanes first = low_8(even, odd), second = high_8(even, odd);

    quads[0] = low_16(first, second);
    quads[1] = high_16(first, second);
}

/*
 * The bytes of s[0] to s[k - 1] block by block, to `rows`: 2 bytes of each where k is 2, 4 where it
 * is 3 or 4, and 8 where it is more; what is behind the k of them does not matter. Of 16 lanes the
 * lower halves are blocks 0 to 7. Returns how many vectors these are.
 */
IDCT_INLINE int interleave(int k, const lanes *s, lanes *rows)
{
    lanes low[2], high[2];

    if (k == 2) {
        rows[0] = low_8(bytes(s[0], s[0]), bytes(s[1], s[1]));
        return 1;
    }
    if (k <= 4) {
        interleave_4(k, s, rows);
        return 2;
    }
    interleave_4(4, s, low);
    interleave_4(k - 4, s + 4, high);
    rows[0] = low_32(low[0], high[0]);
    rows[1] = high_32(low[0], high[0]);
    rows[2] = low_32(low[1], high[1]);
    rows[3] = high_32(low[1], high[1]);
    return 4;
}

#endif
