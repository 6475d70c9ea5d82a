/* The variants of the forward DCT, which make the same coefficients: fdct.h. */
#ifndef LOOM_ENGINE_BASELINE_FDCT_VARIANTS_H
#define LOOM_ENGINE_BASELINE_FDCT_VARIANTS_H

#include "engine/baseline/fdct.h"
#include "engine/baseline/vectors.h"

/* loom_fdct of LOOM_FDCT_BATCH blocks. */
typedef void loom_fdct_batch(const uint8_t *const rows[LOOM_FDCT_SIDE],
                             const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set);

loom_fdct_batch loom_fdct_plain; /* plain C, for each CPU */
#ifdef LOOM_LANES_128
loom_fdct_batch loom_fdct_128; /* for one with LOOM_CPU_SSE2 or LOOM_CPU_NEON */
#endif
#ifdef __x86_64__
loom_fdct_batch loom_fdct_avx2; /* for one with LOOM_CPU_AVX2 */
#endif

/* loom_fdct by this variant. */
void loom_fdct_by(loom_fdct_batch *variant, const uint8_t *const rows[LOOM_FDCT_SIDE], size_t count,
                  const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set);

#endif
