#include "engine/convert.h"

#include "base/error.h"
#include "engine/check.h"
#include "engine/layers.h"
#include "engine/plan.h"
#include "engine/plugin.h"
#include "engine/preview.h"
#include "engine/probe.h"
#include "engine/worker_hooks.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- end marker ---------------------------------------------------------- */

/*
 * If only the end marker is missing, appends it, so that the decoder does not report the end of the
 * file as damage. The integrity still records that it was missing.
 */
static void mend_end(loom_lane_job *job)
{
    const loom_bytes end = job->missing_end;

    if (end.size == 0 || end.size > LOOM_INPUT_SLACK)
        return;
    memcpy(job->input.data + job->input.size, end.data, end.size);
    job->input.size += end.size;
}

/* ---- one output ---------------------------------------------------------- */

/* As a recipe's extract has it. */
static void describe_part(const loom_geometry *g, loom_outcome *outcome)
{
    const loom_rect part = g->upright;

    if (g->extracts)
        (void)snprintf(outcome->extracted, sizeof outcome->extracted,
                       "%" PRIu32 ",%" PRIu32 ",%" PRIu32 "x%" PRIu32, part.x, part.y, part.width,
                       part.height);
}

/* Sets the outcome's result, and describes the output. */
static void conclude(const loom_lane_job *job, const loom_lane_output *output)
{
    loom_outcome *outcome = output->outcome;

    if (outcome->error.code != LOOM_OK) {
        outcome->result = LOOM_RESULT_ERROR;
        return;
    }
    outcome->width = output->geometry.width;
    outcome->height = output->geometry.height;
    outcome->cropped = loom_geometry_cropped(&output->geometry);
    describe_part(&output->geometry, outcome);
    if (job->job->settings->dry_run) {
        outcome->result = LOOM_RESULT_PLANNED;
        return;
    }
    outcome->processed_size = output->encoded.size;
    outcome->channels = output->encoded.channels;
    outcome->quality = output->encoded.quality;
    outcome->ssim = output->ssim;
    outcome->result = outcome->warning_count + outcome->warnings_dropped > 0 ? LOOM_RESULT_WARNING
                                                                             : LOOM_RESULT_OK;
}

/* ---- one input ----------------------------------------------------------- */

/* Stores the known facts of the input in each outcome, even if the probe failed halfway. */
static void record_input(const loom_lane_job *job)
{
    loom_traits traits;

    loom_format_traits(job->header.format, (loom_bytes){job->input.data, job->input.size}, &traits);
    for (size_t i = 0; i < job->count; i++) {
        loom_outcome *outcome = job->outputs[i].outcome;
        outcome->original_size = job->common->original_size;
        outcome->original_format = job->header.format;
        outcome->original_width = job->header.width;
        outcome->original_height = job->header.height;
        outcome->original_traits = traits;
        outcome->orientation = job->header.width > 0 ? job->header.orientation : 0;
        outcome->lane = job->common->lane;
        memcpy(outcome->decoder, job->common->decoder, sizeof outcome->decoder);
        memcpy(outcome->preview_of, job->common->preview_of, sizeof outcome->preview_of);
        for (size_t w = 0; w < job->common->warning_count; w++)
            loom_outcome_warn(outcome, "%s", job->common->warnings[w]);
        outcome->warnings_dropped += job->common->warnings_dropped;
    }
}

static bool holds_animation(loom_format format)
{
    return loom_format_get(format)->animation;
}

/*
 * Whether to process all frames; warns if the recipe wants them but the output format cannot hold
 * them.
 */
static bool is_animated(const loom_lane_job *job)
{
    const loom_format to = job->outputs[0].task->format;

    if (!job->job->recipe->animated || job->header.frames < 2 ||
        !holds_animation(job->header.format))
        return false;
    if (!holds_animation(to))
        loom_outcome_warn(job->common, "%s holds no animation: the first frame was taken",
                          loom_format_get(to)->name);
    return holds_animation(to);
}

static bool any_wanted(const loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]))
            return true;
    return false;
}

static loom_lane_result result_of(loom_status status)
{
    return status == LOOM_OK ? LOOM_LANE_DONE : LOOM_LANE_FAILED;
}

static loom_lane_result probe(loom_lane_job *job, loom_lanes which, loom_error *err)
{
    loom_status status = loom_preview_take(job, err);

    if (status != LOOM_OK)
        return LOOM_LANE_FAILED;
    if (which == LOOM_LANES_TRUSTED)
        return loom_probe_trusted(job, &status, err) ? result_of(status) : LOOM_LANE_DECLINED;
    if (which == LOOM_LANES_LINKED)
        return loom_probe_linked(job, &status, err) ? result_of(status) : LOOM_LANE_DECLINED;
    if (loom_plugin_get()->unpack(&job->input, &job->header.format, err) != LOOM_OK)
        return LOOM_LANE_FAILED;
    return result_of(loom_probe_read(
        job, job->outputs[0].task->input_path,
        job->job->recipe->animated && holds_animation(job->outputs[0].task->format), err));
}

/* Whether a lane has anything to do. */
static bool is_wanted(const loom_lane_job *job)
{
    return !job->job->settings->dry_run && any_wanted(job);
}

/* Refuses data that is known to be missing or damaged, without decoding it. */
static loom_status check_damage(const loom_lane_job *job, loom_error *err)
{
    const loom_fail_on fail_on = job->job->settings->fail_on;

    if (job->integrity == LOOM_INTEGRITY_CUT && fail_on >= LOOM_FAIL_ON_TRUNCATED)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                              "the file is cut short: picture data is missing");
    if (job->damage != NULL && fail_on >= LOOM_FAIL_ON_ERROR)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                              "the picture data is damaged: %s", job->damage);
    return LOOM_OK;
}

/* An error applies to every output. */
static loom_lane_result process(loom_lane_job *job, loom_lanes which, loom_error *err)
{
    loom_worker_hooks_stage(LOOM_STAGE_PROBE);
    loom_lane_result result = probe(job, which, err);

    if (result != LOOM_LANE_DONE)
        return result;
    job->animated = is_animated(job);
    loom_plan_outputs(job);
    if (!is_wanted(job))
        return LOOM_LANE_DONE;
    if (which != LOOM_LANES_ALL && !loom_lanes_accept(job, which))
        return LOOM_LANE_DECLINED;
    if (check_damage(job, err) != LOOM_OK)
        return LOOM_LANE_FAILED;
    mend_end(job);
    if (loom_plan_admit(job, err) != LOOM_OK ||
        loom_lane_check_stop(job, LOOM_STAGE_DECODE, err) != LOOM_OK)
        return LOOM_LANE_FAILED;
    if (job->job->settings->check_outputs && (job->check = loom_check_create()) == NULL) {
        (void)loom_no_memory(err, LOOM_STAGE_ENCODE, "to check the outputs");
        return LOOM_LANE_FAILED;
    }
    result = loom_lanes_run(job, which, err);
    if (result != LOOM_LANE_DONE)
        return result;
    loom_check_outputs(job);
    return result_of(loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err));
}

/* Resets the outcomes for another attempt. */
static void reset(loom_lane_job *job)
{
    for (size_t i = 0; i < job->count; i++) {
        loom_outcome_release(job->outputs[i].outcome);
        free(job->outputs[i].encoded.data);
    }
}

static void finish(loom_lane_job *job, bool failed, const loom_error *error, loom_encoded *encoded)
{
    record_input(job);
    for (size_t i = 0; i < job->count; i++) {
        loom_lane_output *output = &job->outputs[i];
        if (failed && output->outcome->error.code == LOOM_OK)
            output->outcome->error = *error;
        conclude(job, output);
        if (output->outcome->error.code == LOOM_OK)
            encoded[i] = output->encoded;
        else
            free(output->encoded.data);
    }
}

/* Initialises `common`; the caller must release it. */
static loom_lane_job begin(const loom_job *job, const loom_input *input, loom_outcome *common,
                           loom_outcome *outcomes)
{
    loom_lane_job begun = {.job = job, .common = common, .count = job->count, .input = *input};

    loom_outcome_init(common);
    for (size_t i = 0; i < job->count; i++)
        begun.outputs[i] = (loom_lane_output){.task = job->tasks[i], .outcome = &outcomes[i]};
    return begun;
}

loom_lane_result loom_convert(const loom_job *job, loom_input *input, uint64_t memory,
                              loom_lanes which, loom_outcome *outcomes, loom_encoded *encoded)
{
    loom_outcome common;
    loom_lane_job lane_job = begin(job, input, &common, outcomes);
    loom_lane_layers layers[LOOM_SIZES_MAX] = {{{{0}}}};
    loom_error error = LOOM_ERROR_INIT;

    lane_job.layers = layers;
    lane_job.memory = memory;
    common.original_size = input->size;
    for (size_t i = 0; i < job->count; i++)
        outcomes[i].format = job->tasks[i]->format;
    const loom_lane_result result = process(&lane_job, which, &error);
    loom_check_free(lane_job.check);
    *input = lane_job.input;
    if (result == LOOM_LANE_DECLINED)
        reset(&lane_job);
    else
        finish(&lane_job, result == LOOM_LANE_FAILED, &error, encoded);
    loom_layers_release(&lane_job);
    loom_outcome_release(&common);
    return result;
}

/* ---- from the start of a file -------------------------------------------- */

/* The start may be read-only, and reading continues from its end. */
static bool copy_start(const loom_input *start, loom_input *copy)
{
    *copy = (loom_input){.data = malloc(start->size + LOOM_INPUT_SLACK), .size = start->size};
    if (copy->data == NULL)
        return false;
    memcpy(copy->data, start->data, start->size);
    memset(copy->data + start->size, 0, LOOM_INPUT_SLACK);
    return true;
}

/* What is written to: a preview is a copy already. */
static bool needs_copy(const loom_job *job, loom_bytes start)
{
    return !loom_preview_is_wanted(job, start) &&
           !loom_format_is_only_read(loom_format_sniff(start.data, start.size), start);
}

bool loom_convert_suits(const loom_job *job, const loom_input *start)
{
    const loom_bytes bytes = {start->data, start->size};
    loom_outcome common, outcomes[LOOM_SIZES_MAX];
    loom_input copy = {.data = NULL};
    loom_status status = LOOM_OK;

    if (needs_copy(job, bytes) && !copy_start(start, &copy))
        return false;
    for (size_t i = 0; i < job->count; i++)
        loom_outcome_init(&outcomes[i]);
    loom_lane_job lane_job = begin(job, copy.data != NULL ? &copy : start, &common, outcomes);
    bool suits =
        loom_preview_take(&lane_job, NULL) == LOOM_OK && loom_probe_start(&lane_job, &status, NULL);
    if (suits && status == LOOM_OK) { /* otherwise it is refused, which needs no lane */
        lane_job.animated = is_animated(&lane_job);
        loom_plan_outputs(&lane_job);
        suits = !is_wanted(&lane_job) || loom_lanes_accept(&lane_job, LOOM_LANES_TRUSTED);
    }
    if (lane_job.input.data != start->data) { /* a copy, or a preview; the start is the caller's */
        free(lane_job.input.data);
        loom_edits_release(&lane_job.input.edits);
    }
    for (size_t i = 0; i < job->count; i++)
        loom_outcome_release(&outcomes[i]);
    loom_outcome_release(&common);
    return suits;
}
