/* Resizing planes, and downscaling rows; what one thread does it with. */
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

/* What is made of a plane. */
typedef struct loom_resize {
    loom_area part;         /* may reach over the edges, where samples are mirrored */
    loom_rect seen;         /* the edges; clipped to the plane, of which it has a sample */
    uint32_t width, height; /* samples to make, both >= 1 */
    loom_kernel kernel;
    loom_levels levels; /* are set before samples are rounded */
} loom_resize;

/*
 * Makes samples of `from` into `to`. Where neither axis gets smaller the kernel is Catmull-Rom's
 * for all but linear, as in the vips lane; where one does, it is stretched. LOOM_ERR_OUT_OF_MEMORY,
 * or what `cancel` (may be NULL) says, which is looked at for each few rows; `to` then holds
 * nothing of use.
 */
loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, const loom_resize *how,
                             const loom_cancel *cancel, loom_plane *to);

/* ---- rows ------------------------------------------------------------------------------------ */

/*
 * Downscaling of interleaved rows, which come from top to bottom and go in the same order: only the
 * sums of those in progress are held. Beside the edges samples are repeated, as libvips has it.
 * Samples of 8 bits without alpha are summed up as those of planes; all others in floating point,
 * in one order and never fused, with alpha premultiplied.
 */

/* Rows of `channels` samples (1..4) of `depth` bytes (1, or 2 in the machine's order) for each px.
 */
typedef struct loom_rows_plan {
    uint32_t width, height; /* of the source, px, >= 1 */
    unsigned channels, depth;
    bool alpha;                   /* the last channel, which is not premultiplied */
    loom_area part;               /* of the source; may reach over its edges by less than a px */
    uint32_t to_width, to_height; /* px, >= 1, no more than the part has */
    loom_kernel kernel;           /* any but nearest; linear's is the tent on both axes */
} loom_rows_plan;

typedef struct loom_rows loom_rows;

loom_rows *loom_rows_create(const loom_rows_plan *plan); /* NULL: out of memory */
void loom_rows_free(loom_rows *rows);                    /* NULL is allowed */

/* Whether the next row can be taken; else rows are to be added. There must be a next row. */
bool loom_rows_is_ready(const loom_rows *rows);

/* Adds the next row of the source, which is copied. The next one to be taken must not be ready. */
void loom_rows_add(loom_rows *rows, const void *row);

/* Takes the next row, of to_width px like those of the source; where nothing is seen, black. */
void loom_rows_take(loom_rows *rows, void *to);

/* Begins with the first row again. */
void loom_rows_restart(loom_rows *rows);

#endif
