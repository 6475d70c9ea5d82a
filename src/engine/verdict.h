/* The verdict on damage of an input: the same messages and codes in every lane. */
#ifndef LOOM_ENGINE_VERDICT_H
#define LOOM_ENGINE_VERDICT_H

#include "engine/lane.h"

/* A warning: data in the place of the pixels may be arbitrary. */
#define LOOM_VERDICT_SURPLUS "the file holds more picture data than its pixels take"

/*
 * For a picture that was decoded. `missing`: pixel data is incomplete, although the decoder may not
 * have said so; `damaged`: the decoder complained. The settings decide whether that is an error or
 * a warning in job->common. `detail`: the decoder's message, for an error; NULL or "": none. Stage
 * `decode`.
 */
loom_status loom_verdict_on_damage(const loom_lane_job *job, bool missing, bool damaged,
                                   const char *detail, loom_error *err);

/* For a picture that could not be decoded: truncated or corrupt, or the reason why the job had to
 * stop. Stage `decode`. */
loom_status loom_verdict_on_failure(const loom_lane_job *job, const char *detail, loom_error *err);

#endif
