#include "files/output.h"

#include <imgloom/plan.h>

#include "support/output_write.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static loom_error error;

static void setup(void)
{
    tmpdir_enter();
    loom_error_clear(&error);
}

/* What is swept from a folder. */
static size_t sweep(const char *path)
{
    int folder = loom_output_root_open(path, strlen(path));
    size_t swept = loom_output_sweep(folder);

    if (folder >= 0)
        (void)close(folder);
    return swept;
}

static loom_status write_file(const char *path, const char *text, bool replace)
{
    return output_write(NULL, path, text, replace, &error);
}

START_TEST(test_appears_by_commit_alone)
{
    loom_output output = LOOM_OUTPUT_INIT;
    struct stat info;

    (void)umask(027);
    ck_assert_int_eq(loom_output_open(&output, NULL, "out/sub/a.jpg", &error), LOOM_OK);
    ck_assert_int_eq(loom_output_write(&output, "pic", 3, &error), LOOM_OK);
    ck_assert_int_eq(loom_output_write(&output, "ture", 4, &error), LOOM_OK);
    ck_assert(!tmpdir_exists("out/sub/a.jpg"));
    ck_assert_uint_eq(tmpdir_count("out/sub"), 1);
    ck_assert_int_eq(loom_output_commit(&output, true, &error), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("out/sub"), 1);
    tmpdir_assert_text("out/sub/a.jpg", "picture");
    ck_assert_int_eq(stat("out/sub/a.jpg", &info), 0);
    ck_assert_uint_eq(info.st_mode & 07777, 0640);
    ck_assert_uint_eq(info.st_nlink, 1);
    ck_assert_int_eq(stat("out/sub", &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0750);
    ck_assert_int_eq(output.file, -1);
    ck_assert_int_eq(output.folder, -1);
    loom_output_abort(&output); /* after a commit: nothing */
    ck_assert(tmpdir_exists("out/sub/a.jpg"));
}
END_TEST

START_TEST(test_abort_leaves_nothing)
{
    loom_output output = LOOM_OUTPUT_INIT;

    tmpdir_write_text("a.jpg", "old");
    loom_output_abort(&output); /* never opened */
    ck_assert_int_eq(loom_output_open(&output, NULL, "a.jpg", &error), LOOM_OK);
    ck_assert_int_eq(loom_output_write(&output, "new", 3, &error), LOOM_OK);
    loom_output_abort(&output);
    ck_assert_uint_eq(tmpdir_count("."), 1);
    tmpdir_assert_text("a.jpg", "old");
}
END_TEST

START_TEST(test_replaces_or_not)
{
    tmpdir_write_text("a.jpg", "old");
    ck_assert_int_eq(write_file("a.jpg", "new", false), LOOM_ERR_EXISTS);
    ck_assert_int_eq(error.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(error.message, "the output exists");
    tmpdir_assert_text("a.jpg", "old");
    ck_assert_uint_eq(tmpdir_count("."), 1);
    ck_assert_int_eq(write_file("a.jpg", "new", true), LOOM_OK);
    tmpdir_assert_text("a.jpg", "new");
    ck_assert_int_eq(write_file("b.jpg", "b", false), LOOM_OK);
    tmpdir_assert_text("b.jpg", "b");
    ck_assert_uint_eq(tmpdir_count("."), 2);
}
END_TEST

START_TEST(test_replaces_a_link_not_its_target)
{
    struct stat info;

    tmpdir_write_text("precious", "precious");
    ck_assert_int_eq(symlink("precious", "a.jpg"), 0);
    ck_assert_int_eq(write_file("a.jpg", "new", false), LOOM_ERR_EXISTS);
    ck_assert_int_eq(write_file("a.jpg", "new", true), LOOM_OK);
    tmpdir_assert_text("precious", "precious");
    ck_assert_int_eq(lstat("a.jpg", &info), 0);
    ck_assert(S_ISREG(info.st_mode));
}
END_TEST

START_TEST(test_target_is_a_folder)
{
    tmpdir_mkdir("a.jpg");
    for (int replace = 0; replace < 2; replace++) {
        ck_assert_int_eq(write_file("a.jpg", "new", replace), LOOM_ERR_NOT_A_FILE);
        ck_assert_str_eq(error.message, "the output path is a folder");
        ck_assert_uint_eq(tmpdir_count("."), 1);
    }
}
END_TEST

START_TEST(test_unsafe_paths)
{
    static const char *const paths[] = {"", "out/", "out/.", "out/..", ".."};
    char name[300];

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_int_eq(write_file(paths[i], "x", true), LOOM_ERR_UNSAFE_PATH);
    ck_assert_uint_eq(tmpdir_count("."), 0);

    tmpdir_write_text("file", "x");
    ck_assert_int_eq(write_file("file/a.jpg", "x", true), LOOM_ERR_UNSAFE_PATH);
    ck_assert_int_eq(write_file("file/sub/a.jpg", "x", true), LOOM_ERR_UNSAFE_PATH);
    ck_assert_str_eq(error.message, "a part of the output path is not a folder");
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    ck_assert_int_eq(write_file("dangling/a.jpg", "x", true), LOOM_ERR_UNSAFE_PATH);
    ck_assert(!tmpdir_exists("nowhere"));

    memset(name, 'n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_int_eq(write_file(name, "x", true), LOOM_ERR_UNSAFE_PATH);
    ck_assert_uint_eq(tmpdir_count("."), 2);
}
END_TEST

/* The temporary's name must not grow with the output's. */
START_TEST(test_longest_name)
{
    char name[NAME_MAX + 1];

    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = '\0';
    ck_assert_int_eq(write_file(name, "x", true), LOOM_OK);
    ck_assert(tmpdir_exists(name));
    ck_assert_int_eq(write_file("-a\n\xFF[page=1].jpg", "x", true), LOOM_OK);
    ck_assert(tmpdir_exists("-a\n\xFF[page=1].jpg"));
}
END_TEST

START_TEST(test_times)
{
    loom_output output = LOOM_OUTPUT_INIT;
    struct stat info;

    ck_assert_int_eq(loom_output_open(&output, NULL, "a.jpg", &error), LOOM_OK);
    ck_assert_int_eq(
        loom_output_set_times(&output, INT64_C(1500000000), INT64_C(-1750000000), &error), LOOM_OK);
    ck_assert_int_eq(loom_output_commit(&output, true, &error), LOOM_OK);
    ck_assert_int_eq(stat("a.jpg", &info), 0);
    ck_assert_int_eq(info.st_atim.tv_sec, 1);
    ck_assert_int_eq(info.st_atim.tv_nsec, 500000000);
    ck_assert_int_eq(info.st_mtim.tv_sec, -2);
    ck_assert_int_eq(info.st_mtim.tv_nsec, 250000000);
}
END_TEST

START_TEST(test_no_right_to_write)
{
    tmpdir_mkdir("locked");
    ck_assert_int_eq(chmod("locked", 0555), 0);
    user_drop();
    ck_assert_int_eq(write_file("locked/a.jpg", "x", true), LOOM_ERR_PERMISSION);
    ck_assert_int_eq(write_file("locked/sub/a.jpg", "x", true), LOOM_ERR_PERMISSION);
    user_restore();
    ck_assert_uint_eq(tmpdir_count("locked"), 0);
}
END_TEST

/* A limit on file sizes stands for a full disk: the write fails in the middle. */
START_TEST(test_no_space)
{
    struct rlimit before, limit;
    loom_output output = LOOM_OUTPUT_INIT;
    char data[1500] = {0};

    tmpdir_write_text("a.jpg", "old");
    ck_assert_ptr_ne(signal(SIGXFSZ, SIG_IGN), SIG_ERR);
    ck_assert_int_eq(loom_output_open(&output, NULL, "a.jpg", &error), LOOM_OK);
    ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &before), 0);
    limit = (struct rlimit){1000, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
    loom_status status = loom_output_write(&output, data, sizeof data, &error);
    ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &before), 0); /* it holds for Check's files, too */
    ck_assert_int_eq(status, LOOM_ERR_NO_SPACE);
    ck_assert_int_eq(error.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(error.message, "cannot write the output: File too large (EFBIG)");
    loom_output_abort(&output);
    ck_assert_uint_eq(tmpdir_count("."), 1);
    tmpdir_assert_text("a.jpg", "old");
}
END_TEST

static void *write_many(void *letter)
{
    for (int i = 0; i < 50; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "%d/x/y/z/%s.jpg", i, (const char *)letter);
        loom_error failure = LOOM_ERROR_INIT;
        loom_output output = LOOM_OUTPUT_INIT;
        if (loom_output_open(&output, NULL, path, &failure) != LOOM_OK ||
            loom_output_commit(&output, true, &failure) != LOOM_OK)
            return letter;
    }
    return NULL;
}

START_TEST(test_threads_make_the_same_parents)
{
    static char letters[4][2] = {"a", "b", "c", "d"};
    pthread_t threads[4];

    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, letters[i]), 0);
    for (size_t i = 0; i < 4; i++) {
        void *failed;
        ck_assert_int_eq(pthread_join(threads[i], &failed), 0);
        ck_assert_ptr_null(failed);
    }
    ck_assert_uint_eq(tmpdir_count("."), 50);
    ck_assert_uint_eq(tmpdir_count("49/x/y/z"), 4);
}
END_TEST

START_TEST(test_sweep_spares_the_living)
{
    loom_output living = LOOM_OUTPUT_INIT;

    /* A run that is killed between the write and the rename. */
    pid_t dead = fork();
    if (dead == 0) {
        loom_output output = LOOM_OUTPUT_INIT;
        if (loom_output_open(&output, NULL, "out/dead.jpg", NULL) == LOOM_OK)
            (void)raise(SIGKILL);
        _exit(1);
    }
    int status;
    ck_assert_int_eq(waitpid(dead, &status, 0), dead);
    ck_assert(WIFSIGNALED(status));
    ck_assert_uint_eq(tmpdir_count("out"), 1);

    ck_assert_int_eq(loom_output_open(&living, NULL, "out/living.jpg", &error), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("out"), 2);
    ck_assert_uint_eq(sweep("out"), 1);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    ck_assert_int_eq(loom_output_commit(&living, true, &error), LOOM_OK);
    ck_assert(tmpdir_exists("out/living.jpg"));
    ck_assert_uint_eq(sweep("out"), 0);
    ck_assert(tmpdir_exists("out/living.jpg"));
}
END_TEST

START_TEST(test_sweep_takes_temporaries_alone)
{
    static const char *const others[] = {
        ".imgloom-0123456789abcde.tmp",     ".imgloom-0123456789abcdef0.tmp",
        ".imgloom-0123456789abcdeg.tmp",    ".imgloom-0123456789ABCDEF.tmp",
        ".imgloom-0123456789abcdef.tm",     "imgloom-0123456789abcdef.tmp",
        ".imgloom-0123456789abcdef.tmp.jpg"};
    const size_t count = sizeof others / sizeof *others;

    for (size_t i = 0; i < count; i++)
        tmpdir_write_text(others[i], "x");
    tmpdir_write_text("target", "x");
    ck_assert_int_eq(symlink("target", ".imgloom-000000000000000a.tmp"), 0);
    ck_assert_int_eq(mkfifo(".imgloom-000000000000000b.tmp", 0666), 0);
    tmpdir_mkdir(".imgloom-000000000000000c.tmp");
    ck_assert_uint_eq(sweep("."), 0);
    ck_assert_uint_eq(tmpdir_count("."), count + 4);
    tmpdir_write_text(".imgloom-0123456789abcdef.tmp", "x");
    ck_assert_uint_eq(sweep("."), 1);
    ck_assert_uint_eq(tmpdir_count("."), count + 4);
    ck_assert_uint_eq(sweep("missing"), 0);
}
END_TEST

static void *sweep_always(void *stop)
{
    while (!__atomic_load_n((const bool *)stop, __ATOMIC_RELAXED))
        (void)sweep("out");
    return NULL;
}

START_TEST(test_sweep_beside_a_maker)
{
    bool stop = false;
    pthread_t sweeper;

    tmpdir_mkdir("out");
    ck_assert_int_eq(pthread_create(&sweeper, NULL, sweep_always, &stop), 0);
    for (int i = 0; i < 2000; i++) {
        char path[64];
        (void)snprintf(path, sizeof path, "out/%d.jpg", i);
        ck_assert_int_eq(write_file(path, "picture", i % 2 == 0), LOOM_OK);
    }
    __atomic_store_n(&stop, true, __ATOMIC_RELAXED);
    ck_assert_int_eq(pthread_join(sweeper, NULL), 0);
    ck_assert_uint_eq(tmpdir_count("out"), 2000);
}
END_TEST

static loom_status make_root(const char *path, loom_error *err)
{
    int root;
    const loom_status status = loom_output_root_make(path, &root, err);

    if (status == LOOM_OK)
        ck_assert_int_eq(close(root), 0);
    return status;
}

START_TEST(test_root)
{
    ck_assert_int_eq(loom_output_root_check("a/b/c", &error), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("."), 0);
    ck_assert_int_eq(make_root("a/b/c", &error), LOOM_OK);
    ck_assert_int_eq(make_root("a/b/c", &error), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("a/b"), 1);
    ck_assert_int_eq(make_root("d.jpg/", &error), LOOM_OK);
    ck_assert_int_eq(make_root("d.jpg", &error), LOOM_OK); /* it is a folder now */
    ck_assert_int_eq(symlink("a", "link"), 0);
    ck_assert_int_eq(make_root("link", &error), LOOM_OK);
    ck_assert_int_eq(make_root(".", &error), LOOM_OK);
}
END_TEST

static void expect_bad_root(const char *root, loom_status status)
{
    loom_error_clear(&error);
    ck_assert_int_eq(loom_output_root_check(root, &error), status);
    loom_error_clear(&error);
    ck_assert_int_eq(make_root(root, &error), status);
}

START_TEST(test_bad_root)
{
    tmpdir_write_text("file", "x");
    ck_assert_int_eq(symlink("nowhere", "dangling"), 0);
    expect_bad_root("", LOOM_ERR_USAGE);
    expect_bad_root("file", LOOM_ERR_NOT_A_FILE);
    expect_bad_root("file/sub", LOOM_ERR_NOT_A_FILE);
    expect_bad_root("dangling", LOOM_ERR_NOT_FOUND);
    expect_bad_root("out/b.jpg", LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, "it must be a folder, but \"out/b.jpg\" looks like the name of "
                                    "an image; for a folder of that name add a slash");
    ck_assert_uint_eq(tmpdir_count("."), 2);
}
END_TEST

START_TEST(test_root_without_rights)
{
    tmpdir_mkdir("locked");
    ck_assert_int_eq(chmod("locked", 0555), 0);
    user_drop();
    expect_bad_root("locked", LOOM_ERR_PERMISSION);
    expect_bad_root("locked/sub/sub", LOOM_ERR_PERMISSION);
    user_restore();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("output");
    TCase *file = tcase_create("file"), *sweep = tcase_create("sweep"),
          *root = tcase_create("root");

    tcase_add_checked_fixture(file, setup, tmpdir_leave);
    tcase_add_test(file, test_appears_by_commit_alone);
    tcase_add_test(file, test_abort_leaves_nothing);
    tcase_add_test(file, test_replaces_or_not);
    tcase_add_test(file, test_replaces_a_link_not_its_target);
    tcase_add_test(file, test_target_is_a_folder);
    tcase_add_test(file, test_unsafe_paths);
    tcase_add_test(file, test_longest_name);
    tcase_add_test(file, test_times);
    tcase_add_test(file, test_no_right_to_write);
    tcase_add_test(file, test_no_space);
    tcase_add_test(file, test_threads_make_the_same_parents);
    suite_add_tcase(suite, file);

    tcase_add_checked_fixture(sweep, setup, tmpdir_leave);
    tcase_set_timeout(sweep, 60);
    tcase_add_test(sweep, test_sweep_spares_the_living);
    tcase_add_test(sweep, test_sweep_takes_temporaries_alone);
    tcase_add_test(sweep, test_sweep_beside_a_maker);
    suite_add_tcase(suite, sweep);

    tcase_add_checked_fixture(root, setup, tmpdir_leave);
    tcase_add_test(root, test_root);
    tcase_add_test(root, test_bad_root);
    tcase_add_test(root, test_root_without_rights);
    suite_add_tcase(suite, root);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
