/* Refining by PDEP, and 16 coefficients at once by AVX2. */
#include "engine/jpeg/refine.h"

#ifdef __x86_64__

#include <immintrin.h>

#define REFINE_TARGET __attribute__((target("avx2,bmi2,popcnt")))
#define REFINE_INLINE static inline __attribute__((always_inline, target("avx2,bmi2,popcnt")))

REFINE_INLINE unsigned count_bits(uint64_t mask)
{
    return (unsigned)__builtin_popcountll(mask);
}

REFINE_INLINE uint64_t deposit(uint64_t bits, uint64_t mask)
{
    return _pdep_u64(bits, mask);
}

/* -1 in each lane whose bit is among the 16 highest of the mask, the first lane's the highest. */
REFINE_INLINE __m256i lanes_of(uint64_t mask)
{
    const __m256i bits = _mm256_set_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096,
                                          8192, 16384, INT16_MIN);
    const __m256i all = _mm256_set1_epi16((int16_t)(mask >> 48));

    return _mm256_cmpeq_epi16(_mm256_and_si256(all, bits), bits);
}

REFINE_INLINE void apply(const loom_jpeg_refining *r, int16_t *c, uint64_t corrected,
                         uint64_t found, uint64_t minus)
{
    const __m256i bit = _mm256_set1_epi16((int16_t)(1 << r->low));

    /* kept is a multiple of 16 */
    for (unsigned k = 0; k < r->kept; k += 16, corrected <<= 16, found <<= 16, minus <<= 16) {
        __m256i *at = (__m256i *)(void *)(c + k);
        const __m256i now = _mm256_loadu_si256(at), negative = lanes_of(minus);
        const __m256i more = _mm256_sign_epi16(_mm256_and_si256(lanes_of(corrected), bit), now);
        const __m256i fresh = _mm256_sub_epi16(
            _mm256_xor_si256(_mm256_and_si256(lanes_of(found), bit), negative), negative);
        _mm256_storeu_si256(at, _mm256_add_epi16(now, _mm256_add_epi16(more, fresh)));
    }
}

#include "engine/jpeg/refine_pass.h"

REFINE_TARGET bool loom_jpeg_refine_bmi2(loom_jpeg_refining *refining, loom_jpeg_bits *bits,
                                         int16_t *c, uint64_t *set, size_t count)
{
    return refine_blocks(refining, bits, c, set, count);
}

#endif
