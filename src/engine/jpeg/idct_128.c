/* The inverse DCT of eight blocks at once, by what every x86-64 (SSE2) and every arm64 (NEON) has.
 */
#define LANES 8
#include "engine/jpeg/idct_variants.h"

#ifdef LOOM_LANES_128

#include <string.h>

#define IDCT_TARGET LANES_TARGET
#define IDCT_INLINE LANES_INLINE

#ifdef __x86_64__
LANES_BINARY(add, _mm_adds_epi16)
LANES_BINARY(subtract, _mm_subs_epi16)
LANES_BINARY(min, _mm_min_epi16)
LANES_BINARY(max, _mm_max_epi16)
LANES_BINARY(narrow, _mm_packs_epi16)

/* 2 high + (low + 2^14 >> 15), of the product's halves: low >> 14 is added to itself and halved. */
IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    const __m128i high = _mm_mulhi_epi16((__m128i)x, (__m128i)same(c));
    const __m128i low = _mm_mullo_epi16((__m128i)x, (__m128i)same(c));
    const __m128i rounded = _mm_avg_epu16(_mm_srli_epi16(low, 14), _mm_setzero_si128());
    return (lanes)_mm_add_epi16(_mm_add_epi16(high, high), rounded);
}
#else
LANES_BINARY(add, vqaddq_s16)
LANES_BINARY(subtract, vqsubq_s16)
LANES_BINARY(min, vminq_s16)
LANES_BINARY(max, vmaxq_s16)

IDCT_INLINE lanes narrow(lanes a, lanes b)
{
    return (lanes)vcombine_s8(vqmovn_s16((int16x8_t)a), vqmovn_s16((int16x8_t)b));
}

IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    return (lanes)vqrdmulhq_n_s16((int16x8_t)x, c);
}
#endif

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
    LOOM_UNROLL for (int i = 0; i < 7; i++) /* what it has more than k, the next one overwrites */
        memcpy(to + i * k, block + (size_t)i * width, width);
    memcpy(to + 7 * k, block + 7 * width, (size_t)k);
}

#include "engine/jpeg/idct_passes.h"

const loom_idct_variant loom_idct_128 = {"128 bits", 8, IDCT_BATCHES};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
