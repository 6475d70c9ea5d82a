/*
 * The service with an engine that touches no image, and a front that is the test's. Run with limits
 * of one and two threads, too: one is refused.
 */
#include "base/clock.h"
#include "batch/service.h"
#include "picture/recipe_fields.h"
#include "support/fake_engine.h"
#include "support/suite.h"
#include <poll.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

enum { JOBS = 2, QUEUE = 3, ROOM = JOBS + QUEUE };

typedef struct trial {
    loom_engine engine;
    loom_service *service;
    void (*act)(struct trial *t, loom_service *service);
    loom_request *requests[ROOM + 1];
    atomic_uint runs;
    atomic_bool held; /* jobs wait until this is false, or they are to end */
    unsigned fronts;
} trial;

/* ---- the engine ---------------------------------------------------------- */

/* Answers with the input, and ends early when it is to. */
static void run_job(void *context, const loom_job *job, loom_outcome *outcomes)
{
    trial *t = context;
    loom_status mark = LOOM_OK;

    (void)atomic_fetch_add(&t->runs, 1);
    while (atomic_load(&t->held) && mark == LOOM_OK) {
        (void)sched_yield();
        mark = loom_cancel_check(job->cancel);
    }
    for (size_t i = 0; i < job->count; i++) {
        if (mark != LOOM_OK) {
            outcomes[i].result = LOOM_RESULT_ERROR;
            (void)loom_error_set(&outcomes[i].error, mark, LOOM_STAGE_DECODE, "it ran");
            continue;
        }
        outcomes[i].picture = malloc(job->source->size);
        ck_assert_ptr_nonnull(outcomes[i].picture);
        memcpy(outcomes[i].picture, job->source->bytes, job->source->size);
        outcomes[i].processed_size = job->source->size;
        outcomes[i].width = job->recipe->sizes[job->tasks[i]->size].width;
        loom_outcome_warn(&outcomes[i], "to be freed");
    }
}

/* ---- the trial ----------------------------------------------------------- */

static void call_front(void *user, loom_service *service)
{
    trial *t = user;

    t->fronts++;
    ck_assert_ptr_eq(service, t->service);
    t->act(t, service);
}

static const char *const contents[ROOM + 1] = {"one", "two", "three", "four", "five", "six"};

static void begin(trial *t)
{
    *t = (trial){.engine = {.context = t, .run = run_job}};
    t->service = loom_service_create(&t->engine);
    ck_assert_ptr_nonnull(t->service);
    t->service->jobs = JOBS;
    t->service->queue = QUEUE;
    t->service->user = t;
    t->service->front = call_front;
    for (size_t i = 0; i <= ROOM; i++) {
        loom_request *request = t->requests[i] = loom_request_create();
        ck_assert_ptr_nonnull(request);
        request->bytes = contents[i];
        request->size = strlen(contents[i]);
        request->user = (void *)(uintptr_t)contents[i];
    }
}

static void end(trial *t)
{
    for (size_t i = 0; i <= ROOM; i++)
        loom_request_free(t->requests[i]);
    loom_service_free(t->service);
}

static void run_trial(trial *t, void (*act)(trial *, loom_service *))
{
    loom_error err = LOOM_ERROR_INIT;

    begin(t);
    t->act = act;
    const loom_status status = loom_service_run(t->service, &err);
    if (fake_thread_limit() == 1) {
        ck_assert_int_eq(status, LOOM_ERR_IO);
        ck_assert_uint_eq(t->fronts, 0);
    } else {
        ck_assert_msg(status == LOOM_OK, "%s", err.message);
        ck_assert_uint_eq(t->fronts, 1);
    }
}

static void submit(trial *t, size_t number)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_service_submit(t->service, t->requests[number], &err) == LOOM_OK, "%s",
                  err.message);
}

/* The next one that is done, waited for as a front would that has other descriptors to watch. */
static loom_request *next(loom_service *service)
{
    loom_request *request;

    while ((request = loom_service_next(service)) == NULL) {
        struct pollfd ready = {.fd = loom_service_fd(service), .events = POLLIN};
        ck_assert_int_eq(poll(&ready, 1, -1), 1);
    }
    return request;
}

static void check_made(loom_request *request)
{
    const loom_outcome *outcome = loom_request_outcome(request, 0);

    ck_assert_int_eq(outcome->result, LOOM_RESULT_OK);
    ck_assert_uint_eq(outcome->processed_size, request->size);
    ck_assert_mem_eq(outcome->picture, request->bytes, request->size);
    ck_assert_str_eq(request->user, request->bytes);
    ck_assert_uint_eq(outcome->warning_count, 1);
    ck_assert_int_ge(outcome->thread, 0);
}

static void check_error(loom_request *request, loom_status code, loom_stage stage)
{
    const loom_outcome *outcome = loom_request_outcome(request, 0);

    ck_assert_int_eq(outcome->result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome->error.code, code);
    ck_assert_int_eq(outcome->error.stage, stage);
    ck_assert_str_ne(outcome->error.message, "");
    ck_assert_ptr_null(outcome->picture);
}

static unsigned threads(loom_service *service)
{
    return loom_service_counts_of(service)->threads;
}

/* Submits as many as can run, and waits until they do. */
static unsigned occupy(trial *t)
{
    const unsigned count = threads(t->service);

    atomic_store(&t->held, true);
    for (unsigned i = 0; i < count; i++)
        submit(t, i);
    while (atomic_load(&t->runs) < count)
        (void)sched_yield();
    return count;
}

/* ---- submitting ---------------------------------------------------------- */

static void all_come_back(trial *t, loom_service *service)
{
    for (int round = 0; round < 20; round++) {
        for (size_t i = 0; i < ROOM; i++)
            submit(t, i);
        for (size_t i = 0; i < ROOM; i++)
            check_made(next(service));
        ck_assert_ptr_null(loom_service_next(service));
    }
    ck_assert_uint_eq(atomic_load(&t->runs), 20 * ROOM);
}

START_TEST(what_is_submitted_comes_back)
{
    trial t;

    run_trial(&t, all_come_back);
    end(&t);
}
END_TEST

static void check_counts(loom_service *service, size_t room, size_t waiting, size_t running,
                         size_t done)
{
    const loom_service_counts *counts = loom_service_counts_of(service);

    ck_assert_uint_eq(counts->room, room);
    ck_assert_uint_eq(counts->waiting, waiting);
    ck_assert_uint_eq(counts->running, running);
    ck_assert_uint_eq(counts->done, done);
}

static void fill_it(trial *t, loom_service *service)
{
    loom_error err = LOOM_ERROR_INIT;

    check_counts(service, ROOM, 0, 0, 0);
    const unsigned count = occupy(t);
    check_counts(service, ROOM - count, 0, count, 0);
    for (size_t i = count; i < ROOM; i++)
        submit(t, i);
    check_counts(service, 0, ROOM - count, count, 0);
    ck_assert_int_eq(loom_service_submit(service, t->requests[ROOM], &err), LOOM_ERR_BUSY);
    ck_assert_ptr_null(loom_request_outcome(t->requests[ROOM], 0));
    atomic_store(&t->held, false);
    check_made(next(service));
    submit(t, ROOM);
    for (size_t i = 0; i < ROOM; i++)
        check_made(next(service));
    check_counts(service, ROOM, 0, 0, 0);
}

START_TEST(when_it_is_full_it_is_busy)
{
    trial t;

    run_trial(&t, fill_it);
    end(&t);
}
END_TEST

static void make_two_sizes(trial *t, loom_service *service)
{
    loom_recipe recipe;
    loom_request *request = t->requests[0];

    loom_recipe_init(&recipe);
    recipe.size_count = 2;
    recipe.sizes[0].width = 70;
    recipe.sizes[1].width = 20;
    request->recipe = &recipe;
    submit(t, 0);
    recipe.sizes[0].width = 5; /* it has its own */
    ck_assert_ptr_eq(next(service), request);
    ck_assert_uint_eq(loom_request_outcome(request, 0)->width, 70);
    ck_assert_uint_eq(loom_request_outcome(request, 1)->width, 20);
    ck_assert_ptr_null(loom_request_outcome(request, 2));
    void *kept = loom_request_outcome(request, 1)->picture;
    loom_request_outcome(request, 1)->picture = NULL;
    request->recipe = NULL;
    submit(t, 0);
    ck_assert_ptr_eq(next(service), request);
    ck_assert_ptr_null(loom_request_outcome(request, 1));
    ck_assert_mem_eq(kept, "one", 3);
    free(kept);
}

START_TEST(each_size_has_its_outcome)
{
    trial t;

    run_trial(&t, make_two_sizes);
    end(&t);
}
END_TEST

static void submit_twice(trial *t, loom_service *service)
{
    submit(t, 1);
    ck_assert_int_eq(loom_service_submit(service, t->requests[1], NULL), LOOM_ERR_USAGE);
    check_made(next(service));
    t->requests[0]->bytes = NULL; /* no input */
    ck_assert_int_eq(loom_service_submit(service, t->requests[0], NULL), LOOM_ERR_USAGE);
    t->requests[2]->output_path = "."; /* it can be told at once what comes of it */
    submit(t, 2);
    ck_assert_ptr_eq(next(service), t->requests[2]);
    check_error(t->requests[2], LOOM_ERR_NOT_A_FILE, LOOM_STAGE_PLAN);
    ck_assert_uint_eq(atomic_load(&t->runs), 1);
}

START_TEST(what_needs_no_thread)
{
    trial t;

    run_trial(&t, submit_twice);
    end(&t);
}
END_TEST

/* ---- ending early -------------------------------------------------------- */

static void cancel_some(trial *t, loom_service *service)
{
    const unsigned count = occupy(t);

    submit(t, count);
    submit(t, count + 1);
    loom_service_cancel(service, t->requests[count], LOOM_ERR_TIMEOUT);
    ck_assert_ptr_eq(next(service), t->requests[count]); /* while the threads are at work */
    check_error(t->requests[count], LOOM_ERR_TIMEOUT, LOOM_STAGE_WORKER);
    loom_service_cancel(service, t->requests[count], LOOM_ERR_CANCELLED); /* too late */
    loom_service_cancel(service, t->requests[0], LOOM_ERR_CANCELLED);
    ck_assert_ptr_eq(next(service), t->requests[0]);
    check_error(t->requests[0], LOOM_ERR_CANCELLED, LOOM_STAGE_DECODE);
    atomic_store(&t->held, false);
    for (unsigned i = 0; i < count; i++)
        check_made(next(service));
    ck_assert_uint_eq(atomic_load(&t->runs), count + 1);
}

START_TEST(cancelling_what_waits_and_what_runs)
{
    trial t;

    run_trial(&t, cancel_some);
    end(&t);
}
END_TEST

/* The next one that is done, of one whose descriptor may stay as it is. */
static loom_request *next_in_time(loom_service *service)
{
    loom_request *request;

    while ((request = loom_service_next(service)) == NULL)
        (void)poll(NULL, 0, 1);
    return request;
}

static void let_deadlines_pass(trial *t, loom_service *service)
{
    loom_stop *stop = loom_stop_create();

    t->requests[0]->deadline_ns = loom_clock_now() + 40 * LOOM_NS_PER_MS;
    const unsigned count = occupy(t);
    t->requests[count]->deadline_ns = loom_clock_now() + 1;
    t->requests[count + 1]->stop = stop;
    submit(t, count);
    submit(t, count + 1);
    loom_stop_request(stop);
    for (int i = 0; i < 3; i++) {
        loom_request *request = next_in_time(service);
        if (request == t->requests[0])
            check_error(request, LOOM_ERR_TIMEOUT, LOOM_STAGE_DECODE);
        else if (request == t->requests[count])
            check_error(request, LOOM_ERR_TIMEOUT, LOOM_STAGE_WORKER);
        else
            check_error(t->requests[count + 1], LOOM_ERR_CANCELLED, LOOM_STAGE_WORKER);
    }
    ck_assert_uint_eq(atomic_load(&t->runs), count);
    atomic_store(&t->held, false);
    for (unsigned i = 1; i < count; i++)
        check_made(next(service));
    loom_stop_free(stop);
}

START_TEST(deadlines_and_stops_of_requests)
{
    trial t;

    run_trial(&t, let_deadlines_pass);
    end(&t);
}
END_TEST

static void leave_them(trial *t, loom_service *service)
{
    const unsigned count = occupy(t);

    (void)service;
    for (size_t i = count; i < ROOM; i++)
        submit(t, i);
}

START_TEST(what_the_front_leaves_is_cancelled)
{
    trial t;

    run_trial(&t, leave_them);
    const unsigned runs = atomic_load(&t.runs);
    for (size_t i = 0; i < ROOM && t.fronts > 0; i++)
        check_error(t.requests[i], LOOM_ERR_CANCELLED,
                    i < runs ? LOOM_STAGE_DECODE : LOOM_STAGE_WORKER);
    atomic_store(&t.held, false);
    t.act = all_come_back;
    atomic_store(&t.runs, 0);
    if (t.fronts > 0) /* both the service and the requests can be used again */
        ck_assert_int_eq(loom_service_run(t.service, NULL), LOOM_OK);
    end(&t);
}
END_TEST

/* ---- fields -------------------------------------------------------------- */

START_TEST(fields_out_of_range)
{
    trial t;

    begin(&t);
    t.service->jobs = LOOM_JOBS_MAX + 1;
    ck_assert_int_eq(loom_service_run(t.service, NULL), LOOM_ERR_USAGE);
    t.service->jobs = 1;
    t.service->queue = LOOM_QUEUE_MAX + 1;
    ck_assert_int_eq(loom_service_run(t.service, NULL), LOOM_ERR_USAGE);
    t.service->queue = 1;
    t.service->front = NULL;
    ck_assert_int_eq(loom_service_run(t.service, NULL), LOOM_ERR_USAGE);
    ck_assert_uint_eq(t.fronts, 0);
    end(&t);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("service");
    TCase *tests = tcase_create("service");

    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, what_is_submitted_comes_back);
    tcase_add_test(tests, when_it_is_full_it_is_busy);
    tcase_add_test(tests, each_size_has_its_outcome);
    tcase_add_test(tests, what_needs_no_thread);
    tcase_add_test(tests, cancelling_what_waits_and_what_runs);
    tcase_add_test(tests, deadlines_and_stops_of_requests);
    tcase_add_test(tests, what_the_front_leaves_is_cancelled);
    tcase_add_test(tests, fields_out_of_range);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
