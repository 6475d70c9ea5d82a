/*
 * The batch with a fake engine; fake_run asserts what must hold for every batch. The suite is run
 * with limits of one and two threads as well (OMP_THREAD_LIMIT): all must hold then, too.
 */
#include "support/fake_engine.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <omp.h>
#include <sched.h>

static loom_status look(const loom_job *job)
{
    return loom_cancel_check(job->cancel);
}

/* ---- ordinary runs ------------------------------------------------------- */

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
    ck_assert_uint_eq(batch.result.jobs, fake_threads(jobs));
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
    run_all(2000, FAKE_THREADS, 1);
}
END_TEST

/* ---- order --------------------------------------------------------------- */

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

/* Holds its thread until all the others were handed over. */
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
 * While the first outcome is being handed over, the threads run what was submitted and then have
 * to wait: as many as there are slots, and never one more.
 */
static void wait_for_slots(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    const unsigned slots = batch->setup->jobs + batch->setup->queue;

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

/* ---- progress ------------------------------------------------------------ */

static atomic_uint ticks_with_running;

/* Stays on its thread until two ticks told that somebody is at work. */
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

/* ---- options ------------------------------------------------------------- */

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
        loom_batch fields;
        const char *message;
    } bad[] = {
        {{.jobs = LOOM_JOBS_MAX + 1, .queue = 1}, "jobs must be from 1 to 1024"},
        {{.jobs = UINT32_MAX}, "jobs must be from 1 to 1024"},
        {{.jobs = 1, .queue = LOOM_QUEUE_MAX + 1}, "queue must be from 1 to 1000000"},
        {{.jobs = 1, .queue = 1, .timeout_ns = -1}, "a timeout must not be negative"},
        {{.max_errors = {true, true, 101}}, "the error limit is at most 100%"},
    };
    loom_engine engine = {.run = must_not_run};
    const loom_task task = {.input_path = "in"};

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        loom_batch *batch = loom_batch_create(&engine);
        loom_error err = LOOM_ERROR_INIT;
        *batch = bad[i].fields;
        batch->engine = &engine;
        batch->outcome = must_not_come;
        ck_assert_int_eq(loom_batch_run_tasks(batch, NULL, &task, 1, &err), LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, bad[i].message);
        ck_assert_uint_eq(loom_batch_result_of(batch)->jobs, 0);
        loom_batch_free(batch);
    }
}
END_TEST

START_TEST(what_must_be_set)
{
    loom_engine engine = {.run = must_not_run};
    loom_batch *batch = loom_batch_create(NULL);
    loom_error err = LOOM_ERROR_INIT;

    batch->outcome = must_not_come;
    ck_assert_int_eq(loom_batch_run(batch, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "a batch needs a plan");
    ck_assert_int_eq(loom_batch_run_tasks(batch, NULL, NULL, 0, NULL), LOOM_ERR_USAGE);
    batch->engine = &engine;
    batch->outcome = NULL;
    ck_assert_int_eq(loom_batch_run_tasks(batch, NULL, NULL, 0, NULL), LOOM_ERR_USAGE);
    loom_batch_free(batch);
    loom_batch_free(NULL);
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

/* No settings, no tick, no thread_exit, no stop, no error. */
START_TEST(what_may_be_left_out)
{
    enum { TASKS = 100 };
    atomic_uint runs = 0;
    unsigned outcomes = 0;
    loom_task tasks[TASKS] = {{.seq = 0}};
    loom_engine engine = {.context = &runs, .run = succeed};
    loom_batch *batch = loom_batch_create(&engine);

    ck_assert_int_eq(batch->timeout_ns, LOOM_DEFAULT_TIMEOUT_NS);
    batch->user = &outcomes;
    batch->outcome = count_up;
    ck_assert_int_eq(loom_batch_run_tasks(batch, NULL, tasks, TASKS, NULL), LOOM_OK);
    ck_assert_uint_ge(loom_batch_result_of(batch)->jobs, 1);
    loom_batch_free(batch);
    ck_assert_uint_eq(atomic_load(&runs), TASKS);
    ck_assert_uint_eq(outcomes, TASKS);
}
END_TEST

/* ---- settings ------------------------------------------------------------ */

static void note_settings(void *context, const loom_job *job, loom_outcome *outcome)
{
    (void)outcome;
    *(loom_settings *)context = *job->settings;
}

/* Given once, to the plan, which may be made with options that are gone by now. */
START_TEST(a_batch_has_the_settings_of_its_plan)
{
    loom_settings seen, settings, others;
    unsigned outcomes = 0;
    loom_plan *plan;
    loom_recipe *recipe = loom_recipe_create();
    loom_engine engine = {.context = &seen, .run = note_settings};
    loom_batch *batch = loom_batch_create(&engine);

    tmpdir_enter();
    tmpdir_touch("a.jpg");
    loom_scan *scan = loom_scan_create(NULL);
    ck_assert_int_eq(loom_scan_add(scan, "a.jpg", NULL), LOOM_OK);
    batch->user = &outcomes;
    batch->outcome = count_up;
    loom_settings_init(&settings);
    others = settings;
    for (int given = 0; given < 3; given++) {
        settings.max_pixels = given >= 1 ? 12345 : LOOM_DEFAULT_MAX_PIXELS;
        others.max_pixels = 54321;
        const loom_plan_options options = {.settings = given >= 1 ? &settings : NULL};
        ck_assert_int_eq(loom_plan_create(&plan, scan, recipe, &options, NULL), LOOM_OK);
        settings.max_pixels = 1;
        batch->plan = plan;
        batch->settings = given == 2 ? &others : NULL;
        ck_assert_int_eq(loom_batch_run(batch, NULL), LOOM_OK);
        ck_assert_uint_eq(seen.max_pixels, given == 2   ? 54321
                                           : given == 1 ? 12345
                                                        : LOOM_DEFAULT_MAX_PIXELS);
        loom_plan_free(plan);
    }
    ck_assert_uint_eq(outcomes, 3);
    loom_scan_free(scan);
    loom_batch_free(batch);
    loom_recipe_free(recipe);
    tmpdir_leave();
}
END_TEST

/* ---- teams --------------------------------------------------------------- */

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
    tcase_add_test(tests, ticks_tell_the_progress);
    tcase_add_test(tests, options_out_of_range);
    tcase_add_test(tests, what_must_be_set);
    tcase_add_test(tests, what_may_be_left_out);
    tcase_add_test(tests, a_batch_has_the_settings_of_its_plan);
    tcase_add_test(tests, inside_another_team);
    tcase_add_test(tests, one_batch_after_another);
    if (fake_thread_limit() > 3) { /* these need several threads to come to an end */
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
