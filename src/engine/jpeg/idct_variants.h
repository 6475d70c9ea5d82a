/* The variants of the inverse DCT, which make the same samples: idct.h. */
#ifndef LOOM_ENGINE_JPEG_IDCT_VARIANTS_H
#define LOOM_ENGINE_JPEG_IDCT_VARIANTS_H

#include "engine/baseline/vectors.h"
#include "engine/jpeg/idct.h"

enum { LOOM_IDCT_LANES_MAX = 16, LOOM_IDCT_VARIANTS_MAX = 3 };

/* loom_idct of as many blocks as the variant has lanes. */
typedef void loom_idct_batch(const int16_t *const *blocks, const loom_idct_table *table,
                             uint8_t *to, size_t stride);

typedef struct loom_idct_variant {
    const char *name;
    size_t lanes;                /* blocks at once: 1 to LOOM_IDCT_LANES_MAX */
    loom_idct_batch *batches[9]; /* for k = 2 to 8 */
} loom_idct_variant;

extern const loom_idct_variant loom_idct_plain; /* plain C, for each CPU */
#ifdef LOOM_LANES_128
extern const loom_idct_variant loom_idct_128;
#endif
#ifdef __x86_64__
extern const loom_idct_variant loom_idct_avx2;
#endif

/* To `list` those for a CPU that has these features (LOOM_CPU_...), the fastest first: how many. */
size_t loom_idct_variants(unsigned features, const loom_idct_variant *list[LOOM_IDCT_VARIANTS_MAX]);

/* loom_idct by this variant. */
void loom_idct_by(const loom_idct_variant *variant, int k, const int16_t *const *blocks,
                  size_t count, const loom_idct_table *table, uint8_t *to, size_t stride);

#endif
