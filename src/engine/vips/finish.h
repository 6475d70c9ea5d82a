/* The second half of an output in the vips lane: what is done with the resized picture. */
#ifndef LOOM_ENGINE_VIPS_FINISH_H
#define LOOM_ENGINE_VIPS_FINISH_H

#include "engine/lane.h"
#include "picture/picture.h"

/*
 * Turns, crops by content, makes gray, pads and flattens the picture as recipe and geometry say.
 * `ticket` is the log's. Stage `transform`; the picture stays the caller's.
 */
loom_status loom_vips_finish(const loom_lane_job *job, const loom_lane_output *output,
                             uint64_t ticket, loom_picture *picture, loom_error *err);

#endif
