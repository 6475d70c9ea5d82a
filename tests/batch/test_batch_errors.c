/*
 * Batches that are given up because too many images fail. As test_batch, this is run with limits of
 * one and two threads as well.
 */
#include "support/fake_engine.h"
#include "support/suite.h"

#include <string.h>

static const loom_error unreadable = {LOOM_ERR_PERMISSION, LOOM_STAGE_SCAN, "no right to read"};

static void fail_all(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    (void)batch;
    for (size_t i = 0; i < job->count; i++) {
        outcomes[i].result = LOOM_RESULT_ERROR;
        (void)loom_error_set(&outcomes[i].error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "damaged");
    }
}

static void fail_large(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    if (job->tasks[0]->input_size > 1000)
        fail_all(batch, job, outcomes);
}

static size_t count_code(const fake_batch *batch, loom_status code)
{
    size_t count = 0;

    for (size_t i = 0; i < batch->count; i++)
        count += batch->codes[i] == code;
    return count;
}

static void set_limit(fake_batch *batch, const char *word)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_error_limit_parse(word, &batch->setup->max_errors, &err), LOOM_OK);
}

static void check_words(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)batch, (void)task;
    if (outcome->error.code != LOOM_ERR_CANCELLED)
        return;
    ck_assert_int_eq(outcome->error.stage, LOOM_STAGE_WORKER);
    ck_assert_str_eq(outcome->error.message, "too many images failed before this one started");
}

/* The rest is cancelled; what was begun is finished, and no more than that fails. */
START_TEST(given_up_with_one_more_than_allowed)
{
    static const struct {
        const char *limit;
        size_t count, most;
    } rows[] = {{"0", 500, 0},  {"1", 500, 1}, {"40", 500, 40},  {"0%", 500, 0}, {"1%", 500, 5},
                {"1%", 199, 1}, {"1%", 99, 0}, {"50%", 101, 50}, {"7%", 314, 21}};

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        fake_batch batch;
        fake_init(&batch, rows[i].count, 2, 3);
        set_limit(&batch, rows[i].limit);
        batch.act = fail_all;
        batch.outcome = check_words;
        fake_run(&batch);
        const size_t failed = count_code(&batch, LOOM_ERR_CORRUPT);
        ck_assert_uint_ge(failed, rows[i].most + 1);
        ck_assert_uint_le(failed, rows[i].most + 1 + 5); /* what was in slots then */
        ck_assert_uint_eq(count_code(&batch, LOOM_ERR_CANCELLED), rows[i].count - failed);
        ck_assert(batch.result.too_many_errors && !batch.result.interrupted);
        fake_release(&batch);
    }
}
END_TEST

START_TEST(as_many_as_allowed_may_fail)
{
    static const char *const limits[] = {"3", "4", "3%", "100%", "18446744073709551615"};

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        fake_batch batch;
        fake_init(&batch, 100, 2, 3);
        set_limit(&batch, limits[i]);
        batch.tasks[3].input_size = batch.tasks[50].input_size = batch.tasks[99].input_size = 2000;
        batch.act = fail_large;
        fake_run(&batch);
        ck_assert_uint_eq(count_code(&batch, LOOM_ERR_CORRUPT), 3);
        ck_assert_uint_eq(count_code(&batch, LOOM_OK), 97);
        ck_assert(!batch.result.too_many_errors);
        fake_release(&batch);
    }
}
END_TEST

START_TEST(all_may_fail_without_a_limit)
{
    fake_batch batch;

    fake_init(&batch, 300, 3, 3);
    batch.act = fail_all;
    fake_run(&batch);
    ck_assert_uint_eq(count_code(&batch, LOOM_ERR_CORRUPT), 300);
    ck_assert(!batch.result.too_many_errors);
    fake_release(&batch);
}
END_TEST

/* Failures of the plan count; nothing is begun when they are too many. */
START_TEST(failures_of_the_plan_count)
{
    fake_batch batch;

    fake_init(&batch, 100, 2, 3);
    set_limit(&batch, "2");
    batch.tasks[7].error = batch.tasks[8].error = batch.tasks[98].error = &unreadable;
    batch.tasks[9].skip_reason = "exists";
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), 0);
    ck_assert_uint_eq(count_code(&batch, LOOM_ERR_PERMISSION), 3);
    ck_assert_uint_eq(count_code(&batch, LOOM_ERR_CANCELLED), 96);
    ck_assert_int_eq(batch.results[9], LOOM_RESULT_SKIPPED);
    ck_assert(batch.result.too_many_errors);
    fake_release(&batch);
}
END_TEST

/* A stop is no error of the images. */
START_TEST(cancelled_images_do_not_count)
{
    fake_batch batch;

    fake_init(&batch, 100, 2, 3);
    set_limit(&batch, "0");
    batch.stop = loom_stop_create();
    ck_assert_ptr_nonnull(batch.stop);
    loom_stop_request(batch.stop);
    fake_run(&batch);
    ck_assert_uint_eq(count_code(&batch, LOOM_ERR_CANCELLED), 100);
    ck_assert(batch.result.interrupted && !batch.result.too_many_errors);
    loom_stop_free(batch.stop);
    fake_release(&batch);
}
END_TEST

START_TEST(bad_limits_are_named)
{
    static const char *const words[] = {"",    "-1", "%",   "101%", "1.5%",
                                        "3 %", "4x", "1e3", "5%%",  "18446744073709551616"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        loom_error_limit limit = {true, true, 42};
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_error_limit_parse(words[i], &limit, &err), LOOM_ERR_USAGE);
        ck_assert(limit.given && limit.percent && limit.max == 42);
        ck_assert_ptr_nonnull(strstr(err.message, "is neither a number of images nor 0% to 100%"));
        ck_assert(words[i][0] == '\0' || strstr(err.message, words[i]) != NULL);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("batch_errors");
    TCase *tests = tcase_create("limit");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, given_up_with_one_more_than_allowed);
    tcase_add_test(tests, as_many_as_allowed_may_fail);
    tcase_add_test(tests, all_may_fail_without_a_limit);
    tcase_add_test(tests, failures_of_the_plan_count);
    tcase_add_test(tests, cancelled_images_do_not_count);
    tcase_add_test(tests, bad_limits_are_named);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
