/* Estimates the memory for an image from its header. */
#ifndef LOOM_ENGINE_COST_H
#define LOOM_ENGINE_COST_H

#include "engine/lane.h"

/*
 * An estimate of the job's peak memory in bytes: the file, the decoder's memory, and the pictures
 * of its outputs. Used for admission, so it is rather too high than too low.
 */
uint64_t loom_cost_estimate(const loom_lane_job *job);

/*
 * The part of a worker's memory that an image may use, in bytes: libraries, stacks and
 * fragmentation take the rest. `worker_memory` 0: no limit, and the result is 0.
 */
uint64_t loom_cost_limit(uint64_t worker_memory);

#endif
