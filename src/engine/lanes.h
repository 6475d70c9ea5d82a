/* The table of lanes: their names, and the choice of one for an image. */
#ifndef LOOM_ENGINE_LANES_H
#define LOOM_ENGINE_LANES_H

#include "engine/lane.h"

/* Which lanes an image is offered to. */
typedef enum loom_lanes {
    LOOM_LANES_ALL = 0,
    LOOM_LANES_LINKED, /* those that need no plug-in */
    LOOM_LANES_TRUSTED /* of these the ones for whose decoders we vouch */
} loom_lanes;

/*
 * Whether one of them may be offered the job, judged by the recipe, the output format,
 * settings.lane, and the input format `from`, unless that is still unknown.
 */
bool loom_lanes_offered(const loom_job *job, loom_format from, loom_lanes which);

/* Whether one of them accepts the image. */
bool loom_lanes_accept(const loom_lane_job *job, loom_lanes which);

/* As loom_lane.probe of a lane that may be offered the job and needs no plug-in. */
bool loom_lanes_probe(loom_lane_job *job);

/* Whether a lane that needs no plug-in writes the format. */
bool loom_lanes_write(loom_format format);

/* The largest of what lanes of the job's formats say that they keep (loom_lane.keeps); 0: none. */
uint64_t loom_lanes_keep(const loom_lane_job *job);

/*
 * Converts the image by the first lane that takes it. If none does: declined, but with all lanes an
 * error of stage `probe`, LOOM_ERR_UNSUPPORTED if settings.lane names one.
 */
loom_lane_result loom_lanes_run(loom_lane_job *job, loom_lanes which, loom_error *err);

/* Whether the lane of this name is trusted. */
bool loom_lane_is_trusted(const char *name);

/* Tells all lanes that the calling thread is done with them. */
void loom_lanes_thread_exit(void);

#endif
