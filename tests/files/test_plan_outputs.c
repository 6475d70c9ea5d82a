/* What stands at an output already: inputs, older outputs, odd things, left-overs. */
#include "support/plan_run.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(test_output_is_an_input)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    tmpdir_touch("in/c.jpg");
    tmpdir_touch("in/d.bmp");
    tmpdir_touch("in/e.jpg");
    tmpdir_mkdir("out");
    ck_assert_int_eq(link("in/a.jpg", "out/a.jpg"), 0);
    ck_assert_int_eq(symlink("../in/a.jpg", "out/b.jpg"), 0);
    tmpdir_touch("out/c.jpg");
    ck_assert_int_eq(link("in/e.jpg", "out/d.png"), 0);
    scan_add("in");
    plan_options.output_root = "out";
    plan_expect("out/a.jpg!would-overwrite-input|out/b.jpg!would-overwrite-input|out/c.jpg|"
                "out/d.png!would-overwrite-input|out/e.jpg|");
    ck_assert_int_eq(plan_task(0)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(plan_task(0)->error->message, "the output would replace its own input");
    ck_assert_str_eq(plan_task(1)->error->message,
                     "the output would replace another input, in/a.jpg");
    plan_options.output_root = "in/../in";
    plan_expect("in/../in/a.jpg!would-overwrite-input|in/../in/b.jpg!would-overwrite-input|"
                "in/../in/c.jpg!would-overwrite-input|in/../in/d.png|"
                "in/../in/e.jpg!would-overwrite-input|");
    plan_options.output_root = NULL;
    plan_options.prefix = "";
    plan_expect("in/a.jpg!would-overwrite-input|in/b.jpg!would-overwrite-input|"
                "in/c.jpg!would-overwrite-input|in/d.png|in/e.jpg!would-overwrite-input|");
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP; /* an input is no output that exists */
    plan_make();
    ck_assert_int_eq(plan_task(0)->error->code, LOOM_ERR_WOULD_OVERWRITE_INPUT);
}
END_TEST

static void set_mtime(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

/* Gives the file another inode, as FAT does when it was forgotten meanwhile. */
static void number_anew(const char *path)
{
    /* So that no other file gets the old number, where there is one. */
    const int kept = link(path, "kept");

    ck_assert(kept == 0 || errno == ENOENT || errno == EEXIST);
    tmpdir_touch("anew");
    set_mtime("anew", 1000);
    ck_assert_int_eq(rename("anew", path), 0);
}

START_TEST(test_input_with_another_inode)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.bmp");
    tmpdir_touch("in/c.jpg");
    set_mtime("in/a.jpg", 1000);
    set_mtime("in/b.bmp", 1000);
    set_mtime("in/c.jpg", 1001);
    scan_add("in");
    number_anew("in/a.jpg");
    tmpdir_touch("in/b.png"); /* an output of earlier */
    set_mtime("in/b.png", 1000);
    plan_options.prefix = "";
    plan_folding = "in";
    plan_expect("in/a.jpg!would-overwrite-input|in/b.png|in/c.jpg!would-overwrite-input|");
    ck_assert_str_eq(plan_task(0)->error->message, "the output would replace its own input");
    ck_assert(loom_plan_is_input(plan, "in/../in/a.jpg"));
    ck_assert(!loom_plan_is_input(plan, "in/b.png"));
}
END_TEST

/* Each way to write a name has an inode of its own, as with some file systems behind FUSE. */
START_TEST(test_input_by_a_name_with_another_inode)
{
    tmpdir_touch("in/a.jpg");
    set_mtime("in/a.jpg", 1000);
    scan_add("in");
    tmpdir_mkdir("other");
    number_anew("in/A.JPG");
    number_anew("other/A.JPG");
    plan_options.output_root = "in";
    plan_options.name_template = "A.JPG";
    plan_folding = "in";
    plan_expect("in/A.JPG!would-overwrite-input|");
    plan_folding = "other";
    plan_options.output_root = "other";
    plan_expect("other/A.JPG|");
}
END_TEST

START_TEST(test_is_input)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("b.jpg");
    ck_assert_int_eq(link("in/a.jpg", "hard"), 0);
    ck_assert_int_eq(symlink("in/a.jpg", "soft"), 0);
    scan_add("in");
    plan_make();
    ck_assert(loom_plan_is_input(plan, "in/../in/a.jpg"));
    ck_assert(loom_plan_is_input(plan, "hard"));
    ck_assert(loom_plan_is_input(plan, "soft"));
    ck_assert(!loom_plan_is_input(plan, "b.jpg"));
    ck_assert(!loom_plan_is_input(plan, "in"));
    ck_assert(!loom_plan_is_input(plan, "missing"));
}
END_TEST

START_TEST(test_is_output)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/\xC3\xA9.jpg");
    scan_add("in");
    plan_options.output_root = "out";
    plan_make();
    for (int made = 0; made < 2; made++) {
        ck_assert(loom_plan_is_output(plan, "out/a.jpg"));
        ck_assert(loom_plan_is_output(plan, "./out/a.jpg"));
        ck_assert(loom_plan_is_output(plan, "in/..//out/a.jpg"));
        ck_assert(!loom_plan_is_output(plan, "in/a.jpg"));
        ck_assert(!loom_plan_is_output(plan, "a.jpg"));
        ck_assert(!loom_plan_is_output(plan, "out/A.JPG"));
        ck_assert(!loom_plan_is_output(plan, "out/sub/b.jpg"));
        plan_folding = made == 0 ? "." : "out";
        ck_assert(loom_plan_is_output(plan, "out/A.JPG"));
        ck_assert_int_eq(loom_plan_is_output(plan, "out/Sub/\xC3\x89.jpg"), made == 0);
        plan_folding = "out/sub";
        ck_assert_int_eq(loom_plan_is_output(plan, "out/sub/\xC3\x89.jpg"), made == 1);
        plan_folding = NULL;
        if (made == 0)
            tmpdir_mkdir("out/sub");
    }
    tmpdir_touch("out/a.jpg");
    ck_assert_int_eq(symlink("out/a.jpg", "a.jpg"), 0);
    ck_assert(loom_plan_is_output(plan, "a.jpg"));
}
END_TEST

START_TEST(test_if_exists)
{
    static const char *const names[] = {"older.jpg", "same.jpg", "newer.jpg"};

    for (int i = 0; i < 3; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/%s", names[i]);
        tmpdir_touch(path);
        set_mtime(path, 1000);
        (void)snprintf(path, sizeof path, "out/%s", names[i]);
        tmpdir_touch(path);
        set_mtime(path, 999 + i);
    }
    tmpdir_touch("in/fresh.jpg");
    tmpdir_touch("in/sub/a.jpg");
    scan_add("in");
    plan_options.output_root = "out";
    plan_expect("out/fresh.jpg|out/newer.jpg|out/older.jpg|out/same.jpg|out/sub/a.jpg|");
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP;
    plan_expect("out/fresh.jpg|out/newer.jpg?output exists|out/older.jpg?output exists|"
                "out/same.jpg?output exists|out/sub/a.jpg|");
    plan_settings.if_exists = LOOM_IF_EXISTS_NEWER;
    plan_expect("out/fresh.jpg|out/newer.jpg?output is newer than the input|out/older.jpg|"
                "out/same.jpg?output is newer than the input|out/sub/a.jpg|");
    plan_settings.if_exists = LOOM_IF_EXISTS_ERROR;
    plan_expect("out/fresh.jpg|out/newer.jpg!exists|out/older.jpg!exists|out/same.jpg!exists|"
                "out/sub/a.jpg|");
    ck_assert_ptr_eq(plan_task(1)->error, plan_task(2)->error);
}
END_TEST

START_TEST(test_odd_things_at_the_output)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.jpg");
    tmpdir_touch("in/c/d.jpg");
    scan_add("in");
    tmpdir_mkdir("out");
    tmpdir_mkdir("out/a.jpg");
    ck_assert_int_eq(symlink("nowhere", "out/b.jpg"), 0);
    tmpdir_touch("out/c");
    plan_options.output_root = "out";
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP;
    plan_expect("out/a.jpg!not-a-file|out/b.jpg?output exists|out/c/d.jpg!unsafe-path|");
}
END_TEST

START_TEST(test_sweep)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.jpg");
    tmpdir_touch("out/.imgloom-0123456789abcdef.tmp");
    tmpdir_touch("out/sub/.imgloom-0123456789abcdef.tmp");
    tmpdir_touch("out/other/.imgloom-0123456789abcdef.tmp");
    tmpdir_touch("in/a/b/c/d.jpg");
    tmpdir_touch("out/a/b/.imgloom-0123456789abcdef.tmp"); /* no output goes here, but through it */
    tmpdir_touch("out/a/x/.imgloom-0123456789abcdef.tmp");
    tmpdir_touch(".imgloom-0123456789abcdef.tmp");
    tmpdir_touch("in/.imgloom-0123456789abcdef.tmp");
    scan_add("in");
    plan_options.output_root = "out";
    plan_make();
    ck_assert_uint_eq(loom_plan_sweep(plan), 3);
    ck_assert_uint_eq(loom_plan_sweep(plan), 0);
    ck_assert(tmpdir_exists("out/other/.imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists("out/a/x/.imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists(".imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists("in/.imgloom-0123456789abcdef.tmp"));
}
END_TEST

/* As they come back from NTFS, exFAT, HFS+ and FAT. */
START_TEST(test_times_that_the_file_system_rounds)
{
    static const struct {
        time_t seconds;
        long ns;
    } kept[] = {{1001, 987654300}, {1001, 980000000}, {1001, 0}, {1000, 0}};
    const struct timespec input[2] = {{1001, 987654321}, {1001, 987654321}};
    const struct timespec output[2] = {{kept[_i].seconds, kept[_i].ns},
                                       {kept[_i].seconds, kept[_i].ns}};
    const struct timespec older[2] = {{kept[_i].seconds, kept[_i].ns}, {1000, 999999999}};

    tmpdir_touch("in/a.jpg");
    ck_assert_int_eq(utimensat(AT_FDCWD, "in/a.jpg", input, 0), 0);
    scan_add("in");
    tmpdir_touch("out/a.jpg");
    ck_assert_int_eq(utimensat(AT_FDCWD, "out/a.jpg", output, 0), 0);
    plan_options.output_root = "out";
    plan_settings.if_exists = LOOM_IF_EXISTS_NEWER;
    plan_expect("out/a.jpg|");
    plan_settings.preserve_timestamps = true;
    plan_expect("out/a.jpg?output is newer than the input|");
    ck_assert_int_eq(utimensat(AT_FDCWD, "out/a.jpg", older, 0), 0);
    plan_expect("out/a.jpg|");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan_outputs");
    TCase *tests = tcase_create("plan_outputs");

    tcase_add_checked_fixture(tests, plan_setup, plan_teardown);
    tcase_add_test(tests, test_output_is_an_input);
    tcase_add_test(tests, test_input_with_another_inode);
    tcase_add_test(tests, test_input_by_a_name_with_another_inode);
    tcase_add_test(tests, test_is_input);
    tcase_add_test(tests, test_is_output);
    tcase_add_test(tests, test_if_exists);
    tcase_add_loop_test(tests, test_times_that_the_file_system_rounds, 0, 4);
    tcase_add_test(tests, test_odd_things_at_the_output);
    tcase_add_test(tests, test_sweep);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
