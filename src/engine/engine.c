/* The engine: one image from its path to its outcome. */
#include "engine/codecs.h"
#include "engine/lane.h"
#include "engine/probe.h"
#include "engine/vips_log.h"
#include "files/output.h"
#include <inttypes.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

/* Tried in order; the last one accepts everything. */
static const loom_lane *const lanes[] = {&loom_lane_vips};

static const loom_lane *pick_lane(const loom_probe *probe, const loom_recipe *recipe)
{
    size_t i = 0;

    while (!lanes[i]->accepts(probe, recipe))
        i++;
    return lanes[i];
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

/* Stores what the header says in the outcome, also when the probe failed halfway. */
static void note_probe(loom_lane_job *job)
{
    loom_outcome *outcome = job->outcome;

    outcome->original_format = job->probe.format;
    outcome->original_width = job->probe.width;
    outcome->original_height = job->probe.height;
    outcome->orientation = job->probe.width > 0 ? job->probe.orientation : 0;
}

static loom_status check_output_size(const loom_lane_job *job, loom_error *err)
{
    const loom_format_info *info = loom_format_get(job->outcome->format);
    const loom_geometry *g = &job->geometry;

    if (g->width <= info->max_side && g->height <= info->max_side)
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM,
                          "a picture of %" PRIu32 "x%" PRIu32
                          " px does not fit into %s, which holds at most %" PRIu32 " px a side",
                          g->width, g->height, info->name, info->max_side);
}

/* From the path to a job that a lane can carry. */
static loom_status open_image(loom_lane_job *job, loom_error *err)
{
    const loom_task *task = job->job->task;
    loom_outcome *outcome = job->outcome;
    loom_status status = loom_input_read(task->input_path, &job->input, err);

    if (status != LOOM_OK)
        return status;
    outcome->original_size = job->input.size;
    status = loom_probe_read(&job->input, task->input_path, &job->integrity,
                             job->job->settings->max_pixels, &job->probe, err);
    note_probe(job);
    if (status != LOOM_OK)
        return status;
    status = loom_geometry_compute(job->job->recipe, job->probe.width, job->probe.height,
                                   job->probe.orientation, &job->geometry, err);
    return status == LOOM_OK ? check_output_size(job, err) : status;
}

static loom_status write_output(loom_lane_job *job, loom_error *err)
{
    const loom_if_exists if_exists = job->job->settings->if_exists;
    const bool replace = if_exists == LOOM_IF_EXISTS_REPLACE || if_exists == LOOM_IF_EXISTS_NEWER;
    loom_output output = LOOM_OUTPUT_INIT;

    loom_status status = loom_output_open(&output, job->job->task->output_path, err);
    if (status == LOOM_OK)
        status = loom_output_write(&output, job->encoded.data, job->encoded.size, err);
    if (status == LOOM_OK)
        status = loom_output_commit(&output, replace, err);
    loom_output_abort(&output);
    return status;
}

static void note_output(loom_lane_job *job)
{
    loom_outcome *outcome = job->outcome;

    outcome->processed_size = job->encoded.size;
    outcome->channels = job->encoded.channels;
    outcome->quality = job->quality;
    outcome->result = outcome->warning_count + outcome->warnings_dropped > 0 ? LOOM_RESULT_WARNING
                                                                             : LOOM_RESULT_OK;
}

/* All of it; the outcome's result is set unless an error is returned. */
static loom_status process(loom_lane_job *job, loom_error *err)
{
    loom_outcome *outcome = job->outcome;
    loom_status status = open_image(job, err);

    if (status != LOOM_OK)
        return status;
    outcome->width = job->geometry.width;
    outcome->height = job->geometry.height;
    if (job->job->settings->dry_run) {
        outcome->result = LOOM_RESULT_PLANNED;
        return LOOM_OK;
    }
    const loom_lane *lane = pick_lane(&job->probe, job->job->recipe);
    outcome->lane = lane->name;
    mend_end(job);
    if ((status = loom_lane_check_stop(job, LOOM_STAGE_DECODE, err)) != LOOM_OK ||
        (status = lane->run(job, err)) != LOOM_OK ||
        (status = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err)) != LOOM_OK)
        return status;
    status = write_output(job, err);
    if (status == LOOM_OK)
        note_output(job);
    return status;
}

/* An output that came into being since the plan, where --if-exists says to leave it alone. */
static bool skip_existing(const loom_lane_job *job, loom_outcome *outcome)
{
    if (outcome->error.code != LOOM_ERR_EXISTS ||
        job->job->settings->if_exists != LOOM_IF_EXISTS_SKIP)
        return false;
    loom_error_clear(&outcome->error);
    outcome->result = LOOM_RESULT_SKIPPED;
    outcome->skip_reason = "output exists";
    return true;
}

static int default_quality(const loom_recipe *recipe, loom_format format)
{
    const int quality = loom_format_get(format)->quality;

    return quality > 0 && recipe->quality > 0 ? recipe->quality : quality;
}

static void run(void *context, const loom_job *job, loom_outcome *outcome)
{
    loom_lane_job lane_job = {.job = job, .outcome = outcome};

    (void)context;
    outcome->format = job->task->format;
    lane_job.quality = default_quality(job->recipe, job->task->format);
    if (process(&lane_job, &outcome->error) != LOOM_OK && !skip_existing(&lane_job, outcome)) {
        outcome->result = LOOM_RESULT_ERROR;
        outcome->width = outcome->height = 0; /* nothing was written */
    }
    free(lane_job.encoded.data);
    loom_input_release(&lane_job.input);
}

static void thread_exit(void *context, int worker)
{
    (void)context, (void)worker;
    vips_thread_shutdown();
}

/* Every loader but those that vips_load.c names, as a second wall behind our own sniffer. */
static void block_loaders(void)
{
    static const char *const allowed[] = {"VipsForeignLoadJpeg", "VipsForeignLoadPng",
                                          "VipsForeignLoadWebp", "VipsForeignLoadNsgif",
                                          "VipsForeignLoadTiff", "VipsForeignLoadHeif"};

    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
        vips_operation_block_set(allowed[i], FALSE);
}

loom_status loom_engine_start(loom_engine *engine, loom_error *err)
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
    block_loaders();
    loom_codecs_start();
    *engine = (loom_engine){.context = NULL, .run = run, .thread_exit = thread_exit};
    return LOOM_OK;
}
