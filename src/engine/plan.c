#include "engine/plan.h"

#include "engine/cost.h"
#include "engine/worker_hooks.h"
#include <inttypes.h>

enum { DRAWN_SIDE_MAX = 10000000 }; /* px: libvips' VIPS_MAX_COORD */

static loom_status check_output_size(const loom_lane_job *job, const loom_lane_output *output,
                                     loom_error *err)
{
    const loom_format_info *info = loom_format_get(output->task->format);
    const loom_geometry *g = &output->geometry;
    const uint64_t limit = job->job->settings->max_output_pixels;
    const uint64_t pixels =
        (uint64_t)g->width * g->height * (job->animated ? job->header.frames : 1);

    if (limit > 0 && pixels > limit)
        return loom_error_set(
            err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM,
            "the output would have %" PRIu64 " px; at most %" PRIu64 " are allowed", pixels, limit);
    if (g->width <= info->max_side && g->height <= info->max_side)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                          "a picture of %" PRIu32 "x%" PRIu32
                          " px does not fit into %s, which holds at most %" PRIu32 " px a side",
                          g->width, g->height, info->name, info->max_side);
}

/* Px of a drawing to render: only those of the crop, unless other outputs need the rest. */
static uint64_t drawn_pixels(const loom_lane_job *job, const loom_geometry *g)
{
    return job->count == 1 ? (uint64_t)g->crop.width * g->crop.height
                           : (uint64_t)g->resize_width * g->resize_height;
}

static loom_status check_drawing(const loom_lane_job *job, const loom_geometry *g, loom_error *err)
{
    const uint64_t limit = job->job->settings->max_pixels, pixels = drawn_pixels(job, g);
    /* Of the whole drawing, at the scale at which the part that is used has its size. */
    const uint64_t width = (uint64_t)job->header.width * g->resize_width / g->source.width;
    const uint64_t height = (uint64_t)job->header.height * g->resize_height / g->source.height;

    if (width >= DRAWN_SIDE_MAX || height >= DRAWN_SIDE_MAX)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM,
                              "the drawing would have %" PRIu64 "x%" PRIu64
                              " px before it is cropped; at most %d px a side are drawn",
                              width, height, DRAWN_SIDE_MAX);
    if (limit == 0 || pixels <= limit)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM,
                          "the drawing would have %" PRIu64 " px; at most %" PRIu64 " are allowed",
                          pixels, limit);
}

/* A drawing has no pixels to examine, so content is located in the drawing as rendered. */
static loom_status plan_drawing(const loom_lane_job *job, const loom_size *size, loom_geometry *g,
                                loom_error *err)
{
    const bool swaps = loom_turn_swaps(g->turn);
    const uint32_t width = swaps ? g->canvas_height : g->canvas_width;
    const uint32_t height = swaps ? g->canvas_width : g->canvas_height;
    loom_status status = LOOM_OK;

    if (g->by_content && g->angle == 0 && !g->extracts)
        status = loom_geometry_compute(job->job->recipe, size, width, height,
                                       job->header.orientation, g, err);
    return status == LOOM_OK ? check_drawing(job, g, err) : status;
}

/* What cannot be done to the frames of an animation. */
static loom_status check_frames(const loom_lane_job *job, const loom_geometry *g, loom_error *err)
{
    if (!job->animated)
        return LOOM_OK;
    if (g->angle != 0 || loom_turn_swaps(g->turn))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "an animated picture can be rotated by 180 degrees only");
    if (job->job->recipe->normalize)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "the frames of an animated picture cannot be normalized: each would "
                              "get other levels");
    if (job->job->recipe->ssim > 0)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "the frames of an animated picture are not compared: no quality can "
                              "be searched for a similarity");
    if (job->job->recipe->trim >= 0)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "the frames of an animated picture cannot be trimmed: each has a "
                              "border of its own");
    return LOOM_OK;
}

static loom_status check_trim(const loom_lane_job *job, loom_error *err)
{
    if (job->job->recipe->trim < 0 || !loom_container_of(job->header.format)->drawing)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                          "a drawing cannot be trimmed: it has no pixels");
}

static loom_status plan_output(const loom_lane_job *job, loom_lane_output *output, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_size *size = &recipe->sizes[output->task->size];
    loom_geometry *g = &output->geometry;

    loom_status status = loom_geometry_compute(recipe, size, job->header.width, job->header.height,
                                               job->header.orientation, g, err);
    if (status == LOOM_OK)
        status = check_frames(job, g, err);
    if (status == LOOM_OK)
        status = check_trim(job, err);
    if (status == LOOM_OK && g->clipped)
        loom_outcome_warn(output->outcome,
                          "the part to extract reaches over the edge of the picture: it was cut");
    if (status == LOOM_OK && loom_container_of(job->header.format)->drawing)
        status = plan_drawing(job, size, g, err);
    return status == LOOM_OK ? check_output_size(job, output, err) : status;
}

void loom_plan_outputs(loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        (void)plan_output(job, &job->outputs[i], &job->outputs[i].outcome->error);
}

/* ---- memory -------------------------------------------------------------- */

static loom_status check_cost(const loom_lane_job *job, loom_stage stage, loom_error *err)
{
    const uint64_t cost = loom_cost_estimate(job), limit = loom_cost_limit(job->memory);

    if (limit == 0 || cost <= limit)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, stage,
                          "the picture needs about %" PRIu64 " MB of memory; it may have %" PRIu64
                          " MB",
                          cost / 1000000, limit / 1000000);
}

loom_status loom_plan_admit(const loom_lane_job *job, loom_error *err)
{
    const loom_worker_hooks *parent = loom_worker_hooks_get();
    const uint64_t cost = loom_cost_estimate(job);

    if (check_cost(job, LOOM_STAGE_PROBE, err) != LOOM_OK)
        return LOOM_ERR_TOO_LARGE;
    const loom_status status = parent != NULL ? parent->admit(cost) : loom_admit(job->job, cost);
    return status == LOOM_OK
               ? LOOM_OK
               : loom_error_set(err, status, LOOM_STAGE_PROBE, "the run was interrupted");
}

/* ---- trim ---------------------------------------------------------------- */

loom_trim loom_plan_trim(const loom_lane_job *job)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_header *header = &job->header;
    const loom_turn turn = loom_turn_of_orientation(recipe->auto_orient ? header->orientation : 1);
    const bool swaps = loom_turn_swaps(turn);
    loom_trim trim = {.given = recipe->trim_background_given,
                      .colour = recipe->trim_background,
                      .threshold = (unsigned)recipe->trim};

    for (size_t i = job->count; i-- > 0;) {
        const loom_geometry *g = &job->outputs[i].geometry;
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const loom_rect corner = {g->upright.x, g->upright.y, 1, 1};
        const loom_rect stored = loom_rect_unturned(corner, swaps ? header->height : header->width,
                                                    swaps ? header->width : header->height, turn);
        trim.in = g->source; /* the same of all */
        trim.x = stored.x;
        trim.y = stored.y;
    }
    return trim;
}

static void plan_part(loom_lane_job *job, const loom_source_part *part)
{
    const loom_recipe *recipe = job->job->recipe;

    for (size_t i = 0; i < job->count; i++) {
        loom_lane_output *output = &job->outputs[i];
        loom_error *err = &output->outcome->error;
        if (loom_lane_wants(output) &&
            loom_geometry_of_part(recipe, &recipe->sizes[output->task->size], part,
                                  job->header.orientation, &output->geometry, err) == LOOM_OK)
            (void)check_output_size(job, output, err);
    }
}

loom_status loom_plan_trimmed(loom_lane_job *job, loom_rect found, loom_error *err)
{
    const loom_header *header = &job->header;
    const uint64_t before = loom_cost_estimate(job);
    loom_source_part part = {.clipped = false};

    loom_source_trim(job->job->recipe, header->width, header->height, header->orientation, found,
                     &part);
    plan_part(job, &part);
    if (loom_cost_estimate(job) <= before)
        return LOOM_OK;
    /* A worker asks once: what it may have holds it. */
    return loom_worker_hooks_get() != NULL ? check_cost(job, LOOM_STAGE_TRANSFORM, err)
                                           : loom_plan_admit(job, err);
}
