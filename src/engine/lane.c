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

/*
 * The largest of 1, 2, 4, 8 that leaves the resize something to do. That is sharp's rule; a factor
 * that equals the integer shrink is halved because libjpeg rounds sizes down.
 */
static int jpeg_shrink(const loom_probe *probe, const loom_geometry *geometry)
{
    const uint32_t across = probe->width / geometry->resize_width;
    const uint32_t down = probe->height / geometry->resize_height;
    const uint32_t shrink = across < down ? across : down;
    int factor = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;

    return factor > 1 && (uint32_t)factor == shrink ? factor / 2 : factor;
}

int loom_lane_jpeg_shrink(const loom_lane_job *job)
{
    int least = 8;

    for (size_t i = 0; i < job->count; i++) {
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const int shrink = jpeg_shrink(&job->probe, &job->outputs[i].geometry);
        least = shrink < least ? shrink : least;
    }
    return least;
}
