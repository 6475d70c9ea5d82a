/* The pool itself, under a front end that is the test's. */
#include "base/clock.h"
#include "batch/pool.h"
#include "support/fake_engine.h"
#include "support/suite.h"
#include <omp.h>
#include <sched.h>

enum { JOBS = 3, QUEUE = 4, SLOTS = JOBS + QUEUE, ROOM = 3 };

typedef struct trial {
    loom_pool_setup setup;
    loom_engine engine;
    atomic_uint runs, exits, polls, wakes;
    atomic_bool held; /* jobs wait until this is false, or they are to end */
    bool wakeful;
    unsigned fronts, threads;
} trial;

static const loom_task tasks[ROOM] = {{.size = 0}, {.size = 1}, {.size = 2}};

static void count_run(void *context, const loom_job *job, loom_outcome *outcomes)
{
    trial *t = context;

    if (loom_cancel_check(job->cancel) != LOOM_OK)
        outcomes[0].result = LOOM_RESULT_ERROR;
    for (size_t i = 0; i < job->count; i++) {
        ck_assert_ptr_eq(job->tasks[i], &tasks[i]);
        outcomes[i].channels = (int)i;
        loom_outcome_warn(&outcomes[i], "to be freed");
    }
    (void)atomic_fetch_add(&t->runs, 1);
}

static void count_exit(void *context, int thread)
{
    trial *t = context;

    (void)thread;
    (void)atomic_fetch_add(&t->exits, 1);
}

static void count_poll(void *user)
{
    (void)atomic_fetch_add(&((trial *)user)->polls, 1);
}

static void count_wake(void *user)
{
    (void)atomic_fetch_add(&((trial *)user)->wakes, 1);
}

/* Begins a trial, to be run by go. */
static void prepare(trial *t)
{
    *t = (trial){.engine = {.context = t, .run = count_run, .thread_exit = count_exit}};
}

static void go(trial *t, void (*front)(void *, loom_pool *), const loom_stop *stop)
{
    t->setup = (loom_pool_setup){.engine = &t->engine,
                                 .stop = stop,
                                 .jobs = JOBS,
                                 .queue = QUEUE,
                                 .began_ns = loom_clock_now(),
                                 .front = front,
                                 .per_job = ROOM,
                                 .poll = count_poll,
                                 .wake = t->wakeful ? count_wake : NULL,
                                 .user = t};
    ck_assert(loom_pool_run(&t->setup));
    ck_assert_uint_eq(t->fronts, 1);
    ck_assert_uint_eq(atomic_load(&t->exits), t->threads);
}

static void run_trial(trial *t, void (*front)(void *, loom_pool *), const loom_stop *stop)
{
    prepare(t);
    go(t, front, stop);
}

static unsigned threads_by_limit(void)
{
    const int limit = omp_get_thread_limit();

    return limit <= 1 ? 1 : limit <= JOBS ? (unsigned)limit - 1 : JOBS;
}

static void note_front(trial *t, loom_pool *pool)
{
    t->fronts++;
    t->threads = loom_pool_threads(pool);
    ck_assert_uint_eq(t->threads, threads_by_limit());
    ck_assert_uint_eq(loom_pool_slots(pool), SLOTS);
}

/* ---- slots --------------------------------------------------------------- */

static void take_and_give(void *user, loom_pool *pool)
{
    loom_slot *taken[SLOTS];

    note_front(user, pool);
    for (int i = 0; i < SLOTS; i++) {
        taken[i] = loom_pool_take(pool);
        ck_assert_ptr_nonnull(taken[i]);
        for (int k = 0; k < i; k++)
            ck_assert_ptr_ne(taken[i], taken[k]);
    }
    ck_assert_ptr_null(loom_pool_take(pool));
    loom_pool_give(pool, taken[2]);
    ck_assert_ptr_eq(loom_pool_take(pool), taken[2]);
    for (int i = 0; i < SLOTS; i++)
        loom_pool_give(pool, taken[i]);
}

START_TEST(slots_are_as_many_as_jobs_and_queue)
{
    trial t;

    run_trial(&t, take_and_give, NULL);
    ck_assert_uint_eq(atomic_load(&t.runs), 0);
}
END_TEST

static void nothing(void *user, loom_pool *pool)
{
    note_front(user, pool);
    ck_assert_ptr_null(loom_pool_wait(pool, 0));
}

START_TEST(a_front_that_submits_nothing)
{
    trial t;

    run_trial(&t, nothing, NULL);
}
END_TEST

/* ---- submit and wait ----------------------------------------------------- */

/* A job of one task, of two or of three. */
static void fill(loom_slot *slot, int number)
{
    slot->count = (size_t)number % ROOM + 1;
    for (size_t i = 0; i < slot->count; i++)
        slot->tasks[i] = &tasks[i];
}

static void check_done(const loom_slot *slot, const trial *t)
{
    ck_assert(!slot->skip);
    for (size_t i = 0; i < slot->count; i++) {
        const loom_outcome *outcome = &slot->outcomes[i];
        ck_assert_ptr_eq(slot->tasks[i], &tasks[i]);
        ck_assert_int_eq(outcome->result, LOOM_RESULT_OK);
        ck_assert_int_eq(outcome->channels, (int)i);
        ck_assert_uint_eq(outcome->warning_count, 1);
        ck_assert_int_ge(outcome->thread, 0);
        ck_assert_int_lt(outcome->thread, (int)t->threads);
        ck_assert_int_eq(outcome->thread, slot->outcomes[0].thread); /* of the job, as are */
        ck_assert_int_eq(outcome->elapsed_ns, slot->outcomes[0].elapsed_ns);
        ck_assert_int_eq(outcome->start_ns, slot->outcomes[0].start_ns);
    }
    ck_assert_int_eq(atomic_load(&slot->started_ns), 0); /* no longer running */
    ck_assert_int_ge(slot->queued_ns, t->setup.began_ns);
}

/* All slots at once, ten times over. */
static void fill_and_drain(void *user, loom_pool *pool)
{
    trial *t = user;

    note_front(t, pool);
    for (int round = 0; round < 10; round++) {
        int number = round;
        for (loom_slot *slot; (slot = loom_pool_take(pool)) != NULL; number++) {
            fill(slot, number);
            slot->grace_ns = 99;
            atomic_store(&slot->cancel.reason, LOOM_ERR_TIMEOUT);
            const bool alone = loom_pool_submit(pool, slot);
            ck_assert_int_eq(alone, omp_get_num_threads() == 1);
        }
        for (int i = 0; i < SLOTS; i++) {
            loom_slot *slot = loom_pool_wait(pool, INT64_MAX);
            ck_assert_ptr_nonnull(slot);
            check_done(slot, t);
            ck_assert_int_eq(slot->grace_ns, 0);
            ck_assert_int_eq(atomic_load(&slot->cancel.reason), LOOM_OK); /* wiped at submit */
            loom_pool_give(pool, slot);
            ck_assert_int_eq(slot->outcomes[0].thread, -1);
        }
        ck_assert_ptr_null(loom_pool_wait(pool, 0));
    }
}

START_TEST(what_is_submitted_comes_back)
{
    trial t;

    run_trial(&t, fill_and_drain, NULL);
    ck_assert_uint_eq(atomic_load(&t.runs), 10 * SLOTS);
    /* A job polls the front end only where it runs on the front end's thread. */
    ck_assert_uint_eq(atomic_load(&t.polls), omp_get_thread_limit() == 1 ? 10 * SLOTS : 0);
}
END_TEST

static loom_slot *submit(loom_pool *pool, int number)
{
    loom_slot *slot = loom_pool_take(pool);

    ck_assert_ptr_nonnull(slot);
    fill(slot, number);
    (void)loom_pool_submit(pool, slot);
    return slot;
}

static void submit_three(void *user, loom_pool *pool)
{
    note_front(user, pool);
    for (int i = 0; i < 3; i++)
        (void)submit(pool, i);
    for (int i = 0; i < 3; i++) {
        loom_slot *slot = loom_pool_wait(pool, INT64_MAX);
        ck_assert_ptr_nonnull(slot);
        ck_assert(slot->skip);
        for (size_t k = 0; k < slot->count; k++)
            ck_assert_int_eq(slot->outcomes[k].thread, -1);
        loom_pool_give(pool, slot);
    }
}

START_TEST(after_a_stop_slots_come_back_unrun)
{
    loom_stop *stop = loom_stop_create();
    trial t;

    ck_assert_ptr_nonnull(stop);
    loom_stop_request(stop);
    run_trial(&t, submit_three, stop);
    ck_assert_uint_eq(atomic_load(&t.runs), 0);
    loom_stop_free(stop);
}
END_TEST

/* ---- each slot's own ----------------------------------------------------- */

static loom_slot *wait_for_one(loom_pool *pool)
{
    loom_slot *slot = loom_pool_wait(pool, INT64_MAX);

    ck_assert_ptr_nonnull(slot);
    return slot;
}

static const loom_recipe recipes[SLOTS];
static const loom_settings settings[SLOTS];

static void compare_job(void *context, const loom_job *job, loom_outcome *outcomes)
{
    trial *t = context;

    ck_assert_int_eq(job->recipe - recipes, job->settings - settings);
    outcomes[0].quality = (int)(job->recipe - recipes);
    (void)atomic_fetch_add(&t->runs, 1);
}

static void submit_many_recipes(void *user, loom_pool *pool)
{
    note_front(user, pool);
    for (int i = 0; i < SLOTS; i++) {
        loom_slot *slot = loom_pool_take(pool);
        fill(slot, 0);
        slot->recipe = &recipes[i];
        slot->settings = &settings[i];
        (void)loom_pool_submit(pool, slot);
    }
    for (int i = 0; i < SLOTS; i++) {
        loom_slot *slot = wait_for_one(pool);
        ck_assert_int_eq(slot->outcomes[0].quality, slot->recipe - recipes);
        loom_pool_give(pool, slot);
    }
}

START_TEST(each_slot_has_its_recipe_and_settings)
{
    trial t;

    prepare(&t);
    t.engine.run = compare_job;
    go(&t, submit_many_recipes, NULL);
    ck_assert_uint_eq(atomic_load(&t.runs), SLOTS);
}
END_TEST

static void hold(void *context, const loom_job *job, loom_outcome *outcomes)
{
    trial *t = context;

    (void)atomic_fetch_add(&t->runs, 1);
    while (atomic_load(&t->held) && loom_cancel_check(job->cancel) == LOOM_OK)
        (void)sched_yield();
    outcomes[0].quality = (int)loom_cancel_check(job->cancel);
}

/* All threads have a job, and none is left for those that are submitted then. */
static void occupy(trial *t, loom_pool *pool)
{
    atomic_store(&t->held, true);
    for (unsigned i = 0; i < t->threads; i++)
        (void)submit(pool, 0);
    while (atomic_load(&t->runs) < t->threads)
        (void)sched_yield();
}

/* Two that wait are marked, one by its deadline; a third runs as if they were not there. */
static void mark_those_that_wait(void *user, loom_pool *pool)
{
    trial *t = user;
    unsigned unrun = 0;

    note_front(t, pool);
    occupy(t, pool);
    loom_slot *cancelled = submit(pool, 0), *late = loom_pool_take(pool);
    fill(late, 0);
    late->deadline_ns = loom_clock_now() + 1;
    (void)loom_pool_submit(pool, late);
    (void)submit(pool, 0);
    loom_slot_cancel(cancelled, LOOM_ERR_CANCELLED);
    loom_slot_cancel(cancelled, LOOM_ERR_TIMEOUT); /* the first mark stays */
    atomic_store(&t->held, false);
    for (unsigned i = 0; i < t->threads + 3; i++) {
        loom_slot *slot = wait_for_one(pool);
        ck_assert_int_eq(slot->skip, slot == cancelled || slot == late);
        ck_assert_int_eq(loom_cancel_check(&slot->cancel), slot == cancelled ? LOOM_ERR_CANCELLED
                                                           : slot == late    ? LOOM_ERR_TIMEOUT
                                                                             : LOOM_OK);
        unrun += slot->skip && slot->outcomes[0].thread == -1;
        loom_pool_give(pool, slot);
    }
    ck_assert_uint_eq(unrun, 2);
    ck_assert_uint_eq(atomic_load(&t->runs), t->threads + 1);
}

/* They run until their own stop, or deadline, ends them. */
static void end_what_runs(void *user, loom_pool *pool)
{
    trial *t = user;
    loom_stop *stop = loom_stop_create();

    note_front(t, pool);
    atomic_store(&t->held, true);
    for (int i = 0; i < 2; i++) {
        loom_slot *slot = loom_pool_take(pool);
        fill(slot, 0);
        if (i == 0)
            slot->stop = stop;
        else
            slot->deadline_ns = loom_clock_now() + 20 * LOOM_NS_PER_MS;
        (void)loom_pool_submit(pool, slot);
    }
    while (atomic_load(&t->runs) < 2)
        (void)sched_yield();
    loom_stop_request(stop);
    for (int i = 0; i < 2; i++) {
        loom_slot *slot = wait_for_one(pool);
        ck_assert(!slot->skip);
        ck_assert_int_eq(slot->outcomes[0].quality,
                         slot->stop != NULL ? LOOM_ERR_CANCELLED : LOOM_ERR_TIMEOUT);
        slot->stop = NULL;
        slot->deadline_ns = 0;
        loom_pool_give(pool, slot);
    }
    loom_stop_free(stop);
}

static void run_held(void (*front)(void *, loom_pool *))
{
    trial t;

    prepare(&t);
    t.engine.run = hold;
    go(&t, front, NULL);
}

START_TEST(a_mark_on_one_that_waits_keeps_it_from_running)
{
    run_held(mark_those_that_wait);
}
END_TEST

START_TEST(a_stop_and_a_deadline_end_what_runs)
{
    run_held(end_what_runs);
}
END_TEST

/* Whenever it was woken for a slot, that slot is there. */
static void wait_for_wakes(void *user, loom_pool *pool)
{
    trial *t = user;

    note_front(t, pool);
    for (unsigned i = 0; i < SLOTS; i++)
        (void)submit(pool, (int)i);
    for (unsigned i = 0; i < SLOTS; i++) {
        while (atomic_load(&t->wakes) <= i)
            (void)sched_yield();
        loom_slot *slot = loom_pool_wait(pool, 0);
        ck_assert_ptr_nonnull(slot);
        loom_pool_give(pool, slot);
    }
}

START_TEST(each_slot_wakes_who_waits_elsewhere)
{
    trial t;

    prepare(&t);
    t.wakeful = true;
    go(&t, wait_for_wakes, NULL);
    ck_assert_uint_eq(atomic_load(&t.wakes), SLOTS);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("pool");
    TCase *tests = tcase_create("pool");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, slots_are_as_many_as_jobs_and_queue);
    tcase_add_test(tests, a_front_that_submits_nothing);
    tcase_add_test(tests, what_is_submitted_comes_back);
    tcase_add_test(tests, after_a_stop_slots_come_back_unrun);
    tcase_add_test(tests, each_slot_has_its_recipe_and_settings);
    tcase_add_test(tests, each_slot_wakes_who_waits_elsewhere);
    if (fake_thread_limit() > 2) { /* one thread holds a job, while another is to go on */
        tcase_add_test(tests, a_mark_on_one_that_waits_keeps_it_from_running);
        tcase_add_test(tests, a_stop_and_a_deadline_end_what_runs);
    }
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
