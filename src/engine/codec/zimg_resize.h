/* Resizing planes by zimg. */
#ifndef LOOM_ENGINE_CODEC_ZIMG_RESIZE_H
#define LOOM_ENGINE_CODEC_ZIMG_RESIZE_H

#include "batch/job.h"
#include "picture/plane.h"
#include "picture/plane_map.h"

/*
 * What one thread resizes with. Setting up zimg for a pair of sizes costs as much as resizing a
 * small picture, so the last ones that were used are kept.
 */
typedef struct loom_resizer loom_resizer;

loom_resizer *loom_resizer_create(void);          /* NULL: out of memory */
void loom_resizer_free(loom_resizer *resizer);    /* NULL is allowed */
bool loom_resizer_has_kernel(loom_kernel kernel); /* whether zimg has it */

/*
 * Makes width x height samples of a part of `from`, which may reach over its edge by less than a
 * sample, into `to`. LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_UNSUPPORTED for a scale that zimg refuses, or
 * what `cancel` (may be NULL) says, which is looked at for each few rows; `to` then holds nothing
 * of use.
 */
loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, loom_area part,
                             loom_kernel kernel, uint32_t width, uint32_t height,
                             const loom_cancel *cancel, loom_plane *to);

/*
 * Makes rows of 16-bit samples (in the machine's order) narrower and leaves their number: `from`
 * has two bytes of width for each of its samples, and so has `to` for its `to_width`. `extent`
 * samples are made narrower: as many as there are, or up to one more, whose last part is missing.
 * Fails as loom_resizer_run.
 */
loom_status loom_resizer_narrow(loom_resizer *resizer, const loom_plane *from, double extent,
                                loom_kernel kernel, uint32_t to_width, loom_plane *to);

#endif
