/* The files of waiting jobs are brought into memory ahead; inotify tells who opens what. */
#include "batch/readahead.h"
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

/* The linker puts these in the place of the library's (--wrap). */
void __real_loom_input_expect(const char *path);
void __wrap_loom_input_expect(const char *path);

/* A file system that does not answer, until it is let go; any thread. */
static atomic_bool hangs;
static atomic_uint hanging, came_back;

void __wrap_loom_input_expect(const char *path)
{
    if (atomic_load(&hangs)) {
        atomic_fetch_add(&hanging, 1);
        while (atomic_load(&hangs))
            (void)poll(NULL, 0, 5);
    } else {
        __real_loom_input_expect(path);
    }
    atomic_fetch_add(&came_back, 1);
}

static void await(const atomic_uint *count, unsigned wanted)
{
    for (int waited = 0; atomic_load(count) < wanted && waited < LONG; waited += 5)
        (void)poll(NULL, 0, 5);
    ck_assert_uint_ge(atomic_load(count), wanted);
}

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

/* ---- what is asked for --------------------------------------------------- */

enum { MANY = 200 };

static loom_task tasks[MANY];
static loom_batch_input inputs[MANY];

static void make_inputs(uint64_t size)
{
    for (size_t i = 0; i < MANY; i++) {
        tasks[i] = (loom_task){.input_path = "a.jpg", .input_size = size};
        inputs[i] = (loom_batch_input){&tasks[i], 1};
    }
}

/* How many are asked for at once. */
static size_t look(loom_readahead *ahead, size_t begun, size_t next)
{
    size_t count = 0;

    while (loom_readahead_look(ahead, inputs, begun, next))
        count++;
    return count;
}

START_TEST(no_more_bytes_than_is_wise)
{
    loom_readahead ahead = {.begun = 0};

    make_inputs(UINT64_C(50) << 20);
    ck_assert_uint_eq(look(&ahead, 0, 2), 2);
    ck_assert_uint_eq(look(&ahead, 0, MANY), 1); /* 150 MiB: one above 128 */
    ck_assert_uint_eq(look(&ahead, 1, MANY), 1);
    ck_assert_uint_eq(look(&ahead, 3, MANY), 2);
    ck_assert_uint_eq(look(&ahead, 100, MANY), 3); /* from there on */
    ck_assert_uint_eq(look(&ahead, MANY, MANY), 0);
    ck_assert_uint_eq(ahead.bytes, 0);
    loom_readahead_release(&ahead);
}
END_TEST

/* What comes too late is not opened at all. */
START_TEST(late_wishes_are_forgotten)
{
    loom_readahead ahead = {.begun = 0};

    make_inputs(1);
    atomic_store(&hangs, true);
    ck_assert_uint_eq(look(&ahead, 0, 1), 1);
    await(&hanging, 1);
    const size_t room = look(&ahead, 0, MANY);
    ck_assert_uint_gt(room, 10);
    ck_assert_uint_lt(room, MANY - 1);
    ck_assert_uint_eq(look(&ahead, MANY - 1, MANY), 1);
    atomic_store(&hangs, false);
    await(&came_back, 2);
    loom_readahead_release(&ahead);
    ck_assert_uint_eq(atomic_load(&came_back), 2);
}
END_TEST

START_TEST(nothing_is_begun_for_nothing)
{
    loom_readahead ahead = {.begun = 0};

    make_inputs(1);
    ck_assert_uint_eq(look(&ahead, 0, 0), 0);
    ck_assert_uint_eq(look(&ahead, 5, 5), 0);
    ck_assert_ptr_null(ahead.reader);
    loom_readahead_release(&ahead);
}
END_TEST

/* ---- in a batch ---------------------------------------------------------- */

static int watchers[TASKS];
static bool expected;

/* The engine opens nothing, so it can only be the batch that does. */
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

static void wait_for_ticks(fake_batch *batch, const loom_job *job, loom_outcome *outcomes)
{
    (void)outcomes;
    if (job->tasks[0] != &batch->tasks[0])
        return;
    await(&hanging, 1);
    await(&batch->ticks, atomic_load(&batch->ticks) + 2);
}

/* The front end ticks, and the batch ends, whatever has become of the file. */
START_TEST(a_file_system_that_hangs_holds_up_nothing)
{
    fake_batch batch;

    fake_init(&batch, TASKS, 1, 2);
    for (size_t i = 0; i < TASKS; i++)
        batch.tasks[i].input_path = "a.jpg";
    batch.act = wait_for_ticks;
    atomic_store(&hangs, true);
    fake_run(&batch);
    ck_assert_uint_eq(atomic_load(&batch.begun), TASKS);
    ck_assert_uint_eq(atomic_load(&came_back), 0);
    fake_release(&batch);
    atomic_store(&hangs, false);
    await(&came_back, 1);
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
    Suite *suite = suite_create("readahead");
    TCase *tests = tcase_create("ahead");

    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, tmpdir_enter, tmpdir_leave);
    tcase_add_test(tests, a_file_is_opened_and_closed);
    tcase_add_test(tests, what_is_no_file_is_never_opened);
    tcase_add_test(tests, no_more_bytes_than_is_wise);
    tcase_add_test(tests, late_wishes_are_forgotten);
    tcase_add_test(tests, nothing_is_begun_for_nothing);
    if (fake_thread_limit() > 1) {
        tcase_add_test(tests, files_of_waiting_jobs_are_expected);
        tcase_add_test(tests, a_file_system_that_hangs_holds_up_nothing);
    } else {
        tcase_add_test(tests, alone_nothing_is_expected);
    }
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
