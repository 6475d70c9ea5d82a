/*
 * Downscaling of interleaved rows, which come from top to bottom and go in the same order: only the
 * sums of those in progress are held. Samples of 8 bits without alpha are summed up in integers, as
 * in resize.h, and give the same; all others in floating point, alpha premultiplied.
 */
#ifndef LOOM_ENGINE_CODEC_RESIZE_ROWS_H
#define LOOM_ENGINE_CODEC_RESIZE_ROWS_H

#include "picture/plane.h"
#include <imgloom/recipe.h>

/* Rows of `channels` samples (1..4) of `depth` bytes (1, or 2 in the machine's order) for each px.
 */
typedef struct loom_rows_plan {
    uint32_t width, height; /* of the source, px, >= 1 */
    unsigned channels, depth;
    bool alpha;                   /* the last channel, which is not premultiplied */
    loom_area part;               /* of the source, inside it */
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
