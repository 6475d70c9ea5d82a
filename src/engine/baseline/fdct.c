#include "engine/baseline/fdct.h"

#include "base/cpu.h"
#include "engine/baseline/fdct_variants.h"
#include <stdbool.h>
#include <string.h>

/* ---- plain C --------------------------------------------------------------- */

#define FDCT_INLINE static inline

typedef struct lanes {
    int16_t of[LOOM_FDCT_BATCH];
} lanes;

typedef struct wide {
    int32_t of[LOOM_FDCT_BATCH];
} wide;

#define EACH_LANE for (int i = 0; i < LOOM_FDCT_BATCH; i++)

FDCT_INLINE lanes same(int x)
{
    lanes r;

    EACH_LANE r.of[i] = (int16_t)x;
    return r;
}

FDCT_INLINE lanes add(lanes a, lanes b)
{
    EACH_LANE a.of[i] = (int16_t)(a.of[i] + b.of[i]);
    return a;
}

FDCT_INLINE lanes subtract(lanes a, lanes b)
{
    EACH_LANE a.of[i] = (int16_t)(a.of[i] - b.of[i]);
    return a;
}

FDCT_INLINE lanes shift_left(lanes a, int bits)
{
    EACH_LANE a.of[i] = (int16_t)(a.of[i] * (1 << bits));
    return a;
}

FDCT_INLINE lanes shift_right(lanes a, int bits)
{
    EACH_LANE a.of[i] = (int16_t)(a.of[i] >> bits);
    return a;
}

FDCT_INLINE wide wide_same(int x)
{
    wide r;

    EACH_LANE r.of[i] = x;
    return r;
}

FDCT_INLINE wide wide_add(wide a, wide b)
{
    EACH_LANE a.of[i] += b.of[i];
    return a;
}

FDCT_INLINE wide rotate(lanes a, int p, lanes b, int q)
{
    wide r;

    EACH_LANE r.of[i] = a.of[i] * p + b.of[i] * q;
    return r;
}

FDCT_INLINE lanes narrow(wide a, int bits)
{
    lanes r;

    EACH_LANE r.of[i] = (int16_t)(a.of[i] >> bits);
    return r;
}

FDCT_INLINE void load_row(const uint8_t *row, lanes d[LOOM_FDCT_SIDE])
{
    for (int x = 0; x < LOOM_FDCT_SIDE; x++)
        EACH_LANE d[x].of[i] = row[LOOM_FDCT_SIDE * i + x];
}

#include "engine/baseline/fdct_passes.h"

static uint16_t multiply_high(uint16_t a, uint16_t b)
{
    return (uint16_t)((uint32_t)a * b >> 16);
}

/* One coefficient of all blocks; false: all are 0 now. */
static bool quantise(lanes *a, const loom_fdct_table *table, unsigned k)
{
    const uint16_t half = table->halves[k], factor = table->factors[k], scale = table->scales[k];
    uint16_t any = 0;
    lanes r;

    EACH_LANE
    {
        const int16_t x = a->of[i], sign = (int16_t)(x >> 15);
        const uint16_t size = (uint16_t)((x ^ sign) - sign);
        const uint16_t quotient =
            multiply_high(multiply_high((uint16_t)(size + half), factor), scale);
        r.of[i] = (int16_t)((quotient ^ sign) - sign);
        any |= quotient;
    }
    *a = r;
    return any != 0;
}

void loom_fdct_plain(const uint8_t *const rows[LOOM_FDCT_SIDE], const loom_fdct_table *table,
                     loom_fdct_block *blocks, uint64_t *set)
{
    lanes made[LOOM_FDCT_BLOCK];

    transform_batch(rows, made);
    memset(set, 0, LOOM_FDCT_BATCH * sizeof *set);
    memset(blocks, 0, LOOM_FDCT_BATCH * sizeof *blocks);
    for (unsigned k = 0; k < LOOM_FDCT_BLOCK; k++) {
        if (!quantise(&made[k], table, k))
            continue; /* as are most of the higher ones */
        EACH_LANE
        {
            blocks[i].at[k] = made[k].of[i];
            set[i] |= (uint64_t)(made[k].of[i] != 0) << k;
        }
    }
}

/* ---- any number of blocks -------------------------------------------------- */

/*
 * n / d for d = 8 * step, by two multiplications of 16 bits: s with 2^s < d <= 2^(s + 1), factor
 * = ceil(2^(16 + s) / d), which is below 2^16, then n * factor / 2^16 / 2^s. It is too large by
 * less than n * d / 2^(16 + s) <= n / 2^15 parts of 1 / d, and n, a coefficient's size and half of
 * d, is below 8192 + 1020 < 2^15: so it is exact, and floor(floor(x / a) / b) is floor(x / (a b)).
 */
void loom_fdct_table_make(const uint8_t steps[LOOM_FDCT_BLOCK], loom_fdct_table *made)
{
    for (unsigned k = 0; k < LOOM_FDCT_BLOCK; k++) {
        const uint32_t divisor = 8 * (uint32_t)steps[k]; /* 8 to 2040 */
        unsigned shift = 2;
        while (UINT32_C(2) << shift < divisor)
            shift++;
        made->halves[k] = (uint16_t)(divisor / 2);
        made->factors[k] = (uint16_t)(((UINT32_C(1) << (16 + shift)) + divisor - 1) / divisor);
        made->scales[k] = (uint16_t)(UINT32_C(1) << (16 - shift));
    }
}

void loom_fdct_by(loom_fdct_batch *variant, const uint8_t *const rows[LOOM_FDCT_SIDE], size_t count,
                  const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set)
{
    enum { SAMPLES = LOOM_FDCT_BATCH * LOOM_FDCT_SIDE }; /* of a line */
    uint8_t copy[LOOM_FDCT_SIDE][SAMPLES];
    const uint8_t *at[LOOM_FDCT_SIDE];

    for (size_t i = 0; i < count; i += LOOM_FDCT_BATCH) {
        for (unsigned y = 0; y < LOOM_FDCT_SIDE; y++)
            at[y] = rows[y] + LOOM_FDCT_SIDE * i;
        for (unsigned y = 0; y < LOOM_FDCT_SIDE && count - i < LOOM_FDCT_BATCH; y++) {
            const size_t size = LOOM_FDCT_SIDE * (count - i);
            memcpy(copy[y], at[y], size);
            memset(copy[y] + size, 0, SAMPLES - size);
            at[y] = copy[y];
        }
        variant(at, table, blocks + i, set + i);
    }
}

void loom_fdct(const uint8_t *const rows[LOOM_FDCT_SIDE], size_t count,
               const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set)
{
    loom_fdct_batch *variant = loom_fdct_plain;

#ifdef LOOM_LANES_128
    if ((loom_cpu_features() & (LOOM_CPU_SSE2 | LOOM_CPU_NEON)) != 0)
        variant = loom_fdct_128;
#endif
#ifdef __x86_64__
    if ((loom_cpu_features() & LOOM_CPU_AVX2) != 0)
        variant = loom_fdct_avx2;
#endif
    loom_fdct_by(variant, rows, count, table, blocks, set);
}
