/*
 * The batch with a fake engine; fake_run asserts what must hold for every batch. The suite is run
 * with limits of one and two threads as well (OMP_THREAD_LIMIT): all must hold then, too.
 */
#include "support/fake_engine.h"
#include "support/suite.h"
#include <omp.h>
#include <sched.h>
#include <stdio.h>

static loom_status look(const loom_job *job)
{
    return loom_cancel_check(job->cancel);
}

/* ---- ordinary runs -------------------------------------------------------------------------- */

START_TEST(no_task_at_all)
{
    fake_batch batch;

    fake_init(&batch, 0, 4, 4);
    fake_run(&batch);
    ck_assert_uint_eq(batch.result.jobs, 1);
    fake_release(&batch);
}
END_TEST

START_TEST(one_task)
{
    fake_batch batch;

    fake_init(&batch, 1, 8, 8);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.runs[0]), 1);
    ck_assert_int_eq(batch.results[0], LOOM_RESULT_OK);
    ck_assert_uint_eq(batch.result.jobs, 1); /* no idle threads */
    fake_release(&batch);
}
END_TEST

static void run_all(size_t count, unsigned jobs, unsigned queue)
{
    fake_batch batch;

    fake_init(&batch, count, jobs, queue);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), count);
    ck_assert_uint_eq(batch.result.jobs, fake_workers(jobs));
    fake_release(&batch);
}

START_TEST(fewest_slots)
{
    run_all(50, 1, 1);
}
END_TEST

START_TEST(many_tasks_each_once)
{
    run_all(20000, 4, 16);
}
END_TEST

START_TEST(many_workers)
{
    run_all(2000, FAKE_WORKERS, 1);
}
END_TEST

/* ---- order ---------------------------------------------------------------------------------- */

START_TEST(largest_first)
{
    static const uint64_t sizes[] = {5, 900, 7, UINT64_MAX, 900, 0, 7, 900, 1, UINT64_MAX};
    static const unsigned expected[] = {3, 9, 1, 4, 7, 2, 6, 0, 8, 5};
    fake_batch batch;

    fake_init(&batch, 10, 1, 1);
    for (size_t i = 0; i < 10; i++)
        batch.tasks[i].input_size = sizes[i];
    fake_run(&batch);
    for (size_t i = 0; i < 10; i++)
        ck_assert_uint_eq(batch.order[i], expected[i]);
    fake_release(&batch);
}
END_TEST

/* Holds its worker until all the others were handed over. */
static void first_waits_for_all(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)outcome;
    if (job->tasks[0]->seq == 0)
        while (atomic_load(&batch->handed) < batch->count - 1)
            (void)sched_yield();
}

START_TEST(a_slow_task_holds_up_no_other)
{
    fake_batch batch;

    fake_init(&batch, 200, 2, 2);
    batch.tasks[0].input_size = 2000; /* the first to be begun */
    batch.act = first_waits_for_all;
    fake_run(&batch);
    fake_release(&batch);
}
END_TEST

/*
 * While the first outcome is being handed over, the workers run what was submitted and then have
 * to wait: as many as there are slots, and never one more.
 */
static void wait_for_slots(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    const unsigned slots = batch->options.jobs + batch->options.queue;

    (void)task;
    (void)outcome;
    if (atomic_load(&batch->handed) > 0)
        return;
    while (atomic_load(&batch->begun) < slots)
        (void)sched_yield();
    for (int i = 0; i < 1000; i++)
        (void)sched_yield();
    ck_assert_uint_eq(atomic_load(&batch->begun), slots);
}

START_TEST(slots_bound_what_is_under_way)
{
    fake_batch batch;

    fake_init(&batch, 300, 3, 5);
    batch.outcome = wait_for_slots;
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.slot_count), 8);
    fake_release(&batch);
}
END_TEST

/* ---- tasks that fail, or are never run ------------------------------------------------------ */

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

/* ---- several sizes of one input ------------------------------------------------------------- */

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

    fake_init(&batch, 2 * LOOM_MAX_SIZES + 5, 1, 1);
    fake_set_sizes(&batch, 2 * LOOM_MAX_SIZES + 5);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), 3);
    ck_assert_uint_eq(batch.jobs[0], batch.jobs[LOOM_MAX_SIZES - 1]);
    ck_assert_uint_ne(batch.jobs[0], batch.jobs[LOOM_MAX_SIZES]);
    fake_release(&batch);
}
END_TEST

/* Only neighbours with one path and rising sizes. */
START_TEST(what_makes_no_job)
{
    static const unsigned sizes[] = {1, 2, 2, 0, 3, 1}, jobs[] = {0, 0, 1, 2, 2, 3};
    static const char other[] = "in";
    fake_batch batch;

    fake_init(&batch, 7, 1, 1);
    for (size_t i = 0; i < 6; i++)
        batch.tasks[i].size = sizes[i];
    batch.tasks[6].size = 5;
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
    ck_assert_uint_eq(batch.result.jobs, fake_workers(2));
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

/* ---- progress ------------------------------------------------------------------------------- */

static atomic_uint ticks_with_running;

/* Stays on its worker until two ticks told that somebody is at work. */
static void wait_for_ticks(fake_batch *batch, const loom_job *job, loom_outcome *outcome)
{
    (void)batch;
    (void)outcome;
    if (job->tasks[0]->seq == 0)
        while (atomic_load(&ticks_with_running) < 2 && look(job) == LOOM_OK)
            (void)sched_yield();
}

static void count_running(fake_batch *batch, const loom_progress *progress)
{
    (void)batch;
    if (progress->running > 0)
        (void)atomic_fetch_add(&ticks_with_running, 1);
}

START_TEST(ticks_tell_the_progress)
{
    fake_batch batch;

    fake_init(&batch, 10, 2, 2);
    batch.tasks[0].input_size = 2000;
    batch.act = wait_for_ticks;
    batch.tick = count_running;
    fake_run(&batch);
    ck_assert_uint_ge(atomic_load(&batch.ticks), 2);
    fake_release(&batch);
}
END_TEST

/* ---- options -------------------------------------------------------------------------------- */

static void must_not_run(void *context, const loom_job *job, loom_outcome *outcome)
{
    (void)context;
    (void)job;
    (void)outcome;
    abort();
}

static void must_not_come(void *user, const loom_task *task, loom_outcome *outcome)
{
    (void)user;
    (void)task;
    (void)outcome;
    abort();
}

START_TEST(options_out_of_range)
{
    static const struct {
        loom_batch_options options;
        const char *message;
    } bad[] = {
        {{.jobs = LOOM_MAX_JOBS + 1, .queue = 1}, "jobs must be from 1 to 1024"},
        {{.jobs = UINT32_MAX}, "jobs must be from 1 to 1024"},
        {{.jobs = 1, .queue = LOOM_MAX_QUEUE + 1},
         "queue must be from 1 to 1000000, and a timeout not negative"},
        {{.jobs = 1, .queue = 1, .timeout_ns = -1},
         "queue must be from 1 to 1000000, and a timeout not negative"},
        {{.max_errors = {true, true, 101}}, "at most 100% of the images may be in error"},
    };
    const loom_engine engine = {NULL, must_not_run, NULL};
    const loom_batch_listener listener = {NULL, must_not_come, NULL};
    const loom_task task = {.input_path = "in"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        loom_batch_result result = {.jobs = 99};
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_batch_run(&bad[i].options, &engine, NULL, NULL, &task, 1, &listener,
                                        NULL, &result, &err),
                         LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, bad[i].message);
        ck_assert_uint_eq(result.jobs, 99);
    }
}
END_TEST

static void succeed(void *context, const loom_job *job, loom_outcome *outcome)
{
    (void)job;
    (void)outcome;
    (void)atomic_fetch_add((atomic_uint *)context, 1);
}

static void count_up(void *user, const loom_task *task, loom_outcome *outcome)
{
    (void)task;
    (void)outcome;
    ++*(unsigned *)user;
}

/* Zero everywhere, no tick, no thread_exit, no stop, no result, no error. */
START_TEST(what_may_be_left_out)
{
    enum { TASKS = 100 };
    atomic_uint runs = 0;
    unsigned outcomes = 0;
    loom_task tasks[TASKS] = {{.seq = 0}};
    const loom_batch_options options = {.jobs = 0};
    const loom_engine engine = {&runs, succeed, NULL};
    const loom_batch_listener listener = {&outcomes, count_up, NULL};

    ck_assert_int_eq(
        loom_batch_run(&options, &engine, NULL, NULL, tasks, TASKS, &listener, NULL, NULL, NULL),
        LOOM_OK);
    ck_assert_uint_eq(atomic_load(&runs), TASKS);
    ck_assert_uint_eq(outcomes, TASKS);
}
END_TEST

/* ---- teams ---------------------------------------------------------------------------------- */

/* Each outcome is handed over before the next task is begun. */
static void check_in_step(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)task;
    (void)outcome;
    ck_assert_uint_eq(atomic_load(&batch->begun), atomic_load(&batch->handed) + 1);
}

/* Within another team, where no threads can be had, the caller's thread does it all. */
START_TEST(inside_another_team)
{
    fake_batch batch;

    fake_init(&batch, 50, 4, 4);
    batch.outcome = check_in_step;
    omp_set_max_active_levels(1);
#pragma omp parallel num_threads(2)
    {
#pragma omp master
        fake_run(&batch);
    }
    ck_assert_uint_eq(atomic_load(&batch.begun), 50);
    ck_assert_uint_eq(batch.result.jobs, 1);
    fake_release(&batch);
}
END_TEST

START_TEST(one_batch_after_another)
{
    for (unsigned jobs = 1; jobs <= 6; jobs++)
        run_all(30, jobs, 7 - jobs);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("batch");
    TCase *tests = tcase_create("batch");

    tcase_set_timeout(tests, 120);
    tcase_add_test(tests, no_task_at_all);
    tcase_add_test(tests, one_task);
    tcase_add_test(tests, fewest_slots);
    tcase_add_test(tests, many_tasks_each_once);
    tcase_add_test(tests, many_workers);
    tcase_add_test(tests, largest_first);
    tcase_add_test(tests, failures_stay_with_their_task);
    tcase_add_loop_test(tests, planned_failures_never_reach_the_engine, 0, 2);
    tcase_add_test(tests, sizes_of_an_input_are_one_job);
    tcase_add_test(tests, no_job_is_larger_than_allowed);
    tcase_add_test(tests, what_makes_no_job);
    tcase_add_test(tests, a_job_without_what_is_not_run);
    tcase_add_test(tests, largest_input_first);
    tcase_add_test(tests, ticks_tell_the_progress);
    tcase_add_test(tests, options_out_of_range);
    tcase_add_test(tests, what_may_be_left_out);
    tcase_add_test(tests, inside_another_team);
    tcase_add_test(tests, one_batch_after_another);
    if (fake_thread_limit() > 3) { /* these need several workers to come to an end */
        tcase_add_test(tests, a_slow_task_holds_up_no_other);
        tcase_add_test(tests, slots_bound_what_is_under_way);
    }
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
