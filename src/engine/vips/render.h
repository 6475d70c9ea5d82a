/* The first half of an output in the vips lane: from an opened image to the resized picture. */
#ifndef LOOM_ENGINE_VIPS_RENDER_H
#define LOOM_ENGINE_VIPS_RENDER_H

#include "engine/lane.h"
#include "picture/picture.h"
#include <vips/vips.h>

/*
 * Resizes and crops `source` (which stays the caller's; it may be a stream that can be read once)
 * as the output's geometry says, converts its colour, and computes it in one pass. *picture is
 * the caller's on success. False when libvips fails, or the job must stop.
 */
bool loom_vips_render(const loom_lane_job *job, const loom_lane_output *output, VipsImage *source,
                      int shrink, uint64_t ticket, loom_picture *picture);

/*
 * Makes the part of a picture that is `width` x `height` px, none of its sides smaller than it is:
 * no more than that is computed. False when libvips fails; *image is then still the caller's.
 */
bool loom_vips_enlarge(VipsImage **image, uint32_t width, uint32_t height, const loom_rect *part,
                       loom_kernel kernel);

#endif
