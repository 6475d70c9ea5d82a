/*
 * Outputs that would be larger than their originals: the original's bytes or nothing in their
 * place, also where several outputs are made, and from memory to memory.
 */
#include "picture/recipe_fields.h"
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <imgloom/process.h>
#include <string.h>

/* A JPEG that quality 100 makes larger; more than one colour. */
static void make_original(const char *path)
{
    static const uint16_t dark[3] = {20, 40, 60}, light[3] = {200, 180, 90};
    engine_request request = engine_request_default();
    oracle_image picture = sample_flat(160, 120, 3, 255, dark);

    for (uint32_t i = 0; i < 12; i++)
        sample_fill(&picture, 12 * i, 9 * i, 7, 5, light);
    sample_png("picture.png", &picture, NULL);
    oracle_release(&picture);
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 40;
    loom_outcome outcome = engine_run_written(&request, "picture.png", path, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

static engine_request request_of(loom_if_larger if_larger, const char *sizes)
{
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 100;
    request.settings.if_larger = if_larger;
    if (sizes != NULL)
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "size", sizes, NULL), LOOM_OK);
    return request;
}

static void assert_same_file(const char *path, const void *bytes, size_t size)
{
    size_t is;
    char *data = tmpdir_read(path, &is);

    ck_assert_uint_eq(is, size);
    ck_assert_mem_eq(data, bytes, size);
    free(data);
}

START_TEST(what_is_written)
{
    const engine_request request = request_of((loom_if_larger)_i, NULL);
    size_t size;

    make_original("in.jpg");
    char *original = tmpdir_read("in.jpg", &size);
    loom_outcome outcome = engine_run(&request, "in.jpg", "out.jpg");
    ck_assert_int_eq(outcome.copied, _i == LOOM_IF_LARGER_COPY);
    ck_assert_int_eq(tmpdir_exists("out.jpg"), _i != LOOM_IF_LARGER_SKIP);
    ck_assert_int_eq(outcome.result,
                     _i == LOOM_IF_LARGER_SKIP ? LOOM_RESULT_SKIPPED : LOOM_RESULT_OK);
    if (_i == LOOM_IF_LARGER_WRITE)
        ck_assert_uint_gt(outcome.processed_size, size);
    if (_i == LOOM_IF_LARGER_COPY) {
        ck_assert_uint_eq(outcome.processed_size, size);
        ck_assert_int_eq(outcome.quality, 0);
        ck_assert_int_eq(outcome.channels, 3);
        assert_same_file("out.jpg", original, size);
    }
    if (_i == LOOM_IF_LARGER_SKIP) {
        ck_assert_str_eq(outcome.skip_reason, "the output would be larger than the original");
        ck_assert_uint_eq(outcome.processed_size, 0);
        ck_assert_uint_eq(outcome.width, 0);
    }
    assert_same_file("in.jpg", original, size);
    loom_outcome_release(&outcome);
    free(original);
}
END_TEST

/* Each output has an answer of its own. */
START_TEST(several_outputs)
{
    const engine_request request = request_of(LOOM_IF_LARGER_COPY, "160x120,8x6,160x121,300%");
    loom_task tasks[4];
    loom_outcome outcomes[4];
    size_t size;

    make_original("in.jpg");
    char *original = tmpdir_read("in.jpg", &size);
    for (unsigned i = 0; i < 4; i++)
        tasks[i] =
            (loom_task){.input_path = "in.jpg",
                        .output_path = (const char *[]){"a.jpg", "b.jpg", "c.jpg", "d.jpg"}[i],
                        .size = i,
                        .format = LOOM_FORMAT_JPEG};
    engine_run_tasks(&request, tasks, 4, outcomes);
    ck_assert(outcomes[0].copied);
    assert_same_file("a.jpg", original, size);
    ck_assert_int_eq(outcomes[1].result, LOOM_RESULT_OK); /* smaller */
    ck_assert(!outcomes[1].copied && tmpdir_exists("b.jpg"));
    for (int i = 2; i < 4; i++) {
        ck_assert_int_eq(outcomes[i].result, LOOM_RESULT_SKIPPED);
        ck_assert_str_eq(outcomes[i].skip_reason, "the output would be larger than the original, "
                                                  "which has another size or turn");
    }
    ck_assert(!tmpdir_exists("c.jpg") && !tmpdir_exists("d.jpg"));
    for (int i = 0; i < 4; i++)
        loom_outcome_release(&outcomes[i]);
    free(original);
}
END_TEST

/* What a picture is called damaged for stays no output, and what is mended is no copy. */
START_TEST(originals_that_are_not_sound)
{
    const engine_request request = request_of(LOOM_IF_LARGER_COPY, NULL);
    size_t size;

    make_original("whole.jpg");
    char *data = tmpdir_read("whole.jpg", &size);
    tmpdir_write("in.jpg", data, size - 2); /* its end marker */
    loom_outcome outcome = engine_run(&request, "in.jpg", "out.jpg");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_SKIPPED);
    ck_assert_str_eq(outcome.skip_reason,
                     "the output would be larger than the original, which is not sound");
    ck_assert(!tmpdir_exists("out.jpg"));
    loom_outcome_release(&outcome);
    free(data);
}
END_TEST

/* The bytes of a caller are copied, and stay the caller's. */
START_TEST(from_memory_to_memory)
{
    const engine_request made = request_of(LOOM_IF_LARGER_COPY, NULL);
    loom_request *request = loom_request_create();
    loom_error err = LOOM_ERROR_INIT;
    size_t size;

    make_original("in.jpg");
    char *original = tmpdir_read("in.jpg", &size);
    ck_assert_ptr_nonnull(request);
    request->recipe = &made.recipe;
    request->settings = &made.settings;
    ck_assert_msg(loom_process_buffer(engine_started, original, size, request, &err) == LOOM_OK,
                  "%s", err.message);
    const loom_outcome *outcome = loom_request_outcome(request, 0);
    ck_assert(outcome->copied);
    ck_assert_uint_eq(outcome->processed_size, size);
    ck_assert_ptr_ne(outcome->picture, original);
    ck_assert_mem_eq(outcome->picture, original, size);
    loom_request_free(request);
    free(original);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_larger");
    TCase *tests = engine_case("engine_larger");

    tcase_add_loop_test(tests, what_is_written, 0, LOOM_IF_LARGER_SKIP + 1);
    tcase_add_test(tests, several_outputs);
    tcase_add_test(tests, originals_that_are_not_sound);
    tcase_add_test(tests, from_memory_to_memory);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
