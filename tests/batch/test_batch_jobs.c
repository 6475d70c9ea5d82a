/*
 * What the engine is given and what comes of it: tasks that fail or are never run, and the sizes of
 * one input as one job. As test_batch, this is run with limits of one and two threads.
 */
#include "support/fake_engine.h"
#include "support/suite.h"
#include <stdio.h>

/* ---- tasks that fail, or are never run ----------------------------------- */

static void every_third_fails(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)batch;
    if (job->tasks[0]->seq % 3 == 0) {
        outcome->result = LOOM_RESULT_ERROR;
        (void)loom_error_set(&outcome->error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "bad %d",
                             (int)job->tasks[0]->seq);
    } else if (job->tasks[0]->seq % 3 == 1) {
        outcome->result = LOOM_RESULT_WARNING;
    }
}

static void check_message(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    char message[32];

    (void)batch;
    if (task->seq % 3 != 0)
        return;
    (void)snprintf(message, sizeof message, "bad %d", (int)task->seq);
    ck_assert_str_eq(outcome->error.message, message);
    ck_assert_int_eq(outcome->error.stage, LOOM_STAGE_DECODE);
}

START_TEST(failures_stay_with_their_task)
{
    static const loom_result results[] = {LOOM_RESULT_ERROR, LOOM_RESULT_WARNING, LOOM_RESULT_OK};
    fake_batch batch;

    fake_init(&batch, 300, 4, 4);
    batch.act = every_third_fails;
    batch.outcome = check_message;
    fake_run(&batch);
    for (size_t i = 0; i < 300; i++) {
        ck_assert_int_eq(batch.results[i], results[i % 3]);
        ck_assert_int_eq(batch.codes[i], i % 3 == 0 ? LOOM_ERR_CORRUPT : LOOM_OK);
    }
    fake_release(&batch);
}
END_TEST

static const loom_error collision = {LOOM_ERR_COLLISION, LOOM_STAGE_PLAN, "same output as a.jpg"};

static void check_planned(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)batch;
    if (task->error != NULL) {
        ck_assert_int_eq(outcome->error.stage, LOOM_STAGE_PLAN);
        ck_assert_str_eq(outcome->error.message, "same output as a.jpg");
        ck_assert_ptr_null(outcome->skip_reason);
    } else if (task->skip_reason != NULL) {
        ck_assert_str_eq(outcome->skip_reason, "exists");
    }
}

/* All of them (`_i` is 1), or every other one and every third. */
START_TEST(planned_failures_never_reach_the_engine)
{
    fake_batch batch;

    fake_init(&batch, 100, 2, 3);
    batch.outcome = check_planned;
    for (size_t i = 0; i < 100; i++) {
        if (i % 2 == 0 || _i == 1)
            batch.tasks[i].error = &collision;
        else if (i % 3 == 0)
            batch.tasks[i].skip_reason = "exists";
    }
    fake_run(&batch);
    for (size_t i = 0; i < 100; i++) {
        const loom_task *task = &batch.tasks[i];
        const bool failed = task->error != NULL, skipped = task->skip_reason != NULL;
        ck_assert_uint_eq(atomic_load(&batch.runs[i]), failed || skipped ? 0 : 1);
        ck_assert_int_eq(batch.results[i], failed    ? LOOM_RESULT_ERROR
                                           : skipped ? LOOM_RESULT_SKIPPED
                                                     : LOOM_RESULT_OK);
        ck_assert_int_eq(batch.codes[i], failed ? LOOM_ERR_COLLISION : LOOM_OK);
    }
    fake_release(&batch);
}
END_TEST

/* ---- several sizes of one input ------------------------------------------ */

/* Each task of a job fails with its own words, or does not. */
static void sizes_differ(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    for (size_t i = 0; i < job->count; i++) {
        const loom_job one = {.tasks = &job->tasks[i], .count = 1};
        every_third_fails(batch, &one, &outcomes[i]);
    }
}

static uint64_t last_seq;
static unsigned last_job;

/* The outcomes of a job come one directly after the other, in order. */
static void check_neighbours(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    check_message(batch, task, outcome);
    if (atomic_load(&batch->handed) > 0 && batch->jobs[task->seq] == last_job)
        ck_assert_uint_gt(task->seq, last_seq);
    else
        ck_assert_uint_eq(task->size, 0);
    last_seq = task->seq;
    last_job = batch->jobs[task->seq];
}

START_TEST(sizes_of_an_input_are_one_job)
{
    enum { SIZES = 4, INPUTS = 500 };
    static const loom_result results[] = {LOOM_RESULT_ERROR, LOOM_RESULT_WARNING, LOOM_RESULT_OK};
    fake_batch batch;

    fake_init(&batch, INPUTS * SIZES, 4, 3);
    fake_set_sizes(&batch, SIZES);
    batch.act = sizes_differ;
    batch.outcome = check_neighbours;
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), INPUTS);
    for (size_t i = 0; i < batch.count; i++) {
        ck_assert_uint_eq(atomic_load(&batch.runs[i]), 1);
        ck_assert_uint_eq(batch.jobs[i], batch.jobs[i - i % SIZES]);
        ck_assert_int_eq(batch.results[i], results[i % 3]);
    }
    fake_release(&batch);
}
END_TEST

START_TEST(no_job_is_larger_than_allowed)
{
    fake_batch batch;

    fake_init(&batch, 2 * LOOM_SIZES_MAX + 5, 1, 1);
    fake_set_sizes(&batch, 2 * LOOM_SIZES_MAX + 5);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), 3);
    ck_assert_uint_eq(batch.jobs[0], batch.jobs[LOOM_SIZES_MAX - 1]);
    ck_assert_uint_ne(batch.jobs[0], batch.jobs[LOOM_SIZES_MAX]);
    fake_release(&batch);
}
END_TEST

/* Only neighbours with one path and rising numbers of outputs. */
START_TEST(what_makes_no_job)
{
    static const unsigned sizes[] = {1, 2, 2, 0, 3, 1}, jobs[] = {0, 0, 1, 2, 2, 3};
    static const char other[] = "in";
    fake_batch batch;

    fake_init(&batch, 7, 1, 1);
    for (size_t i = 0; i < 6; i++)
        batch.tasks[i].output = sizes[i];
    batch.tasks[6].output = 5;
    batch.tasks[6].input_path = other; /* the same text, but another's */
    fake_run(&batch);
    for (size_t i = 0; i < 6; i++)
        ck_assert_uint_eq(batch.jobs[i], jobs[i]);
    ck_assert_uint_eq(batch.jobs[6], 4);
    fake_release(&batch);
}
END_TEST

/* Those that must not run are told first; the rest of their input is one job. */
START_TEST(a_job_without_what_is_not_run)
{
    fake_batch batch;

    fake_init(&batch, 9, 2, 2);
    fake_set_sizes(&batch, 3);
    batch.tasks[0].error = &collision;
    batch.tasks[4].skip_reason = "exists";
    batch.tasks[6].error = batch.tasks[7].error = batch.tasks[8].error = &collision;
    batch.outcome = check_planned;
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), 2);
    ck_assert_uint_eq(batch.jobs[1], batch.jobs[2]);
    ck_assert_uint_eq(batch.jobs[3], batch.jobs[5]);
    for (size_t i = 0; i < 9; i++)
        ck_assert_uint_eq(atomic_load(&batch.runs[i]), i == 1 || i == 2 || i == 3 || i == 5);
    ck_assert_uint_eq(batch.result.jobs, fake_threads(2));
    fake_release(&batch);
}
END_TEST

START_TEST(largest_input_first)
{
    static const unsigned expected[] = {4, 0, 6, 2};
    fake_batch batch;

    fake_init(&batch, 8, 1, 1);
    fake_set_sizes(&batch, 2);
    batch.tasks[4].input_size = batch.tasks[5].input_size = 2000;
    batch.tasks[2].input_size = batch.tasks[3].input_size = 10;
    fake_run(&batch);
    for (size_t i = 0; i < 4; i++)
        ck_assert_uint_eq(batch.order[i], expected[i]);
    fake_release(&batch);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("batch_jobs");
    TCase *tests = tcase_create("jobs");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, failures_stay_with_their_task);
    tcase_add_loop_test(tests, planned_failures_never_reach_the_engine, 0, 2);
    tcase_add_test(tests, sizes_of_an_input_are_one_job);
    tcase_add_test(tests, no_job_is_larger_than_allowed);
    tcase_add_test(tests, what_makes_no_job);
    tcase_add_test(tests, a_job_without_what_is_not_run);
    tcase_add_test(tests, largest_input_first);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
