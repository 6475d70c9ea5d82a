/* Outputs on file systems that cannot rename without replacing: they get their name by a link, or,
 * where there are no links, after a look. And on those that do not take every name. */
#include "files/output.h"

#include "support/output_write.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker puts these in the place of the system's (--wrap). */
int __real_unlinkat(int folder, const char *path, int flags);
int __wrap_unlinkat(int folder, const char *path, int flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __real_linkat(int from, const char *old, int to, const char *new, int flags);
int __wrap_linkat(int from, const char *old, int to, const char *new, int flags);

static int failing_unlinks; /* -1: all */
static int link_errnum;     /* 0: there are links */
static bool no_colons;      /* in names, as on FAT */
static loom_error error;

int __wrap_unlinkat(int folder, const char *path, int flags)
{
    if (failing_unlinks == 0)
        return __real_unlinkat(folder, path, flags);
    failing_unlinks -= failing_unlinks > 0;
    errno = EIO;
    return -1;
}

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    (void)from;
    (void)old;
    (void)to;
    (void)new;
    (void)flags;
    errno = EINVAL;
    return -1;
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    if (!no_colons || strchr(new, ':') == NULL)
        return __real_renameat(from, old, to, new);
    errno = EINVAL;
    return -1;
}

int __wrap_linkat(int from, const char *old, int to, const char *new, int flags)
{
    if (link_errnum == 0)
        return __real_linkat(from, old, to, new, flags);
    errno = link_errnum;
    return -1;
}

static void setup(void)
{
    tmpdir_enter();
    link_errnum = 0;
    no_colons = false;
    loom_error_clear(&error);
    failing_unlinks = 0;
}

static loom_status write_new(const char *path, const char *text)
{
    return output_write(NULL, path, text, false, &error);
}

START_TEST(test_nothing_is_replaced)
{
    ck_assert_int_eq(write_new("out/a.jpg", "first"), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    ck_assert_int_eq(write_new("out/a.jpg", "second"), LOOM_ERR_EXISTS);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    tmpdir_assert_text("out/a.jpg", "first");
}
END_TEST

START_TEST(test_without_links)
{
    static const int errnums[] = {EPERM, EOPNOTSUPP, ENOSYS, EINVAL};

    link_errnum = errnums[_i];
    ck_assert_int_eq(write_new("out/a.jpg", "first"), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    ck_assert_int_eq(write_new("out/a.jpg", "second"), LOOM_ERR_EXISTS);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    tmpdir_assert_text("out/a.jpg", "first");
    tmpdir_mkdir("out/b.jpg");
    loom_error_clear(&error);
    ck_assert_int_eq(write_new("out/b.jpg", "third"), LOOM_ERR_NOT_A_FILE);
    ck_assert_uint_eq(tmpdir_count("out"), 2);
}
END_TEST

START_TEST(test_name_that_the_file_system_cannot_have)
{
    link_errnum = EPERM;
    no_colons = true;
    ck_assert_int_eq(write_new("out/12:30.jpg", "first"), LOOM_ERR_UNSAFE_PATH);
    ck_assert_str_eq(
        error.message,
        "cannot give the output its name: the file system does not allow this name (EINVAL)");
    ck_assert_int_eq(error.stage, LOOM_STAGE_WRITE);
    ck_assert_uint_eq(tmpdir_count("out"), 0);
}
END_TEST

/* The output stands by then, so that nothing else may be said of it. */
START_TEST(test_temporary_that_cannot_be_removed)
{
    failing_unlinks = 1;
    ck_assert_int_eq(write_new("out/a.jpg", "first"), LOOM_OK);
    tmpdir_assert_text("out/a.jpg", "first");
    failing_unlinks = -1;
    ck_assert_int_eq(write_new("out/b.jpg", "second"), LOOM_OK);
    tmpdir_assert_text("out/b.jpg", "second");
    failing_unlinks = 0;
    int folder = open("out", O_PATH | O_DIRECTORY | O_CLOEXEC);
    (void)loom_output_sweep(folder); /* as a later run does */
    ck_assert_int_eq(close(folder), 0);
    ck_assert_uint_eq(tmpdir_count("out"), 2);
    tmpdir_assert_text("out/b.jpg", "second");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("output_link");
    TCase *links = tcase_create("links");

    tcase_add_checked_fixture(links, setup, tmpdir_leave);
    tcase_add_test(links, test_nothing_is_replaced);
    tcase_add_loop_test(links, test_without_links, 0, 4);
    tcase_add_test(links, test_name_that_the_file_system_cannot_have);
    tcase_add_test(links, test_temporary_that_cannot_be_removed);
    suite_add_tcase(suite, links);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
