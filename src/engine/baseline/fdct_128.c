/* The forward DCT of eight blocks at once, by what every x86-64 (SSE2) and every arm64 (NEON) has.
 */
#define LANES 8
#include "engine/baseline/fdct_variants.h"

#ifdef LOOM_LANES_128

#include <stdbool.h>
#include <string.h>

#define FDCT_INLINE LANES_INLINE

static const uint8_t lane_blocks[LANES] = {0, 4, 2, 6, 1, 5, 3, 7};

typedef struct wide {
    lanes_32 low, high; /* lanes 0 to 3; 4 to 7 */
} wide;

FDCT_INLINE lanes add(lanes a, lanes b)
{
    return a + b;
}

FDCT_INLINE lanes subtract(lanes a, lanes b)
{
    return a - b;
}

FDCT_INLINE lanes shift_left(lanes a, int bits)
{
    return a * same((int16_t)(1 << bits)); /* a shift, but defined below 0 */
}

FDCT_INLINE lanes shift_right(lanes a, int bits)
{
    return a >> bits;
}

FDCT_INLINE wide wide_same(int x)
{
    return (wide){{x, x, x, x}, {x, x, x, x}};
}

FDCT_INLINE wide wide_add(wide a, wide b)
{
    return (wide){a.low + b.low, a.high + b.high};
}

FDCT_INLINE lanes read_lanes(const uint8_t *from)
{
    lanes v;

    memcpy(&v, from, sizeof v);
    return v;
}

FDCT_INLINE lanes read_8(const uint16_t *from)
{
    lanes v;

    memcpy(&v, from, sizeof v);
    return v;
}

#ifdef __x86_64__
LANES_BINARY(multiply_high, _mm_mulhi_epu16)

FDCT_INLINE wide rotate(lanes a, int p, lanes b, int q)
{
    const __m128i factors = _mm_set1_epi32((int)((unsigned)q << 16 | ((unsigned)p & 0xFFFF)));

    return (wide){(lanes_32)_mm_madd_epi16((__m128i)low_16(a, b), factors),
                  (lanes_32)_mm_madd_epi16((__m128i)high_16(a, b), factors)};
}

FDCT_INLINE lanes narrow(wide a, int bits)
{
    return (lanes)_mm_packs_epi32((__m128i)(a.low >> bits), (__m128i)(a.high >> bits));
}

/* A bit for each of 16 coefficients that is 0. */
FDCT_INLINE uint32_t find_zeros(lanes a, lanes b)
{
    return (uint32_t)_mm_movemask_epi8(_mm_packs_epi16((__m128i)(a == 0), (__m128i)(b == 0)));
}
#else
FDCT_INLINE lanes multiply_high(lanes a, lanes b)
{
    const uint16x8_t x = (uint16x8_t)a, y = (uint16x8_t)b;
    const uint32x4_t low = vmull_u16(vget_low_u16(x), vget_low_u16(y));

    return (lanes)vcombine_u16(vshrn_n_u32(low, 16), vshrn_n_u32(vmull_high_u16(x, y), 16));
}

FDCT_INLINE wide rotate(lanes a, int p, lanes b, int q)
{
    const int16x8_t x = (int16x8_t)a, y = (int16x8_t)b;
    const int32x4_t low =
        vmlal_n_s16(vmull_n_s16(vget_low_s16(x), (int16_t)p), vget_low_s16(y), (int16_t)q);

    return (wide){(lanes_32)low,
                  (lanes_32)vmlal_high_n_s16(vmull_high_n_s16(x, (int16_t)p), y, (int16_t)q)};
}

FDCT_INLINE lanes narrow(wide a, int bits)
{
    return (lanes)vcombine_s16(vmovn_s32((int32x4_t)(a.low >> bits)),
                               vmovn_s32((int32x4_t)(a.high >> bits)));
}

/* A bit for each of 16 coefficients that is 0. */
FDCT_INLINE uint32_t find_zeros(lanes a, lanes b)
{
    const lanes places = {1, 2, 4, 8, 16, 32, 64, 128};

    return (uint32_t)vaddvq_u16((uint16x8_t)((a == 0) & places)) |
           (uint32_t)vaddvq_u16((uint16x8_t)((b == 0) & places)) << 8;
}
#endif

FDCT_INLINE lanes divide(lanes x, lanes half, lanes factor, lanes scale)
{
    const lanes sign = x >> 15;

    return (multiply_high(multiply_high(((x ^ sign) - sign) + half, factor), scale) ^ sign) - sign;
}

FDCT_INLINE void store_8(loom_fdct_block *blocks, unsigned lane, unsigned k, lanes x)
{
    memcpy(&blocks[lane_blocks[lane]].at[k], &x, sizeof x);
}

FDCT_INLINE uint32_t find_set(const int16_t *from)
{
    lanes at[4];

    memcpy(at, from, sizeof at);
    return ~(find_zeros(at[0], at[1]) | find_zeros(at[2], at[3]) << 16);
}

#include "engine/baseline/fdct_vectors.h"

void loom_fdct_128(const uint8_t *const rows[LOOM_FDCT_SIDE], const loom_fdct_table *table,
                   loom_fdct_block *blocks, uint64_t *set)
{
    const uint8_t *at[LOOM_FDCT_SIDE];

    for (unsigned i = 0; i < LOOM_FDCT_BATCH; i += LANES) {
        for (unsigned y = 0; y < LOOM_FDCT_SIDE; y++)
            at[y] = rows[y] + (size_t)LOOM_FDCT_SIDE * i;
        make_blocks(at, table, blocks + i, set + i);
    }
}

#else
typedef int nothing_here; /* a file may not be empty */
#endif
