/* Refining in plain C, and the choice between the variants. */
#include "engine/jpeg/refine.h"

#include "base/cpu.h"

#define REFINE_INLINE static inline __attribute__((always_inline))

REFINE_INLINE unsigned count_bits(uint64_t mask)
{
    return (unsigned)__builtin_popcountll(mask);
}

REFINE_INLINE uint64_t deposit(uint64_t bits, uint64_t mask)
{
    uint64_t made = 0;

    for (; mask != 0; mask &= mask - 1, bits >>= 1)
        made |= mask & (0 - mask) & (0 - (bits & 1));
    return made;
}

REFINE_INLINE void apply(const loom_jpeg_refining *r, int16_t *c, uint64_t corrected,
                         uint64_t found, uint64_t minus)
{
    const int bit = 1 << r->low;
    uint64_t left = (corrected | found) & ~UINT64_C(0) << (64 - r->kept); /* of those there */

    while (left != 0) {
        const unsigned k = (unsigned)__builtin_clzll(left);
        const uint64_t here = UINT64_C(1) << (63 - k);
        const bool negative = (found & here) != 0 ? (minus & here) != 0 : c[k] < 0;
        c[k] = (int16_t)(c[k] + (negative ? -bit : bit));
        left ^= here;
    }
}

#include "engine/jpeg/refine_pass.h"

bool loom_jpeg_refine_plain(loom_jpeg_refining *refining, loom_jpeg_bits *bits, int16_t *c,
                            uint64_t *set, size_t count)
{
    return refine_blocks(refining, bits, c, set, count);
}

loom_jpeg_refine *loom_jpeg_refine_for(unsigned features)
{
#ifdef __x86_64__
    if ((features & LOOM_CPU_AVX2) != 0 && (features & LOOM_CPU_FAST_PDEP) != 0)
        return loom_jpeg_refine_bmi2;
#endif
    (void)features;
    return loom_jpeg_refine_plain;
}
