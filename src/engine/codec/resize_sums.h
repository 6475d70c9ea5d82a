/*
 * The inner loops of resize.h, in plain C and by the CPU's vectors; both give the same. Weights
 * have 14 bits below the point, and their sizes sum up to less than 2.
 */
#ifndef LOOM_ENGINE_CODEC_RESIZE_SUMS_H
#define LOOM_ENGINE_CODEC_RESIZE_SUMS_H

#include "engine/codec/resize_axis.h"

/* ---- in integers ----------------------------------------------------------------------------- */

enum {
    LOOM_SUMS_BLOCK = 64,           /* samples of a row that are summed at once */
    LOOM_SUMS_TAPS = 16,            /* weights that are summed at once */
    LOOM_SUMS_ROW_SHIFT = 14 - 6,   /* of the sums of rows */
    LOOM_SUMS_SAMPLE_SHIFT = 14 + 6 /* of those of samples */
};

/*
 * Sums up `count` rows, an even number, by a weight each, for `samples`, a multiple of
 * LOOM_SUMS_BLOCK; 6 bits of the sums are below the point. Rows may come in several calls: then
 * `unfinished` (NULL: these are the last) keeps what was summed up, in an order of its own, instead
 * of `sums`, and is the next call's `begun` (NULL: these are the first). The three may be one piece
 * of memory.
 */
typedef void loom_sum_rows(const uint8_t *const *rows, const int16_t *weights, size_t count,
                           size_t samples, const int32_t *begun, int32_t *unfinished,
                           int16_t *sums);

/*
 * Makes `count` samples, the n-th of taps * LOOM_SUMS_TAPS sums from firsts[n] on, by that many
 * weights from weights + n * taps * LOOM_SUMS_TAPS on; rounded and clamped.
 */
typedef void loom_sum_samples(const int16_t *sums, const uint32_t *firsts, const int16_t *weights,
                              size_t taps, size_t count, uint8_t *samples);

typedef struct loom_sums {
    const char *name;
    loom_sum_rows *rows;
    loom_sum_samples *samples;
} loom_sums;

#if defined __x86_64__ || defined __aarch64__
#define LOOM_SUMS_128
#endif

extern const loom_sums loom_sums_plain;
#ifdef LOOM_SUMS_128
extern const loom_sums loom_sums_128;
#endif
#ifdef __x86_64__
extern const loom_sums loom_sums_avx2;
#endif

/* The fastest for a CPU that has these features (LOOM_CPU_...). */
const loom_sums *loom_sums_for(unsigned features);

/* ---- in floating point ----------------------------------------------------------------------- */

/*
 * Reads `width` px of `channels` samples of `depth` bytes (1, 2). Of those with alpha, the last
 * channel, the others are multiplied with it.
 */
void loom_floats_read(const void *row, uint32_t width, unsigned channels, unsigned depth,
                      bool alpha, float *to);

/*
 * Adds `count` rows, of `samples` floats each, by a weight each (of LOOM_AXIS_ONE) to the sums,
 * which begin with 0 if `is_new`.
 */
void loom_floats_add(const unsigned char *const *rows, const int16_t *weights, size_t count,
                     size_t samples, bool is_new, float *sums);

/*
 * Makes a row as the axis says: `sums` is that of its px `begin`. Behind its last px there are
 * finite floats for axis->taps px more.
 */
void loom_floats_across(const float *sums, const loom_axis *axis, unsigned channels, float *to);

/* The reverse of reading: rounded and clamped; black where alpha is 0. */
void loom_floats_write(const float *from, uint32_t width, unsigned channels, unsigned depth,
                       bool alpha, void *to);

#endif
