/*
 * Vectors of 16-bit numbers, `lanes`, for code that is written once for more than one size of them:
 * before it includes this, a file defines LANES as 16 (AVX2) or as 8 (SSE2 or NEON, where
 * LOOM_LANES_128 is defined). Interleaving is within each 128 bits by itself.
 */
#ifndef LOOM_ENGINE_BASELINE_VECTORS_H
#define LOOM_ENGINE_BASELINE_VECTORS_H

#include <stdint.h>

/* Before a loop of at most 8 rounds that must not stay one: its vectors are to be in registers. */
#ifdef __clang__
#define LOOM_UNROLL _Pragma("clang loop unroll(full)")
#else
#define LOOM_UNROLL _Pragma("GCC unroll 8")
#endif

/* Vectors of 128 bits that are part of the architecture. */
#if defined __x86_64__ || (defined __aarch64__ && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__)
#define LOOM_LANES_128
#endif

/* name(a, b), of the intrinsic. */
#define LANES_BINARY(name, intrinsic)                                                              \
    LANES_INLINE lanes name(lanes a, lanes b)                                                      \
    {                                                                                              \
        return (lanes)intrinsic((LANES_NATIVE)a, (LANES_NATIVE)b);                                 \
    }

#if defined LANES && LANES == 16
#include <immintrin.h>

#define LANES_TARGET __attribute__((target("avx2")))
#define LANES_INLINE static inline __attribute__((always_inline, target("avx2")))
#define LANES_NATIVE __m256i
typedef __m256i lanes;

LANES_INLINE lanes same(int16_t c)
{
    return _mm256_set1_epi16(c);
}

LANES_BINARY(low_8, _mm256_unpacklo_epi8)
LANES_BINARY(high_8, _mm256_unpackhi_epi8)
LANES_BINARY(low_16, _mm256_unpacklo_epi16)
LANES_BINARY(high_16, _mm256_unpackhi_epi16)
LANES_BINARY(low_32, _mm256_unpacklo_epi32)
LANES_BINARY(high_32, _mm256_unpackhi_epi32)
LANES_BINARY(low_64, _mm256_unpacklo_epi64)
LANES_BINARY(high_64, _mm256_unpackhi_epi64)

#elif defined LANES && defined LOOM_LANES_128
#ifdef __x86_64__
#include <emmintrin.h>
#define LANES_NATIVE __m128i
#else
#include <arm_neon.h>
#define LANES_NATIVE int16x8_t
#endif

#define LANES_TARGET
#define LANES_INLINE static inline __attribute__((always_inline))
typedef int16_t lanes __attribute__((vector_size(16)));
typedef int8_t lanes_8 __attribute__((vector_size(16)));
typedef int32_t lanes_32 __attribute__((vector_size(16)));
typedef int64_t lanes_64 __attribute__((vector_size(16)));

LANES_INLINE lanes same(int16_t c)
{
    return (lanes){c, c, c, c, c, c, c, c};
}

#define LANES_INTERLEAVE(name, type, ...)                                                          \
    LANES_INLINE lanes name(lanes a, lanes b)                                                      \
    {                                                                                              \
        return (lanes)__builtin_shufflevector((type)a, (type)b, __VA_ARGS__);                      \
    }
LANES_INTERLEAVE(low_8, lanes_8, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
LANES_INTERLEAVE(high_8, lanes_8, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
LANES_INTERLEAVE(low_16, lanes, 0, 8, 1, 9, 2, 10, 3, 11)
LANES_INTERLEAVE(high_16, lanes, 4, 12, 5, 13, 6, 14, 7, 15)
LANES_INTERLEAVE(low_32, lanes_32, 0, 4, 1, 5)
LANES_INTERLEAVE(high_32, lanes_32, 2, 6, 3, 7)
LANES_INTERLEAVE(low_64, lanes_64, 0, 2)
LANES_INTERLEAVE(high_64, lanes_64, 1, 3)
#endif

#endif
