/* Outputs on a file system that cannot rename without replacing: they get their name by a link. */
#include "files/output.h"

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

static int failing_unlinks; /* -1: all */
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

static void setup(void)
{
    tmpdir_enter();
    loom_error_clear(&error);
    failing_unlinks = 0;
}

static loom_status write_new(const char *path, const char *text)
{
    loom_output output = LOOM_OUTPUT_INIT;

    ck_assert_int_eq(loom_output_open(&output, NULL, path, &error), LOOM_OK);
    ck_assert_int_eq(loom_output_write(&output, text, strlen(text), &error), LOOM_OK);
    return loom_output_commit(&output, false, &error);
}

static void expect_content(const char *path, const char *text)
{
    size_t size;
    char *data = tmpdir_read(path, &size);

    ck_assert_uint_eq(size, strlen(text));
    ck_assert_str_eq(data, text);
    free(data);
}

START_TEST(test_nothing_is_replaced)
{
    ck_assert_int_eq(write_new("out/a.jpg", "first"), LOOM_OK);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    ck_assert_int_eq(write_new("out/a.jpg", "second"), LOOM_ERR_EXISTS);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    expect_content("out/a.jpg", "first");
}
END_TEST

/* The output stands by then, so that nothing else may be said of it. */
START_TEST(test_temporary_that_cannot_be_removed)
{
    failing_unlinks = 1;
    ck_assert_int_eq(write_new("out/a.jpg", "first"), LOOM_OK);
    expect_content("out/a.jpg", "first");
    failing_unlinks = -1;
    ck_assert_int_eq(write_new("out/b.jpg", "second"), LOOM_OK);
    expect_content("out/b.jpg", "second");
    failing_unlinks = 0;
    int folder = open("out", O_PATH | O_DIRECTORY | O_CLOEXEC);
    (void)loom_output_sweep(folder); /* as a later run does */
    ck_assert_int_eq(close(folder), 0);
    ck_assert_uint_eq(tmpdir_count("out"), 2);
    expect_content("out/b.jpg", "second");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("output_link");
    TCase *links = tcase_create("links");

    tcase_add_checked_fixture(links, setup, tmpdir_leave);
    tcase_add_test(links, test_nothing_is_replaced);
    tcase_add_test(links, test_temporary_that_cannot_be_removed);
    suite_add_tcase(suite, links);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
