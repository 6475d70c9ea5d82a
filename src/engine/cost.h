/* How much memory an image needs, by its header. */
#ifndef LOOM_ENGINE_COST_H
#define LOOM_ENGINE_COST_H

#include "engine/lane.h"

/*
 * An estimate in bytes of what the job needs at its peak: the file, what its decoder holds, and
 * the pictures of its outputs. Meant for admission, so rather too much than too little.
 */
uint64_t loom_cost_estimate(const loom_lane_job *job);

/*
 * How much of the memory that a worker may have is for an image, bytes: libraries, stacks and what
 * is between allocations take their share. 0: no limit.
 */
uint64_t loom_cost_limit(uint64_t worker_memory);

#endif
