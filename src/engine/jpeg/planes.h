/* A JPEG in planes, for the lane: decoded by our own decoder, or by libjpeg. */
#ifndef LOOM_ENGINE_JPEG_PLANES_H
#define LOOM_ENGINE_JPEG_PLANES_H

#include "engine/jpeg/own.h"
#include "engine/lane.h"

enum { LOOM_JPEG_PLANES = 3 };

typedef struct loom_jpeg_planes {
    loom_plane planes[LOOM_JPEG_PLANES];
    loom_density densities[LOOM_JPEG_PLANES];
    unsigned count; /* of those that hold samples: 1 or 3 */
} loom_jpeg_planes;

/*
 * At which k/8 of its size each component of a JPEG is to be decoded for the outputs that are still
 * wanted: 1..8; 0: not at all. `gray`: of the outputs.
 */
void loom_jpeg_scales(const loom_lane_job *job, bool gray, int k[LOOM_JPEG_PLANES]);

/*
 * Bytes of the planes at the peak: the larger of our own decoder's and libjpeg's, which may decode
 * after it into the same memory.
 */
uint64_t loom_jpeg_planes_bytes(const loom_lane_job *job, bool gray);

/*
 * Decodes the job's input into *planes, whose memory is used again: by our own decoder where it
 * takes the file, else by libjpeg, whose verdict counts (decode.h). *own is the thread's, made when
 * it is first needed.
 */
loom_lane_result loom_jpeg_read_planes(const loom_lane_job *job, bool gray, loom_jpeg_own **own,
                                       loom_jpeg_planes *planes, loom_error *err);

#endif
