/* The last steps on a small picture in memory, before it is encoded, for lanes that have such. */
#ifndef LOOM_ENGINE_FINISH_H
#define LOOM_ENGINE_FINISH_H

#include "engine/layers.h"
#include "picture/picture.h"

/* The fields that these steps know, beside those that every lane does. */
#define LOOM_FINISH_FIELDS                                                                         \
    (LOOM_RECIPE_BIT(LOOM_RECIPE_MEDIAN) | LOOM_RECIPE_BIT(LOOM_RECIPE_BLUR) |                     \
     LOOM_RECIPE_BIT(LOOM_RECIPE_SHARPEN) | LOOM_RECIPE_BIT(LOOM_RECIPE_NORMALIZE) |               \
     LOOM_RECIPE_BIT(LOOM_RECIPE_GAMMA) | LOOM_RECIPE_BIT(LOOM_RECIPE_CONTRAST) |                  \
     LOOM_RECIPE_BIT(LOOM_RECIPE_BRIGHTNESS) | LOOM_RECIPE_BIT(LOOM_RECIPE_SATURATION) |           \
     LOOM_RECIPE_BIT(LOOM_RECIPE_HUE) | LOOM_RECIPE_BIT(LOOM_RECIPE_NEGATE) |                      \
     LOOM_RECIPE_BIT(LOOM_RECIPE_TINT) | LOOM_RECIPE_BIT(LOOM_RECIPE_EXTEND) |                     \
     LOOM_RECIPE_BIT(LOOM_RECIPE_EXTEND_WITH) | LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER) |              \
     LOOM_RECIPE_BIT(LOOM_RECIPE_BORDER_COLOUR) | LOOM_RECIPE_BIT(LOOM_RECIPE_RADIUS) |            \
     LOOM_LAYER_FIELDS)

/* The colour of empty space in such a picture, if it becomes one of that format. */
loom_colour loom_finish_fill(const loom_recipe *recipe, loom_format format,
                             const loom_picture *picture);

/* Adds the channels that the fill colour needs. Stage `transform`: LOOM_ERR_OUT_OF_MEMORY. */
loom_status loom_finish_make_room(loom_picture *picture, const loom_recipe *recipe,
                                  loom_colour fill, loom_error *err);

/*
 * Filters the picture, the part of the canvas that is kept, changes its colours, makes it gray,
 * pads it with `fill`, flattens it for a format without alpha, lays watermark and text on it, and
 * rounds it to 8 bits for a palette, as recipe and geometry say. Stage `transform`:
 * LOOM_ERR_OUT_OF_MEMORY, or the reason why the job must stop. The picture stays the caller's.
 */
loom_status loom_finish_picture(const loom_lane_job *job, const loom_lane_output *output,
                                loom_colour fill, loom_picture *picture, loom_error *err);

#endif
