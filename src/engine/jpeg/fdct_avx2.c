/* The forward DCT of 16 blocks at once, by AVX2. */
#include "engine/jpeg/fdct_variants.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <stdbool.h>

#define FDCT_INLINE static inline __attribute__((always_inline, target("avx2")))

typedef __m256i lanes; /* in the order of lane_blocks */
typedef struct wide {
    __m256i low, high; /* lanes 0 to 3 and 8 to 11; 4 to 7 and 12 to 15 */
} wide;

/* What load_row's unpacking makes of the order of blocks. */
static const uint8_t lane_blocks[LOOM_FDCT_BATCH] = {0, 8,  4, 12, 1, 9,  5, 13,
                                                     2, 10, 6, 14, 3, 11, 7, 15};

FDCT_INLINE lanes same(int x)
{
    return _mm256_set1_epi16((short)x);
}

FDCT_INLINE lanes add(lanes a, lanes b)
{
    return _mm256_add_epi16(a, b);
}

FDCT_INLINE lanes subtract(lanes a, lanes b)
{
    return _mm256_sub_epi16(a, b);
}

FDCT_INLINE lanes shift_left(lanes a, int bits)
{
    return _mm256_slli_epi16(a, bits);
}

FDCT_INLINE lanes shift_right(lanes a, int bits)
{
    return _mm256_srai_epi16(a, bits);
}

FDCT_INLINE wide wide_same(int x)
{
    return (wide){_mm256_set1_epi32(x), _mm256_set1_epi32(x)};
}

FDCT_INLINE wide wide_add(wide a, wide b)
{
    return (wide){_mm256_add_epi32(a.low, b.low), _mm256_add_epi32(a.high, b.high)};
}

FDCT_INLINE wide rotate(lanes a, int p, lanes b, int q)
{
    const __m256i factors = _mm256_set1_epi32((int)((unsigned)q << 16 | ((unsigned)p & 0xFFFF)));

    return (wide){_mm256_madd_epi16(_mm256_unpacklo_epi16(a, b), factors),
                  _mm256_madd_epi16(_mm256_unpackhi_epi16(a, b), factors)};
}

FDCT_INLINE lanes narrow(wide a, int bits)
{
    return _mm256_packs_epi32(_mm256_srai_epi32(a.low, bits), _mm256_srai_epi32(a.high, bits));
}

FDCT_INLINE void load_row(const uint8_t *row, lanes d[LOOM_FDCT_SIDE])
{
    const __m256i *from = (const __m256i *)(const void *)row, zero = _mm256_setzero_si256();
    const __m256i a = _mm256_loadu_si256(from), b = _mm256_loadu_si256(from + 1),
                  c = _mm256_loadu_si256(from + 2), e = _mm256_loadu_si256(from + 3);
    /* Samples of two blocks in turn, then of four, then of eight. */
    const __m256i ac = _mm256_unpacklo_epi8(a, c), ac_odd = _mm256_unpackhi_epi8(a, c),
                  be = _mm256_unpacklo_epi8(b, e), be_odd = _mm256_unpackhi_epi8(b, e);
    const __m256i low = _mm256_unpacklo_epi16(ac, be), high = _mm256_unpackhi_epi16(ac, be),
                  low_odd = _mm256_unpacklo_epi16(ac_odd, be_odd),
                  high_odd = _mm256_unpackhi_epi16(ac_odd, be_odd);
    const __m256i columns[4] = {
        _mm256_unpacklo_epi32(low, low_odd), _mm256_unpackhi_epi32(low, low_odd),
        _mm256_unpacklo_epi32(high, high_odd), _mm256_unpackhi_epi32(high, high_odd)};

    FDCT_UNROLL for (int i = 0; i < 4; i++)
    {
        d[2 * i] = _mm256_unpacklo_epi8(columns[i], zero);
        d[2 * i + 1] = _mm256_unpackhi_epi8(columns[i], zero);
    }
}

#include "engine/jpeg/fdct_passes.h"

/* Eight coefficients' part of a table, for two blocks at once. */
typedef struct divisor {
    __m256i half, factor, scale;
} divisor;

FDCT_INLINE __m256i load_twice(const uint16_t *from)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)from));
}

FDCT_INLINE __m256i divide(__m256i x, divisor by)
{
    const __m256i numerator = _mm256_add_epi16(_mm256_abs_epi16(x), by.half);

    return _mm256_sign_epi16(_mm256_mulhi_epu16(_mm256_mulhi_epu16(numerator, by.factor), by.scale),
                             x);
}

/* Coefficients k to k + 7 of the blocks in a lane and in the one 8 behind it. */
FDCT_INLINE void store_8(loom_fdct_block *blocks, unsigned lane, unsigned k, __m256i x)
{
    _mm_storeu_si128((__m128i *)(void *)&blocks[lane_blocks[lane]].at[k],
                     _mm256_castsi256_si128(x));
    _mm_storeu_si128((__m128i *)(void *)&blocks[lane_blocks[lane + 8]].at[k],
                     _mm256_extracti128_si256(x, 1));
}

/* Coefficients k to k + 7 of all blocks: two matrices of 8 by 8, transposed. */
FDCT_INLINE void store_columns(const lanes made[LOOM_FDCT_BLOCK], unsigned k,
                               const loom_fdct_table *table, loom_fdct_block *blocks)
{
    const divisor by = {load_twice(table->halves + k), load_twice(table->factors + k),
                        load_twice(table->scales + k)};
    const lanes *from = made + k;
    __m256i v[8], w[8];

    FDCT_UNROLL for (int i = 0; i < 4; i++)
    {
        v[2 * i] = _mm256_unpacklo_epi16(from[2 * i], from[2 * i + 1]);
        v[2 * i + 1] = _mm256_unpackhi_epi16(from[2 * i], from[2 * i + 1]);
    }
    FDCT_UNROLL for (int i = 0; i < 4; i++)
    {
        const int at = i / 2 * 4 + i % 2;
        w[2 * i] = _mm256_unpacklo_epi32(v[at], v[at + 2]);
        w[2 * i + 1] = _mm256_unpackhi_epi32(v[at], v[at + 2]);
    }
    /* w[0..3]: coefficients 0 to 3 of lanes 0/1, 2/3, 4/5, 6/7; w[4..7]: 4 to 7. */
    FDCT_UNROLL for (unsigned i = 0; i < 4; i++)
    {
        store_8(blocks, 2 * i, k, divide(_mm256_unpacklo_epi64(w[i], w[i + 4]), by));
        store_8(blocks, 2 * i + 1, k, divide(_mm256_unpackhi_epi64(w[i], w[i + 4]), by));
    }
}

/* A bit for each of 32 coefficients that is not 0. */
FDCT_INLINE uint32_t find_set(const int16_t *from)
{
    const __m256i *at = (const __m256i *)(const void *)from, zero = _mm256_setzero_si256();
    const __m256i a = _mm256_cmpeq_epi16(_mm256_load_si256(at), zero);
    const __m256i b = _mm256_cmpeq_epi16(_mm256_load_si256(at + 1), zero);

    return ~(uint32_t)_mm256_movemask_epi8(
        _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8)); /* words 0, 2, 1, 3 */
}

__attribute__((target("avx2"))) void loom_fdct_avx2(const uint8_t *const rows[LOOM_FDCT_SIDE],
                                                    const loom_fdct_table *table,
                                                    loom_fdct_block *blocks, uint64_t *set)
{
    lanes made[LOOM_FDCT_BLOCK];

    transform_batch(rows, made);
    for (unsigned k = 0; k < LOOM_FDCT_BLOCK; k += 8)
        store_columns(made, k, table, blocks);
    for (unsigned i = 0; i < LOOM_FDCT_BATCH; i++)
        set[i] = find_set(blocks[i].at) | (uint64_t)find_set(blocks[i].at + 32) << 32;
}

#endif
