/* Outputs that would be one file, by one path or by several. */
#include "support/plan_run.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The linker puts this in the place of the system's (--wrap). */
int __real_fstatat64(int folder, const char *name, struct stat64 *info, int flags);
int __wrap_fstatat64(int folder, const char *name, struct stat64 *info, int flags);

/* As on FAT, where a long name has a short one, too. */
int __wrap_fstatat64(int folder, const char *name, struct stat64 *info, int flags)
{
    const int result = __real_fstatat64(folder, name, info, flags);

    return result != 0 && strcmp(name, "LONGNA~1.JPG") == 0
               ? __real_fstatat64(folder, "longname.jpg", info, flags)
               : result;
}

START_TEST(test_first_in_order_keeps_the_path)
{
    tmpdir_touch("in/a.bmp");
    tmpdir_touch("in/a.png");
    tmpdir_touch("in/a\xFF.png");
    tmpdir_touch("in/a\xFF.tga");
    tmpdir_touch("in/sub/a.png");
    scan_add("in");
    plan_options.output_root = "out";
    plan_expect(
        "out/a.png|out/a.png!collision|out/a\xFF.png|out/a\xFF.png!collision|out/sub/a.png|");
    ck_assert_int_eq(plan_task(1)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(plan_task(1)->error->message,
                     "its output path is the same as that of in/a.bmp; {inputext} in the name "
                     "would separate them");
    ck_assert_str_eq(plan_task(3)->error->message,
                     "its output path is the same as that of in/a\xEF\xBF\xBD.png; {inputext} in "
                     "the name would separate them");
    plan_options.flatten = true;
    plan_expect("out/a.png|out/a.png!collision|out/a\xFF.png|out/a\xFF.png!collision|"
                "out/a.png!collision|");
    ck_assert_str_eq(plan_task(4)->error->message,
                     "its output path is the same as that of in/a.bmp; {dir} in the name would "
                     "separate them");
    plan_options.flatten = false;
    plan_options.name_template = "{dir}/{inputext}"; /* nothing else is left that would do it */
    plan_expect("out/bmp|out/png|out/png!collision|out/tga|out/sub/png|");
    ck_assert_str_eq(plan_task(2)->error->message,
                     "its output path is the same as that of in/a.png; {n} in the name would "
                     "separate them");
}
END_TEST

/* By different paths to one folder: beside the inputs nothing is normalised. */
START_TEST(test_collision_by_other_paths)
{
    tmpdir_touch("in/a.bmp");
    tmpdir_touch("in/a.tga");
    tmpdir_touch("in/a.psd");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    scan_add("in/a.bmp");
    scan_add(".//in/a.tga");
    scan_add("alias/a.psd");
    plan_expect(
        "in/processed_a.png|.//in/processed_a.png!collision|alias/processed_a.png!collision|");
}
END_TEST

/* Folders that a template names and that do not exist yet: one and the same by several paths. */
START_TEST(test_collision_in_missing_folders)
{
    tmpdir_touch("in/a.bmp");
    tmpdir_touch("in/a.tga");
    tmpdir_touch("in/a.psd");
    tmpdir_touch("a.tga");
    tmpdir_touch("a.psd");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    scan_add("in/a.bmp");
    scan_add(".//in/a.tga");
    scan_add("alias/a.psd");
    scan_add("a.tga");
    scan_add("./a.psd");
    plan_options.name_template = "new/er/{stem}.{ext}";
    plan_expect("in/new/er/a.png|.//in/new/er/a.png!collision|alias/new/er/a.png!collision|"
                "new/er/a.png|./new/er/a.png!collision|");
    plan_options.name_template = "{stem}/{ext}/x"; /* folders that differ by more than their end */
    plan_expect("in/a/png/x|.//in/a/png/x!collision|alias/a/png/x!collision|a/png/x|"
                "./a/png/x!collision|");
}
END_TEST

START_TEST(test_missing_folders_that_fold)
{
    tmpdir_touch("in/A.bmp");
    tmpdir_touch("in/a.bmp");
    tmpdir_touch("b/A.bmp");
    tmpdir_touch("b/a.bmp");
    scan_add("in");
    scan_add("b");
    plan_folding = "in/";
    plan_options.name_template = "{stem}/x.{ext}";
    plan_expect("in/A/x.png|in/a/x.png!collision|b/A/x.png|b/a/x.png|");
}
END_TEST

START_TEST(test_names_that_differ_by_case)
{
    tmpdir_touch("in/A.bmp");
    tmpdir_touch("in/a.bmp");
    scan_add("in");
    plan_options.output_root = "out"; /* a file system that can hold both inputs */
    plan_expect("out/A.png|out/a.png|");
}
END_TEST

START_TEST(test_file_system_that_folds_case)
{
    tmpdir_touch("in/A\xC3\x84.bmp");
    tmpdir_touch("in/a\xC3\xA4.bmp");
    tmpdir_touch("in/SUB/b.jpg");
    tmpdir_touch("in/sub/B.jpg");
    tmpdir_touch("in/sub/c.jpg");
    scan_add("in");
    plan_options.output_root = "new/out"; /* to be made in "." */
    plan_folding = ".";
    plan_expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png!collision|"
                "new/out/sub/B.jpg!collision|new/out/sub/c.jpg|");
    ck_assert_str_eq(plan_task(3)->error->message,
                     "its output path is the same as that of in/SUB/b.jpg; {parent} in the name "
                     "would separate them");
    plan_folding = "new/out"; /* only when it is there */
    plan_expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png|new/out/sub/B.jpg|"
                "new/out/sub/c.jpg|");
    tmpdir_mkdir("new/out");
    plan_expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png!collision|"
                "new/out/sub/B.jpg!collision|new/out/sub/c.jpg|");
}
END_TEST

/* Two names of one file, seen as soon as it is there. */
START_TEST(test_other_name_of_an_output)
{
    tmpdir_touch("in/a/LONGNA~1.JPG");
    tmpdir_touch("in/longname.jpg");
    scan_add("in");
    tmpdir_mkdir("out");
    plan_options.output_root = "out";
    plan_options.flatten = true;
    plan_folding = "out";
    plan_expect("out/LONGNA~1.JPG|out/longname.jpg|");
    ck_assert(plan_task(0)->new_name && plan_task(1)->new_name);
    tmpdir_touch("out/longname.jpg");
    plan_expect("out/LONGNA~1.JPG|out/longname.jpg!collision|");
    ck_assert(!plan_task(0)->new_name && !plan_task(1)->new_name);
    ck_assert_str_eq(plan_task(1)->error->message,
                     "on this file system its output path leads to the same file as that of "
                     "in/a/LONGNA~1.JPG");
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP;
    plan_expect("out/LONGNA~1.JPG?output exists|out/longname.jpg!collision|");
    plan_folding = NULL; /* two names of one file are hard links, which are replaced one by one */
    plan_settings.if_exists = LOOM_IF_EXISTS_REPLACE;
    plan_expect("out/LONGNA~1.JPG|out/longname.jpg|");
}
END_TEST

START_TEST(test_hard_links_are_different_outputs)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    scan_add("in");
    tmpdir_touch("out/a.jpg");
    ck_assert_int_eq(link("out/a.jpg", "out/b.jpg"), 0);
    plan_options.output_root = "out";
    plan_folding = "out";
    plan_expect("out/a.jpg|out/b.jpg|");
}
END_TEST

START_TEST(test_new_names)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    tmpdir_touch("in/sub/c.jpg");
    scan_add("in");
    tmpdir_touch("out/a.jpg");
    plan_options.output_root = "out";
    plan_make();
    for (size_t i = 0; i < 3; i++)
        ck_assert(!plan_task(i)->new_name);
    plan_folding = "out";
    plan_make();
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(plan_task(i)->new_name, i > 0);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan_collisions");
    TCase *tests = tcase_create("plan_collisions");

    tcase_add_checked_fixture(tests, plan_setup, plan_teardown);
    tcase_add_test(tests, test_first_in_order_keeps_the_path);
    tcase_add_test(tests, test_collision_by_other_paths);
    tcase_add_test(tests, test_collision_in_missing_folders);
    tcase_add_test(tests, test_missing_folders_that_fold);
    tcase_add_test(tests, test_names_that_differ_by_case);
    tcase_add_test(tests, test_file_system_that_folds_case);
    tcase_add_test(tests, test_other_name_of_an_output);
    tcase_add_test(tests, test_hard_links_are_different_outputs);
    tcase_add_test(tests, test_new_names);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
