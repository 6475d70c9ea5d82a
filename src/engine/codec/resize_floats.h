/* Sums of rows for resizing in floating point, the same on each CPU: in one order, never fused. */
#ifndef LOOM_ENGINE_CODEC_RESIZE_FLOATS_H
#define LOOM_ENGINE_CODEC_RESIZE_FLOATS_H

#include "engine/codec/resize_axis.h"

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
