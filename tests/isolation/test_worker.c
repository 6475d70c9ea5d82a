/* The life of workers: who ends them, when, and what it costs. */
#include "base/clock.h"
#include "support/engine_run.h"
#include "support/isolated.h"
#include "support/sanitized.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <errno.h>
#include <imgloom/process.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void assert_no_children(void)
{
    ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
    ck_assert_int_eq(errno, ECHILD);
}

/* ---- one engine, image by image ------------------------------------------ */

static loom_engine *engine;
static isolated_run setting;

static void start_engine_with(const char *worker, bool allow_untrusted)
{
    loom_error err = LOOM_ERROR_INIT;

    tmpdir_enter();
    isolated_init(&setting);
    setting.engine.allow_untrusted = setting.settings.allow_untrusted = allow_untrusted;
    if (worker != NULL)
        setting.engine.worker_path = worker;
    ck_assert_msg(loom_engine_start(&engine, &setting.engine, &err) == LOOM_OK, "%s", err.message);
}

static void start_engine(void)
{
    start_engine_with(NULL, false);
}

/* With the worker program that is installed: it is not linked with libvips. */
static void start_true_engine(void)
{
    start_engine_with(getenv("IMGLOOM_WORKER"), false);
}

static void start_untrusted_engine(void)
{
    start_engine_with(getenv("IMGLOOM_WORKER"), true);
}

static void stop_engine(void)
{
    engine->thread_exit(engine->context, 0);
    loom_engine_stop(engine);
    assert_no_children();
    isolated_release(&setting);
    tmpdir_leave();
}

static loom_outcome convert(const char *input, const char *output, loom_format format)
{
    const loom_task task = {.input_path = input, .output_path = output, .format = format};
    const loom_task *const tasks[] = {&task};
    const loom_job job = {
        .tasks = tasks, .count = 1, .recipe = &setting.recipe, .settings = &setting.settings};
    loom_outcome outcome;

    loom_outcome_init(&outcome);
    engine->run(engine->context, &job, &outcome);
    return outcome;
}

static void assert_converts(void)
{
    loom_outcome outcome =
        convert(engine_testdata("formats/quadrants.png"), "out.png", LOOM_FORMAT_PNG);

    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    ck_assert_uint_eq(outcome.width, 60);
    loom_outcome_release(&outcome);
}

static void play(const char *words, loom_result result)
{
    char text[128];

    (void)snprintf(text, sizeof text, "LOOMTEST %s\n", words);
    tmpdir_write_text("play", text);
    loom_outcome outcome = convert("play", "play.png", LOOM_FORMAT_PNG);
    ck_assert_msg(outcome.result == result, "%s: %s", words, outcome.error.message);
    loom_outcome_release(&outcome);
}

static pid_t only_child(void)
{
    pid_t pids[2];

    ck_assert_uint_eq(isolated_workers(getpid(), pids, 2), 1);
    return pids[0];
}

static void await_end(pid_t pid)
{
    for (int i = 0; i < 200 && !isolated_is_gone(pid); i++)
        isolated_pause(10);
    ck_assert(isolated_is_gone(pid));
}

START_TEST(a_worker_killed_while_idle_costs_no_image)
{
    assert_converts();
    const pid_t first = only_child();
    ck_assert_int_eq(kill(first, SIGKILL), 0);
    await_end(first);
    assert_converts();
    const pid_t second = only_child();
    ck_assert_int_ne(first, second);
    /* Even one that has not ended yet when the next image is sent. */
    for (int i = 0; i < 20; i++) {
        ck_assert_int_eq(kill(only_child(), SIGKILL), 0);
        assert_converts();
    }
}
END_TEST

START_TEST(warm_workers_are_there_before_the_first_image)
{
    enum { MANY = 3 };
    pid_t warm[MANY + 1];
    loom_error err = LOOM_ERROR_INIT;

    for (int i = 0; i < 2; i++) { /* the second time, there is nothing to start */
        ck_assert_msg(loom_engine_warm(engine, MANY, &err) == LOOM_OK, "%s", err.message);
        ck_assert_uint_eq(isolated_workers(getpid(), warm, MANY + 1), MANY);
    }
    assert_converts();
    ck_assert_uint_eq(isolated_workers(getpid(), warm, MANY + 1), MANY);
    for (size_t i = 0; i < MANY; i++) /* one of them had the image; an engine ends them all */
        engine->thread_exit(engine->context, 0);
}
END_TEST

/* Such as the kernel's, when memory runs out. */
START_TEST(a_worker_that_others_kill_costs_a_second_try)
{
    play("well", LOOM_RESULT_OK);
    const pid_t first = only_child();
    play("killed used", LOOM_RESULT_OK);
    ck_assert_int_ne(only_child(), first);
    const loom_worker_counts *counts = loom_engine_worker_counts(engine);
    ck_assert_uint_eq(counts->idle, 1);
    ck_assert_uint_eq(counts->busy, 0);
    ck_assert_uint_eq(counts->ended[LOOM_WORKER_KILLED], 1);
    ck_assert_uint_eq(counts->ended[LOOM_WORKER_CRASHED], 0);
}
END_TEST

START_TEST(an_image_whose_workers_are_killed_has_no_third_try)
{
    assert_converts();
    tmpdir_write_text("play", "LOOMTEST killed always\n");
    loom_outcome outcome = convert("play", "play.png", LOOM_FORMAT_PNG);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_CRASHED);
    ck_assert_ptr_nonnull(strstr(outcome.error.message, "signal 9 (SIGKILL)"));
    loom_outcome_release(&outcome);
    ck_assert_uint_eq(loom_engine_worker_counts(engine)->ended[LOOM_WORKER_KILLED], 2);
    tmpdir_write_text("play", "LOOMTEST segv\n");
    outcome = convert("play", "play.png", LOOM_FORMAT_PNG);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_CRASHED);
    loom_outcome_release(&outcome);
    ck_assert_uint_eq(loom_engine_worker_counts(engine)->ended[LOOM_WORKER_CRASHED], 1);
    assert_converts();
}
END_TEST

static void *convert_nap(void *unused)
{
    (void)unused;
    loom_outcome outcome = convert("nap", "nap.png", LOOM_FORMAT_PNG);
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    return NULL;
}

/* The kernel may end them when memory runs out; one that no zygote forked, with its thread. */
START_TEST(many_workers_that_ended_while_idle_cost_no_image)
{
    enum { MANY = 6 };
    pthread_t threads[MANY];
    pid_t ended[MANY];

    tmpdir_write_text("nap", "LOOMTEST nap 1\n");
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, convert_nap, NULL), 0);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    const size_t count = isolated_workers(getpid(), ended, MANY);
    for (size_t i = 0; i < count; i++)
        (void)kill(ended[i], SIGKILL);
    for (size_t i = 0; i < count; i++)
        await_end(ended[i]);
    assert_converts();
    (void)only_child(); /* the others were found out, too */
}
END_TEST

/* IMGLOOM_UNFORKED: this runs where none can fork. */
START_TEST(a_zygote_forks_the_workers)
{
    assert_converts();
    ck_assert_int_eq(isolated_zygote(getpid()) != 0, getenv("IMGLOOM_UNFORKED") == NULL);
    (void)only_child();
}
END_TEST

/* One that is given nothing but PNGs has no libvips; also one that then finds out that it needs it.
 */
START_TEST(a_worker_without_libvips_makes_room_for_one_that_has_it)
{
    assert_converts();
    const pid_t first = only_child();
    ck_assert_int_eq(isolated_has_mapped(first, "libvips"), isolated_zygote(getpid()) == 0);
    setting.recipe.rotation = 33; /* it is not asked before */
    assert_converts();
    setting.recipe.rotation = 0;
    const pid_t second = only_child();
    ck_assert(isolated_has_mapped(second, "libvips"));
    ck_assert_int_eq(first != second, isolated_zygote(getpid()) != 0);
    assert_converts();
    ck_assert_int_eq(only_child(), second);
}
END_TEST

/* A batch's images and single requests have workers of their own, and one zygote. */
START_TEST(requests_have_the_same_zygote)
{
    loom_request *request = loom_request_create();

    ck_assert_ptr_nonnull(request);
    assert_converts();
    const pid_t zygote = isolated_zygote(getpid());
    request->recipe = &setting.recipe;
    ck_assert_int_eq(
        loom_process_file(engine, engine_testdata("formats/quadrants.png"), request, NULL),
        LOOM_OK);
    ck_assert_int_eq(isolated_zygote(getpid()), zygote);
    loom_request_free(request);
    assert_converts();
}
END_TEST

/* libvips' modules, for AVIF and JPEG XL, are loaded when they are needed. */
START_TEST(a_worker_without_modules_makes_room_for_one_that_has_them)
{
    if (loom_engine_codec(engine, LOOM_FORMAT_AVIF)->writer == NULL)
        return;
    assert_converts();
    const pid_t first = only_child(), zygote = isolated_zygote(getpid());
    loom_outcome outcome =
        convert(engine_testdata("formats/quadrants.png"), "out.avif", LOOM_FORMAT_AVIF);
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    const pid_t second = only_child();
    ck_assert_int_eq(first != second, zygote != 0);
    outcome = convert("out.avif", "out.png", LOOM_FORMAT_PNG);
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
    assert_converts();
    ck_assert_int_eq(only_child(), second);
    ck_assert_int_eq(isolated_zygote(getpid()), zygote);
}
END_TEST

START_TEST(a_zygote_that_died_costs_no_image)
{
    assert_converts();
    for (int i = 0; i < 5; i++) {
        const pid_t zygote = isolated_zygote(getpid()), worker = only_child();
        if (zygote != 0) {
            ck_assert_int_eq(kill(zygote, SIGKILL), 0);
            await_end(zygote);
        }
        assert_converts(); /* by the worker that there is */
        ck_assert_int_eq(only_child(), worker);
        ck_assert_int_eq(kill(worker, SIGKILL), 0);
        await_end(worker);
        assert_converts(); /* by one that no zygote forked */
    }
}
END_TEST

/* Between the fork and the answer: nobody but the new process can tell who it is. */
START_TEST(a_zygote_that_dies_at_a_fork_leaves_no_process)
{
    ck_assert_int_eq(setenv("IMGLOOM_HOSTILE_ZYGOTE", "", 1), 0);
    for (int i = 0; i < 3; i++) {
        assert_converts();
        const pid_t worker = only_child();
        ck_assert_int_eq(kill(worker, SIGKILL), 0);
        await_end(worker);
    }
} /* stop_engine finds no child, be it a dead one */
END_TEST

START_TEST(a_zygote_that_hangs_is_not_waited_for_for_ever)
{
    assert_converts();
    const pid_t zygote = isolated_zygote(getpid()), worker = only_child();
    if (zygote == 0)
        return;
    ck_assert_int_eq(kill(zygote, SIGSTOP), 0);
    ck_assert_int_eq(kill(worker, SIGKILL), 0);
    await_end(worker);
    assert_converts();
    ck_assert(isolated_is_gone(zygote));
}
END_TEST

START_TEST(signals_of_a_terminal_do_not_end_a_worker)
{
    assert_converts();
    const pid_t child = only_child();
    ck_assert_int_eq(getpgid(child), child);
    ck_assert_int_eq(kill(child, SIGINT), 0);
    ck_assert_int_eq(kill(child, SIGTERM), 0);
    assert_converts();
    ck_assert_int_eq(only_child(), child);
}
END_TEST

START_TEST(answers_ahead_of_their_time_are_not_believed)
{
    play("early", LOOM_RESULT_OK);
    const pid_t child = only_child();
    isolated_pause(200); /* until they are there */
    assert_converts();
    ck_assert_int_ne(only_child(), child);
}
END_TEST

/* Two outputs of 600 MB from a worker that may have 1024. */
START_TEST(outputs_are_no_larger_than_what_a_worker_may_have)
{
    const loom_task tasks[] = {
        {.input_path = "vast", .output_path = "1.png", .format = LOOM_FORMAT_PNG},
        {.input_path = "vast", .output_path = "2.png", .format = LOOM_FORMAT_PNG}};
    const loom_task *const pointers[] = {&tasks[0], &tasks[1]};
    const loom_job job = {
        .tasks = pointers, .count = 2, .recipe = &setting.recipe, .settings = &setting.settings};
    loom_outcome outcomes[2];

    tmpdir_write_text("vast", "LOOMTEST vast 600\n");
    for (size_t i = 0; i < 2; i++)
        loom_outcome_init(&outcomes[i]);
    engine->run(engine->context, &job, outcomes);
    for (size_t i = 0; i < 2; i++) {
        ck_assert_int_eq(outcomes[i].error.code, LOOM_ERR_CRASHED);
        ck_assert_ptr_nonnull(strstr(outcomes[i].error.message, "not valid"));
        loom_outcome_release(&outcomes[i]);
    }
}
END_TEST

START_TEST(a_worker_that_has_grown_is_replaced)
{
    play("grow 600", LOOM_RESULT_OK); /* of 1024 MB */
    const pid_t child = only_child();
    for (int i = 0; i < 20; i++)
        assert_converts();
    ck_assert(isolated_is_gone(child));
}
END_TEST

START_TEST(a_worker_is_replaced_after_many_images)
{
    play("well", LOOM_RESULT_OK);
    const pid_t child = only_child();
    for (int i = 1; i < 999; i++)
        play("well", LOOM_RESULT_OK);
    ck_assert_int_eq(only_child(), child);
    play("well", LOOM_RESULT_OK);
    ck_assert(isolated_is_gone(child));
    play("well", LOOM_RESULT_OK);
    ck_assert_int_ne(only_child(), child);
}
END_TEST

/* Every format that is written: the size that its file tells is the size that was made. */
START_TEST(the_pictures_of_a_worker_are_recognised)
{
    static const struct {
        const char *input;
        uint32_t width, height;
    } inputs[] = {{"formats/quadrants.png", 0, 0},      {"tiny/1x1.png", 0, 0},
                  {"tiny/wide-2000x3.png", 0, 0},       {"formats/quadrants-alpha.png", 256, 128},
                  {"photos/gray.jpg", 333, 222},        {"formats/deep16.png", 31, 999},
                  {"orientation/landscape-6.jpg", 0, 0}};
    static const loom_format formats[] = {LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG,  LOOM_FORMAT_WEBP,
                                          LOOM_FORMAT_GIF,  LOOM_FORMAT_TIFF, LOOM_FORMAT_AVIF,
                                          LOOM_FORMAT_JXL};
    const loom_format format = formats[_i];

    if (loom_engine_codec(engine, format)->writer == NULL)
        return;
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++)
        for (int all = 0; all < 4; all++) {
            if (!suite_takes(4 * i + (unsigned)(all + _i), 3))
                continue;
            setting.recipe.sizes[0].width = inputs[i].width;
            setting.recipe.sizes[0].height = inputs[i].height;
            setting.recipe.fit = LOOM_FIT_FILL;
            setting.recipe.metadata = all % 2 ? LOOM_METADATA_ALL : LOOM_METADATA_NONE;
            setting.recipe.auto_orient = all < 2;
            loom_outcome outcome = convert(engine_testdata(inputs[i].input), "out.any", format);
            ck_assert_msg(outcome.result == LOOM_RESULT_OK || outcome.result == LOOM_RESULT_WARNING,
                          "%s to %s: %s: %s", inputs[i].input, loom_format_get(format)->name,
                          loom_status_name(outcome.error.code), outcome.error.message);
            if (inputs[i].width > 0) {
                ck_assert_uint_eq(outcome.width, inputs[i].width);
                ck_assert_uint_eq(outcome.height, inputs[i].height);
            }
            loom_outcome_release(&outcome);
        }
}
END_TEST

/* ---- drawings ------------------------------------------------------------ */

/* Fonts are files, of which a worker may open none. */
START_TEST(a_drawing_with_text_gets_a_warning)
{
    static const struct {
        const char *inside;
        loom_result result;
    } drawings[] = {
        {"<rect width='5' height='5'/>", LOOM_RESULT_OK},
        {"<g><text x='1' y='8'>a</text></g>", LOOM_RESULT_WARNING},
        {"<s:text\nx='1' y='8'>a</s:text>", LOOM_RESULT_WARNING},
        {"<path id='text' d='M0 0h9'/><textual/>", LOOM_RESULT_OK},
    };
    char text[300];

    if (loom_engine_codec(engine, LOOM_FORMAT_SVG)->reader == NULL)
        return;
    for (size_t i = 0; i < COUNT(drawings); i++) {
        (void)snprintf(text, sizeof text,
                       "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9' "
                       "xmlns:s='http://www.w3.org/2000/svg'>%s</svg>",
                       drawings[i].inside);
        tmpdir_write_text("in.svg", text);
        loom_outcome outcome = convert("in.svg", "out.png", LOOM_FORMAT_PNG);
        ck_assert_msg(outcome.result == drawings[i].result, "%s: %s", drawings[i].inside,
                      outcome.error.message);
        if (outcome.result == LOOM_RESULT_WARNING)
            ck_assert_str_eq(outcome.warnings[0],
                             "the drawing's text may be missing: a worker finds no fonts");
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* ---- the parent's fate --------------------------------------------------- */

/* Runs a batch in a process of its own, which ends with 0 when all images came out well. */
static pid_t start_parent(const char *words, size_t images, unsigned jobs, int64_t timeout_ns)
{
    const pid_t pid = fork();

    ck_assert_int_ge(pid, 0);
    if (pid != 0)
        return pid;
    isolated_run run;
    bool well = true;
    isolated_init(&run);
    run.batch->jobs = jobs;
    run.batch->timeout_ns = timeout_ns;
    for (size_t i = 0; i < images; i++)
        (void)isolated_add_play(&run, words);
    isolated_go(&run);
    for (size_t i = 0; i < images; i++) {
        well = well && run.outcomes[i].result == LOOM_RESULT_OK;
        if (!well)
            (void)fprintf(stderr, "%s\n", run.outcomes[i].error.message);
    }
    _exit(well ? 0 : 1);
}

static void await_children(pid_t parent, pid_t *pids, size_t count)
{
    for (int i = 0; i < 3000 * suite_patience() && isolated_workers(parent, pids, count) < count;
         i++)
        isolated_pause(10);
    ck_assert_uint_eq(isolated_workers(parent, pids, count), count);
}

START_TEST(no_worker_outlives_a_killed_parent)
{
    static const char *const words[] = {"sleep", "spin"};
    pid_t children[4];
    const pid_t parent = start_parent(words[_i], 8, 4, 0);

    await_children(parent, children, 4);
    isolated_pause(300); /* some are still starting: those must go, too */
    const pid_t zygote = isolated_zygote(parent);
    ck_assert_int_eq(kill(parent, SIGKILL), 0);
    ck_assert_int_eq(waitpid(parent, NULL, 0), parent);
    const int64_t deadline = loom_clock_now() + 30 * suite_patience() * LOOM_NS_PER_SECOND;
    for (size_t i = 0; i < 5; i++) {
        const pid_t pid = i < 4 ? children[i] : zygote;
        while (pid != 0 && !isolated_is_gone(pid) && loom_clock_now() < deadline)
            isolated_pause(10);
        ck_assert(pid == 0 || isolated_is_gone(pid));
    }
}
END_TEST

START_TEST(time_that_the_run_was_stopped_does_not_count)
{
    const int64_t limit = 6 * suite_patience() * LOOM_NS_PER_SECOND;
    pid_t child;
    int status;
    const pid_t parent = start_parent("nap 1", 1, 1, limit);

    await_children(parent, &child, 1);
    isolated_pause(500);
    ck_assert_int_eq(kill(parent, SIGSTOP), 0);
    ck_assert_int_eq(kill(child, SIGSTOP), 0);
    isolated_pause((unsigned)(limit / LOOM_NS_PER_MS) + 500);
    ck_assert_int_eq(kill(child, SIGCONT), 0);
    ck_assert_int_eq(kill(parent, SIGCONT), 0);
    ck_assert_int_eq(waitpid(parent, &status, 0), parent);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 0);
}
END_TEST

static TCase *add_case(Suite *suite, const char *name, SFun setup, SFun teardown)
{
    TCase *tcase = tcase_create(name);

    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_set_timeout(tcase, 120);
    suite_add_tcase(suite, tcase);
    return tcase;
}

static Suite *make_suite(void)
{
    Suite *suite = suite_create("worker");
    TCase *images = add_case(suite, "images", start_engine, stop_engine);
    TCase *true_images = add_case(suite, "true images", start_true_engine, stop_engine);
    TCase *drawings = add_case(suite, "drawings", start_untrusted_engine, stop_engine);
    TCase *parents = add_case(suite, "parents", tmpdir_enter, tmpdir_leave);

    tcase_add_test(images, a_worker_killed_while_idle_costs_no_image);
    tcase_add_test(images, warm_workers_are_there_before_the_first_image);
    tcase_add_test(images, a_worker_that_others_kill_costs_a_second_try);
    tcase_add_test(images, an_image_whose_workers_are_killed_has_no_third_try);
    tcase_add_test(images, many_workers_that_ended_while_idle_cost_no_image);
    tcase_add_test(images, a_zygote_forks_the_workers);
    tcase_add_test(true_images, a_worker_without_libvips_makes_room_for_one_that_has_it);
    tcase_add_test(images, requests_have_the_same_zygote);
    tcase_add_test(images, a_worker_without_modules_makes_room_for_one_that_has_them);
    tcase_add_test(images, a_zygote_that_died_costs_no_image);
    tcase_add_test(images, a_zygote_that_dies_at_a_fork_leaves_no_process);
    tcase_add_test(images, a_zygote_that_hangs_is_not_waited_for_for_ever);
    tcase_add_test(images, outputs_are_no_larger_than_what_a_worker_may_have);
    tcase_add_test(images, signals_of_a_terminal_do_not_end_a_worker);
    tcase_add_test(images, answers_ahead_of_their_time_are_not_believed);
    tcase_add_test(images, a_worker_is_replaced_after_many_images);
    tcase_add_loop_test(images, the_pictures_of_a_worker_are_recognised, 0, 7);
    tcase_add_test(drawings, a_drawing_with_text_gets_a_warning);
    tcase_add_loop_test(parents, no_worker_outlives_a_killed_parent, 0, 2);
    tcase_add_test(parents, time_that_the_run_was_stopped_does_not_count);
    if (!TEST_SANITIZED) /* whose quarantine of freed memory grows */
        tcase_add_test(images, a_worker_that_has_grown_is_replaced);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
