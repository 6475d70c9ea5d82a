/* Resizes planes with zimg. */
#ifndef LOOM_ENGINE_CODEC_ZIMG_RESIZE_H
#define LOOM_ENGINE_CODEC_ZIMG_RESIZE_H

#include "batch/job.h"
#include "picture/plane.h"

/*
 * The resizer of one thread. Setting up zimg for a pair of sizes costs as much as resizing a small
 * picture, so the most recent setups are kept.
 */
typedef struct loom_resizer loom_resizer;

loom_resizer *loom_resizer_create(void);          /* NULL: out of memory */
void loom_resizer_free(loom_resizer *resizer);    /* NULL is allowed */
bool loom_resizer_has_kernel(loom_kernel kernel); /* whether zimg has it */

/*
 * Resizes a part of `from`, which may extend beyond its edge by less than a sample, to width x
 * height samples in `to`. LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_UNSUPPORTED for a scale that zimg
 * refuses, or the reason of `cancel` (may be NULL), which is checked every few rows; the contents
 * of `to` are then undefined.
 */
loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, loom_area part,
                             loom_kernel kernel, uint32_t width, uint32_t height,
                             const loom_cancel *cancel, loom_plane *to);

/*
 * Downscales rows of 16-bit samples (in the machine's byte order) horizontally: `from` has two
 * bytes of width for each of its samples, and so has `to` for its `to_width`. `extent` is the
 * number of samples to shrink: all of them, or up to one more, whose last part is missing. Errors
 * as loom_resizer_run.
 */
loom_status loom_resizer_narrow(loom_resizer *resizer, const loom_plane *from, double extent,
                                loom_kernel kernel, uint32_t to_width, loom_plane *to);

#endif
