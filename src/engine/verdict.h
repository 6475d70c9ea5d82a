/* What damage of an input means: the same words and codes in every lane. */
#ifndef LOOM_ENGINE_VERDICT_H
#define LOOM_ENGINE_VERDICT_H

#include "engine/lane.h"

/* A warning: what stands for the pixels may be anything. */
#define LOOM_VERDICT_SURPLUS "the file holds more picture data than its pixels take"

/*
 * Something was decoded. `missing`: pixel data is not all there, although the decoder may not have
 * said so; `damaged`: the decoder complained. An error, or a warning to job->common, as --fail-on
 * says. `detail`: the decoder's own words for an error; NULL or "": none. Stage `decode`.
 */
loom_status loom_verdict_on_damage(const loom_lane_job *job, bool missing, bool damaged,
                                   const char *detail, loom_error *err);

/* Nothing could be decoded: truncated or corrupt, or that the job had to stop. Stage `decode`. */
loom_status loom_verdict_on_failure(const loom_lane_job *job, const char *detail, loom_error *err);

#endif
