#include "engine/lane.h"

loom_status loom_lane_check_stop(const loom_lane_job *job, loom_stage stage, loom_error *err)
{
    const loom_status reason = loom_cancel_check(job->job->cancel);

    switch (reason) {
    case LOOM_OK:
        return LOOM_OK;
    case LOOM_ERR_TIMEOUT:
        return loom_error_set(err, reason, stage, "the image took longer than --timeout allows");
    default:
        return loom_error_set(err, reason, stage, "the run was interrupted");
    }
}
