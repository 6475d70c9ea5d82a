/*
 * Refining scans of AC coefficients (T.81, G.1.2.3). Of each block one bit for each of its 64
 * coefficients says whether it is known not to be 0, which is what these scans are coded by. So no
 * loop over coefficients is needed: where the n-th zero is, and for whom the correction bits are,
 * comes from depositing bits in a mask.
 */
#ifndef LOOM_ENGINE_JPEG_REFINE_H
#define LOOM_ENGINE_JPEG_REFINE_H

#include "engine/jpeg/codes.h"
#include "engine/jpeg/stream.h"

typedef struct loom_jpeg_refining {
    const loom_jpeg_symbols *symbols;
    uint64_t band; /* its coefficients: bit 63 - k for the one at k in zigzag order */
    unsigned low;  /* the bit that is sent */
    unsigned kept; /* coefficients of a block that are there: 16, 32, 48 or 64 */
    uint32_t run;  /* blocks that come without new coefficients; 0 to begin with */
} loom_jpeg_refining;

/*
 * Refines `count` blocks, LOOM_JPEG_STREAM_BLOCKS at most, after the stream was filled. They have
 * `kept` coefficients each, at c, and masks like `band` at `set`, of all 64. False: damage.
 */
typedef bool loom_jpeg_refine(loom_jpeg_refining *refining, loom_jpeg_bits *bits, int16_t *c,
                              uint64_t *set, size_t count);

/* They do the same; the second is for LOOM_CPU_AVX2 with LOOM_CPU_FAST_PDEP. */
loom_jpeg_refine loom_jpeg_refine_plain;
#ifdef __x86_64__
loom_jpeg_refine loom_jpeg_refine_bmi2;
#endif

/* The fastest one on a CPU with these features. */
loom_jpeg_refine *loom_jpeg_refine_for(unsigned features);

#endif
