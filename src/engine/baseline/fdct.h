/*
 * From samples to the quantised coefficients of a JPEG: ITU-T T.81, A.3.3 and A.3.4. The integers
 * are those of libjpeg's slow integer method (JDCT_ISLOW), so coefficients are equal to its own on
 * every CPU. All functions are free of state: any thread may call them.
 */
#ifndef LOOM_ENGINE_BASELINE_FDCT_H
#define LOOM_ENGINE_BASELINE_FDCT_H

#include <stddef.h>
#include <stdint.h>

enum {
    LOOM_FDCT_SIDE = 8,   /* samples */
    LOOM_FDCT_BLOCK = 64, /* coefficients of a block */
    LOOM_FDCT_BATCH = 16  /* blocks at once */
};

/* The coefficients of a block, in zigzag order. Arrays of them begin at a multiple of 32 bytes. */
typedef struct loom_fdct_block {
    int16_t at[LOOM_FDCT_BLOCK];
} loom_fdct_block;

/* A quantisation table, made ready: what divides by 8 times its steps, in zigzag order. */
typedef struct loom_fdct_table {
    uint16_t halves[LOOM_FDCT_BLOCK], factors[LOOM_FDCT_BLOCK], scales[LOOM_FDCT_BLOCK];
} loom_fdct_table;

/* steps: in zigzag order, as in a file (T.81, B.2.4.1); each 1 to 255. */
void loom_fdct_table_make(const uint8_t steps[LOOM_FDCT_BLOCK], loom_fdct_table *made);

/*
 * Makes `count` blocks (0 or more) of as many that stand side by side: rows[y] points to their
 * samples of line y, 8 * count of them, and no more are read. `blocks` and `set` have room for
 * `count` rounded up to LOOM_FDCT_BATCH; what stands behind the last is undefined. set[i]: bit k is
 * 1 where blocks[i].at[k] is not 0. Coefficients are within -1024..1023; the first of a block, its
 * mean, within -1024..1016.
 */
void loom_fdct(const uint8_t *const rows[LOOM_FDCT_SIDE], size_t count,
               const loom_fdct_table *table, loom_fdct_block *blocks, uint64_t *set);

#endif
