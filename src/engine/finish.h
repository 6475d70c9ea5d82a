/* The last steps on a small picture in memory, before it is encoded, for lanes that have such. */
#ifndef LOOM_ENGINE_FINISH_H
#define LOOM_ENGINE_FINISH_H

#include "engine/lane.h"
#include "picture/picture.h"

/* The colour of empty space in such a picture, if it becomes one of that format. */
loom_colour loom_finish_fill(const loom_recipe *recipe, loom_format format,
                             const loom_picture *picture);

/* Adds the channels that the fill colour needs. Stage `transform`: LOOM_ERR_OUT_OF_MEMORY. */
loom_status loom_finish_make_room(loom_picture *picture, const loom_recipe *recipe,
                                  loom_colour fill, loom_error *err);

/*
 * Makes the picture, the part of the canvas that is kept, gray, pads it with `fill`, and flattens
 * it for a format without alpha, as recipe and geometry say. Stage `transform`:
 * LOOM_ERR_OUT_OF_MEMORY. The picture stays the caller's.
 */
loom_status loom_finish_picture(const loom_lane_output *output, const loom_recipe *recipe,
                                loom_colour fill, loom_picture *picture, loom_error *err);

#endif
