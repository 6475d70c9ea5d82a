/* The planes of a JPEG, for the lane: decoded by our own decoder or by libjpeg. */
#ifndef LOOM_ENGINE_JPEG_PLANES_H
#define LOOM_ENGINE_JPEG_PLANES_H

#include "engine/jpeg/own.h"
#include "engine/lane.h"

enum { LOOM_JPEG_PLANES = 3 };

typedef struct loom_jpeg_planes {
    loom_plane planes[LOOM_JPEG_PLANES];
    loom_density densities[LOOM_JPEG_PLANES];
    unsigned count; /* number of planes that hold samples: 1 or 3 */
} loom_jpeg_planes;

/*
 * The scale k/8 at which to decode each component of a JPEG, for the outputs that are still wanted:
 * 1..8; 0: not at all. `gray`: the outputs are gray.
 */
void loom_jpeg_scales(const loom_lane_job *job, bool gray, int k[LOOM_JPEG_PLANES]);

/*
 * Bytes of the planes at the peak: the larger of our own decoder's and libjpeg's, which may decode
 * after it into the same memory.
 */
uint64_t loom_jpeg_planes_bytes(const loom_lane_job *job, bool gray);

/*
 * Decodes the job's input into *planes, whose memory is reused: by our own decoder if it takes the
 * file, else by libjpeg, whose verdict counts (decode.h). *own belongs to the thread and is made on
 * first use.
 */
loom_lane_result loom_jpeg_read_planes(const loom_lane_job *job, bool gray, loom_jpeg_own **own,
                                       loom_jpeg_planes *planes, loom_error *err);

#endif
