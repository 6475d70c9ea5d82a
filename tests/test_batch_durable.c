/*
 * Rows that wait for the disk. syncfs and fsync are this file's own: the program's stand behind
 * them in the order of the link. As test_batch, this is run with limits of one and two threads.
 */
#include "files/output.h"
#include "support/fake_engine.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { TASKS = 100 };

static atomic_bool written[TASKS], synced[TASKS];
static char paths[TASKS][32];
static unsigned syncs, handed_since, most_since;
static int sync_error, sync_error_from; /* errno of that sync and those that follow */
static int listing_error;               /* errno of opening a folder for reading */

int __real_openat64(int folder, const char *path, int flags, ...);
int __wrap_openat64(int folder, const char *path, int flags, ...);

/* The linker puts it in the place of the system's (--wrap). */
int __wrap_openat64(int folder, const char *path, int flags, ...)
{
    va_list more;

    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    if (listing_error == 0 || strcmp(path, ".") != 0)
        return __real_openat64(folder, path, flags, mode);
    errno = listing_error;
    return -1;
}

/* On the caller's thread, as outcomes are. */
int syncfs(int file)
{
    bool before[TASKS];

    ck_assert_int_ge(file, 0);
    for (size_t i = 0; i < TASKS; i++)
        before[i] = atomic_load(&written[i]);
    syncs++;
    handed_since = 0;
    if (sync_error != 0 && (int)syncs >= sync_error_from) {
        errno = sync_error;
        return -1;
    }
    for (size_t i = 0; i < TASKS; i++)
        atomic_store(&synced[i], before[i]);
    return 0;
}

static void write_one(const loom_task *task)
{
    loom_output output = LOOM_OUTPUT_INIT;
    loom_error error = LOOM_ERROR_INIT;

    if (loom_output_open(&output, task->tree, task->output_path, &error) == LOOM_OK &&
        loom_output_commit(&output, true, &error) == LOOM_OK)
        atomic_store(&written[task->seq], true);
}

static void write_all(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    (void)batch;
    for (size_t i = 0; i < job->count; i++) {
        write_one(job->tasks[i]);
        outcomes[i].width = outcomes[i].height = 1;
        outcomes[i].processed_size = 1;
    }
}

/* Every third fails, and every seventh is skipped: those write nothing. */
static void write_some(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    write_all(batch, job, outcomes);
    for (size_t i = 0; i < job->count; i++) {
        if (job->tasks[i]->seq % 3 == 0) {
            outcomes[i].result = LOOM_RESULT_ERROR;
            (void)loom_error_set(&outcomes[i].error, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "bad");
        } else if (job->tasks[i]->seq % 7 == 0) {
            outcomes[i].result = LOOM_RESULT_SKIPPED;
        }
    }
}

static void is_on_disk(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)batch;
    handed_since++;
    most_since = handed_since > most_since ? handed_since : most_since;
    if (outcome->result != LOOM_RESULT_OK)
        return;
    ck_assert(atomic_load(&synced[task->seq]));
    ck_assert(tmpdir_exists(task->output_path));
}

static void make_batch(fake_batch *batch, unsigned durable)
{
    fake_init(batch, TASKS, 3, 4);
    for (size_t i = 0; i < TASKS; i++) {
        (void)snprintf(paths[i], sizeof paths[i], "out/%zu/%zu.jpg", i % 7, i);
        batch->tasks[i].output_path = paths[i];
    }
    batch->setup->durable = durable;
    batch->act = write_all;
    batch->outcome = is_on_disk;
}

START_TEST(test_rows_wait_for_the_sync)
{
    static const unsigned every[] = {1, 7, 10, TASKS, LOOM_DURABLE_MAX};

    for (size_t i = 0; i < sizeof every / sizeof *every; i++) {
        fake_batch batch;
        make_batch(&batch, every[i]);
        syncs = handed_since = most_since = 0;
        for (size_t task = 0; task < TASKS; task++) {
            atomic_store(&written[task], false);
            atomic_store(&synced[task], false);
        }
        fake_run(&batch);
        ck_assert_uint_le(most_since, every[i]);
        ck_assert_uint_ge(syncs, every[i] < TASKS ? TASKS / every[i] : 1);
        for (size_t task = 0; task < TASKS; task++)
            ck_assert_int_eq(batch.results[task], LOOM_RESULT_OK);
        fake_release(&batch);
    }
}
END_TEST

/* What wrote nothing needs no sync, unless it is one job with what did. */
START_TEST(test_rows_without_outputs)
{
    for (unsigned sizes = 1; sizes <= 4; sizes += 3) {
        fake_batch batch;
        make_batch(&batch, 10);
        fake_set_sizes(&batch, sizes);
        batch.act = write_some;
        fake_run(&batch);
        for (size_t i = 0; i < TASKS; i++)
            ck_assert_int_eq(batch.results[i], i % 3 == 0   ? LOOM_RESULT_ERROR
                                               : i % 7 == 0 ? LOOM_RESULT_SKIPPED
                                                            : LOOM_RESULT_OK);
        fake_release(&batch);
    }
}
END_TEST

static void expect_words(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    is_on_disk(batch, task, outcome);
    if (outcome->result == LOOM_RESULT_OK)
        return;
    ck_assert_int_eq(outcome->result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome->error.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(outcome->error.message,
                     "the output cannot be synced to disk: Input/output error (EIO)");
    ck_assert_uint_eq(outcome->width + outcome->processed_size, 0);
    ck_assert(!tmpdir_exists(task->output_path));
}

START_TEST(test_a_sync_that_fails)
{
    fake_batch batch;
    size_t failed = 0;

    sync_error = EIO;
    sync_error_from = 4;
    make_batch(&batch, 10);
    batch.outcome = expect_words;
    fake_run(&batch);
    for (size_t i = 0; i < TASKS; i++)
        failed += batch.codes[i] == LOOM_ERR_IO;
    ck_assert_uint_ge(failed, TASKS - 3 * (10 + 7)); /* jobs that ended meanwhile come with them */
    ck_assert_uint_le(failed, TASKS - 30);
    fake_release(&batch);
}
END_TEST

static void remove_folder(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    write_all(batch, job, outcomes);
    if (job->tasks[0]->seq == 42) {
        ck_assert_int_eq(rename("out/0", "moved"), 0);
        tmpdir_mkdir("elsewhere");
        ck_assert_int_eq(symlink("../elsewhere", "out/0"), 0);
    }
}

/* An output whose folder went away before it could be synced. */
START_TEST(test_folder_that_went_away)
{
    static const loom_output_tree tree = {.root_size = 3, .root = -1};
    fake_batch batch;

    tmpdir_mkdir("out");
    make_batch(&batch, TASKS);
    batch.setup->jobs = 1; /* one after the other: nothing comes back into that folder */
    for (size_t i = 0; i < TASKS; i++) {
        batch.tasks[i].tree = &tree;
        batch.tasks[i].input_size = TASKS - i;
    }
    batch.act = remove_folder;
    fake_run(&batch);
    ck_assert_int_eq(batch.codes[42], LOOM_ERR_UNSAFE_PATH); /* a link stands there */
    ck_assert_int_eq(batch.codes[41], LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("elsewhere"), 0);
    fake_release(&batch);
}
END_TEST

static void is_gone(fake_batch *batch, const loom_task *task, loom_outcome *outcome)
{
    (void)batch;
    ck_assert_int_eq(outcome->result, LOOM_RESULT_ERROR);
    ck_assert_str_eq(outcome->error.message,
                     "cannot open the output folder to sync it: Permission denied (EACCES)");
    ck_assert(!tmpdir_exists(task->output_path));
}

/* Files can be made in it, but it cannot be read. */
START_TEST(test_folder_that_cannot_be_opened)
{
    fake_batch batch;

    listing_error = EACCES;
    make_batch(&batch, 10);
    batch.outcome = is_gone;
    fake_run(&batch);
    ck_assert_uint_eq(syncs, 0);
    fake_release(&batch);
}
END_TEST

START_TEST(test_nothing_is_written)
{
    fake_batch batch;

    make_batch(&batch, 0);
    batch.outcome = NULL;
    fake_run(&batch);
    ck_assert_uint_eq(syncs, 0);
    fake_release(&batch);
    make_batch(&batch, LOOM_DURABLE_MAX + 1);
    ck_assert_int_eq(loom_batch_run_tasks(batch.setup, NULL, batch.tasks, TASKS, NULL),
                     LOOM_ERR_USAGE);
    fake_release(&batch);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("batch_durable");
    TCase *rows = tcase_create("rows");

    tcase_add_checked_fixture(rows, tmpdir_enter, tmpdir_leave);
    tcase_set_timeout(rows, 60);
    tcase_add_test(rows, test_rows_wait_for_the_sync);
    tcase_add_test(rows, test_rows_without_outputs);
    tcase_add_test(rows, test_a_sync_that_fails);
    tcase_add_test(rows, test_folder_that_went_away);
    tcase_add_test(rows, test_folder_that_cannot_be_opened);
    tcase_add_test(rows, test_nothing_is_written);
    suite_add_tcase(suite, rows);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
