/* Encoding planes as a JPEG. */
#ifndef LOOM_ENGINE_JPEG_ENCODE_H
#define LOOM_ENGINE_JPEG_ENCODE_H

#include "base/strbuf.h"
#include "engine/baseline/baseline.h"
#include "engine/lane.h"
#include "picture/plane.h"

/*
 * Encodes `count` planes (1: gray, 3: Y'CbCr) as an output of the job: progressive if its recipe
 * says so, with optimised Huffman tables, at the recipe's quality or the best within its max_bytes.
 * Chroma planes are as large as luma's, or half of it, rounded up, on both axes. Each row must be
 * extended (loom_plane_extend). `segments` (may be NULL) are whole segments that follow JFIF's.
 * Stage `encode`: LOOM_ERR_OUT_OF_MEMORY, LOOM_ERR_UNSUPPORTED, or the reason why the job had to
 * stop.
 */
loom_status loom_jpeg_encode(const loom_lane_job *job, loom_lane_output *output,
                             const loom_plane planes[], unsigned count, const loom_strbuf *segments,
                             loom_jpeg_buffer *buffer, loom_error *err);

#endif
