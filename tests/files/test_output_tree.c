/* Each test runs twice: by openat2, and folder by folder where the kernel has no openat2. */
#include "files/output_tree.h"

#include "files/output.h"
#include "files/path.h"
#include "support/output_write.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <seccomp.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { BY_OPENAT2, BY_STEPS, REFUSED, UNKNOWN, WAYS };

static loom_error error;
static loom_output_tree tree;

static void setup(void)
{
    tmpdir_enter();
    loom_error_clear(&error);
    tmpdir_mkdir("out");
    tmpdir_mkdir("elsewhere");
    tree = (loom_output_tree){.root_size = strlen("out"), .root = -1};
}

/* What a container's filter or an old kernel answers. */
static void refuse_openat2(int errnum)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

    ck_assert_ptr_nonnull(filter);
    ck_assert_int_eq(
        seccomp_rule_add(filter, SCMP_ACT_ERRNO((uint16_t)errnum), SCMP_SYS(openat2), 0), 0);
    ck_assert_int_eq(seccomp_load(filter), 0);
    seccomp_release(filter);
}

static void go_by(int way)
{
    loom_output_tree_use_openat2(way != BY_STEPS);
    if (way == REFUSED)
        refuse_openat2(EPERM);
    if (way == UNKNOWN)
        refuse_openat2(ENOSYS);
}

/* 0, or the errno of opening the folder. */
static int try_open(const char *path, bool make)
{
    int folder = loom_output_tree_open(&tree, path, strlen(path), make);

    if (folder < 0)
        return errno;
    ck_assert_int_eq(close(folder), 0);
    return 0;
}

static loom_status write_file(const char *path)
{
    return output_write(&tree, path, "picture", true, &error);
}

static void expect_refused(const char *path, const char *message)
{
    ck_assert_int_eq(write_file(path), LOOM_ERR_UNSAFE_PATH);
    ck_assert_int_eq(error.stage, LOOM_STAGE_WRITE);
    ck_assert_str_eq(error.message, message);
}

#define THROUGH_LINK                                                                               \
    "the output path goes through a symbolic link, which is not followed below the output folder"

START_TEST(test_makes_and_enters)
{
    struct stat info, same;

    go_by(_i);
    ck_assert_int_eq(try_open("out/", false), 0);
    ck_assert_int_eq(try_open("out/a//b/", false), ENOENT);
    ck_assert(!tmpdir_exists("out/a"));
    (void)umask(027);
    ck_assert_int_eq(try_open("out/a//./b/", true), 0);
    ck_assert_int_eq(try_open("out/a/b", false), 0);
    ck_assert_int_eq(stat("out/a/b", &info), 0);
    ck_assert_uint_eq(info.st_mode & 0777, 0750);
    int folder = loom_output_tree_open(&tree, "out/a/b/c.jpg", strlen("out/a/b/"), false);
    ck_assert_int_ge(folder, 0);
    ck_assert_int_eq(fstat(folder, &same), 0);
    ck_assert_uint_eq(info.st_ino, same.st_ino);
    ck_assert_int_ne(fcntl(folder, F_GETFD) & FD_CLOEXEC, 0);
    ck_assert_int_eq(close(folder), 0);
}
END_TEST

START_TEST(test_planted_links)
{
    go_by(_i);
    tmpdir_write_text("out/file", "x");
    tmpdir_mkdir("out/real");
    ck_assert_int_eq(symlink("../elsewhere", "out/link"), 0);
    ck_assert_int_eq(symlink("../../elsewhere", "out/real/link"), 0);
    ck_assert_int_eq(symlink("real", "out/inside"), 0);
    ck_assert_int_eq(symlink("../nowhere", "out/dangling"), 0);
    ck_assert_int_eq(symlink("loop", "out/loop"), 0);
    ck_assert_int_eq(symlink("/proc/self/cwd", "out/magic"), 0);
    expect_refused("out/link/a.jpg", THROUGH_LINK);
    expect_refused("out/link/sub/a.jpg", THROUGH_LINK);
    expect_refused("out/real/link/a.jpg", THROUGH_LINK);
    expect_refused("out/inside/a.jpg", THROUGH_LINK);
    expect_refused("out/dangling/a.jpg", THROUGH_LINK);
    expect_refused("out/loop/a.jpg", THROUGH_LINK);
    expect_refused("out/magic/a.jpg", THROUGH_LINK);
    expect_refused("out/file/a.jpg", "a part of the output path is not a folder");
    expect_refused("out/file/sub/a.jpg", "a part of the output path is not a folder");
    ck_assert_uint_eq(tmpdir_count("elsewhere"), 0);
    ck_assert_uint_eq(tmpdir_count("out/real"), 1);
    ck_assert(!tmpdir_exists("nowhere"));
}
END_TEST

START_TEST(test_never_out_of_the_tree)
{
    go_by(_i);
    tmpdir_mkdir("out/sub");
    expect_refused("out/../elsewhere/a.jpg", "the output path would leave the output folder");
    expect_refused("out/sub/../../elsewhere/a.jpg",
                   "the output path would leave the output folder");
    ck_assert_uint_eq(tmpdir_count("elsewhere"), 0);
    ck_assert_int_eq(try_open("out/sub/new/../../..", true), EXDEV);
}
END_TEST

/* At the final name a link is replaced, and what it leads to stays as it is. */
START_TEST(test_link_at_the_name)
{
    struct stat info;

    go_by(_i);
    tmpdir_write_text("elsewhere/precious", "precious");
    ck_assert_int_eq(symlink("../elsewhere/precious", "out/a.jpg"), 0);
    ck_assert_int_eq(write_file("out/a.jpg"), LOOM_OK);
    ck_assert_int_eq(lstat("out/a.jpg", &info), 0);
    ck_assert(S_ISREG(info.st_mode));
    tmpdir_assert_text("elsewhere/precious", "precious");
}
END_TEST

/* The root is the user's own choice, and what its path leads to later makes no difference. */
START_TEST(test_root_is_entered_once)
{
    go_by(_i);
    ck_assert_int_eq(symlink("out", "alias"), 0);
    tree = (loom_output_tree){.root_size = strlen("alias"), .root = -1};
    ck_assert_int_eq(write_file("alias/sub/a.jpg"), LOOM_OK);
    ck_assert(tmpdir_exists("out/sub/a.jpg"));
    tree.root = loom_output_root_open("alias/", strlen("alias/"));
    ck_assert_int_ge(tree.root, 0);
    ck_assert_int_eq(unlink("alias"), 0);
    ck_assert_int_eq(symlink("elsewhere", "alias"), 0);
    ck_assert_int_eq(write_file("alias/sub/b.jpg"), LOOM_OK);
    ck_assert_int_eq(write_file("alias/c.jpg"), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("elsewhere"), 0);
    ck_assert(tmpdir_exists("out/sub/b.jpg"));
    ck_assert(tmpdir_exists("out/c.jpg"));
    ck_assert_int_eq(close(tree.root), 0);
}
END_TEST

START_TEST(test_roots_without_a_name)
{
    char path[PATH_MAX];

    go_by(_i);
    tree.root_size = 0; /* the current folder */
    ck_assert_int_eq(write_file("a.jpg"), LOOM_OK);
    ck_assert_int_eq(write_file("sub/a.jpg"), LOOM_OK);
    ck_assert_int_lt(snprintf(path, sizeof path, "%s/sub/b.jpg", tmpdir_path()), PATH_MAX);
    ck_assert_int_eq(write_file(path), LOOM_OK); /* "/" */
    ck_assert(tmpdir_exists("sub/b.jpg"));
}
END_TEST

START_TEST(test_tree_that_goes_away)
{
    go_by(_i);
    tree.root = loom_output_root_open("out", strlen("out"));
    ck_assert_int_ge(tree.root, 0);
    ck_assert_int_eq(rmdir("out"), 0);
    tmpdir_mkdir("out"); /* another one */
    ck_assert_int_eq(write_file("out/a.jpg"), LOOM_ERR_IO);
    ck_assert_str_eq(error.message, "the output folder was removed during the run");
    ck_assert_int_eq(write_file("out/sub/a.jpg"), LOOM_ERR_IO);
    ck_assert_uint_eq(tmpdir_count("out"), 0);
    ck_assert_int_eq(close(tree.root), 0);
}
END_TEST

/* Longer than any path that the kernel takes at once. */
START_TEST(test_deep)
{
    enum { LEVELS = 1000, EACH = 6 };
    static char path[LEVELS * EACH + 16] = "out";
    size_t size = strlen(path);
    const int way = _i;

    for (int i = 0; i < LEVELS; i++)
        size += (size_t)snprintf(path + size, sizeof path - size, "/%05d", i);
    memcpy(path + size, "/a.jpg", sizeof "/a.jpg");
    go_by(way);
    ck_assert_uint_gt(size, PATH_MAX);
    ck_assert_int_eq(write_file(path), LOOM_OK);
    int file = loom_path_open(path, O_RDONLY);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(close(file), 0);
    tree.root_size = size; /* and as a root */
    ck_assert_int_eq(write_file(path), LOOM_OK);
}
END_TEST

/* Somebody who replaces a folder by a link to another one, over and over. */
static atomic_bool stop;
static atomic_uint swaps;

static void *swap_always(void *unused)
{
    (void)unused;
    while (!atomic_load(&stop))
        if (renameat2(AT_FDCWD, "out/sub", AT_FDCWD, "out/trap", RENAME_EXCHANGE) == 0)
            (void)atomic_fetch_add(&swaps, 1);
    return NULL;
}

/* How often each comes to pass is the scheduler's affair; both must be seen to be told apart. */
static void assert_told_apart(void)
{
    struct stat info;

    ck_assert_int_eq(lstat("out/sub", &info), 0);
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(write_file("out/sub/a.jpg"),
                         S_ISDIR(info.st_mode) ? LOOM_OK : LOOM_ERR_UNSAFE_PATH);
        ck_assert_int_eq(renameat2(AT_FDCWD, "out/sub", AT_FDCWD, "out/trap", RENAME_EXCHANGE), 0);
        ck_assert_int_eq(lstat("out/sub", &info), 0);
    }
}

START_TEST(test_swapped_while_writing)
{
    pthread_t thread;

    go_by(_i);
    tmpdir_mkdir("out/sub");
    ck_assert_int_eq(symlink("../elsewhere", "out/trap"), 0);
    atomic_store(&stop, false);
    atomic_store(&swaps, 0);
    ck_assert_int_eq(pthread_create(&thread, NULL, swap_always, NULL), 0);
    for (int i = 0; i < 1000 || atomic_load(&swaps) < 5000; i++) {
        const loom_status status = write_file(i % 2 ? "out/sub/a.jpg" : "out/sub/deep/a.jpg");
        ck_assert_msg(status == LOOM_OK || status == LOOM_ERR_UNSAFE_PATH, "%s", error.message);
    }
    atomic_store(&stop, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    assert_told_apart();
    ck_assert_uint_eq(tmpdir_count("elsewhere"), 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("output_tree");
    TCase *made = tcase_create("tree");

    tcase_add_checked_fixture(made, setup, tmpdir_leave);
    tcase_set_timeout(made, 60);
    tcase_add_loop_test(made, test_makes_and_enters, 0, WAYS);
    tcase_add_loop_test(made, test_planted_links, 0, WAYS);
    tcase_add_loop_test(made, test_never_out_of_the_tree, 0, WAYS);
    tcase_add_loop_test(made, test_link_at_the_name, 0, WAYS);
    tcase_add_loop_test(made, test_root_is_entered_once, 0, WAYS);
    tcase_add_loop_test(made, test_roots_without_a_name, 0, WAYS);
    tcase_add_loop_test(made, test_tree_that_goes_away, 0, WAYS);
    tcase_add_loop_test(made, test_deep, 0, WAYS);
    tcase_add_loop_test(made, test_swapped_while_writing, 0, 2);
    suite_add_tcase(suite, made);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
