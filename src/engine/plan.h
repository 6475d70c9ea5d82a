/* The geometry of a job's outputs: from the header, and again once a border was trimmed. */
#ifndef LOOM_ENGINE_PLAN_H
#define LOOM_ENGINE_PLAN_H

#include "engine/codec/filter.h"
#include "engine/lane.h"

/* Sets the geometry of each output, or the error in its outcome. */
void loom_plan_outputs(loom_lane_job *job);

/*
 * Where the recipe has a border trimmed, and what colour it has, px of the stored picture. For
 * lanes that know the field, of a job with an output that is still wanted.
 */
loom_trim loom_plan_trim(const loom_lane_job *job);

/*
 * Sets the geometry of each output that is wanted, of the part that was found; or its error. An
 * output of a thin part may need far more memory than was asked for, so that is asked for again;
 * errors of loom_plan_admit, which are of all outputs.
 */
loom_status loom_plan_trimmed(loom_lane_job *job, loom_rect found, loom_error *err);

/*
 * Waits until there is memory for the job. LOOM_ERR_TOO_LARGE: it needs more than it may have; or
 * why it must stop.
 */
loom_status loom_plan_admit(const loom_lane_job *job, loom_error *err);

#endif
