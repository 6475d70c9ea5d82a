/*
 * Converts an image: everything between reading an input and writing its outputs. Needs neither
 * paths nor descriptors, so it also works in a sandbox.
 */
#ifndef LOOM_ENGINE_CONVERT_H
#define LOOM_ENGINE_CONVERT_H

#include "engine/lanes.h"

/*
 * Converts the job's input to encoded bytes, one picture for each task. `outcomes` (initialised)
 * and `encoded` (zeroed) have job->count elements. Each outcome's result is the one to report once
 * the bytes are written. If it is ok or warning, there are bytes, which the caller frees. The input
 * stays the caller's; it may be changed (an appended end marker, edits; see loom_input_restore).
 *
 * `memory`: bytes that a worker may have; 0: no limit. An image whose estimate is higher is
 * LOOM_ERR_TOO_LARGE, wherever it is converted.
 *
 * With LOOM_LANES_TRUSTED, only our own parsers look at the image; with LOOM_LANES_LINKED, only
 * what needs no plug-in. Returns done or failed, and the outcomes tell which outputs failed; or
 * declined, unless all lanes may take it: then nothing else happened.
 */
loom_lane_result loom_convert(const loom_job *job, loom_input *input, uint64_t memory,
                              loom_lanes which, loom_outcome *outcomes, loom_encoded *encoded);

/*
 * Whether a trusted lane accepts the image, or none is needed. `start` is the beginning of the file
 * with the whole header; a raw file whose preview is wanted must be whole. LOOM_LANES_TRUSTED may
 * still decline the image: the rest of the file is unknown.
 */
bool loom_convert_suits(const loom_job *job, const loom_input *start);

#endif
