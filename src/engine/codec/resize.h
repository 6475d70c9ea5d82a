/* Resizing planes of 8-bit samples, and rows of 16-bit ones; what one thread does it with. */
#ifndef LOOM_ENGINE_CODEC_RESIZE_H
#define LOOM_ENGINE_CODEC_RESIZE_H

#include "batch/job.h"
#include "picture/plane.h"

bool loom_resize_has_kernel(loom_kernel kernel); /* all but nearest */

/* ---- planes ---------------------------------------------------------------------------------- */

/*
 * Down and up: the weights of an output row sum up its source rows, then those of each sample sum
 * up that row. Integers, with 14 bits below the point for weights and 6 for the row in between, so
 * that each CPU makes the same; even of noise no sample is more than 1 from what real numbers give,
 * as long as it is made at most 16 times smaller. Weights are kept for the last sizes that were
 * used.
 */
typedef struct loom_resizer loom_resizer;

loom_resizer *loom_resizer_create(void);       /* NULL: out of memory */
void loom_resizer_free(loom_resizer *resizer); /* NULL is allowed */

/*
 * Makes width x height samples (both >= 1) of a part of `from`, which may reach over its edge,
 * where samples are mirrored, into `to`. Where neither axis gets smaller the kernel is
 * Catmull-Rom's for all but linear, as in the vips lane; where one does, it is stretched.
 * LOOM_ERR_OUT_OF_MEMORY, or what `cancel` (may be NULL) says, which is looked at for each few
 * rows; `to` then holds nothing of use.
 */
loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, loom_area part,
                             loom_kernel kernel, uint32_t width, uint32_t height,
                             const loom_cancel *cancel, loom_plane *to);

/* ---- rows ------------------------------------------------------------------------------------ */

/*
 * By zimg. Setting it up for a pair of widths costs as much as narrowing a small picture, so the
 * last ones that were used are kept.
 */
typedef struct loom_narrower loom_narrower;

loom_narrower *loom_narrower_create(void);        /* NULL: out of memory */
void loom_narrower_free(loom_narrower *narrower); /* NULL is allowed */

/*
 * Downscales rows of 16-bit samples (in the machine's byte order) horizontally: `from` has two
 * bytes of width for each of its samples, and so has `to` for its `to_width`. `extent` is the
 * number of samples to shrink: all of them, or up to one more, whose last part is missing.
 * LOOM_ERR_OUT_OF_MEMORY, or LOOM_ERR_UNSUPPORTED for a scale that zimg refuses.
 */
loom_status loom_narrower_run(loom_narrower *narrower, const loom_plane *from, double extent,
                              loom_kernel kernel, uint32_t to_width, loom_plane *to);

#endif
