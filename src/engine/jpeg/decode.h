/* Decoding a JPEG into its planes, at a scale, without making RGB of it. */
#ifndef LOOM_ENGINE_JPEG_DECODE_H
#define LOOM_ENGINE_JPEG_DECODE_H

#include "engine/lane.h"
#include "picture/plane.h"

enum { LOOM_JPEG_PLANES = 3 };

typedef struct loom_jpeg_planes {
    loom_plane planes[LOOM_JPEG_PLANES];
    loom_density densities[LOOM_JPEG_PLANES];
    unsigned count; /* of those that hold samples: 1 or 3 */
} loom_jpeg_planes;

/*
 * Decodes the job's input at 1/shrink (1, 2, 4 or 8) of its size into *planes, whose memory is used
 * again; only the first plane where `gray`. The verdict on damage is in it (verdict.h). Scans that
 * cannot matter are left out. Stage `decode`. Declined where the picture is not what its header
 * promised.
 */
loom_lane_result loom_jpeg_decode(const loom_lane_job *job, int shrink, bool gray,
                                  loom_jpeg_planes *planes, loom_error *err);

#endif
