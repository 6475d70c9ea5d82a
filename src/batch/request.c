/* Turns a request into tasks, and collects their outcomes. */
#include "batch/service.h"

#include "base/clock.h"
#include "base/error.h"
#include "files/naming.h"
#include "files/path.h"
#include "files/planner.h"
#include "format/container.h"
#include "picture/recipe_fields.h"
#include <stdlib.h>

loom_request *loom_request_create(void)
{
    loom_errand *made = calloc(1, sizeof *made);

    if (made == NULL)
        return NULL;
    made->open.descriptor = -1;
    return &made->open;
}

static void release_outcomes(loom_errand *errand)
{
    for (size_t i = 0; i < errand->count; i++)
        loom_outcome_release(&errand->outcomes[i]);
    errand->count = 0;
}

void loom_request_free(loom_request *request)
{
    loom_errand *errand = loom_errand_of(request);

    if (errand == NULL)
        return;
    release_outcomes(errand);
    free(errand);
}

loom_outcome *loom_request_outcome(loom_request *request, unsigned output)
{
    loom_errand *errand = loom_errand_of(request);

    return output < errand->count ? &errand->outcomes[output] : NULL;
}

const loom_task *loom_request_task(const loom_request *request, unsigned output)
{
    const loom_errand *errand = (const loom_errand *)request;

    return output < errand->count ? &errand->tasks[output] : NULL;
}

void loom_errands_add(loom_errands *list, loom_errand *errand)
{
    errand->next = NULL;
    if (list->first == NULL)
        list->first = errand;
    else
        list->last->next = errand;
    list->last = errand;
}

void loom_errands_put_back(loom_errands *list, loom_errand *errand)
{
    errand->next = list->first;
    if (list->first == NULL)
        list->last = errand;
    list->first = errand;
}

loom_errand *loom_errands_pop(loom_errands *list)
{
    loom_errand *errand = list->first;

    if (errand != NULL)
        list->first = errand->next;
    return errand;
}

/* ---- preparing ----------------------------------------------------------- */

static loom_status check(const loom_request *r, const loom_recipe *recipe, loom_error *err)
{
    const loom_status status = loom_recipe_check(recipe, err);

    if (status != LOOM_OK)
        return status;
    if (r->bytes == NULL && r->descriptor < 0 && r->path == NULL)
        return loom_usage(err, "a request needs an input: bytes, a descriptor or a path");
    if (r->output_path != NULL && loom_recipe_outputs(recipe) > 1)
        return loom_usage(err, "an output path needs a recipe with one size and format; several "
                               "outputs go to memory");
    return LOOM_OK;
}

/* The name of an input that is not a file at a path; NULL: none. */
static const char *name_of(const loom_request *r)
{
    if (r->bytes == NULL && r->descriptor < 0)
        return r->path;
    return r->name != NULL ? r->name : "";
}

static loom_format format_of(const loom_request *r, loom_format wanted)
{
    if (r->bytes == NULL)
        return loom_naming_format(name_of(r), wanted);
    return loom_naming_format_for(loom_format_detect((loom_bytes){r->bytes, r->size}, name_of(r)),
                                  wanted);
}

static void make_tasks(loom_errand *errand)
{
    const unsigned formats = loom_recipe_formats(&errand->recipe);

    errand->count = loom_recipe_outputs(&errand->recipe);
    for (unsigned i = 0; i < errand->count; i++) {
        const loom_format format =
            format_of(&errand->open, loom_recipe_format_at(&errand->recipe, i % formats));
        errand->tasks[i] = (loom_task){.seq = i,
                                       .input_path = name_of(&errand->open),
                                       .output_path = errand->open.output_path,
                                       .size = i / formats,
                                       .output = i,
                                       .format = format,
                                       .input_size = errand->source.size};
        loom_outcome_init(&errand->outcomes[i]);
        errand->outcomes[i].format = format;
    }
}

/* Looks up the input, if it is a file that can be found. */
static bool look_at_input(const loom_request *r, struct stat *info)
{
    if (r->bytes != NULL)
        return false;
    return (r->descriptor >= 0 ? fstat(r->descriptor, info) : loom_path_stat(r->path, info)) == 0;
}

/* Checks the output as the plan of a batch would. */
static loom_status check_output(const loom_request *r, const loom_settings *settings,
                                const char **skip_reason, loom_error *err)
{
    struct stat standing, input = {0};
    const bool found = look_at_input(r, &input);

    if (loom_path_stat(r->output_path, &standing) != 0)
        return LOOM_OK;
    if (S_ISDIR(standing.st_mode))
        return loom_error_set(err, LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN,
                              "the output path is a folder");
    if (found && (loom_path_same(loom_path_id(&standing), loom_path_id(&input)) ||
                  (r->descriptor < 0 && loom_output_is_same(r->path, r->output_path))))
        return loom_error_set(err, LOOM_ERR_WOULD_OVERWRITE_INPUT, LOOM_STAGE_PLAN,
                              "the output would replace its own input");
    /* Bytes count as modified now. */
    return loom_planner_ask_if_exists(
        &standing, settings->if_exists, found && settings->preserve_timestamps,
        found ? loom_path_time(input.st_mtim) : INT64_MAX, skip_reason, err);
}

loom_status loom_errand_prepare(loom_errand *errand, loom_error *err)
{
    const loom_request *r = &errand->open;

    if (errand->under_way)
        return loom_usage(err, "the request is already in progress");
    release_outcomes(errand);
    loom_recipe_init(&errand->recipe);
    loom_settings_init(&errand->settings);
    if (r->recipe != NULL)
        errand->recipe = *r->recipe;
    if (r->settings != NULL)
        errand->settings = *r->settings;
    const loom_status status = check(r, &errand->recipe, err);
    if (status != LOOM_OK)
        return status;
    errand->source = (loom_source){.bytes = r->bytes,
                                   .size = r->bytes != NULL ? r->size : 0,
                                   .padded = r->padded,
                                   .descriptor = r->descriptor};
    make_tasks(errand);
    loom_outcome *outcome = &errand->outcomes[0];
    errand->settled = false;
    if (r->output_path == NULL)
        return LOOM_OK;
    if (check_output(r, &errand->settings, &outcome->skip_reason, &outcome->error) != LOOM_OK)
        outcome->result = LOOM_RESULT_ERROR;
    else if (outcome->skip_reason != NULL)
        outcome->result = LOOM_RESULT_SKIPPED;
    errand->settled = outcome->result != LOOM_RESULT_OK;
    return LOOM_OK;
}

/* ---- what came of it ----------------------------------------------------- */

loom_status loom_errand_mark(const loom_errand *errand)
{
    const loom_request *r = &errand->open;

    if (r->stop != NULL && loom_stop_requests(r->stop) > 0)
        return LOOM_ERR_CANCELLED;
    return r->deadline_ns != 0 && loom_clock_now() >= r->deadline_ns ? LOOM_ERR_TIMEOUT : LOOM_OK;
}

void loom_errand_fail(loom_errand *errand, const loom_error *error)
{
    for (size_t i = 0; i < errand->count; i++) {
        loom_outcome *outcome = &errand->outcomes[i];
        outcome->original_size = errand->tasks[i].input_size;
        outcome->result = LOOM_RESULT_ERROR;
        outcome->error = *error;
    }
}

void loom_errand_end(loom_errand *errand, loom_status mark)
{
    loom_error error = LOOM_ERROR_INIT;

    (void)loom_error_set(&error, mark, LOOM_STAGE_WORKER,
                         mark == LOOM_ERR_TIMEOUT
                             ? "the deadline passed before the image started"
                             : "the request was cancelled before the image started");
    loom_errand_fail(errand, &error);
}

loom_status loom_errand_result(const loom_errand *errand, loom_error *err)
{
    for (size_t i = 0; i < errand->count; i++) {
        const loom_outcome *outcome = &errand->outcomes[i];
        if (outcome->result == LOOM_RESULT_ERROR)
            return loom_error_set(err, outcome->error.code, outcome->error.stage, "%s",
                                  outcome->error.message);
    }
    return LOOM_OK;
}
