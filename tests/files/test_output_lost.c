/* Outputs whose temporary file somebody else removes, and calls that a network file system repeats.
 */
#include "files/output.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker puts these in the place of the system's (--wrap). */
int __real_renameat(int from, const char *old, int to, const char *new);
int __wrap_renameat(int from, const char *old, int to, const char *new);
int __real_renameat2(int from, const char *old, int to, const char *new, unsigned flags);
int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags);

static int swept;      /* of the renames to come: their file is removed before */
static int repeated;   /* of those: done, then tried again */
static bool is_folder; /* what is removed with the file is its folder, too */
static int renames;
static char renamed[64]; /* the last file's name before */
static loom_error error;
static loom_stamp stamp;

static void interfere(int folder, const char *name)
{
    renames++;
    (void)snprintf(renamed, sizeof renamed, "%s", name);
    if (swept == 0)
        return;
    swept--;
    ck_assert_int_eq(unlinkat(folder, name, 0), 0);
    if (is_folder)
        ck_assert_int_eq(rmdir("out"), 0);
}

int __wrap_renameat(int from, const char *old, int to, const char *new)
{
    interfere(from, old);
    if (repeated > 0 && repeated--)
        ck_assert_int_eq(__real_renameat(from, old, to, new), 0);
    return __real_renameat(from, old, to, new);
}

int __wrap_renameat2(int from, const char *old, int to, const char *new, unsigned flags)
{
    interfere(from, old);
    if (repeated > 0 && repeated--)
        ck_assert_int_eq(__real_renameat2(from, old, to, new, flags), 0);
    return __real_renameat2(from, old, to, new, flags);
}

static void setup(void)
{
    tmpdir_enter();
    swept = repeated = renames = 0;
    is_folder = false;
    loom_error_clear(&error);
    stamp = (loom_stamp){.size = 0};
}

static loom_status store(const char *text, bool replace)
{
    const loom_output_content content = {.data = text,
                                         .size = strlen(text),
                                         .timed = true,
                                         .atime_ns = INT64_C(1000000000),
                                         .mtime_ns = INT64_C(86400000000007)};

    return loom_output_store(NULL, "out/a.jpg", &content, replace, &stamp, &error);
}

static void assert_written(const char *text)
{
    struct stat info;

    tmpdir_assert_text("out/a.jpg", text);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    ck_assert_int_eq(stat("out/a.jpg", &info), 0);
    ck_assert_int_eq(info.st_mtim.tv_sec, 86400);
    ck_assert_uint_eq(stamp.size, strlen(text));
    ck_assert_int_eq(stamp.mtime_ns, INT64_C(86400) * 1000000000 + info.st_mtim.tv_nsec);
    ck_assert_int_eq(stamp.ctime_ns,
                     info.st_ctim.tv_sec * INT64_C(1000000000) + info.st_ctim.tv_nsec);
    ck_assert_uint_eq(stamp.inode, info.st_ino);
}

START_TEST(test_stamp_is_that_of_the_file)
{
    ck_assert_int_eq(store("picture", _i != 0), LOOM_OK);
    assert_written("picture");
    ck_assert_int_eq(renames, 1);
}
END_TEST

START_TEST(test_written_again)
{
    swept = LOOM_OUTPUT_TRIES - 1;
    ck_assert_int_eq(store("picture", _i != 0), LOOM_OK);
    ck_assert_int_eq(renames, LOOM_OUTPUT_TRIES);
    assert_written("picture");
}
END_TEST

START_TEST(test_not_for_ever)
{
    swept = 100;
    ck_assert_int_eq(store("picture", _i != 0), LOOM_ERR_IO);
    ck_assert_int_eq(renames, LOOM_OUTPUT_TRIES);
    ck_assert_str_eq(error.message, "the output folder was removed during the run");
    ck_assert_uint_eq(tmpdir_count("out"), 0);
    ck_assert_uint_eq(stamp.size, 0);
}
END_TEST

START_TEST(test_folder_that_is_gone)
{
    swept = 1;
    is_folder = true;
    ck_assert_int_eq(store("picture", _i != 0), LOOM_ERR_IO);
    ck_assert_int_eq(renames, 1);
    ck_assert_str_eq(error.message, "the output folder was removed during the run");
    ck_assert(!tmpdir_exists("out"));
}
END_TEST

START_TEST(test_repeated_rename)
{
    repeated = 1;
    ck_assert_int_eq(store("picture", _i != 0), LOOM_OK);
    ck_assert_int_eq(renames, 1);
    assert_written("picture");
}
END_TEST

/* The name leads to another file than ours: that is no success of ours. */
START_TEST(test_other_file_at_the_name)
{
    tmpdir_write_text("out/a.jpg", "other");
    ck_assert_int_eq(store("picture", false), LOOM_ERR_EXISTS);
    tmpdir_assert_text("out/a.jpg", "other");
    swept = LOOM_OUTPUT_TRIES;
    loom_error_clear(&error);
    ck_assert_int_eq(store("picture", true), LOOM_ERR_IO);
    tmpdir_assert_text("out/a.jpg", "other");
    ck_assert_uint_eq(tmpdir_count("out"), 1);
}
END_TEST

/* ---- names that other processes know -------------------------------------- */

/* XXH3-64 of "0123456789abcdef0123456789abcdef/first/7" and so on (libxxhash 0.8.1). */
#define PLAN       "0123456789abcdef0123456789abcdef"
#define OF_FIRST   ".imgloom-649d92ff1e126304.tmp"
#define OF_SECOND  ".imgloom-b27e1767c5f97646.tmp"
#define OF_THIRD   ".imgloom-fec59f6660ea7b2c.tmp"
#define OF_ANOTHER ".imgloom-1e5836be5a4fa45b.tmp" /* the first's, of item 8 */

static loom_status store_item(const char *attempt, const char *const *earlier, size_t count)
{
    const loom_temporaries names = {
        .plan = PLAN, .attempt = attempt, .earlier = earlier, .earlier_count = count};
    const loom_output_tree tree = {.root_size = strlen("out"), .root = -1, .temporaries = &names};
    const loom_output_content content = {.data = "picture", .size = strlen("picture"), .item = 7};

    if (!tmpdir_exists("out"))
        tmpdir_mkdir("out");
    return loom_output_store(&tree, "out/a.jpg", &content, true, &stamp, &error);
}

START_TEST(test_name_is_told_by_others)
{
    ck_assert_int_eq(store_item("first", NULL, 0), LOOM_OK);
    ck_assert_str_eq(renamed, OF_FIRST);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
    swept = LOOM_OUTPUT_TRIES - 1; /* by an attempt that takes this one for dead */
    ck_assert_int_eq(store_item("first", NULL, 0), LOOM_OK);
    ck_assert_str_eq(renamed, OF_FIRST);
    ck_assert_uint_eq(tmpdir_count("out"), 1);
}
END_TEST

START_TEST(test_what_earlier_ones_left_is_removed)
{
    static const char *const earlier[] = {"first", "second"};

    tmpdir_write_text("out/" OF_FIRST, "half");
    tmpdir_write_text("out/" OF_SECOND, "half");
    tmpdir_write_text("out/" OF_ANOTHER, "of another item, which is written now");
    ck_assert_int_eq(store_item("third", earlier, 2), LOOM_OK);
    ck_assert_str_eq(renamed, OF_THIRD);
    tmpdir_assert_text("out/a.jpg", "picture");
    ck_assert(tmpdir_exists("out/" OF_ANOTHER));
    ck_assert_uint_eq(tmpdir_count("out"), 2);
}
END_TEST

START_TEST(test_own_name_that_stands)
{
    tmpdir_write_text("out/" OF_FIRST, "half");
    ck_assert_int_eq(store_item("first", NULL, 0), LOOM_OK);
    ck_assert_str_eq(renamed, OF_FIRST);
    tmpdir_assert_text("out/a.jpg", "picture");
    ck_assert_uint_eq(tmpdir_count("out"), 1);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("output_lost");
    TCase *lost = tcase_create("lost");

    tcase_add_checked_fixture(lost, setup, tmpdir_leave);
    tcase_add_loop_test(lost, test_stamp_is_that_of_the_file, 0, 2); /* replacing or not */
    tcase_add_loop_test(lost, test_written_again, 0, 2);
    tcase_add_loop_test(lost, test_not_for_ever, 0, 2);
    tcase_add_loop_test(lost, test_folder_that_is_gone, 0, 2);
    tcase_add_loop_test(lost, test_repeated_rename, 0, 2);
    tcase_add_test(lost, test_other_file_at_the_name);
    tcase_add_test(lost, test_name_is_told_by_others);
    tcase_add_test(lost, test_what_earlier_ones_left_is_removed);
    tcase_add_test(lost, test_own_name_that_stands);
    suite_add_tcase(suite, lost);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
