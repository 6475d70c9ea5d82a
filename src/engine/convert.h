/*
 * Converting an image: all that happens between reading an input and writing its outputs. It needs
 * no path and no descriptor, so that it can be done in a process that is locked in.
 */
#ifndef LOOM_ENGINE_CONVERT_H
#define LOOM_ENGINE_CONVERT_H

#include "batch/job.h"
#include "files/input.h"
#include "picture/encoded.h"

/*
 * Converts the job's input to encoded bytes, one for each of its tasks. `outcomes` (initialised)
 * and `encoded` (zeroed) have job->count elements. Each outcome's result is then what it will be
 * when the bytes are written; there are bytes where it is ok or warning, to be freed by the
 * caller. The input may be changed (it is given its end marker), and stays the caller's.
 *
 * `memory`: what a worker may have, bytes; 0: no limit. An image that needs more, by its estimate,
 * is LOOM_ERR_TOO_LARGE, wherever it is converted.
 *
 * With `trusted_only`, by our own parsers and by lanes whose decoders are ours to answer for;
 * false then means that the image is not for them, and that nothing else happened.
 */
bool loom_convert(const loom_job *job, loom_input *input, uint64_t memory, bool trusted_only,
                  loom_outcome *outcomes, loom_encoded *encoded);

/* Whether the lane of this name is one whose decoder is ours to answer for. */
bool loom_lane_is_trusted(const char *name);

/* The calling thread is done with converting. */
void loom_convert_thread_exit(void);

#endif
