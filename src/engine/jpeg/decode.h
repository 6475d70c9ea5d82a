/* Decodes a JPEG with libjpeg into its planes, at a scale, without RGB. */
#ifndef LOOM_ENGINE_JPEG_DECODE_H
#define LOOM_ENGINE_JPEG_DECODE_H

#include "engine/jpeg/planes.h"

/*
 * Decodes the job's input at 1/shrink (1, 2, 4 or 8) of its size into *planes, whose memory is
 * reused; only the first plane if `gray`. Includes the verdict on damage (verdict.h). Drops scans
 * that cannot matter. Stage `decode`. Declined if the picture is not what its header promised.
 */
loom_lane_result loom_jpeg_decode(const loom_lane_job *job, int shrink, bool gray,
                                  loom_jpeg_planes *planes, loom_error *err);

#endif
