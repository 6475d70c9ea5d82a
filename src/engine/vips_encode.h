/* The encoding half of the vips lane: from a picture in memory to the bytes of a file. */
#ifndef LOOM_ENGINE_VIPS_ENCODE_H
#define LOOM_ENGINE_VIPS_ENCODE_H

#include "engine/lane.h"
#include "image/picture.h"

/* Whether this libvips has a saver for the format. */
bool loom_vips_writes(loom_format format);

/* Encodes the picture in the outcome's format into job->encoded. Stage `encode`. */
loom_status loom_vips_encode(loom_lane_job *job, const loom_picture *picture, loom_error *err);

#endif
