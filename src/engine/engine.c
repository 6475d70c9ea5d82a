/* The engine: one image from its path to its outcome. */
#include "engine/codecs.h"
#include "engine/lane.h"
#include "engine/probe.h"
#include "engine/vips_load.h"
#include "engine/vips_log.h"
#include "files/output.h"
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

/* Tried in order; the last one accepts everything. */
static const loom_lane *const lanes[] = {&loom_lane_jpeg, &loom_lane_vips};

enum { LANES = sizeof lanes / sizeof *lanes };

static const char *lane_names[LANES + 1]; /* written by loom_engine_start */

static bool may_run(const loom_lane *lane, const loom_lane_job *job)
{
    const char *forced = job->job->settings->lane;

    return (forced == NULL || strcmp(forced, lane->name) == 0) && lane->accepts(job);
}

/* Runs the first lane that takes the image. */
static loom_status run_lane(loom_lane_job *job, loom_error *err)
{
    for (size_t i = 0; i < LANES; i++) {
        if (!may_run(lanes[i], job))
            continue;
        job->common->lane = lanes[i]->name;
        job->declined = false;
        const loom_status status = lanes[i]->run(job, err);
        if (status != LOOM_OK || !job->declined)
            return status;
    }
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                          "the %s lane does not take this image with this recipe (--lane)",
                          job->job->settings->lane);
}

/*
 * Where only the end marker is missing, it is put behind the data, so that the decoder does not
 * take the end of the file for a failure. The integrity remembers that it was not there.
 */
static void mend_end(loom_lane_job *job)
{
    size_t size;
    const unsigned char *end =
        loom_integrity_end(job->probe.format, job->input.data, job->input.size, &size);

    if (job->integrity == LOOM_INTEGRITY_WHOLE || size > LOOM_INPUT_SLACK)
        return;
    if (job->integrity == LOOM_INTEGRITY_CUT && job->probe.format != LOOM_FORMAT_JPEG)
        return;
    memcpy(job->input.data + job->input.size, end, size);
    job->input.size += size;
}

/* ---- one output ------------------------------------------------------------------------------ */

static loom_status check_output_size(const loom_lane_output *output, loom_error *err)
{
    const loom_format_info *info = loom_format_get(output->task->format);
    const loom_geometry *g = &output->geometry;

    if (g->width <= info->max_side && g->height <= info->max_side)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                          "a picture of %" PRIu32 "x%" PRIu32
                          " px does not fit into %s, which holds at most %" PRIu32 " px a side",
                          g->width, g->height, info->name, info->max_side);
}

static loom_status plan_output(const loom_lane_job *job, loom_lane_output *output, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;

    loom_status status =
        loom_geometry_compute(recipe, &recipe->sizes[output->task->size], job->probe.width,
                              job->probe.height, job->probe.orientation, &output->geometry, err);
    if (status == LOOM_OK && job->animated && (g->angle != 0 || loom_turn_swaps(g->turn)))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                              "an animated picture can be rotated by 180 degrees only");
    return status == LOOM_OK ? check_output_size(output, err) : status;
}

static loom_status write_output(const loom_lane_job *job, const loom_lane_output *from,
                                loom_error *err)
{
    const loom_settings *settings = job->job->settings;
    const bool replace = settings->if_exists == LOOM_IF_EXISTS_REPLACE ||
                         settings->if_exists == LOOM_IF_EXISTS_NEWER;
    loom_output output = LOOM_OUTPUT_INIT;

    loom_status status = loom_output_open(&output, from->task->output_path, err);
    if (status == LOOM_OK)
        status = loom_output_write(&output, from->encoded.data, from->encoded.size, err);
    if (status == LOOM_OK && settings->preserve_timestamps)
        status = loom_output_set_times(&output, job->input.atime_ns, job->input.mtime_ns, err);
    if (status == LOOM_OK)
        status = loom_output_commit(&output, replace, err);
    loom_output_abort(&output);
    return status;
}

/* Sets the outcome's result, and what there is to say of the output. */
static void conclude(const loom_lane_job *job, const loom_lane_output *output)
{
    loom_outcome *outcome = output->outcome;

    if (outcome->error.code == LOOM_ERR_EXISTS &&
        job->job->settings->if_exists == LOOM_IF_EXISTS_SKIP) { /* it came since the plan */
        loom_error_clear(&outcome->error);
        outcome->result = LOOM_RESULT_SKIPPED;
        outcome->skip_reason = "output exists";
        return;
    }
    if (outcome->error.code != LOOM_OK) {
        outcome->result = LOOM_RESULT_ERROR;
        return;
    }
    outcome->width = output->geometry.width;
    outcome->height = output->geometry.height;
    if (job->job->settings->dry_run) {
        outcome->result = LOOM_RESULT_PLANNED;
        return;
    }
    outcome->processed_size = output->encoded.size;
    outcome->channels = output->encoded.channels;
    outcome->quality = output->encoded.quality;
    outcome->result = outcome->warning_count + outcome->warnings_dropped > 0 ? LOOM_RESULT_WARNING
                                                                             : LOOM_RESULT_OK;
}

/* ---- one input ------------------------------------------------------------------------------- */

/* Stores what is known of the input in each outcome, also when the probe failed halfway. */
static void note_input(const loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        loom_outcome *outcome = job->outputs[i].outcome;
        outcome->original_size = job->common->original_size;
        outcome->original_format = job->probe.format;
        outcome->original_width = job->probe.width;
        outcome->original_height = job->probe.height;
        outcome->orientation = job->probe.width > 0 ? job->probe.orientation : 0;
        outcome->lane = job->common->lane;
        for (size_t w = 0; w < job->common->warning_count; w++)
            loom_outcome_warn(outcome, "%s", job->common->warnings[w]);
        outcome->warnings_dropped += job->common->warnings_dropped;
    }
}

static bool holds_animation(loom_format format)
{
    return format == LOOM_FORMAT_GIF || format == LOOM_FORMAT_WEBP;
}

/* Whether all frames are to be processed; a warning where they would be, but cannot. */
static bool is_animated(const loom_lane_job *job)
{
    const loom_format to = job->outputs[0].task->format;

    if (!job->job->recipe->animated || job->probe.frames < 2 || !holds_animation(job->probe.format))
        return false;
    if (!holds_animation(to))
        loom_outcome_warn(job->common, "%s holds no animation: the first frame was taken",
                          loom_format_get(to)->name);
    return holds_animation(to);
}

/* From the path to a job that a lane can carry. */
static loom_status open_input(loom_lane_job *job, loom_error *err)
{
    const char *path = job->outputs[0].task->input_path;
    loom_status status = loom_input_read(path, &job->input, err);

    if (status != LOOM_OK)
        return status;
    job->common->original_size = job->input.size;
    status = loom_probe_read(&job->input, path, job->job->settings, job->job->recipe->animated,
                             &job->integrity, &job->probe, err);
    if (status != LOOM_OK)
        return status;
    job->animated = is_animated(job);
    return LOOM_OK;
}

static bool any_wanted(const loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]))
            return true;
    return false;
}

/* An error that is returned is every output's. */
static loom_status process(loom_lane_job *job, loom_error *err)
{
    loom_status status = open_input(job, err);

    if (status != LOOM_OK)
        return status;
    for (size_t i = 0; i < job->count; i++)
        (void)plan_output(job, &job->outputs[i], &job->outputs[i].outcome->error);
    if (job->job->settings->dry_run || !any_wanted(job))
        return LOOM_OK;
    mend_end(job);
    if ((status = loom_lane_check_stop(job, LOOM_STAGE_DECODE, err)) != LOOM_OK ||
        (status = run_lane(job, err)) != LOOM_OK ||
        (status = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err)) != LOOM_OK)
        return status;
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]))
            (void)write_output(job, &job->outputs[i], &job->outputs[i].outcome->error);
    return LOOM_OK;
}

static void run(void *context, const loom_job *job, loom_outcome *outcomes)
{
    loom_outcome common;
    loom_lane_job lane_job = {.job = job, .common = &common, .count = job->count};
    loom_error error = LOOM_ERROR_INIT;

    (void)context;
    loom_outcome_init(&common);
    for (size_t i = 0; i < job->count; i++) {
        outcomes[i].format = job->tasks[i]->format;
        lane_job.outputs[i] = (loom_lane_output){.task = job->tasks[i], .outcome = &outcomes[i]};
    }
    const bool failed = process(&lane_job, &error) != LOOM_OK;
    note_input(&lane_job);
    for (size_t i = 0; i < job->count; i++) {
        if (failed && outcomes[i].error.code == LOOM_OK)
            outcomes[i].error = error;
        conclude(&lane_job, &lane_job.outputs[i]);
        free(lane_job.outputs[i].encoded.data);
    }
    loom_input_release(&lane_job.input);
    loom_outcome_release(&common);
}

static void thread_exit(void *context, int worker)
{
    (void)context, (void)worker;
    for (size_t i = 0; i < LANES; i++)
        if (lanes[i]->thread_exit != NULL)
            lanes[i]->thread_exit();
}

const char *const *loom_engine_lanes(void)
{
    return lane_names;
}

loom_status loom_engine_start(loom_engine *engine, const loom_engine_options *options,
                              loom_error *err)
{
    /* Measured: halves what stays allocated after many images on many threads. */
    (void)mallopt(M_ARENA_MAX, 2);

    loom_vips_log_install();
    if (VIPS_INIT("imgloom")) {
        vips_error_clear();
        return loom_error_set(err, LOOM_ERR_INTERNAL, LOOM_STAGE_NONE, "libvips cannot start");
    }
    vips_concurrency_set(1); /* one thread an image: the pool has the parallelism */
    vips_cache_set_max(0);
    loom_vips_block_loaders(options != NULL && options->allow_untrusted);
    loom_codecs_start();
    for (size_t i = 0; i < LANES; i++)
        lane_names[i] = lanes[i]->name;
    *engine = (loom_engine){.context = NULL, .run = run, .thread_exit = thread_exit};
    return LOOM_OK;
}
