#include "engine/lane.h"

#include <string.h>

void loom_lane_set_decoder(const loom_lane_job *job, const char *library)
{
    char *decoder = job->common->decoder;
    const size_t word = strcspn(library, " ");
    const size_t size = sizeof job->common->decoder - 1;

    memset(decoder, 0, size + 1);
    memcpy(decoder, library, word < size ? word : size);
}

loom_status loom_lane_check_stop(const loom_lane_job *job, loom_stage stage, loom_error *err)
{
    const loom_status reason = loom_cancel_check(job->job->cancel);

    switch (reason) {
    case LOOM_OK:
        return LOOM_OK;
    case LOOM_ERR_TIMEOUT:
        return loom_error_set(err, reason, stage, "the image took longer than its timeout allows");
    default:
        return loom_error_set(err, reason, stage, "the run was interrupted");
    }
}

/* A fraction. */
typedef struct ratio {
    uint32_t over, under;
} ratio;

/*
 * The minimum factor that a DCT scale must leave to the resize. A DCT-scaled decode aliases fine
 * detail and attenuates coarse detail; both show when little resampling follows. Measured on 60
 * photographs at quality 80, compared with a full decode: from a factor of 1.6 on, none loses more
 * than 1.0 dB; at 1.25 the worst loses 2.2 dB in gray and 1.8 dB in colour, the mean 0.4 and 0.2
 * dB. The larger scale costs 2 % of the time if 1.6 is not reached. For a progressive file,
 * however, 1/8 needs only the first scans, a third of the time, so 1.25 suffices for colour there.
 */
static ratio factor_left(const loom_lane_job *job, uint32_t shrink)
{
    const loom_header *header = &job->header;
    const bool gray = job->job->recipe->grayscale != LOOM_GRAYSCALE_NONE ||
                      (header->has_jpeg && header->jpeg.count == 1);

    return shrink == 8 && header->whole && !gray ? (ratio){5, 4} : (ratio){8, 5};
}

static bool leaves_enough(uint32_t side, uint32_t made, uint32_t shrink, ratio least)
{
    return (uint64_t)side * least.under >= (uint64_t)made * shrink * least.over;
}

static uint32_t shrink_for(const loom_lane_job *job, const loom_geometry *geometry)
{
    uint32_t shrink = 8;

    for (; shrink > 1; shrink /= 2) {
        const ratio least = factor_left(job, shrink);
        if (leaves_enough(geometry->source.width, geometry->resize_width, shrink, least) &&
            leaves_enough(geometry->source.height, geometry->resize_height, shrink, least))
            break;
    }
    return shrink;
}

int loom_lane_shrink(const loom_lane_job *job)
{
    const bool trims = job->job->recipe->trim >= 0; /* by the px that there are */
    uint32_t least = loom_container_of(job->header.format)->shrinks && !trims ? 8 : 1;

    for (size_t i = 0; i < job->count; i++) {
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const loom_geometry *g = &job->outputs[i].geometry;
        /* Nearest takes samples, of which a part has whole ones only at full size. */
        const bool whole = g->extracts && job->job->recipe->kernel == LOOM_KERNEL_NEAREST;
        const uint32_t shrink = whole ? 1 : shrink_for(job, g);
        least = shrink < least ? shrink : least;
    }
    return (int)least;
}
