/* The forward DCT of 16 blocks at once, by AVX2. */
#ifdef __x86_64__
#define LANES 16
#endif
#include "engine/baseline/fdct_variants.h"

#ifdef LANES

#include <stdbool.h>

#define FDCT_INLINE LANES_INLINE

static const uint8_t lane_blocks[LANES] = {0, 8, 4, 12, 1, 9, 5, 13, 2, 10, 6, 14, 3, 11, 7, 15};

typedef struct wide {
    __m256i low, high; /* lanes 0 to 3 and 8 to 11; 4 to 7 and 12 to 15 */
} wide;

LANES_BINARY(add, _mm256_add_epi16)
LANES_BINARY(subtract, _mm256_sub_epi16)

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

    return (wide){_mm256_madd_epi16(low_16(a, b), factors),
                  _mm256_madd_epi16(high_16(a, b), factors)};
}

FDCT_INLINE lanes narrow(wide a, int bits)
{
    return _mm256_packs_epi32(_mm256_srai_epi32(a.low, bits), _mm256_srai_epi32(a.high, bits));
}

FDCT_INLINE lanes read_lanes(const uint8_t *from)
{
    return _mm256_loadu_si256((const __m256i *)(const void *)from);
}

FDCT_INLINE lanes read_8(const uint16_t *from)
{
    return _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)(const void *)from));
}

FDCT_INLINE lanes divide(lanes x, lanes half, lanes factor, lanes scale)
{
    const lanes numerator = add(_mm256_abs_epi16(x), half);

    return _mm256_sign_epi16(_mm256_mulhi_epu16(_mm256_mulhi_epu16(numerator, factor), scale), x);
}

FDCT_INLINE void store_8(loom_fdct_block *blocks, unsigned lane, unsigned k, lanes x)
{
    _mm_storeu_si128((__m128i *)(void *)&blocks[lane_blocks[lane]].at[k],
                     _mm256_castsi256_si128(x));
    _mm_storeu_si128((__m128i *)(void *)&blocks[lane_blocks[lane + 8]].at[k],
                     _mm256_extracti128_si256(x, 1));
}

FDCT_INLINE uint32_t find_set(const int16_t *from)
{
    const __m256i *at = (const __m256i *)(const void *)from;
    const lanes a = _mm256_cmpeq_epi16(_mm256_load_si256(at), same(0));
    const lanes b = _mm256_cmpeq_epi16(_mm256_load_si256(at + 1), same(0));

    return ~(uint32_t)_mm256_movemask_epi8(
        _mm256_permute4x64_epi64(_mm256_packs_epi16(a, b), 0xD8)); /* quarters 0, 2, 1, 3 */
}

#include "engine/baseline/fdct_vectors.h"

LANES_TARGET void loom_fdct_avx2(const uint8_t *const rows[LOOM_FDCT_SIDE],
                                 const loom_fdct_table *table, loom_fdct_block *blocks,
                                 uint64_t *set)
{
    make_blocks(rows, table, blocks, set);
}

#else
typedef int nothing_here; /* a file may not be empty */
#endif
