/* The inverse DCT of 16 blocks at once, by AVX2. */
#include "engine/jpeg/idct_variants.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

typedef __m256i lanes; /* of blocks 0 to 7 and 8 to 15 */
#define IDCT_TARGET __attribute__((target("avx2")))
#define IDCT_INLINE static inline __attribute__((always_inline, target("avx2")))

IDCT_INLINE lanes add(lanes a, lanes b)
{
    return _mm256_adds_epi16(a, b);
}

IDCT_INLINE lanes subtract(lanes a, lanes b)
{
    return _mm256_subs_epi16(a, b);
}

IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    return _mm256_mulhrs_epi16(x, _mm256_set1_epi16(c));
}

IDCT_INLINE lanes same(int16_t c)
{
    return _mm256_set1_epi16(c);
}

IDCT_INLINE __m128i read_8(const int16_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

/* Eight coefficients of blocks i and i + 8, dequantised. */
IDCT_INLINE __m256i dequantise(const int16_t *const *blocks, int i, unsigned at,
                               const loom_idct_table *table)
{
    const __m256i limit = _mm256_broadcastsi128_si256(read_8(table->limits + at));
    const __m256i factor = _mm256_broadcastsi128_si256(read_8(table->factors + at));
    __m256i c = _mm256_castsi128_si256(read_8(blocks[i] + at));

    c = _mm256_inserti128_si256(c, read_8(blocks[i + 8] + at), 1);
    c = _mm256_max_epi16(_mm256_min_epi16(c, limit),
                         _mm256_sub_epi16(_mm256_setzero_si256(), limit));
    return _mm256_mullo_epi16(c, factor);
}

/* Coefficients at to at + 7 of all blocks: two matrices of 8 by 8, transposed. */
IDCT_INLINE void load_8(const int16_t *const *blocks, unsigned at, const loom_idct_table *table,
                        lanes *z)
{
    __m256i v[8], w[8];

    IDCT_UNROLL for (int i = 0; i < 8; i++) v[i] = dequantise(blocks, i, at, table);
    IDCT_UNROLL for (int i = 0; i < 4; i++)
    {
        w[i] = _mm256_unpacklo_epi16(v[2 * i], v[2 * i + 1]);
        w[i + 4] = _mm256_unpackhi_epi16(v[2 * i], v[2 * i + 1]);
    }
    IDCT_UNROLL for (int i = 0; i < 4; i++)
    {
        v[i] = _mm256_unpacklo_epi32(w[2 * i], w[2 * i + 1]);
        v[i + 4] = _mm256_unpackhi_epi32(w[2 * i], w[2 * i + 1]);
    }
    z[0] = _mm256_unpacklo_epi64(v[0], v[1]);
    z[1] = _mm256_unpackhi_epi64(v[0], v[1]);
    z[2] = _mm256_unpacklo_epi64(v[4], v[5]);
    z[3] = _mm256_unpackhi_epi64(v[4], v[5]);
    z[4] = _mm256_unpacklo_epi64(v[2], v[3]);
    z[5] = _mm256_unpackhi_epi64(v[2], v[3]);
    z[6] = _mm256_unpacklo_epi64(v[6], v[7]);
    z[7] = _mm256_unpackhi_epi64(v[6], v[7]);
}

IDCT_INLINE void load(unsigned count, const int16_t *const *blocks, const loom_idct_table *table,
                      lanes *z)
{
    IDCT_UNROLL for (unsigned at = 0; at < count; at += 8) load_8(blocks, at, table, z + at);
}

/* ---- samples ------------------------------------------------------------------------------- */

/* Blocks 0 to 3 and 8 to 11, and 4 to 7 and 12 to 15: four samples of each. */
typedef struct quads {
    __m256i low, high;
} quads;

/* Of s[0] to s[count - 1], and others behind them. */
IDCT_INLINE quads pack(const lanes *s, int count)
{
    const __m256i to_unsigned = _mm256_set1_epi8(-128);
    __m256i words[4];

    IDCT_UNROLL for (int i = 0; i < 4; i++) words[i] = _mm256_srai_epi16(s[i < count ? i : 0], 6);
    const __m256i even = _mm256_xor_si256(_mm256_packs_epi16(words[0], words[2]), to_unsigned);
    const __m256i odd = _mm256_xor_si256(_mm256_packs_epi16(words[1], words[3]), to_unsigned);
    const __m256i first = _mm256_unpacklo_epi8(even, odd), second = _mm256_unpackhi_epi8(even, odd);
    return (quads){_mm256_unpacklo_epi16(first, second), _mm256_unpackhi_epi16(first, second)};
}

/* k samples of each block stand in 4 or 8 bytes: without what is behind them, in the first bytes.
 */
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

/* `parts` vectors of `size` bytes each, which the next one overwrites where it has more. */
IDCT_INLINE void write(int k, const __m128i *v, int parts, int size, uint8_t *to)
{
    uint8_t last[16];

    IDCT_UNROLL for (int i = 0; i < parts; i++)
    {
        uint8_t *const at = i + 1 < parts || size == 16 ? to + i * size : last;
        _mm_storeu_si128((__m128i *)(void *)at, close_up(k, v[i]));
    }
    if (size < 16)
        memcpy(to + (parts - 1) * size, last, size < 16 ? (size_t)size : 16);
}

IDCT_INLINE void store(int k, const lanes *s, uint8_t *to)
{
    const quads a = pack(s, k), b = k > 4 ? pack(s + 4, k - 4) : a;

    if (k == 2) {
        const __m256i even = _mm256_srai_epi16(s[0], 6), odd = _mm256_srai_epi16(s[1], 6);
        const __m256i pairs =
            _mm256_unpacklo_epi8(_mm256_packs_epi16(even, even), _mm256_packs_epi16(odd, odd));
        _mm256_storeu_si256((__m256i *)(void *)to, _mm256_xor_si256(pairs, _mm256_set1_epi8(-128)));
    } else if (k <= 4) {
        const __m128i v[4] = {_mm256_castsi256_si128(a.low), _mm256_castsi256_si128(a.high),
                              _mm256_extracti128_si256(a.low, 1),
                              _mm256_extracti128_si256(a.high, 1)};
        write(k, v, 4, 4 * k, to);
    } else {
        const __m256i all[4] = {
            _mm256_unpacklo_epi32(a.low, b.low), _mm256_unpackhi_epi32(a.low, b.low),
            _mm256_unpacklo_epi32(a.high, b.high), _mm256_unpackhi_epi32(a.high, b.high)};
        __m128i v[8];
        IDCT_UNROLL for (int i = 0; i < 4; i++)
        {
            v[i] = _mm256_castsi256_si128(all[i]);
            v[i + 4] = _mm256_extracti128_si256(all[i], 1);
        }
        write(k, v, 8, 2 * k, to);
    }
}

#include "engine/jpeg/idct_passes.h"

const loom_idct_variant loom_idct_avx2 = {"avx2", 16, IDCT_BATCHES};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
