/*
 * Converting an image: all that happens between reading an input and writing its outputs. It needs
 * no path and no descriptor, so that it can be done in a process that is locked in.
 */
#ifndef LOOM_ENGINE_CONVERT_H
#define LOOM_ENGINE_CONVERT_H

#include "engine/lanes.h"

/*
 * Converts the job's input to encoded bytes, one for each of its tasks. `outcomes` (initialised)
 * and `encoded` (zeroed) have job->count elements. Each outcome's result is then what it will be
 * when the bytes are written; there are bytes where it is ok or warning, to be freed by the
 * caller. The input may be changed (it is given its end marker; loom_input_restore), and stays the
 * caller's.
 *
 * `memory`: what a worker may have, bytes; 0: no limit. An image that needs more, by its estimate,
 * is LOOM_ERR_TOO_LARGE, wherever it is converted.
 *
 * With LOOM_LANES_TRUSTED no other parser than ours looks at the image, either. Done or failed: the
 * outcomes tell. Declined, by trusted lanes alone: it is not for them, and nothing else happened.
 */
loom_lane_result loom_convert(const loom_job *job, loom_input *input, uint64_t memory,
                              loom_lanes which, loom_outcome *outcomes, loom_encoded *encoded);

/*
 * Whether a trusted lane accepts the image, or none is needed, by a start of the file that holds
 * all of its header. LOOM_LANES_TRUSTED may decline it still: the rest of the file was not seen.
 */
bool loom_convert_suits(const loom_job *job, const loom_input *start);

#endif
