/* Many images at once: each has its own warnings and errors. And images that are told to stop. */
#include "batch/pool.h"
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

/* ---- eight threads ------------------------------------------------------- */

enum { THREADS = 8, ROUNDS = 25 };

static const struct {
    const char *name;
    loom_fail_on fail_on;
    loom_result result;
    loom_status code;
    const char *text; /* the only warning, or the error's message */
} images[THREADS] = {
    {"broken/no-end.jpg", LOOM_FAIL_ON_ERROR, LOOM_RESULT_WARNING, LOOM_OK,
     "the file lacks its end marker"},
    {"tiny/photo-333x222.jpg", LOOM_FAIL_ON_WARNING, LOOM_RESULT_OK, LOOM_OK, NULL},
    {"broken/corrupt.jpg", LOOM_FAIL_ON_NONE, LOOM_RESULT_WARNING, LOOM_OK,
     "the picture data is damaged"},
    {"formats/quadrants.png", LOOM_FAIL_ON_WARNING, LOOM_RESULT_OK, LOOM_OK, NULL},
    {"broken/truncated.jpg", LOOM_FAIL_ON_ERROR, LOOM_RESULT_ERROR, LOOM_ERR_TRUNCATED,
     "the file is cut short: picture data is missing"},
    {"formats/quadrants.webp", LOOM_FAIL_ON_WARNING, LOOM_RESULT_OK, LOOM_OK, NULL},
    {"broken/truncated.jpg", LOOM_FAIL_ON_NONE, LOOM_RESULT_WARNING, LOOM_OK,
     "the file is cut short: picture data is missing"},
    {"formats/quadrants.bmp", LOOM_FAIL_ON_WARNING, LOOM_RESULT_OK, LOOM_OK, NULL},
};

typedef struct station {
    unsigned number;
    const char *input; /* made beforehand: engine_testdata is for one thread */
    loom_outcome outcomes[ROUNDS];
} station;

static void *work(void *argument)
{
    station *s = argument;
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);
    char output[32];

    request.settings.fail_on = images[s->number].fail_on;
    (void)snprintf(output, sizeof output, "out-%u.png", s->number);
    for (int i = 0; i < ROUNDS; i++)
        s->outcomes[i] = engine_run(&request, s->input, output);
    engine_thread_exit();
    return NULL;
}

static void assert_own(unsigned number, const loom_outcome *outcome)
{
    const char *text = images[number].text;
    const bool warned = images[number].result == LOOM_RESULT_WARNING;

    ck_assert_msg(outcome->result == images[number].result, "%s: %s %s", images[number].name,
                  loom_result_name(outcome->result), outcome->error.message);
    ck_assert_int_eq(outcome->error.code, images[number].code);
    ck_assert_uint_eq(outcome->warning_count, warned ? 1 : 0);
    ck_assert_uint_eq(outcome->warnings_dropped, 0);
    if (text != NULL)
        ck_assert_str_eq(warned ? outcome->warnings[0] : outcome->error.message, text);
}

START_TEST(each_image_has_its_own_warnings)
{
    static station stations[THREADS];
    pthread_t threads[THREADS];

    for (unsigned t = 0; t < THREADS; t++) {
        stations[t].number = t;
        stations[t].input = engine_testdata(images[t].name);
    }
    for (unsigned t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_create(&threads[t], NULL, work, &stations[t]), 0);
    for (unsigned t = 0; t < THREADS; t++)
        ck_assert_int_eq(pthread_join(threads[t], NULL), 0);
    for (unsigned t = 0; t < THREADS; t++)
        for (int i = 0; i < ROUNDS; i++) {
            assert_own(t, &stations[t].outcomes[i]);
            loom_outcome_release(&stations[t].outcomes[i]);
        }
}
END_TEST

/* ---- stopping ------------------------------------------------------------ */

static void assert_stopped(const engine_request *request, const char *input, loom_status reason)
{
    loom_outcome outcome = engine_run(request, input, "stopped.out");

    ck_assert_msg(outcome.result == LOOM_RESULT_ERROR && outcome.error.code == reason,
                  "%s: %s %s: %s", input, loom_result_name(outcome.result),
                  loom_status_name(outcome.error.code), outcome.error.message);
    ck_assert_str_eq(outcome.error.message, reason == LOOM_ERR_TIMEOUT
                                                ? "the image took longer than its timeout allows"
                                                : "the run was interrupted");
    ck_assert_uint_eq(tmpdir_count("."), 0);
    loom_outcome_release(&outcome);
}

START_TEST(an_image_that_should_stop_is_not_begun)
{
    static const loom_status reasons[] = {LOOM_ERR_CANCELLED, LOOM_ERR_TIMEOUT};

    for (size_t i = 0; i < 2; i++) {
        loom_cancel cancel = {.reason = reasons[i]};
        engine_request request = engine_request_default();
        request.cancel = &cancel;
        assert_stopped(&request, engine_testdata("photos/scene-1.jpg"), reasons[i]);
        assert_stopped(&request, engine_testdata("formats/quadrants.hdr"), reasons[i]);
    }
}
END_TEST

/* Lets an image be asked `left` times whether to stop, then says so. */
typedef struct countdown {
    loom_cancel cancel;
    atomic_int left;
    int reason;
} countdown;

static void count(void *user)
{
    countdown *c = user;

    if (atomic_fetch_sub(&c->left, 1) <= 0)
        atomic_store(&c->cancel.reason, c->reason);
}

/* Stops at each question in turn, until an image is through before it is asked so often. */
static int assert_stops_anywhere(engine_request request, const char *input, loom_status reason)
{
    for (int polls = 0;; polls++) {
        countdown c = {.left = polls, .reason = (int)reason};
        c.cancel.poll = count;
        c.cancel.front = &c;
        request.cancel = &c.cancel;
        loom_outcome outcome = engine_run(&request, input, "stopped.out");
        const loom_result result = outcome.result;
        const loom_status code = outcome.error.code;
        loom_outcome_release(&outcome);
        if (result == LOOM_RESULT_OK)
            return polls;
        ck_assert_msg(code == reason, "%s, stopped after %d: %s", input, polls,
                      loom_status_name(code));
        ck_assert_uint_eq(tmpdir_count("."), 0);
        ck_assert_int_lt(polls, 1000);
    }
}

START_TEST(an_image_stops_wherever_it_is)
{
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG, LOOM_FORMAT_WEBP,
                                          LOOM_FORMAT_TIFF, LOOM_FORMAT_GIF};
    static const char *const inputs[] = {"photos/scene-1.jpg", "formats/quadrants.png",
                                         "formats/quadrants.bmp"};

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        engine_request request = engine_request_box(300, 0, LOOM_FIT_COVER);
        request.format = formats[_i];
        /* before and after the lane, and on the way of decoding and encoding */
        ck_assert_int_ge(assert_stops_anywhere(request, engine_testdata(inputs[i]),
                                               i % 2 ? LOOM_ERR_TIMEOUT : LOOM_ERR_CANCELLED),
                         4);
        ck_assert_int_eq(remove("stopped.out"), 0);
    }
}
END_TEST

/* How often an image is asked whether to stop. */
static int count_polls(engine_request request, const char *input)
{
    countdown c = {.left = INT_MAX};

    c.cancel.poll = count;
    c.cancel.front = &c;
    request.cancel = &c.cancel;
    loom_outcome outcome = engine_run_written(&request, input, "asked.out", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    ck_assert_int_eq(remove("asked.out"), 0);
    return INT_MAX - atomic_load(&c.left);
}

/* What libvips does with the resized picture can take longer than all before it. */
START_TEST(turning_and_cropping_by_content_stop_too)
{
    const char *input = engine_testdata("photos/scene-1.jpg");
    engine_request turned = engine_request_box(400, 300, LOOM_FIT_FILL), cropped = turned;
    loom_error err = LOOM_ERROR_INIT;
    const int plain = count_polls(turned, input);

    ck_assert_int_eq(loom_recipe_set(&turned.recipe, "rotation", "7", &err), LOOM_OK);
    ck_assert_int_ge(count_polls(turned, input), plain + 8);
    (void)assert_stops_anywhere(turned, input, LOOM_ERR_TIMEOUT);
    cropped.recipe.fit = LOOM_FIT_COVER;
    cropped.recipe.sizes[0].height = 200;
    cropped.recipe.position = LOOM_POSITION_ATTENTION;
    ck_assert_int_ge(count_polls(cropped, input), plain + 4);
}
END_TEST

START_TEST(a_job_without_end_runs_through)
{
    loom_cancel cancel = {.reason = LOOM_OK};
    engine_request request = engine_request_default();

    request.cancel = &cancel;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/quadrants.png"),
                                              "out.png", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_threads");
    TCase *threads = tcase_create("threads"), *stopping = tcase_create("stopping");

    tcase_add_checked_fixture(threads, engine_setup, engine_teardown);
    tcase_set_timeout(threads, 120);
    tcase_add_test(threads, each_image_has_its_own_warnings);
    suite_add_tcase(suite, threads);

    tcase_add_checked_fixture(stopping, engine_setup, engine_teardown);
    tcase_set_timeout(stopping, 120);
    tcase_add_test(stopping, an_image_that_should_stop_is_not_begun);
    tcase_add_loop_test(stopping, an_image_stops_wherever_it_is, 0, 5);
    tcase_add_test(stopping, turning_and_cropping_by_content_stop_too);
    tcase_add_test(stopping, a_job_without_end_runs_through);
    suite_add_tcase(suite, stopping);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
