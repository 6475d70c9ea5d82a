/*
 * One picture in one call, with an engine that touches no image. Run with limits of one and two
 * threads, too: all must hold then.
 */
#include "base/clock.h"
#include "batch/service.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CALLERS = 8, CALLS = 200, JOBS = 2 };

typedef struct trial {
    loom_engine engine; /* its desk's is itself */
    atomic_uint runs, exits, returned;
    atomic_bool held; /* jobs wait until this is false, or they are to end */
} trial;

static trial t;

/* The input backwards. */
static void run_job(void *context, const loom_job *job, loom_outcome *outcomes)
{
    loom_status mark = LOOM_OK;
    sigset_t blocked;

    ck_assert_ptr_eq(context, &t);
    ck_assert_int_eq(pthread_sigmask(SIG_BLOCK, NULL, &blocked), 0);
    ck_assert_int_eq(sigismember(&blocked, SIGINT), 1); /* signals are the program's */
    (void)atomic_fetch_add(&t.runs, 1);
    while (atomic_load(&t.held) && mark == LOOM_OK) {
        (void)sched_yield();
        mark = loom_cancel_check(job->cancel);
    }
    if (mark == LOOM_OK && job->source == NULL) {
        ck_assert_str_eq(job->tasks[0]->input_path, "in.png");
        ck_assert_str_eq(job->tasks[0]->output_path, "out.png");
        outcomes[0].width = 77;
        return;
    }
    if (mark == LOOM_OK && job->source->size == 0)
        mark = loom_error_set(&outcomes[0].error, LOOM_ERR_EMPTY, LOOM_STAGE_OPEN, "it is empty");
    if (mark != LOOM_OK) {
        outcomes[0].result = LOOM_RESULT_ERROR;
        (void)loom_error_set(&outcomes[0].error, mark, LOOM_STAGE_DECODE, "it ran");
        return;
    }
    char *made = malloc(job->source->size);
    ck_assert_ptr_nonnull(made);
    for (size_t i = 0; i < job->source->size; i++)
        made[i] = ((const char *)job->source->bytes)[job->source->size - 1 - i];
    outcomes[0].picture = made;
    outcomes[0].processed_size = job->source->size;
}

static void count_exit(void *context, int thread)
{
    (void)context;
    (void)thread;
    (void)atomic_fetch_add(&t.exits, 1);
}

static void setup(void)
{
    t.engine = (loom_engine){.context = &t, .run = run_job, .thread_exit = count_exit};
    t.engine.desk = loom_desk_create(&t.engine, JOBS, 0);
    ck_assert_ptr_nonnull(t.engine.desk);
}

static void teardown(void)
{
    loom_desk_free(t.engine.desk);
    ck_assert(atomic_load(&t.runs) == 0 || atomic_load(&t.exits) > 0);
}

static loom_request *make_request(void)
{
    loom_request *request = loom_request_create();

    ck_assert_ptr_nonnull(request);
    return request;
}

/* ---- calls --------------------------------------------------------------- */

START_TEST(a_picture_from_memory_to_memory)
{
    loom_request *request = make_request();

    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(loom_process_buffer(&t.engine, "drawer", 6, request, NULL), LOOM_OK);
        ck_assert_uint_eq(loom_request_outcome(request, 0)->processed_size, 6);
        ck_assert_mem_eq(loom_request_outcome(request, 0)->picture, "reward", 6);
    }
    loom_request_free(request);
}
END_TEST

START_TEST(a_picture_from_file_to_file)
{
    loom_request *request = make_request();

    request->output_path = "out.png";
    request->bytes = "left over"; /* the call says what the input is */
    request->descriptor = 0;
    ck_assert_int_eq(loom_process_file(&t.engine, "in.png", request, NULL), LOOM_OK);
    ck_assert_uint_eq(loom_request_outcome(request, 0)->width, 77);
    loom_request_free(request);
}
END_TEST

START_TEST(an_error_is_the_outcomes)
{
    loom_recipe recipe;
    loom_request *request = make_request();
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_process_buffer(&t.engine, NULL, 5, request, &err), LOOM_ERR_EMPTY);
    ck_assert_int_eq(err.stage, LOOM_STAGE_OPEN);
    ck_assert_str_eq(err.message, "it is empty");
    request->output_path = ".";
    ck_assert_int_eq(loom_process_file(&t.engine, "in.png", request, NULL), LOOM_ERR_NOT_A_FILE);
    loom_recipe_init(&recipe);
    recipe.quality = 900;
    request->recipe = &recipe;
    ck_assert_int_eq(loom_process_file(&t.engine, "in.png", request, NULL), LOOM_ERR_USAGE);
    ck_assert_uint_eq(atomic_load(&t.runs), 1);
    loom_request_free(request);
}
END_TEST

static void *call_often(void *user)
{
    loom_request *request = make_request();
    char word[32], backwards[32];

    for (int i = 0; i < CALLS; i++) {
        const int size = snprintf(word, sizeof word, "%d of %d", i, *(const int *)user);
        for (int k = 0; k < size; k++)
            backwards[k] = word[size - 1 - k];
        ck_assert_int_eq(loom_process_buffer(&t.engine, word, (size_t)size, request, NULL),
                         LOOM_OK);
        ck_assert_uint_eq(loom_request_outcome(request, 0)->processed_size, (size_t)size);
        ck_assert_mem_eq(loom_request_outcome(request, 0)->picture, backwards, (size_t)size);
    }
    loom_request_free(request);
    return NULL;
}

START_TEST(many_threads_at_once)
{
    pthread_t threads[CALLERS];
    int numbers[CALLERS];

    for (int i = 0; i < CALLERS; i++) {
        numbers[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, call_often, &numbers[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    ck_assert_uint_eq(atomic_load(&t.runs), CALLERS * CALLS);
}
END_TEST

START_TEST(threads_may_be_started_first)
{
    ck_assert_int_eq(loom_process_begin(&t.engine, NULL), LOOM_OK);
    ck_assert_int_eq(loom_process_begin(&t.engine, NULL), LOOM_OK);
    ck_assert_uint_eq(atomic_load(&t.runs), 0);
    a_picture_from_memory_to_memory_fn(0);
}
END_TEST

/* What keeps the threads from being started is told to each call, and may be gone at the next. */
START_TEST(what_cannot_be_started)
{
    loom_request *request = make_request();
    loom_error err = LOOM_ERROR_INIT;
    loom_desk *good = t.engine.desk;

    t.engine.desk = loom_desk_create(&t.engine, LOOM_JOBS_MAX + 1, 0);
    ck_assert_int_eq(loom_process_begin(&t.engine, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "jobs must be from 1 to 1024");
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(loom_process_buffer(&t.engine, "x", 1, request, NULL), LOOM_ERR_USAGE);
    ck_assert_int_eq(loom_process_begin(&t.engine, NULL), LOOM_ERR_USAGE);
    loom_desk_free(t.engine.desk);
    t.engine.desk = good;
    ck_assert_int_eq(loom_process_buffer(&t.engine, "x", 1, request, NULL), LOOM_OK);
    loom_request_free(request);
}
END_TEST

/* ---- ending early -------------------------------------------------------- */

/* A call on a thread of its own, of which only the end is looked at. */
typedef struct call {
    pthread_t thread;
    loom_request *request;
    loom_status status;
    loom_error err;
} call;

static void *make_call(void *user)
{
    call *c = user;

    c->status = loom_process_buffer(&t.engine, "x", 1, c->request, &c->err);
    (void)atomic_fetch_add(&t.returned, 1);
    return NULL;
}

static void begin_call(call *c)
{
    *c = (call){.request = make_request()};
}

static void go(call *c)
{
    ck_assert_int_eq(pthread_create(&c->thread, NULL, make_call, c), 0);
}

static loom_status end_call(call *c)
{
    ck_assert_int_eq(pthread_join(c->thread, NULL), 0);
    loom_request_free(c->request);
    return c->status;
}

/* Twelve calls, of which but two can run and eight more are in the service. */
enum { MANY = 12 };

static void begin_many(call *calls)
{
    atomic_store(&t.held, true);
    for (size_t i = 0; i < MANY; i++) {
        begin_call(&calls[i]);
        go(&calls[i]);
    }
    while (loom_desk_callers(t.engine.desk) < MANY || atomic_load(&t.runs) == 0)
        (void)sched_yield();
}

START_TEST(a_deadline_ends_a_call_wherever_it_waits)
{
    call calls[MANY];

    atomic_store(&t.held, true);
    for (size_t i = 0; i < MANY; i++) {
        begin_call(&calls[i]);
        calls[i].request->deadline_ns = loom_clock_now() + 50 * LOOM_NS_PER_MS;
        go(&calls[i]);
    }
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(end_call(&calls[i]), LOOM_ERR_TIMEOUT);
    ck_assert_uint_le(atomic_load(&t.runs), MANY);
}
END_TEST

START_TEST(a_stop_ends_a_call_wherever_it_waits)
{
    loom_stop *stop = loom_stop_create();
    call calls[MANY];

    atomic_store(&t.held, true);
    for (size_t i = 0; i < MANY; i++) {
        begin_call(&calls[i]);
        calls[i].request->stop = stop;
        go(&calls[i]);
    }
    while (atomic_load(&t.runs) == 0)
        (void)sched_yield();
    ck_assert_uint_eq(atomic_load(&t.returned), 0);
    loom_stop_request(stop);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(end_call(&calls[i]), LOOM_ERR_CANCELLED);
    loom_stop_free(stop);
}
END_TEST

START_TEST(more_callers_than_there_is_room_for)
{
    call calls[MANY];

    begin_many(calls);
    atomic_store(&t.held, false);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(end_call(&calls[i]), LOOM_OK);
    ck_assert_uint_eq(atomic_load(&t.runs), MANY);
}
END_TEST

START_TEST(stopping_ends_all_calls)
{
    call calls[MANY];

    begin_many(calls);
    loom_desk_free(t.engine.desk);
    t.engine.desk = NULL;
    for (size_t i = 0; i < MANY; i++) {
        ck_assert_int_eq(end_call(&calls[i]), LOOM_ERR_CANCELLED);
        ck_assert_str_ne(calls[i].err.message, "");
    }
}
END_TEST

/* A thread that is cancelled meanwhile gets its answer first. */
START_TEST(a_cancelled_thread_leaves_nothing_behind)
{
    call c;
    void *result;

    begin_call(&c);
    atomic_store(&t.held, true);
    go(&c);
    while (atomic_load(&t.runs) == 0)
        (void)sched_yield();
    ck_assert_int_eq(pthread_cancel(c.thread), 0);
    (void)poll(NULL, 0, 20);
    ck_assert_uint_eq(atomic_load(&t.returned), 0);
    atomic_store(&t.held, false);
    ck_assert_int_eq(pthread_join(c.thread, &result), 0);
    ck_assert_mem_eq(loom_request_outcome(c.request, 0)->picture, "x", 1);
    loom_request_free(c.request);
}
END_TEST

START_TEST(a_fork_has_no_threads)
{
    loom_request *request = make_request();
    loom_error err = LOOM_ERROR_INIT;
    int status;

    ck_assert_int_eq(loom_process_buffer(&t.engine, "x", 1, request, NULL), LOOM_OK);
    const pid_t child = fork();
    if (child == 0) {
        const bool ok =
            loom_process_buffer(&t.engine, "x", 1, request, &err) == LOOM_ERR_UNSUPPORTED &&
            loom_process_begin(&t.engine, NULL) == LOOM_ERR_UNSUPPORTED;
        loom_desk_free(t.engine.desk);
        _exit(ok ? 0 : 1);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
    ck_assert_int_eq(loom_process_buffer(&t.engine, "x", 1, request, NULL), LOOM_OK);
    loom_request_free(request);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("process");
    TCase *tests = tcase_create("process");

    tcase_set_timeout(tests, 120);
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_picture_from_memory_to_memory);
    tcase_add_test(tests, a_picture_from_file_to_file);
    tcase_add_test(tests, an_error_is_the_outcomes);
    tcase_add_test(tests, many_threads_at_once);
    tcase_add_test(tests, threads_may_be_started_first);
    tcase_add_test(tests, what_cannot_be_started);
    tcase_add_test(tests, a_deadline_ends_a_call_wherever_it_waits);
    tcase_add_test(tests, a_stop_ends_a_call_wherever_it_waits);
    tcase_add_test(tests, more_callers_than_there_is_room_for);
    tcase_add_test(tests, stopping_ends_all_calls);
    tcase_add_test(tests, a_cancelled_thread_leaves_nothing_behind);
    tcase_add_test(tests, a_fork_has_no_threads);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
