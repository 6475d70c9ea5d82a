/* The inverse DCT of 16 blocks at once, by AVX2. */
#ifdef __x86_64__
#define LANES 16
#endif
#include "engine/jpeg/idct_variants.h"

#ifdef LANES

#include <string.h>

#define IDCT_TARGET LANES_TARGET
#define IDCT_INLINE LANES_INLINE

/* Of blocks 0 to 7 and 8 to 15. */
LANES_BINARY(add, _mm256_adds_epi16)
LANES_BINARY(subtract, _mm256_subs_epi16)

IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    return _mm256_mulhrs_epi16(x, _mm256_set1_epi16(c));
}

IDCT_INLINE __m128i read_8(const int16_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

IDCT_INLINE lanes dequantise(const int16_t *const *blocks, int i, unsigned at,
                             const loom_idct_table *table)
{
    const lanes limit = _mm256_broadcastsi128_si256(read_8(table->limits + at));
    const lanes factor = _mm256_broadcastsi128_si256(read_8(table->factors + at));
    lanes c = _mm256_castsi128_si256(read_8(blocks[i] + at));

    c = _mm256_inserti128_si256(c, read_8(blocks[i + 8] + at), 1);
    c = _mm256_max_epi16(_mm256_min_epi16(c, limit), _mm256_sub_epi16(same(0), limit));
    return _mm256_mullo_epi16(c, factor);
}

IDCT_INLINE lanes bytes(lanes a, lanes b)
{
    const lanes packed = _mm256_packs_epi16(_mm256_srai_epi16(a, 6), _mm256_srai_epi16(b, 6));
    return _mm256_xor_si256(packed, _mm256_set1_epi8(-128)); /* -128..127 to 0..255 */
}

#include "engine/jpeg/idct_vectors.h"

/* k bytes of each 4 or 8, closed up. */
IDCT_INLINE __m128i close_up(int k, __m128i v)
{
    if (k == 3)
        return _mm_shuffle_epi8(
            v, _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1));
    if (k == 5)
        return _mm_shuffle_epi8(
            v, _mm_setr_epi8(0, 1, 2, 3, 4, 8, 9, 10, 11, 12, -1, -1, -1, -1, -1, -1));
    if (k == 6)
        return _mm_shuffle_epi8(
            v, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 8, 9, 10, 11, 12, 13, -1, -1, -1, -1));
    if (k == 7)
        return _mm_shuffle_epi8(
            v, _mm_setr_epi8(0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, -1, -1));
    return v;
}

IDCT_INLINE void store(int k, const lanes *s, uint8_t *to)
{
    lanes rows[4];
    const int vectors = interleave(k, s, rows), parts = 2 * vectors;
    const size_t size = (size_t)(16 * k / parts); /* bytes that a part makes */
    uint8_t last[16];

    LOOM_UNROLL for (int i = 0; i < parts; i++)
    {
        const __m128i part = i < vectors ? _mm256_castsi256_si128(rows[i])
                                         : _mm256_extracti128_si256(rows[i - vectors], 1);
        /* What it has more than these, the next one overwrites. */
        uint8_t *const at = i + 1 < parts || size == 16 ? to + (size_t)i * size : last;
        _mm_storeu_si128((__m128i *)(void *)at, close_up(k, part));
    }
    if (size < 16)
        memcpy(to + (size_t)(parts - 1) * size, last, size);
}

#include "engine/jpeg/idct_passes.h"

const loom_idct_variant loom_idct_avx2 = {"avx2", 16, IDCT_BATCHES};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
