#include "engine/codec/resize_sums.h"

#include "base/cpu.h"
#include <string.h>

static int16_t round_sum(int32_t sum)
{
    const int32_t v = (sum + (1 << (LOOM_SUMS_ROW_SHIFT - 1))) >> LOOM_SUMS_ROW_SHIFT;

    return (int16_t)(v < INT16_MIN ? INT16_MIN : v > INT16_MAX ? INT16_MAX : v);
}

static uint8_t round_sample(int32_t sum)
{
    const int32_t v = (sum + (1 << (LOOM_SUMS_SAMPLE_SHIFT - 1))) >> LOOM_SUMS_SAMPLE_SHIFT;

    return (uint8_t)(v < 0 ? 0 : v > 255 ? 255 : v);
}

/* ---- plain C: in loops of a fixed length, which compilers turn into vectors ----------------- */

static void sum_rows(const uint8_t *const *rows, const int16_t *weights, size_t count,
                     size_t samples, const int32_t *begun, int32_t *unfinished, int16_t *sums)
{
    for (size_t at = 0; at < samples; at += LOOM_SUMS_BLOCK) {
        int32_t block[LOOM_SUMS_BLOCK] = {0};
        if (begun != NULL)
            memcpy(block, begun + at, sizeof block);
        for (size_t n = 0; n < count; n++) {
            const uint8_t *row = rows[n] + at;
            const int32_t weight = weights[n];
            for (int i = 0; i < LOOM_SUMS_BLOCK; i++)
                block[i] += weight * row[i];
        }
        if (unfinished != NULL) {
            memcpy(unfinished + at, block, sizeof block);
            continue;
        }
        for (int i = 0; i < LOOM_SUMS_BLOCK; i++)
            sums[at + (size_t)i] = round_sum(block[i]);
    }
}

static void sum_samples(const int16_t *sums, const uint32_t *firsts, const int16_t *weights,
                        size_t taps, size_t count, uint8_t *samples)
{
    for (size_t n = 0; n < count; n++) {
        const int16_t *from = sums + firsts[n];
        int32_t sum = 0;
        for (size_t t = 0; t < taps; t++, from += LOOM_SUMS_TAPS, weights += LOOM_SUMS_TAPS)
            for (int i = 0; i < LOOM_SUMS_TAPS; i++)
                sum += from[i] * weights[i];
        samples[n] = round_sample(sum);
    }
}

const loom_sums loom_sums_plain = {"plain", sum_rows, sum_samples};

/* ---- 128 bits, which every x86-64 and every arm64 has: rows alone, plain C's samples are not slow
 * -- */

#ifdef LOOM_SUMS_128

#ifdef __x86_64__
#include <immintrin.h>

typedef __m128i words; /* four of 32 bits */

/* Adds two rows of 16 samples, in pairs that are multiplied and added. */
static inline void add_16(words sums[4], const uint8_t *a, const uint8_t *b, const int16_t *weights)
{
    const __m128i zero = _mm_setzero_si128();
    const __m128i even = _mm_loadu_si128((const __m128i *)(const void *)a);
    const __m128i odd = _mm_loadu_si128((const __m128i *)(const void *)b);
    const __m128i low = _mm_unpacklo_epi8(even, odd), high = _mm_unpackhi_epi8(even, odd);
    int32_t both;

    memcpy(&both, weights, sizeof both);
    const __m128i weight = _mm_set1_epi32(both);
    sums[0] = _mm_add_epi32(sums[0], _mm_madd_epi16(_mm_unpacklo_epi8(low, zero), weight));
    sums[1] = _mm_add_epi32(sums[1], _mm_madd_epi16(_mm_unpackhi_epi8(low, zero), weight));
    sums[2] = _mm_add_epi32(sums[2], _mm_madd_epi16(_mm_unpacklo_epi8(high, zero), weight));
    sums[3] = _mm_add_epi32(sums[3], _mm_madd_epi16(_mm_unpackhi_epi8(high, zero), weight));
}

static inline words load_4(const int32_t *from)
{
    return _mm_loadu_si128((const __m128i *)(const void *)from);
}

static inline void store_4(words sums, int32_t *to)
{
    _mm_storeu_si128((__m128i *)(void *)to, sums);
}

static inline void write_8(words a, words b, int16_t *to)
{
    const __m128i half = _mm_set1_epi32(1 << (LOOM_SUMS_ROW_SHIFT - 1));

    _mm_storeu_si128((__m128i *)(void *)to,
                     _mm_packs_epi32(_mm_srai_epi32(_mm_add_epi32(a, half), LOOM_SUMS_ROW_SHIFT),
                                     _mm_srai_epi32(_mm_add_epi32(b, half), LOOM_SUMS_ROW_SHIFT)));
}
#else
#include <arm_neon.h>

typedef int32x4_t words;

static inline void add_row(words sums[4], const uint8_t *row, int16_t weight)
{
    const uint8x16_t bytes = vld1q_u8(row);
    const int16x8_t low = vreinterpretq_s16_u16(vmovl_u8(vget_low_u8(bytes)));
    const int16x8_t high = vreinterpretq_s16_u16(vmovl_u8(vget_high_u8(bytes)));

    sums[0] = vmlal_n_s16(sums[0], vget_low_s16(low), weight);
    sums[1] = vmlal_n_s16(sums[1], vget_high_s16(low), weight);
    sums[2] = vmlal_n_s16(sums[2], vget_low_s16(high), weight);
    sums[3] = vmlal_n_s16(sums[3], vget_high_s16(high), weight);
}

static inline void add_16(words sums[4], const uint8_t *a, const uint8_t *b, const int16_t *weights)
{
    add_row(sums, a, weights[0]);
    add_row(sums, b, weights[1]);
}

static inline words load_4(const int32_t *from)
{
    return vld1q_s32(from);
}

static inline void store_4(words sums, int32_t *to)
{
    vst1q_s32(to, sums);
}

static inline void write_8(words a, words b, int16_t *to)
{
    vst1q_s16(to, vcombine_s16(vqrshrn_n_s32(a, LOOM_SUMS_ROW_SHIFT),
                               vqrshrn_n_s32(b, LOOM_SUMS_ROW_SHIFT)));
}
#endif

static void sum_rows_128(const uint8_t *const *rows, const int16_t *weights, size_t count,
                         size_t samples, const int32_t *begun, int32_t *unfinished, int16_t *sums)
{
    for (size_t at = 0; at < samples; at += 32) {
        words block[8] = {{0}}; /* of four sums */
        for (int i = 0; i < 8 && begun != NULL; i++)
            block[i] = load_4(begun + at + 4 * i);
        for (size_t n = 0; n < count; n += 2) {
            add_16(block, rows[n] + at, rows[n + 1] + at, weights + n);
            add_16(block + 4, rows[n] + at + 16, rows[n + 1] + at + 16, weights + n);
        }
        for (int i = 0; i < 8 && unfinished != NULL; i++)
            store_4(block[i], unfinished + at + 4 * i);
        for (int i = 0; i < 4 && unfinished == NULL; i++)
            write_8(block[2 * i], block[2 * i + 1], sums + at + 8 * i);
    }
}

const loom_sums loom_sums_128 = {"128 bits", sum_rows_128, sum_samples};
#endif

const loom_sums *loom_sums_for(unsigned features)
{
#ifdef __x86_64__
    if ((features & LOOM_CPU_AVX2) != 0)
        return &loom_sums_avx2;
#endif
#ifdef LOOM_SUMS_128
    if ((features & (LOOM_CPU_SSE2 | LOOM_CPU_NEON)) != 0)
        return &loom_sums_128;
#endif
    (void)features;
    return &loom_sums_plain;
}
