/* What libjpeg makes of a JPEG, for tests and fuzz targets: whether it is right, and what is in it.
 */
#ifndef TESTS_SUPPORT_JPEG_TRUTH_H
#define TESTS_SUPPORT_JPEG_TRUTH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct jpeg_truth jpeg_truth;

/* NULL: libjpeg fails on it, or warns, be it of what is behind the last pixel. Copies nothing. */
jpeg_truth *jpeg_truth_read(const void *data, size_t size);
void jpeg_truth_free(jpeg_truth *truth); /* NULL is allowed */

const struct jpeg_decompress_struct *jpeg_truth_info(const jpeg_truth *truth);

/* Compare from now on the coefficients of the k by k lowest frequencies of a component, 0..8. */
void jpeg_truth_set(jpeg_truth *truth, unsigned component, int k);

/*
 * A loom_jpeg_look, `data` the truth: whether the coefficients, in zigzag order, are libjpeg's. Of
 * a block beyond the component's own ones it is true.
 */
bool jpeg_truth_look(void *data, unsigned component, uint32_t x, uint32_t y,
                     const int16_t *coefficients);

/* Blocks that were looked at since the last call, of those that are the component's own. */
size_t jpeg_truth_looks(jpeg_truth *truth);

#endif
