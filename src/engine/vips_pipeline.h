/* The decoding half of the vips lane: from bytes to a small picture in memory, in one pass. */
#ifndef LOOM_ENGINE_VIPS_PIPELINE_H
#define LOOM_ENGINE_VIPS_PIPELINE_H

#include "engine/lane.h"
#include "image/picture.h"

/*
 * Decodes the job's input, resizes and crops it as its geometry says, and converts it to sRGB or
 * gray, 8 bits a channel, or 16 where input and output format have them. *picture is the caller's
 * on LOOM_OK. Judges damage as --fail-on says. Stages `decode` and `transform`.
 */
loom_status loom_vips_render(loom_lane_job *job, loom_picture *picture, loom_error *err);

#endif
