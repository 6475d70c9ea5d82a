/* Encoding planes as a JPEG or a WebP. */
#ifndef LOOM_ENGINE_JPEG_ENCODE_H
#define LOOM_ENGINE_JPEG_ENCODE_H

#include "engine/baseline/baseline.h"
#include "engine/jpeg/planes.h"
#include "engine/lane.h"
#include "format/metadata.h"

/*
 * Encodes `count` planes (1: gray, 3: Y'CbCr) as an output of the job: progressive if its recipe
 * says so, with optimised Huffman tables, at the recipe's quality or the best within its max_bytes.
 * Chroma planes are as large as luma's, or half of it, rounded up, on both axes. Each row must be
 * extended (loom_plane_extend). `meta` may be NULL: none. Stage `encode`: LOOM_ERR_OUT_OF_MEMORY,
 * LOOM_ERR_UNSUPPORTED, or the reason why the job had to stop.
 */
loom_status loom_jpeg_encode(const loom_lane_job *job, loom_lane_output *output,
                             const loom_plane planes[], unsigned count, const loom_meta *meta,
                             loom_jpeg_buffer *buffer, loom_error *err);

/*
 * The same as a lossy WebP, with the recipe's effort. The planes have WebP's levels, and chroma has
 * half of luma's samples. Of a gray picture, neutral chroma is made in the second one.
 */
loom_status loom_jpeg_encode_webp(const loom_lane_job *job, loom_lane_output *output,
                                  loom_plane planes[LOOM_JPEG_PLANES], unsigned count,
                                  const loom_meta *meta, loom_error *err);

#endif
