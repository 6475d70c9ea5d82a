/* Sums for resizing by AVX2. */
#include "engine/codec/resize_sums.h"

#ifdef __x86_64__

#include <immintrin.h>
#include <string.h>

#define AVX2        __attribute__((target("avx2")))
#define AVX2_INLINE static inline __attribute__((always_inline, target("avx2")))

AVX2_INLINE __m256i load(const void *from)
{
    return _mm256_loadu_si256(from);
}

AVX2_INLINE __m256i narrow(__m256i a, __m256i b)
{
    const __m256i half = _mm256_set1_epi32(1 << (LOOM_SUMS_ROW_SHIFT - 1));

    return _mm256_packs_epi32(_mm256_srai_epi32(_mm256_add_epi32(a, half), LOOM_SUMS_ROW_SHIFT),
                              _mm256_srai_epi32(_mm256_add_epi32(b, half), LOOM_SUMS_ROW_SHIFT));
}

/* Adds two rows of 32 samples, in pairs that are multiplied and added, to four vectors of sums. */
AVX2_INLINE void add_pair(__m256i sums[4], const uint8_t *a, const uint8_t *b, __m256i weights)
{
    const __m256i zero = _mm256_setzero_si256(), even = load(a), odd = load(b);
    const __m256i low = _mm256_unpacklo_epi8(even, odd), high = _mm256_unpackhi_epi8(even, odd);
    const __m256i pairs[4] = {_mm256_unpacklo_epi8(low, zero), _mm256_unpackhi_epi8(low, zero),
                              _mm256_unpacklo_epi8(high, zero), _mm256_unpackhi_epi8(high, zero)};

    for (int i = 0; i < 4; i++)
        sums[i] = _mm256_add_epi32(sums[i], _mm256_madd_epi16(pairs[i], weights));
}

AVX2_INLINE void write_sums(const __m256i sums[4], int16_t *to)
{
    const __m256i a = narrow(sums[0], sums[1]), b = narrow(sums[2], sums[3]);

    /* Each half of 128 bits was unpacked by itself. */
    _mm256_storeu_si256((__m256i *)(void *)to, _mm256_permute2x128_si256(a, b, 0x20));
    _mm256_storeu_si256((__m256i *)(void *)(to + 16), _mm256_permute2x128_si256(a, b, 0x31));
}

AVX2_INLINE void load_sums(const int32_t *from, __m256i sums[8])
{
    for (int i = 0; i < 8; i++)
        sums[i] = from != NULL ? load(from + 8 * i) : _mm256_setzero_si256();
}

AVX2_INLINE void keep_sums(const __m256i sums[8], int32_t *to)
{
    for (int i = 0; i < 8; i++)
        _mm256_storeu_si256((__m256i *)(void *)(to + 8 * i), sums[i]);
}

AVX2 static void sum_rows_avx2(const uint8_t *const *rows, const int16_t *weights, size_t count,
                               size_t samples, const int32_t *begun, int32_t *unfinished,
                               int16_t *sums)
{
    for (size_t at = 0; at < samples; at += LOOM_SUMS_BLOCK) {
        __m256i block[8]; /* of eight sums */
        load_sums(begun != NULL ? begun + at : NULL, block);
        for (size_t n = 0; n < count; n += 2) {
            const uint8_t *const a = rows[n] + at, *const b = rows[n + 1] + at;
            int32_t both;
            memcpy(&both, weights + n, sizeof both);
            add_pair(block, a, b, _mm256_set1_epi32(both));
            add_pair(block + 4, a + 32, b + 32, _mm256_set1_epi32(both));
        }
        if (unfinished != NULL) {
            keep_sums(block, unfinished + at);
            continue;
        }
        write_sums(block, sums + at);
        write_sums(block + 4, sums + at + 32);
    }
}

AVX2_INLINE __m256i sum_of(const int16_t *from, const int16_t *weights, size_t taps)
{
    __m256i sum = _mm256_madd_epi16(load(from), load(weights));

    for (size_t t = 1; t < taps; t++) {
        from += LOOM_SUMS_TAPS;
        weights += LOOM_SUMS_TAPS;
        sum = _mm256_add_epi32(sum, _mm256_madd_epi16(load(from), load(weights)));
    }
    return sum;
}

/* Four sums of eight numbers each, in halves. */
AVX2_INLINE __m256i sum_4(const int16_t *sums, const uint32_t *firsts, const int16_t *weights,
                          size_t taps)
{
    __m256i all[4];

    for (size_t i = 0; i < 4; i++)
        all[i] = sum_of(sums + firsts[i], weights + i * taps * LOOM_SUMS_TAPS, taps);
    return _mm256_hadd_epi32(_mm256_hadd_epi32(all[0], all[1]), _mm256_hadd_epi32(all[2], all[3]));
}

AVX2_INLINE void sum_all(const int16_t *sums, const uint32_t *firsts, const int16_t *weights,
                         size_t taps, size_t count, uint8_t *samples)
{
    const __m256i half = _mm256_set1_epi32(1 << (LOOM_SUMS_SAMPLE_SHIFT - 1));
    const size_t step = taps * LOOM_SUMS_TAPS;
    size_t n = 0;

    for (; n + 8 <= count; n += 8, weights += 8 * step) {
        const __m256i low = sum_4(sums, firsts + n, weights, taps);
        const __m256i high = sum_4(sums, firsts + n + 4, weights + 4 * step, taps);
        __m256i v = _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
                                     _mm256_permute2x128_si256(low, high, 0x31));
        v = _mm256_srai_epi32(_mm256_add_epi32(v, half), LOOM_SUMS_SAMPLE_SHIFT);
        const __m128i eight =
            _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
        _mm_storel_epi64((__m128i *)(void *)(samples + n), _mm_packus_epi16(eight, eight));
    }
    loom_sums_plain.samples(sums, firsts + n, weights, taps, count - n, samples + n);
}

AVX2 static void sum_samples_avx2(const int16_t *sums, const uint32_t *firsts,
                                  const int16_t *weights, size_t taps, size_t count,
                                  uint8_t *samples)
{
    if (taps == 1) /* which the compiler then knows */
        sum_all(sums, firsts, weights, 1, count, samples);
    else
        sum_all(sums, firsts, weights, taps, count, samples);
}

const loom_sums loom_sums_avx2 = {"avx2", sum_rows_avx2, sum_samples_avx2};

#else
typedef int nothing_here; /* a file may not be empty */
#endif
