/* Attempts at a shard: what an attempt leaves out, by the rows of earlier ones and by what stands.
 */
#include "shards/work.h"

#include "batch/job.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SECOND INT64_C(1000000000)
#define OF_OLD (INT64_C(978307200) * SECOND + 123456789) /* 2001-01-01 */

static loom_recipe recipe;
static loom_error error;
static loom_shards *shards;
static loom_shard_work *work;
static loom_run_info info;
static loom_shard_work_options options;

static void set_time(const char *path, int64_t ns)
{
    const struct timespec time = {.tv_sec = (time_t)(ns / SECOND), .tv_nsec = (long)(ns % SECOND)};
    const struct timespec times[2] = {time, time};

    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

static void make_file(const char *path, const char *text)
{
    tmpdir_write_text(path, text);
    set_time(path, OF_OLD);
}

/* A plan of in/0.jpg to in/9.jpg, in one shard. */
static void make_plan(void)
{
    const loom_plan_options plan_options = {.output_root = "out"};
    const loom_shards_options shards_options = {.shards = 1};
    loom_scan *scan = loom_scan_create(NULL);
    loom_plan *plan = NULL;

    for (int i = 0; i < 10; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/%d.jpg", i);
        make_file(path, "the input");
    }
    ck_assert_int_eq(loom_scan_add(scan, "in", &error), LOOM_OK);
    ck_assert_int_eq(loom_plan_create(&plan, scan, &recipe, &plan_options, &error), LOOM_OK);
    ck_assert_msg(loom_shards_write("RUN", plan, 0, &shards_options, NULL, &error) == LOOM_OK, "%s",
                  error.message);
    loom_plan_free(plan);
    loom_scan_free(scan);
    ck_assert_int_eq(loom_shards_open(&shards, "RUN", &error), LOOM_OK);
}

static void setup(void)
{
    tmpdir_enter();
    loom_recipe_init(&recipe);
    loom_error_clear(&error);
    info = (loom_run_info){.recipe = &recipe, .jobs = 1};
    options = (loom_shard_work_options){.retry = LOOM_RETRY_FAILED};
    work = NULL;
    make_plan();
}

static void teardown(void)
{
    loom_shard_work_free(work);
    loom_shards_free(shards);
    tmpdir_leave();
}

static void begin(void)
{
    loom_shard_work_free(work);
    work = NULL;
    ck_assert_msg(loom_shard_work_create(&work, shards, 0, &options, &error) == LOOM_OK, "%s",
                  error.message);
}

static const loom_task *task_at(size_t index)
{
    return loom_plan_task(loom_shard_work_plan(work), index);
}

/* The stamp of a file. */
static loom_stamp stamp_of(const char *path)
{
    struct stat file;

    ck_assert_int_eq(stat(path, &file), 0);
    return (loom_stamp){.size = (uint64_t)file.st_size,
                        .mtime_ns = file.st_mtim.tv_sec * SECOND + file.st_mtim.tv_nsec,
                        .inode = file.st_ino};
}

/* What an image that went well comes to: its output is written. */
static void make(const loom_task *task, loom_outcome *outcome)
{
    make_file(task->output_path, "the output");
    outcome->original_stamp = stamp_of(task->input_path);
    outcome->original_size = outcome->original_stamp.size;
    outcome->processed_stamp = stamp_of(task->output_path);
    outcome->processed_size = outcome->processed_stamp.size;
    outcome->original_format = outcome->format = LOOM_FORMAT_JPEG;
    outcome->original_width = 4000;
    outcome->original_height = 3000;
    outcome->orientation = 6;
    outcome->width = 300;
    outcome->height = 400;
    outcome->channels = 3;
    outcome->quality = 80;
    outcome->lane = "jpeg";
    (void)snprintf(outcome->decoder, sizeof outcome->decoder, "libjpeg-turbo");
    outcome->original_traits = (loom_traits){LOOM_PRESENCE_ABSENT, 8, 1, 72500};
    outcome->traits = (loom_traits){LOOM_PRESENCE_PRESENT, 16, 2, 96000};
    outcome->thread = 0;
    loom_outcome_warn(outcome, "something is odd");
    outcome->result = LOOM_RESULT_WARNING;
}

/* What a batch tells of one that is left out. */
static void recall(const loom_task *task, loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_SKIPPED;
    outcome->skip_reason = task->skip_reason;
    loom_shard_work_recall(work, task, outcome);
}

typedef void change(loom_outcome *outcome);

/* An attempt; `change_outcome` (or NULL) is done to what it makes. `ended`: its report has a
 * summary.
 */
static void attempt(change *change_outcome, bool ended)
{
    loom_totals totals = {.threads = 1};
    loom_report *report = NULL;

    begin();
    ck_assert_msg(loom_shard_work_open_report(work, &info, &report, &error) == LOOM_OK, "%s",
                  error.message);
    for (size_t i = 0; i < loom_plan_count(loom_shard_work_plan(work)); i++) {
        loom_outcome outcome;
        loom_outcome_init(&outcome);
        if (task_at(i)->skip_reason == NULL)
            make(task_at(i), &outcome);
        else
            recall(task_at(i), &outcome);
        if (change_outcome != NULL && task_at(i)->skip_reason == NULL)
            change_outcome(&outcome);
        ck_assert_int_eq(loom_report_add(report, task_at(i), &outcome, &error), LOOM_OK);
        loom_outcome_release(&outcome);
    }
    if (ended)
        ck_assert_int_eq(loom_report_finish(report, &totals, &error), LOOM_OK);
    loom_report_free(report);
}

/* Begins anew, and compares which items are left to do: "0.2." */
static void expect(const char *text)
{
    char found[64] = "";

    begin();
    for (size_t i = 0; i < loom_plan_count(loom_shard_work_plan(work)); i++)
        if (task_at(i)->skip_reason == NULL && task_at(i)->error == NULL)
            (void)snprintf(found + strlen(found), sizeof found - strlen(found), "%zu.", i);
    ck_assert_str_eq(found, text);
}

#define ALL "0.1.2.3.4.5.6.7.8.9."

/* ---- what was made ------------------------------------------------------- */

START_TEST(test_first)
{
    expect(ALL);
    ck_assert_uint_eq(loom_shard_work_made(work), 0);
    for (size_t i = 0; i < 10; i++) {
        ck_assert_uint_eq(task_at(i)->seq, i);
        ck_assert(!task_at(i)->new_name);
    }
}
END_TEST

START_TEST(test_made)
{
    attempt(NULL, _i != 0);
    expect("");
    ck_assert_uint_eq(loom_shard_work_made(work), 10);
    ck_assert_str_eq(task_at(3)->skip_reason, LOOM_SKIP_EARLIER);
    ck_assert_int_eq(task_at(3)->because, LOOM_BECAUSE_NONE);
}
END_TEST

START_TEST(test_files_that_changed)
{
    struct stat file;

    attempt(NULL, true);
    ck_assert_int_eq(unlink("out/0.jpg"), 0);
    make_file("out/1.jpg", "another output");
    set_time("out/2.jpg", OF_OLD + SECOND);
    set_time("out/3.jpg", OF_OLD - OF_OLD % SECOND); /* as an archive of whole seconds has it */
    ck_assert_int_eq(rename("out/4.jpg", "out/other.jpg"), 0);
    ck_assert_int_eq(symlink("other.jpg", "out/4.jpg"), 0);
    make_file("in/5.jpg", "another input");
    set_time("in/6.jpg", OF_OLD + 1);
    ck_assert_int_eq(unlink("in/7.jpg"), 0);
    ck_assert_int_eq(chmod("in/8.jpg", 0600), 0);
    ck_assert_int_eq(lstat("out/4.jpg", &file), 0);
    expect("0.1.2.4.5.6.7.");
}
END_TEST

START_TEST(test_repeated_rows_count_alone)
{
    attempt(NULL, true);
    attempt(NULL, true);
    ck_assert_uint_eq(loom_shard_work_made(work), 10);
    ck_assert_uint_eq(loom_shards_attempt_count(shards, 0), 1); /* before the second began */
    ck_assert_int_eq(unlink(loom_shards_attempt(shards, 0, 0)->path), 0);
    expect("");
    ck_assert_uint_eq(loom_shards_attempt_count(shards, 0), 1);
    set_time("out/6.jpg", OF_OLD + 1);
    expect("6.");
}
END_TEST

START_TEST(test_facts_are_repeated)
{
    loom_outcome outcome;

    attempt(NULL, true);
    begin();
    loom_outcome_init(&outcome);
    recall(task_at(4), &outcome);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_SKIPPED);
    ck_assert_uint_eq(outcome.original_size, strlen("the input"));
    ck_assert_int_eq(outcome.original_stamp.mtime_ns, OF_OLD);
    ck_assert_uint_eq(outcome.processed_size, strlen("the output"));
    ck_assert_int_eq(outcome.processed_stamp.mtime_ns, OF_OLD);
    ck_assert_int_eq(outcome.original_format, LOOM_FORMAT_JPEG);
    ck_assert_int_eq(outcome.format, LOOM_FORMAT_JPEG);
    ck_assert_uint_eq(outcome.original_width, 4000);
    ck_assert_uint_eq(outcome.original_height, 3000);
    ck_assert_int_eq(outcome.orientation, 6);
    ck_assert_uint_eq(outcome.width, 300);
    ck_assert_uint_eq(outcome.height, 400);
    ck_assert_int_eq(outcome.channels, 3);
    ck_assert_int_eq(outcome.quality, 80);
    ck_assert_str_eq(outcome.lane, "jpeg");
    ck_assert_str_eq(outcome.decoder, "libjpeg-turbo");
    ck_assert_int_eq(outcome.original_traits.alpha, LOOM_PRESENCE_ABSENT);
    ck_assert_uint_eq(outcome.original_traits.dpi, 72500);
    ck_assert_int_eq(outcome.traits.alpha, LOOM_PRESENCE_PRESENT);
    ck_assert_uint_eq(outcome.traits.bits, 16);
    ck_assert_uint_eq(outcome.traits.frames, 2);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], "something is odd");
    ck_assert_int_lt(outcome.thread, 0);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- what failed --------------------------------------------------------- */

static loom_status code;

static void fail_as_told(loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_ERROR;
    (void)loom_error_set(&outcome->error, code, LOOM_STAGE_DECODE, "it is bad");
}

static void leave_larger(loom_outcome *outcome)
{
    outcome->result = LOOM_RESULT_SKIPPED;
    outcome->skip_reason = "the output would be larger than the original";
    outcome->left_out = true;
}

START_TEST(test_failures)
{
    static const bool own[LOOM_STATUS_COUNT] = {
        [LOOM_ERR_EMPTY] = true,     [LOOM_ERR_UNSUPPORTED] = true,  [LOOM_ERR_CORRUPT] = true,
        [LOOM_ERR_TRUNCATED] = true, [LOOM_ERR_TOO_LARGE] = true,    [LOOM_ERR_TIMEOUT] = true,
        [LOOM_ERR_CRASHED] = true,   [LOOM_ERR_OUT_OF_MEMORY] = true};

    code = (loom_status)_i;
    attempt(fail_as_told, true);
    expect(ALL);
    options.retry = LOOM_RETRY_NEVER;
    set_time("in/3.jpg", OF_OLD + 1);
    expect(own[_i] ? "3." : ALL);
    ck_assert_uint_eq(loom_shard_work_made(work), 0);
    if (!own[_i])
        return;
    loom_outcome outcome;
    loom_outcome_init(&outcome);
    recall(task_at(2), &outcome);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.code, code);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_DECODE);
    ck_assert_str_eq(outcome.error.message, "it is bad");
    ck_assert_ptr_null(outcome.skip_reason);
    loom_outcome_release(&outcome);
}
END_TEST

/* It was made once, and what stands there now is something else: it is to be made, not an error. */
START_TEST(test_failure_after_success)
{
    attempt(NULL, true);
    set_time("in/3.jpg", OF_OLD + 1);
    code = LOOM_ERR_CORRUPT;
    attempt(fail_as_told, true);
    options.retry = LOOM_RETRY_NEVER;
    expect("3.");
}
END_TEST

START_TEST(test_left_out_as_larger)
{
    attempt(leave_larger, true);
    set_time("in/3.jpg", OF_OLD + 1);
    expect("3.");
    ck_assert_str_eq(task_at(2)->skip_reason, "the output would be larger than the original");
    ck_assert_uint_eq(loom_shard_work_made(work), 0);
}
END_TEST

/* ---- the rest ------------------------------------------------------------ */

START_TEST(test_names_of_earlier_attempts)
{
    attempt(NULL, true);
    attempt(NULL, false);
    char *killed = strdup(loom_shard_work_name(work));
    begin();
    ck_assert_uint_eq(work->temporaries.earlier_count, 1); /* who came to an end left nothing */
    ck_assert_str_eq(work->temporaries.earlier[0], killed);
    ck_assert_str_eq(work->temporaries.attempt, loom_shard_work_name(work));
    ck_assert_str_eq(work->temporaries.plan, loom_shards_get_info(shards)->id);
    ck_assert_ptr_eq(task_at(0)->tree->temporaries, &work->temporaries);
    ck_assert_str_ne(loom_shard_work_name(work), killed);
    free(killed);
}
END_TEST

START_TEST(test_inputs)
{
    begin();
    ck_assert_int_eq(symlink("in/4.jpg", "link"), 0);
    ck_assert_int_eq(link("in/5.jpg", "hard"), 0);
    ck_assert(loom_shard_work_is_input(work, "in/4.jpg"));
    ck_assert(loom_shard_work_is_input(work, "link"));
    ck_assert(loom_shard_work_is_input(work, "hard"));
    ck_assert(!loom_shard_work_is_input(work, "RUN/plan.json"));
    ck_assert(!loom_shard_work_is_input(work, "nowhere"));
}
END_TEST

START_TEST(test_stop)
{
    attempt(NULL, true);
    loom_stop *stop = loom_stop_create();
    loom_stop_request(stop);
    options.stop = stop;
    expect(ALL); /* the batch cancels them */
    loom_stop_free(stop);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("work");
    TCase *rules = tcase_create("rules");

    tcase_add_checked_fixture(rules, setup, teardown);
    tcase_add_test(rules, test_first);
    tcase_add_loop_test(rules, test_made, 0, 2); /* by one that was killed, and one that was not */
    tcase_add_test(rules, test_files_that_changed);
    tcase_add_test(rules, test_repeated_rows_count_alone);
    tcase_add_test(rules, test_facts_are_repeated);
    tcase_add_loop_test(rules, test_failures, LOOM_ERR_NOT_FOUND, LOOM_ERR_USAGE);
    tcase_add_test(rules, test_failure_after_success);
    tcase_add_test(rules, test_left_out_as_larger);
    tcase_add_test(rules, test_names_of_earlier_attempts);
    tcase_add_test(rules, test_inputs);
    tcase_add_test(rules, test_stop);
    suite_add_tcase(suite, rules);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
