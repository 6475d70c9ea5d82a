/* What outputs are called: beside the inputs, below one folder, with prefix and suffix. */
#include "support/plan_run.h"

#include "files/output_tree.h"
#include "files/planner.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

START_TEST(test_beside_the_inputs)
{
    tmpdir_touch("a.JPG");
    tmpdir_touch("in/b.bmp");
    tmpdir_touch("in/c.dat");
    scan_add("a.JPG");
    scan_add("./in/../in/c.dat");
    scan_add("in");
    plan_expect("processed_a.JPG|./in/../in/processed_c.png|in/processed_b.png|");
    ck_assert_int_eq(plan_task(0)->format, LOOM_FORMAT_JPEG);
    ck_assert_int_eq(plan_task(1)->format, LOOM_FORMAT_PNG);
    ck_assert_uint_eq(plan_task(0)->input_size, 1);
    plan_options.prefix = "";
    plan_options.suffix = "_s";
    plan_recipe.format = LOOM_FORMAT_WEBP;
    plan_expect("a_s.webp|./in/../in/c_s.webp|in/b_s.webp|");
    ck_assert_int_eq(plan_task(0)->format, LOOM_FORMAT_WEBP);
}
END_TEST

START_TEST(test_one_folder)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.heic");
    scan_add("in");
    plan_options.output_root = "out//";
    plan_expect("out/a.jpg|out/sub/b.jpg|");
    plan_options.flatten = true;
    plan_expect("out/a.jpg|out/b.jpg|");
    plan_options.output_root = "/";
    plan_options.prefix = "p_";
    plan_expect("/p_a.jpg|/p_b.jpg|");
}
END_TEST

START_TEST(test_several_inputs)
{
    tmpdir_touch("x/in/sub/a.jpg");
    tmpdir_touch("y/b.jpg");
    tmpdir_touch("deep/down/c.jpg");
    ck_assert_int_eq(chdir("y"), 0);
    scan_add("../x/in/");
    scan_add(".");
    scan_add("../deep/down/c.jpg");
    plan_options.output_root = "../out";
    plan_expect("../out/in/sub/a.jpg|../out/y/b.jpg|../out/c.jpg|");
    plan_options.flatten = true;
    plan_expect("../out/a.jpg|../out/b.jpg|../out/c.jpg|");
    ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

START_TEST(test_list)
{
    char list[PATH_MAX + 200], expected[PATH_MAX + 200];

    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.jpg");
    tmpdir_touch("in/abs.jpg");
    tmpdir_touch("y/c.jpg");
    (void)snprintf(list, sizeof list,
                   "./in/a.jpg\nin/../in/sub\ny/../../%s/y/c.jpg\n%s/in/abs.jpg\n",
                   strrchr(tmpdir_path(), '/') + 1, tmpdir_path());
    tmpdir_write_text("list", list);
    ck_assert_int_eq(scan_add_list("list", false, NULL), LOOM_OK);
    plan_options.output_root = "out";
    (void)snprintf(expected, sizeof expected,
                   "out/in/a.jpg|out/in/sub/b.jpg|-!unsafe-path|out%s/in/abs.jpg|", tmpdir_path());
    plan_expect(expected);
    ck_assert_int_eq(plan_task(2)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(plan_task(2)->error->message, "the output path would leave the output folder");
    plan_options.flatten = true;
    plan_expect("out/a.jpg|out/b.jpg|out/c.jpg|out/abs.jpg|");
}
END_TEST

START_TEST(test_strange_names)
{
    tmpdir_touch("in/a\nb.jpg");
    tmpdir_touch("in/\xFF.jpg");
    tmpdir_touch("in/x[page=3].tif");
    tmpdir_touch("in/-rf.jpg");
    scan_add("in");
    plan_options.output_root = "-out";
    plan_expect("-out/-rf.jpg|-out/a\nb.jpg|-out/x[page=3].tif|-out/\xFF.jpg|");
}
END_TEST

START_TEST(test_scan_errors_pass_through)
{
    tmpdir_touch("in/a.jpg");
    scan_add("missing.jpg");
    scan_add("in");
    ck_assert_int_eq(mkfifo("fifo.jpg", 0666), 0);
    scan_add("fifo.jpg");
    plan_options.output_root = "out";
    plan_expect("-!not-found|out/in/a.jpg|-!not-a-file|");
    ck_assert_int_eq(plan_task(0)->error->stage, LOOM_STAGE_SCAN);
}
END_TEST

START_TEST(test_too_long)
{
    char name[NAME_MAX + 1], path[NAME_MAX + 16], output[NAME_MAX + 64];

    memset(name, 'n', 246);
    (void)snprintf(name + 246, 6, ".jpeg");
    (void)snprintf(path, sizeof path, "in/%s", name);
    tmpdir_touch(path);
    scan_add("in");
    (void)snprintf(output, sizeof output, "in/processed_%s!unsafe-path|", name); /* 261 */
    plan_expect(output);
    ck_assert_str_eq(plan_task(0)->error->message, "the output's name is longer than 255 bytes");
    plan_options.prefix = "1234";
    (void)snprintf(output, sizeof output, "in/1234%s|", name); /* 255 */
    plan_expect(output);
    plan_options.suffix = "5";
    plan_make();
    ck_assert_int_eq(plan_task(0)->error->code, LOOM_ERR_UNSAFE_PATH);
}
END_TEST

START_TEST(test_path_beyond_path_max)
{
    char root[PATH_MAX];

    tmpdir_touch("in/a.jpg");
    scan_add("in");
    memset(root, 'r', sizeof root);
    for (size_t i = 99; i < sizeof root; i += 100)
        root[i] = '/';
    plan_options.output_root = root;
    root[PATH_MAX - 2] = '\0';
    plan_make();
    ck_assert_ptr_null(plan_task(0)->error); /* only components have a limit */
    ck_assert_uint_gt(strlen(plan_task(0)->output_path), PATH_MAX);
    loom_error error = LOOM_ERROR_INIT;
    ck_assert_msg(loom_plan_enter(plan, &error) == LOOM_OK, "%s", error.message);
    ck_assert_int_ge(plan_task(0)->tree->root, 0);
}
END_TEST

START_TEST(test_affix_with_slash)
{
    loom_error error = LOOM_ERROR_INIT;

    plan_options.prefix = "../";
    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, &plan_options, &error),
                     LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message,
                     "the prefix \"../\" contains a slash, which a file name cannot");
    plan_options.prefix = NULL;
    plan_options.suffix = "a/b";
    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, &plan_options, NULL),
                     LOOM_ERR_USAGE);
    ck_assert_ptr_null(plan);
}
END_TEST

START_TEST(test_nothing_to_do)
{
    plan_make();
    ck_assert_uint_eq(loom_plan_count(plan), 0);
    ck_assert_uint_eq(loom_plan_sweep(plan), 0);
    loom_plan_free(NULL);
    loom_scan_free(NULL);
}
END_TEST

/* No options, and a recipe that changes afterwards. */
START_TEST(test_what_a_plan_keeps)
{
    tmpdir_touch("a.jpg");
    scan_add("a.jpg");
    plan_recipe.quality = 101;
    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, NULL, NULL), LOOM_ERR_USAGE);
    plan_recipe.quality = 30;
    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, NULL, NULL), LOOM_OK);
    plan_recipe.quality = 40;
    ck_assert_int_eq(plan->recipe.quality, 30);
    ck_assert_str_eq(loom_plan_task(plan, 0)->output_path, "processed_a.jpg");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *tests = tcase_create("plan");

    tcase_add_checked_fixture(tests, plan_setup, plan_teardown);
    tcase_add_test(tests, test_beside_the_inputs);
    tcase_add_test(tests, test_one_folder);
    tcase_add_test(tests, test_several_inputs);
    tcase_add_test(tests, test_list);
    tcase_add_test(tests, test_strange_names);
    tcase_add_test(tests, test_scan_errors_pass_through);
    tcase_add_test(tests, test_too_long);
    tcase_add_test(tests, test_path_beyond_path_max);
    tcase_add_test(tests, test_affix_with_slash);
    tcase_add_test(tests, test_nothing_to_do);
    tcase_add_test(tests, test_what_a_plan_keeps);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
