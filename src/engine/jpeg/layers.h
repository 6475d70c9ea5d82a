/* Lays watermark and text on the planes of a JPEG, where that is exact. */
#ifndef LOOM_ENGINE_JPEG_LAYERS_H
#define LOOM_ENGINE_JPEG_LAYERS_H

#include "engine/jpeg/planes.h"
#include "engine/layers.h"

/*
 * Whether the recipe's layers can be laid on planes: Y'CbCr is a linear function of RGB, so that
 * what is blended `over` is the same in both, but no product is.
 */
bool loom_jpeg_takes_layers(const loom_recipe *recipe);

/*
 * Lays them on the three planes of an output of the finished size, of which those of chroma have a
 * sample for each `step` x `step` px. Such a sample is blended with the mean of its px, as RGB that
 * has the same colour in all of them would be. `levels` are those of each plane's samples. Touches
 * only the samples under a layer. Stage `transform`: why a layer is missing.
 */
loom_status loom_jpeg_lay(const loom_lane_job *job, const loom_lane_output *output,
                          loom_plane planes[LOOM_JPEG_PLANES], uint32_t step,
                          const loom_levels levels[LOOM_JPEG_PLANES], loom_error *err);

#endif
