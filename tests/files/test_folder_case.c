/* Which folders take no notice of case, on file systems that are not here: the system's answers are
 * made up. */
#include "files/folder_set.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include "support/user.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <linux/magic.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

/* The linker puts these in the place of the system's (--wrap). */
int __real_fstatfs64(int file, struct statfs64 *info);
int __wrap_fstatfs64(int file, struct statfs64 *info);
int __real_fstatat64(int folder, const char *name, struct stat64 *info, int flags);
int __wrap_fstatat64(int folder, const char *name, struct stat64 *info, int flags);
int __wrap_ioctl(int file, unsigned long request, ...);

static unsigned magic;
static int kept_flags; /* -1: the file system keeps none */
static bool folds;

int __wrap_fstatfs64(int file, struct statfs64 *info)
{
    const int result = __real_fstatfs64(file, info);

    info->f_type = magic;
    return result;
}

int __wrap_ioctl(int file, unsigned long request, ...)
{
    va_list args;

    ck_assert(file >= 0 && request == FS_IOC_GETFLAGS);
    if (kept_flags < 0) {
        errno = ENOTTY;
        return -1;
    }
    va_start(args, request);
    *va_arg(args, int *) = kept_flags;
    va_end(args);
    return 0;
}

/* On a file system that folds "A.jpg" is also "a.jpg". */
int __wrap_fstatat64(int folder, const char *name, struct stat64 *info, int flags)
{
    char other[256];
    const int result = __real_fstatat64(folder, name, info, flags);

    if (result == 0 || !folds || strlen(name) >= sizeof other)
        return result;
    for (size_t i = 0; i <= strlen(name); i++) {
        const char letter = (char)(name[i] | 0x20);
        other[i] = letter >= 'a' && letter <= 'z' ? (char)(name[i] ^ 0x20) : name[i];
    }
    return __real_fstatat64(folder, other, info, flags);
}

static void setup(void)
{
    tmpdir_enter();
    magic = FUSE_SUPER_MAGIC;
    kept_flags = -1;
    folds = false;
}

static void expect(const char *path, loom_folding folding)
{
    const int folder = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    ck_assert_int_ge(folder, 0);
    ck_assert_int_eq(loom_folder_folding(folder), folding);
    ck_assert_int_eq(close(folder), 0);
}

START_TEST(test_by_the_kind_of_file_system)
{
    tmpdir_touch("in/a.jpg");
    magic = MSDOS_SUPER_MAGIC;
    expect("in", LOOM_FOLDING_CASE);
    magic = EXFAT_SUPER_MAGIC;
    expect("in", LOOM_FOLDING_CASE);
    magic = TMPFS_MAGIC;
    tmpdir_mkdir("0/1");
    expect("0/1", LOOM_FOLDING_NONE);
}
END_TEST

START_TEST(test_by_the_flags_of_the_folder)
{
    tmpdir_mkdir("0/1");
    magic = EXT4_SUPER_MAGIC;
    kept_flags = FS_CASEFOLD_FL | FS_EXTENT_FL;
    expect("0/1", LOOM_FOLDING_CASE);
    kept_flags = FS_EXTENT_FL;
    expect("0/1", LOOM_FOLDING_NONE);
}
END_TEST

START_TEST(test_by_an_entry)
{
    tmpdir_touch("in/1");
    tmpdir_touch("in/2b.jpg");
    expect("in", LOOM_FOLDING_NONE);
    folds = true;
    expect("in", LOOM_FOLDING_CASE);
}
END_TEST

/* Two entries are two files, be it that they are one by a hard link. */
START_TEST(test_names_that_are_both_there)
{
    tmpdir_touch("in/b.jpg");
    ck_assert_int_eq(link("in/b.jpg", "in/B.JPG"), 0);
    expect("in", LOOM_FOLDING_NONE);
}
END_TEST

START_TEST(test_empty_folder_by_what_stands_beside_it)
{
    tmpdir_mkdir("in/out");
    expect("in/out", LOOM_FOLDING_NONE);
    folds = true;
    expect("in/out", LOOM_FOLDING_CASE);
}
END_TEST

START_TEST(test_nothing_to_tell_by)
{
    tmpdir_mkdir("0/1");
    expect("0/1", LOOM_FOLDING_UNKNOWN);
    folds = true;
    tmpdir_touch("0/1/2");
    expect("0/1", LOOM_FOLDING_UNKNOWN);
}
END_TEST

/* Asked by a temporary file, which is not left there. */
START_TEST(test_asked)
{
    const loom_output_tree tree = {.root_size = 2, .root = -1};

    tmpdir_mkdir("in/sub");
    ck_assert_int_eq(loom_folder_ask(&tree, "in"), LOOM_FOLDING_NONE);
    ck_assert_int_eq(loom_folder_ask(&tree, "in/sub/"), LOOM_FOLDING_NONE);
    folds = true;
    ck_assert_int_eq(loom_folder_ask(&tree, "in"), LOOM_FOLDING_CASE);
    ck_assert_int_eq(loom_folder_ask(&tree, "in/sub/"), LOOM_FOLDING_CASE);
    ck_assert_uint_eq(tmpdir_count("in"), 1);
    ck_assert_uint_eq(tmpdir_count("in/sub"), 0);
    ck_assert_int_eq(chmod("in/sub", 0555), 0);
    user_drop();
    ck_assert_int_eq(loom_folder_ask(&tree, "in/sub"), LOOM_FOLDING_UNKNOWN);
    user_restore();
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("folder_case");
    TCase *tests = tcase_create("folder_case");

    tcase_add_checked_fixture(tests, setup, tmpdir_leave);
    tcase_add_test(tests, test_by_the_kind_of_file_system);
    tcase_add_test(tests, test_by_the_flags_of_the_folder);
    tcase_add_test(tests, test_by_an_entry);
    tcase_add_test(tests, test_names_that_are_both_there);
    tcase_add_test(tests, test_empty_folder_by_what_stands_beside_it);
    tcase_add_test(tests, test_nothing_to_tell_by);
    tcase_add_test(tests, test_asked);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
