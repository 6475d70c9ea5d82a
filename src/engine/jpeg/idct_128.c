/* The inverse DCT of eight blocks at once, by what every x86-64 (SSE2) and every arm64 (NEON) has.
 */
#include "engine/jpeg/idct_variants.h"

#ifdef LOOM_IDCT_128

#include <string.h>

typedef int16_t lanes __attribute__((vector_size(16)));
typedef int8_t octets __attribute__((vector_size(16)));
typedef int32_t words __attribute__((vector_size(16)));
typedef int64_t halves __attribute__((vector_size(16)));
#define IDCT_TARGET
#define IDCT_INLINE static inline __attribute__((always_inline))

IDCT_INLINE lanes same(int16_t c)
{
    return (lanes){c, c, c, c, c, c, c, c};
}

#ifdef __x86_64__
#include <emmintrin.h>

#define BINARY(name, intrinsic)                                                                    \
    IDCT_INLINE lanes name(lanes a, lanes b)                                                       \
    {                                                                                              \
        return (lanes)intrinsic((__m128i)a, (__m128i)b);                                           \
    }
BINARY(add, _mm_adds_epi16)
BINARY(subtract, _mm_subs_epi16)
BINARY(min, _mm_min_epi16)
BINARY(max, _mm_max_epi16)
BINARY(narrow, _mm_packs_epi16)

/* 2 high + (low + 2^14 >> 15), of the product's halves: low >> 14 is added to itself and halved. */
IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    const __m128i high = _mm_mulhi_epi16((__m128i)x, (__m128i)same(c));
    const __m128i low = _mm_mullo_epi16((__m128i)x, (__m128i)same(c));
    const __m128i rounded = _mm_avg_epu16(_mm_srli_epi16(low, 14), _mm_setzero_si128());
    return (lanes)_mm_add_epi16(_mm_add_epi16(high, high), rounded);
}
#else
#include <arm_neon.h>

#define BINARY(name, intrinsic)                                                                    \
    IDCT_INLINE lanes name(lanes a, lanes b)                                                       \
    {                                                                                              \
        return (lanes)intrinsic((int16x8_t)a, (int16x8_t)b);                                       \
    }
BINARY(add, vqaddq_s16)
BINARY(subtract, vqsubq_s16)
BINARY(min, vminq_s16)
BINARY(max, vmaxq_s16)

IDCT_INLINE lanes narrow(lanes a, lanes b)
{
    return (lanes)vcombine_s8(vqmovn_s16((int16x8_t)a), vqmovn_s16((int16x8_t)b));
}

IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    return (lanes)vqrdmulhq_n_s16((int16x8_t)x, c);
}
#endif

#define INTERLEAVE(name, type, ...)                                                                \
    IDCT_INLINE lanes name(lanes a, lanes b)                                                       \
    {                                                                                              \
        return (lanes)__builtin_shufflevector((type)a, (type)b, __VA_ARGS__);                      \
    }
INTERLEAVE(low_8, octets, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
INTERLEAVE(high_8, octets, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
INTERLEAVE(low_16, lanes, 0, 8, 1, 9, 2, 10, 3, 11)
INTERLEAVE(high_16, lanes, 4, 12, 5, 13, 6, 14, 7, 15)
INTERLEAVE(low_32, words, 0, 4, 1, 5)
INTERLEAVE(high_32, words, 2, 6, 3, 7)
INTERLEAVE(low_64, halves, 0, 2)
INTERLEAVE(high_64, halves, 1, 3)

IDCT_INLINE lanes read_8(const int16_t *from)
{
    lanes v;

    memcpy(&v, from, sizeof v);
    return v;
}

IDCT_INLINE lanes dequantise(const int16_t *const *blocks, int i, unsigned at,
                             const loom_idct_table *table)
{
    const lanes limit = read_8(table->limits + at);

    return max(min(read_8(blocks[i] + at), limit), -limit) * read_8(table->factors + at);
}

IDCT_INLINE lanes bytes(lanes a, lanes b)
{
    return narrow(a >> 6, b >> 6) ^ same((int16_t)0x8080); /* -128..127 to 0..255 */
}

#include "engine/jpeg/idct_vectors.h"

IDCT_INLINE void store(int k, const lanes *s, uint8_t *to)
{
    lanes rows[4];
    const int vectors = interleave(k, s, rows);
    const size_t width = (size_t)(2 * vectors); /* bytes for k of a block */
    uint8_t block[8 * 8];

    if ((size_t)k == width) {
        memcpy(to, rows, (size_t)vectors * sizeof *rows);
        return;
    }
    memcpy(block, rows, (size_t)vectors * sizeof *rows);
    IDCT_UNROLL for (int i = 0; i < 7; i++) /* what it has more than k, the next one overwrites */
        memcpy(to + i * k, block + (size_t)i * width, width);
    memcpy(to + 7 * k, block + 7 * width, (size_t)k);
}

#include "engine/jpeg/idct_passes.h"

const loom_idct_variant loom_idct_128 = {"128 bits", 8, IDCT_BATCHES};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
