/* Inverse DCTs: which variant, tables, what is left over of a batch; and the variant in plain C. */
#include "engine/jpeg/idct.h"

#include "base/cpu.h"
#include "engine/jpeg/idct_variants.h"

#include <string.h>

/* ---- plain C: a block at a time ------------------------------------------------------------ */

typedef int lanes;
#define IDCT_TARGET
#define IDCT_INLINE static inline __attribute__((always_inline))

static inline int clamp(int x, int min, int max)
{
    return x < min ? min : x > max ? max : x;
}

IDCT_INLINE lanes add(lanes a, lanes b)
{
    return clamp(a + b, INT16_MIN, INT16_MAX);
}

IDCT_INLINE lanes subtract(lanes a, lanes b)
{
    return clamp(a - b, INT16_MIN, INT16_MAX);
}

IDCT_INLINE lanes scale(lanes x, int16_t c)
{
    return (x * c + (1 << 14)) >> 15;
}

IDCT_INLINE lanes same(int16_t c)
{
    return c;
}

IDCT_INLINE void load(unsigned count, const int16_t *const *blocks, const loom_idct_table *table,
                      lanes *z)
{
    for (unsigned i = 0; i < count; i++)
        z[i] = clamp(blocks[0][i], -table->limits[i], table->limits[i]) * table->factors[i];
}

IDCT_INLINE uint8_t sample(int sum)
{
    return (uint8_t)clamp((sum >> 6) + 128, 0, 255);
}

IDCT_INLINE void store(int k, const lanes *s, uint8_t *to)
{
    for (int x = 0; x < k; x++)
        to[x] = sample(s[x]);
}

#include "engine/jpeg/idct_passes.h"

const loom_idct_variant loom_idct_plain = {"plain", 1, IDCT_BATCHES};

/* ---- tables -------------------------------------------------------------------------------- */

void loom_idct_table_make(const uint16_t quant[LOOM_IDCT_BLOCK], loom_idct_table *made)
{
    for (int i = 0; i < LOOM_IDCT_BLOCK; i++) {
        const int factor = quant[i] < 4096 ? quant[i] * 8 : INT16_MAX;
        made->factors[i] = (int16_t)factor;
        made->limits[i] = (int16_t)(factor == 0 ? INT16_MAX : INT16_MAX / factor);
    }
}

unsigned loom_idct_needed(int k)
{
    static const uint8_t needed[9] = {0, 1, 5, 13, 25, 40, 52, 60, 64};
    return needed[k];
}

unsigned loom_idct_reach(int k)
{
    return k == 1 ? 1 : (loom_idct_needed(k) + 7) / 8 * 8;
}

/* ---- batches ------------------------------------------------------------------------------- */

/* Few blocks: by copies, so that nothing is read and written that is not there. */
static void make_few(const loom_idct_variant *variant, int k, const int16_t *const *blocks,
                     size_t count, const loom_idct_table *table, uint8_t *to, size_t stride)
{
    enum { WIDTH = 8 * LOOM_IDCT_LANES_MAX };
    const int16_t *all[LOOM_IDCT_LANES_MAX];
    uint8_t rows[8 * WIDTH];

    for (size_t i = 0; i < variant->lanes; i++)
        all[i] = blocks[i < count ? i : 0];
    variant->batches[k](all, table, rows, WIDTH);
    for (size_t y = 0; y < (size_t)k; y++)
        memcpy(to + y * stride, rows + y * WIDTH, count * (size_t)k);
}

void loom_idct_by(const loom_idct_variant *variant, int k, const int16_t *const *blocks,
                  size_t count, const loom_idct_table *table, uint8_t *to, size_t stride)
{
    if (k == 1) {
        const int factor = table->factors[0]; /* no limit: 32 bits hold the product */
        for (size_t i = 0; i < count; i++)
            to[i] = sample(blocks[i][0] * factor + 32);
        return;
    }
    for (; count >= variant->lanes; count -= variant->lanes) {
        variant->batches[k](blocks, table, to, stride);
        blocks += variant->lanes;
        to += variant->lanes * (size_t)k;
    }
    if (count > 0)
        make_few(variant, k, blocks, count, table, to, stride);
}

/* ---- which variant ------------------------------------------------------------------------- */

size_t loom_idct_variants(unsigned features, const loom_idct_variant *list[LOOM_IDCT_VARIANTS_MAX])
{
    size_t count = 0;

#ifdef __x86_64__
    if ((features & LOOM_CPU_AVX2) != 0)
        list[count++] = &loom_idct_avx2;
#endif
#ifdef LOOM_LANES_128
    if ((features & (LOOM_CPU_SSE2 | LOOM_CPU_NEON)) != 0)
        list[count++] = &loom_idct_128;
#endif
    (void)features;
    list[count++] = &loom_idct_plain;
    return count;
}

void loom_idct(int k, const int16_t *const *blocks, size_t count, const loom_idct_table *table,
               uint8_t *to, size_t stride)
{
    const loom_idct_variant *variants[LOOM_IDCT_VARIANTS_MAX];

    loom_idct_variants(loom_cpu_features(), variants);
    loom_idct_by(variants[0], k, blocks, count, table, to, stride);
}
