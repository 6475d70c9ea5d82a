#include "support/engine_run.h"

#include "picture/recipe_fields.h"
#include "support/check.h"
#include "support/samples.h"
#include "support/tmpdir.h"
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

loom_engine *engine_started;

static void start(bool allow_untrusted)
{
    const loom_engine_options options = {.allow_untrusted = allow_untrusted};
    loom_error err = LOOM_ERROR_INIT;

    tmpdir_enter();
    ck_assert_msg(loom_engine_start(&engine_started, &options, &err) == LOOM_OK, "%s", err.message);
}

void engine_setup(void)
{
    start(false);
}

void engine_setup_untrusted(void)
{
    start(true);
}

void engine_teardown(void)
{
    tmpdir_leave();
}

const loom_codec_info *engine_codec(loom_format format)
{
    return loom_engine_codec(engine_started, format);
}

TCase *engine_case(const char *name)
{
    TCase *made = tcase_create(name);

    tcase_add_checked_fixture(made, engine_setup, engine_teardown);
    tcase_set_timeout(made, 120);
    return made;
}

void engine_thread_exit(void)
{
    engine_started->thread_exit(engine_started->context, 0);
}

engine_request engine_request_default(void)
{
    engine_request request = {.format = LOOM_FORMAT_PNG};

    loom_recipe_init(&request.recipe);
    loom_settings_init(&request.settings);
    return request;
}

engine_request engine_request_box(uint32_t width, uint32_t height, loom_fit fit)
{
    engine_request request = engine_request_default();

    request.recipe.sizes[0].width = width;
    request.recipe.sizes[0].height = height;
    request.recipe.fit = fit;
    return request;
}

const char *engine_testdata(const char *name)
{
    static char paths[8][PATH_MAX];
    static unsigned next;
    const char *folder = getenv("TESTDATA");

    ck_assert_msg(folder != NULL, "TESTDATA does not name the folder of test data");
    char *path = paths[next++ % 8];
    ck_assert_int_lt(snprintf(path, PATH_MAX, "%s/%s", folder, name), PATH_MAX);
    return path;
}

void engine_run_tasks(const engine_request *request, const loom_task *tasks, size_t count,
                      loom_outcome *outcomes)
{
    const loom_task *pointers[LOOM_SIZES_MAX];
    const loom_job job = {.tasks = pointers,
                          .count = count,
                          .recipe = &request->recipe,
                          .settings = &request->settings,
                          .cancel = request->cancel};

    ck_assert(count >= 1 && count <= LOOM_SIZES_MAX);
    for (size_t i = 0; i < count; i++) {
        pointers[i] = &tasks[i];
        loom_outcome_init(&outcomes[i]);
    }
    engine_started->run(engine_started->context, &job, outcomes);
}

loom_outcome engine_run(const engine_request *request, const char *input, const char *output)
{
    const loom_task task = {.input_path = input, .output_path = output, .format = request->format};
    loom_outcome outcome;

    engine_run_tasks(request, &task, 1, &outcome);
    return outcome;
}

/* What the header of a file says. */
static loom_outcome probe(const char *path)
{
    engine_request request = engine_request_default();

    request.settings.dry_run = true;
    loom_outcome outcome = engine_run(&request, path, "never-written.png");
    ck_assert_msg(outcome.result == LOOM_RESULT_PLANNED, "%s: %s", path, outcome.error.message);
    ck_assert(!tmpdir_exists("never-written.png"));
    return outcome;
}

static void assert_agrees(const loom_outcome *outcome, const char *output)
{
    loom_outcome file = probe(output);

    ck_assert_uint_eq(file.original_size, outcome->processed_size);
    ck_assert_int_eq(file.original_format, outcome->format);
    ck_assert_uint_eq(file.original_width, outcome->width);
    ck_assert_uint_eq(file.original_height, outcome->height);
    loom_outcome_release(&file);
}

loom_outcome engine_run_written(const engine_request *request, const char *input,
                                const char *output, loom_result expected)
{
    loom_outcome outcome = engine_run(request, input, output);
    const char *warning = outcome.warning_count > 0 ? outcome.warnings[0] : "";

    ck_assert_msg(outcome.result == expected, "%s: result %s instead of %s: %s %s%s", input,
                  loom_result_name(outcome.result), loom_result_name(expected),
                  loom_status_name(outcome.error.code), outcome.error.message, warning);
    ck_assert_int_eq(outcome.error.code, LOOM_OK);
    ck_assert(tmpdir_exists(output));
    assert_agrees(&outcome, output);
    return outcome;
}

oracle_image engine_render(const engine_request *request, const char *input)
{
    engine_request to_png = *request;

    to_png.format = LOOM_FORMAT_PNG;
    loom_outcome outcome = engine_run_written(&to_png, input, "out.png", LOOM_RESULT_OK);
    oracle_image made = oracle_read("out.png");
    ck_assert_uint_eq(made.width, outcome.width);
    ck_assert_uint_eq(made.height, outcome.height);
    ck_assert_int_eq((int)made.channels, outcome.channels);
    loom_outcome_release(&outcome);
    return made;
}

oracle_image engine_decode(const char *path)
{
    engine_request request = engine_request_default();

    request.recipe.auto_orient = false;
    return engine_render(&request, path);
}

int engine_orientation(const char *path)
{
    loom_outcome outcome = probe(path);
    const int orientation = outcome.orientation;

    loom_outcome_release(&outcome);
    return orientation;
}

void engine_make_jpeg(const char *path)
{
    static const uint16_t colour[3] = {150, 90, 60};
    engine_request request = engine_request_default();
    oracle_image picture = sample_flat(60, 40, 3, 255, colour);

    sample_png("plain.png", &picture, NULL);
    oracle_release(&picture);
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, "plain.png", path, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

void engine_assert_error(const engine_request *request, const char *input, loom_status code,
                         loom_stage stage)
{
    loom_outcome outcome = engine_run(request, input, "error.out");

    ck_assert_msg(outcome.result == LOOM_RESULT_ERROR && outcome.error.code == code &&
                      outcome.error.stage == stage,
                  "%s: %s %s (%s) instead of %s (%s): %s", input, loom_result_name(outcome.result),
                  loom_status_name(outcome.error.code), loom_stage_name(outcome.error.stage),
                  loom_status_name(code), loom_stage_name(stage), outcome.error.message);
    ck_assert_str_ne(outcome.error.message, "");
    ck_assert_uint_eq(outcome.width, 0);
    ck_assert_uint_eq(outcome.processed_size, 0);
    ck_assert(!tmpdir_exists("error.out"));
    loom_outcome_release(&outcome);
}
