/* Lays the recipe's watermark and text on a finished picture, for all lanes. */
#ifndef LOOM_ENGINE_LAYERS_H
#define LOOM_ENGINE_LAYERS_H

#include "engine/lane.h"
#include "picture/layer.h"

/* The fields of a recipe by which layers are laid on a loom_picture. */
#define LOOM_LAYER_FIELDS                                                                          \
    (LOOM_RECIPE_BIT(LOOM_RECIPE_WATERMARK) | LOOM_RECIPE_BIT(LOOM_RECIPE_WATERMARK_POSITION) |    \
     LOOM_RECIPE_BIT(LOOM_RECIPE_WATERMARK_SIZE) |                                                 \
     LOOM_RECIPE_BIT(LOOM_RECIPE_WATERMARK_OPACITY) |                                              \
     LOOM_RECIPE_BIT(LOOM_RECIPE_WATERMARK_BLEND) | LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT) |            \
     LOOM_RECIPE_BIT(LOOM_RECIPE_FONT) | LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT_POSITION) |              \
     LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT_SIZE) | LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT_COLOUR) |           \
     LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT_OUTLINE) | LOOM_RECIPE_BIT(LOOM_RECIPE_TEXT_BACKGROUND))

/* How a layer of a kind lies: loom_picture_lay's. */
typedef struct loom_layer_way {
    const loom_place *place;
    double opacity;
    loom_blend blend;
} loom_layer_way;

loom_layer_way loom_layer_way_of(const loom_recipe *recipe, loom_layer_kind kind);

/*
 * Gets the layer of an output's finished picture of that size, from this process or a worker's
 * parent; once, for all frames. The job owns it. Stage `transform`: why there is none.
 */
loom_status loom_layer_get(const loom_lane_job *job, const loom_lane_output *output,
                           loom_layer_kind kind, uint32_t width, uint32_t height,
                           const loom_picture **layer, loom_error *err);

/* Releases those of a job. */
void loom_layers_release(const loom_lane_job *job);

/* Lays all that the recipe asks for on the picture. Not for CMYK. Stage `transform`. */
loom_status loom_layers_lay(const loom_lane_job *job, const loom_lane_output *output,
                            loom_picture *picture, loom_error *err);

#endif
