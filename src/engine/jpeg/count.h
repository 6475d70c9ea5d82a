/*
 * Optimised Huffman tables for libjpeg's encoder, to the byte as its own (optimize_coding), in a
 * fraction of the time: libjpeg looks at all 64 coefficients of each block one by one, and for each
 * code at all 256 symbols, which is a quarter of the work on small pictures.
 */
#ifndef LOOM_ENGINE_JPEG_COUNT_H
#define LOOM_ENGINE_JPEG_COUNT_H

#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

enum { LOOM_JPEG_TABLES = 2, LOOM_JPEG_SYMBOLS = 272 }; /* 16 bits behind 15 zeros is the last */

/* How often each symbol has come up, by the number of the table. */
typedef struct loom_jpeg_counts {
    uint64_t dc[LOOM_JPEG_TABLES][LOOM_JPEG_SYMBOLS], ac[LOOM_JPEG_TABLES][LOOM_JPEG_SYMBOLS];
    int last_dc[MAX_COMPS_IN_SCAN];
} loom_jpeg_counts;

/*
 * Call it right behind jpeg_start_compress. Takes over the counting where libjpeg would do it:
 * for a sequential picture with optimize_coding; otherwise it does nothing, nor where this was
 * built without libjpeg's inner interfaces. cinfo->client_data must point to zeroed counts, which
 * last until the compression ends.
 */
void loom_jpeg_count(j_compress_ptr cinfo);

#endif
