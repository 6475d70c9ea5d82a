/* The front end has the files of waiting jobs brought into memory; inotify tells who opens what. */
#include "files/input.h"
#include "support/fake_engine.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TASKS = 6, LONG = 20000, SHORT = 50 }; /* ms */

static int watch(const char *path)
{
    const int watcher = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

    ck_assert_int_ge(watcher, 0);
    ck_assert_int_ge(inotify_add_watch(watcher, path, IN_OPEN), 0);
    return watcher;
}

/* Whether what is watched is opened within some ms. */
static bool is_opened(int watcher, int ms)
{
    struct pollfd event = {watcher, POLLIN, 0};

    return poll(&event, 1, ms) == 1;
}

START_TEST(a_file_is_opened_and_closed)
{
    tmpdir_write_text("a.jpg", "picture");
    const int watcher = watch("a.jpg"), before = dup(0);

    loom_input_expect("a.jpg");
    ck_assert(is_opened(watcher, LONG));
    const int after = dup(0);
    ck_assert_int_eq(after, before + 1);
    (void)close(watcher), (void)close(before), (void)close(after);
}
END_TEST

START_TEST(what_is_no_file_is_never_opened)
{
    ck_assert_int_eq(mkfifo("fifo", 0666), 0);
    tmpdir_mkdir("folder");
    const int watchers[] = {watch("fifo"), watch("folder"), watch("/dev/full")};

    loom_input_expect("fifo");
    loom_input_expect("folder");
    loom_input_expect("/dev/full");
    loom_input_expect("missing");
    for (size_t i = 0; i < sizeof watchers / sizeof *watchers; i++) {
        ck_assert(!is_opened(watchers[i], 0));
        (void)close(watchers[i]);
    }
}
END_TEST

/* ---- in a batch ---------------------------------------------------------------------------- */

static int watchers[TASKS];
static bool expected;

/* The engine opens nothing, so it can only be the front end who does. */
static void first_waits(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    (void)outcomes;
    if (job->tasks[0] == &batch->tasks[0])
        for (size_t i = 1; i < 3; i++)
            ck_assert_int_eq(is_opened(watchers[i], expected ? LONG : SHORT), expected);
}

static void run(uint64_t size, bool wanted)
{
    char names[TASKS][16];
    fake_batch batch;

    fake_init(&batch, TASKS, 1, 2);
    for (size_t i = 0; i < TASKS; i++) {
        (void)snprintf(names[i], sizeof names[i], "%zu.jpg", i);
        tmpdir_write_text(names[i], "picture");
        watchers[i] = watch(names[i]);
        batch.tasks[i].input_path = names[i];
        batch.tasks[i].input_size = size;
    }
    expected = wanted;
    batch.act = first_waits;
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), TASKS);
    for (size_t i = 0; i < TASKS; i++)
        (void)close(watchers[i]);
    fake_release(&batch);
}

START_TEST(files_of_waiting_jobs_are_expected)
{
    run(1000, true);
}
END_TEST

/* With a team of one nobody is there who could look ahead. */
START_TEST(alone_nothing_is_expected)
{
    run(1000, false);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("ahead");
    TCase *tests = tcase_create("ahead");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_add_test(tests, a_file_is_opened_and_closed);
    tcase_add_test(tests, what_is_no_file_is_never_opened);
    if (fake_thread_limit() > 1)
        tcase_add_test(tests, files_of_waiting_jobs_are_expected);
    else
        tcase_add_test(tests, alone_nothing_is_expected);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
