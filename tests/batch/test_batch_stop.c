/*
 * Ending early: stops, cancellation and timeouts. As test_batch, this is run with limits of one
 * and two threads as well.
 */
#include "base/clock.h"
#include "support/fake_engine.h"
#include "support/suite.h"
#include <pthread.h>
#include <sched.h>

/* Ends only when told to, and fails with the reason. */
static void run_until_told(const loom_job *job, loom_outcome *outcome)
{
    loom_status reason;

    while ((reason = loom_cancel_check(job->cancel)) == LOOM_OK)
        (void)sched_yield();
    outcome->result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome->error, reason, LOOM_STAGE_DECODE, "told to end");
}

static void begin(fake_batch *batch, size_t count, unsigned jobs, unsigned queue)
{
    fake_init(batch, count, jobs, queue);
    batch->stop = loom_stop_create();
    ck_assert_ptr_nonnull(batch->stop);
    ck_assert_int_eq(loom_stop_requests(batch->stop), 0);
}

static void end(fake_batch *batch)
{
    loom_stop_free(batch->stop);
    fake_release(batch);
}

/* What was run succeeded; what was not ended as cancelled. */
static void check_rest_cancelled(fake_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const bool ran = atomic_load(&batch->runs[i]) == 1;
        ck_assert_int_eq(batch->results[i], ran ? LOOM_RESULT_OK : LOOM_RESULT_ERROR);
        ck_assert_int_eq(batch->codes[i], ran ? LOOM_OK : LOOM_ERR_CANCELLED);
    }
}

static void check_cancelled(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    if (atomic_load(&batch->runs[task->seq]) > 0 || task->error != NULL ||
        task->skip_reason != NULL)
        return;
    ck_assert_int_eq(outcome->error.stage, LOOM_STAGE_WORKER);
    ck_assert_str_eq(outcome->error.message, "the run was interrupted before this image started");
}

/* ---- one request --------------------------------------------------------- */

START_TEST(stopped_before_it_began)
{
    fake_batch batch;

    begin(&batch, 50, 3, 3);
    batch.outcome = check_cancelled;
    loom_stop_request(batch.stop);
    ck_assert_int_eq(loom_stop_requests(batch.stop), 1);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), 0);
    check_rest_cancelled(&batch);
    end(&batch);
}
END_TEST

static void stop_at_20(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    check_cancelled(batch, task, outcome);
    if (atomic_load(&batch->handed) == 20)
        loom_stop_request(batch->stop);
}

START_TEST(stopped_on_the_way)
{
    fake_batch batch;

    begin(&batch, 5000, 3, 20);
    batch.outcome = stop_at_20;
    fake_run(&batch);
    ck_assert_uint_ge(atomic_load(&batch.begun), 21);
    ck_assert_uint_le(atomic_load(&batch.begun), 20 + 23); /* what was handed over, and slots */
    check_rest_cancelled(&batch);
    end(&batch);
}
END_TEST

/* One stop serves several batches: what it stopped stays stopped. */
START_TEST(a_stop_stays)
{
    fake_batch first, second;

    begin(&first, 100, 2, 2);
    first.outcome = stop_at_20;
    fake_run(&first);
    fake_init(&second, 10, 2, 2);
    second.stop = first.stop;
    fake_run(&second);
    ck_assert_uint_eq(atomic_load(&second.begun), 0);
    fake_release(&second);
    end(&first);
}
END_TEST

static const loom_error unreadable = {LOOM_ERR_PERMISSION, LOOM_STAGE_SCAN, "no right to read"};

/* What failed in the plan keeps its own error. */
START_TEST(planned_failures_are_not_cancelled)
{
    fake_batch batch;

    begin(&batch, 3, 2, 2);
    batch.tasks[1].error = &unreadable;
    batch.tasks[2].skip_reason = "exists";
    loom_stop_request(batch.stop);
    fake_run(&batch);
    ck_assert_int_eq(batch.codes[0], LOOM_ERR_CANCELLED);
    ck_assert_int_eq(batch.codes[1], LOOM_ERR_PERMISSION);
    ck_assert_int_eq(batch.results[2], LOOM_RESULT_SKIPPED);
    end(&batch);
}
END_TEST

static void request_once(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    if (job->tasks[0]->seq == 0) {
        loom_stop_request(batch->stop); /* from a thread: any thread may */
        while (atomic_load(&batch->ticks) < 2)
            if (loom_cancel_check(job->cancel) != LOOM_OK)
                outcome->result = LOOM_RESULT_ERROR;
    }
}

START_TEST(one_request_lets_running_tasks_finish)
{
    fake_batch batch;

    begin(&batch, 100, 2, 4);
    batch.tasks[0].input_size = 2000;
    batch.act = request_once;
    fake_run(&batch);
    ck_assert_int_eq(batch.results[0], LOOM_RESULT_OK);
    check_rest_cancelled(&batch);
    end(&batch);
}
END_TEST

/* A row for each of them, though they never became jobs, or came back as jobs unrun. */
START_TEST(sizes_are_cancelled_one_by_one)
{
    fake_batch batch;

    begin(&batch, 3000, 2, 20);
    fake_set_sizes(&batch, 3);
    batch.tasks[0].skip_reason = batch.tasks[2999].skip_reason = "exists";
    batch.outcome = stop_at_20;
    fake_run(&batch);
    ck_assert_uint_ge(atomic_load(&batch.begun), 7);
    ck_assert_uint_le(atomic_load(&batch.begun), 7 + 22);
    for (size_t i = 1; i < batch.count - 1; i++) {
        const bool ran = atomic_load(&batch.runs[i]) == 1;
        ck_assert_int_eq(ran, atomic_load(&batch.runs[i - i % 3 + 1]));
        ck_assert_int_eq(batch.codes[i], ran ? LOOM_OK : LOOM_ERR_CANCELLED);
    }
    ck_assert_int_eq(batch.results[0], LOOM_RESULT_SKIPPED);
    ck_assert_int_eq(batch.results[2999], LOOM_RESULT_SKIPPED);
    end(&batch);
}
END_TEST

/* ---- two requests -------------------------------------------------------- */

static void all_until_told(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)batch;
    run_until_told(job, outcome);
}

static void request_at_tick(fake_batch *batch, const loom_progress *progress)
{
    (void)progress;
    if (atomic_load(&batch->begun) > 0)
        loom_stop_request(batch->stop);
}

START_TEST(two_requests_cancel_running_tasks)
{
    fake_batch batch;

    begin(&batch, 100, 3, 4);
    batch.act = all_until_told;
    batch.tick = request_at_tick;
    fake_run(&batch);
    ck_assert_int_ge(loom_stop_requests(batch.stop), 2);
    ck_assert_uint_ge(atomic_load(&batch.begun), 1);
    ck_assert_uint_le(atomic_load(&batch.begun), 3);
    for (size_t i = 0; i < 100; i++) {
        ck_assert_int_eq(batch.results[i], LOOM_RESULT_ERROR);
        ck_assert_int_eq(batch.codes[i], LOOM_ERR_CANCELLED);
    }
    end(&batch);
}
END_TEST

/* Two in one go, as from an impatient user, while the first outcome is handed over. */
static void request_twice(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)task;
    (void)outcome;
    if (atomic_load(&batch->handed) == 0) {
        loom_stop_request(batch->stop);
        loom_stop_request(batch->stop);
    }
}

static void large_until_told(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)batch;
    if (job->tasks[0]->input_size > 1000)
        run_until_told(job, outcome);
}

/* The small ones wait until the large one is on its thread. */
static void large_first_until_told(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    while (atomic_load(&batch->runs[99]) == 0)
        (void)sched_yield();
    large_until_told(batch, job, outcome);
}

START_TEST(requests_from_a_listener)
{
    fake_batch batch;

    begin(&batch, 100, 2, 4);
    batch.tasks[99].input_size = 2000;
    batch.tasks[50].input_size = 500; /* last */
    batch.act = large_first_until_told;
    batch.outcome = request_twice;
    fake_run(&batch);
    ck_assert_int_eq(batch.codes[99], LOOM_ERR_CANCELLED);
    ck_assert_uint_eq(atomic_load(&batch.runs[99]), 1);
    ck_assert_int_eq(batch.codes[50], LOOM_ERR_CANCELLED);
    ck_assert_uint_eq(atomic_load(&batch.runs[50]), 0);
    end(&batch);
}
END_TEST

static void *request_from_outside(void *user)
{
    fake_batch *batch = user;

    while (atomic_load(&batch->handed) < 10)
        (void)sched_yield();
    loom_stop_request(batch->stop);
    loom_stop_request(batch->stop);
    return NULL;
}

START_TEST(requests_from_another_thread)
{
    fake_batch batch;
    pthread_t thread;

    begin(&batch, 20000, 2, 4);
    ck_assert_int_eq(pthread_create(&thread, NULL, request_from_outside, &batch), 0);
    fake_run(&batch);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    ck_assert_uint_ge(atomic_load(&batch.begun), 10);
    check_rest_cancelled(&batch);
    end(&batch);
}
END_TEST

/* ---- timeouts ------------------------------------------------------------ */

START_TEST(too_slow_is_timed_out)
{
    fake_batch batch;

    fake_init(&batch, 30, 2, 2);
    batch.setup->timeout_ns = LOOM_NS_PER_MS;
    batch.tasks[4].input_size = batch.tasks[17].input_size = 2000;
    batch.act = large_until_told;
    fake_run(&batch);
    for (size_t i = 0; i < 30; i++)
        ck_assert_int_eq(batch.codes[i], i == 4 || i == 17 ? LOOM_ERR_TIMEOUT : LOOM_OK);
    fake_release(&batch);
}
END_TEST

static void wait_for_ticks(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    while (atomic_load(&batch->ticks) < 3 && outcome->result == LOOM_RESULT_OK)
        if (loom_cancel_check(job->cancel) != LOOM_OK)
            outcome->result = LOOM_RESULT_ERROR;
}

START_TEST(without_timeout_none_is_marked)
{
    fake_batch batch;

    fake_init(&batch, 2, 2, 2);
    batch.act = wait_for_ticks;
    fake_run(&batch);
    ck_assert_int_eq(batch.results[0], LOOM_RESULT_OK);
    ck_assert_int_eq(batch.results[1], LOOM_RESULT_OK);
    fake_release(&batch);
}
END_TEST

/* A task whose engine does not look is not cut short, and holds up its own thread alone. */
static void ignore_the_mark(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)outcome;
    if (job->tasks[0]->seq == 0)
        while (atomic_load(&batch->handed) < batch->count - 1)
            (void)sched_yield();
}

START_TEST(an_engine_that_does_not_look)
{
    fake_batch batch;

    fake_init(&batch, 100, 2, 2);
    batch.setup->timeout_ns = 1;
    batch.tasks[0].input_size = 2000;
    batch.act = ignore_the_mark;
    fake_run(&batch);
    for (size_t i = 0; i < 100; i++)
        ck_assert_int_eq(batch.results[i], LOOM_RESULT_OK);
    fake_release(&batch);
}
END_TEST

START_TEST(nothing_to_look_at)
{
    ck_assert_int_eq(loom_cancel_check(NULL), LOOM_OK);
    loom_stop_free(NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("batch_stop");
    TCase *tests = tcase_create("batch_stop");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, stopped_before_it_began);
    tcase_add_test(tests, stopped_on_the_way);
    tcase_add_test(tests, a_stop_stays);
    tcase_add_test(tests, planned_failures_are_not_cancelled);
    tcase_add_test(tests, one_request_lets_running_tasks_finish);
    tcase_add_test(tests, sizes_are_cancelled_one_by_one);
    tcase_add_test(tests, two_requests_cancel_running_tasks);
    tcase_add_test(tests, requests_from_another_thread);
    tcase_add_test(tests, too_slow_is_timed_out);
    tcase_add_test(tests, without_timeout_none_is_marked);
    tcase_add_test(tests, nothing_to_look_at);
    if (fake_thread_limit() > 2) { /* these need two threads to come to an end */
        tcase_add_test(tests, requests_from_a_listener);
        tcase_add_test(tests, an_engine_that_does_not_look);
    }
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
