/* What outputs are called by a name template, and one for each of several sizes. */
#include "support/plan_run.h"

#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* ---- name templates ------------------------------------------------------ */

static void expect_usage(const char *message)
{
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_plan_create(&plan, scan, &plan_recipe, &plan_options, &error),
                     LOOM_ERR_USAGE);
    ck_assert_ptr_null(plan);
    ck_assert_str_eq(error.message, message);
}

START_TEST(test_template_below_the_output_folder)
{
    tmpdir_touch("in/a.JPG");
    tmpdir_touch("in/sub/deep/b.bmp");
    tmpdir_touch("other/c.gif");
    scan_add("in");
    plan_options.output_root = "out/";
    plan_options.name_template = "{dir}/{stem}.{ext}";
    plan_expect("out/a.JPG|out/sub/deep/b.png|");
    plan_options.name_template = "{format}/{dir}/x-{stem}-y.{ext}";
    plan_expect("out/jpeg/x-a-y.JPG|out/png/sub/deep/x-b-y.png|");
    ck_assert_int_eq(plan_task(1)->format, LOOM_FORMAT_PNG);
    plan_options.name_template = "{dir}{stem}"; /* no extension but what it says */
    plan_expect("out/a|out/sub/deepb|");
    plan_options.name_template = "./all//{stem}.{ext}";
    plan_expect("out/all/a.JPG|out/all/b.png|");
    scan_add("other");
    plan_recipe.format = LOOM_FORMAT_WEBP;
    plan_options.name_template = "{dir}/{stem}.{ext}";
    plan_expect("out/in/a.webp|out/in/sub/deep/b.webp|out/other/c.webp|");
    plan_options.flatten = true;
    plan_expect("out/a.webp|out/b.webp|out/c.webp|");
    plan_options.output_root = "/";
    plan_expect("/a.webp|/b.webp|/c.webp|");
}
END_TEST

START_TEST(test_template_beside_the_inputs)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.jpg");
    tmpdir_touch("c.jpg");
    scan_add("in");
    scan_add("c.jpg");
    plan_options.name_template = "{dir}/small/{stem}.{ext}";
    plan_expect("in/small/a.jpg|in/sub/small/b.jpg|small/c.jpg|");
    plan_options.name_template = "{stem}.{ext}";
    plan_expect("in/a.jpg!would-overwrite-input|in/sub/b.jpg!would-overwrite-input|"
                "c.jpg!would-overwrite-input|");
}
END_TEST

START_TEST(test_template_that_leaves)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/...jpg");
    tmpdir_touch("in/sub/b.jpg");
    scan_again();
    scan_options.hidden = true;
    scan_add("in");
    plan_options.output_root = "out";
    plan_options.name_template = "{stem}/{dir}/x.{ext}";
    plan_expect("out/../x.jpg!unsafe-path|out/a/x.jpg|out/b/sub/x.jpg|");
    ck_assert_int_eq(plan_task(0)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(plan_task(0)->error->message, "the output path would leave the output folder");
    plan_options.name_template = "{dir}//{stem}.{ext}";
    plan_expect("out//...jpg!unsafe-path|out//a.jpg!unsafe-path|out/sub/b.jpg|");
    plan_options.name_template = "{dir}";
    plan_expect("out/!unsafe-path|out/!unsafe-path|out/sub|");
    ck_assert_str_eq(plan_task(0)->error->message, "the output's name would be empty");
    plan_options.name_template = "x/.{dir}";
    plan_expect("out/x/.!unsafe-path|out/x/.!unsafe-path|out/x/.sub|");
}
END_TEST

/* ---- what an input is -------------------------------------------------------- */

static void set_time(const char *path, time_t seconds)
{
    const struct timespec both[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

    ck_assert_int_eq(setenv("TZ", "UTC", 1), 0);
    tzset();
    ck_assert_int_eq(utimensat(AT_FDCWD, path, both, 0), 0);
}

START_TEST(test_template_of_the_input)
{
    tmpdir_touch("in/one/a.JPEG");
    tmpdir_touch("in/one/a.png");
    for (int i = 0; i < 8; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/two/%d.gif", i);
        tmpdir_touch(path);
    }
    set_time("in/one/a.JPEG", 951782399); /* 2000-02-28T23:59:59Z */
    set_time("in/one/a.png", 951782400);  /* 2000-02-29 */
    set_time("in/two/0.gif", -1);         /* 1969-12-31 */
    scan_add("in/one");
    scan_add("in/two/0.gif");
    plan_options.output_root = "out";
    plan_options.name_template = "{parent}-{n}-{stem}.{inputext}-{date}.{ext}";
    plan_expect("out/one-1-a.JPEG-2000-02-28.JPEG|out/one-2-a.png-2000-02-29.png|"
                "out/two-3-0.gif-1969-12-31.gif|");
    scan_add("in/two"); /* one is known; 10 in all */
    plan_options.name_template = "{n}";
    plan_expect("out/01|out/02|out/03|out/04|out/05|out/06|out/07|out/08|out/09|out/10|");
    scan_again();
    ck_assert_int_eq(chdir("in/one"), 0);
    scan_add("a.png");
    plan_options.name_template = "{parent}.{ext}";
    plan_expect("out/one.png|");
}
END_TEST

/* EXIF with DateTimeOriginal alone: Exif 2.32, 4.6.2. */
static const char exif[] = "II*\0\10\0\0\0"
                           "\1\0\x69\x87\4\0\1\0\0\0\x1A\0\0\0\0\0\0\0"
                           "\1\0\x03\x90\2\0\x14\0\0\0\x2C\0\0\0\0\0\0\0"
                           "2021:03:04 05:06:07";

/* The starts of files; where each goes on with the 64 bytes of EXIF. */
static const struct {
    const char *name, *start;
    size_t size;
} taken_files[] = {
    {"in/a.jpg",
     "\xFF\xD8\xFF\xE1\0\x48"
     "Exif\0",
     12},
    {"in/b.png",
     "\x89PNG\r\n\x1A\n\0\0\0\1fuNy-\0\0\0\0\0\0\0\x40"
     "eXIf",
     29},
    {"in/c.webp",
     "RIFF\x60\0\0\0WEBPVP8X\2\0\0\0\0\0"
     "EXIF\x40\0\0",
     30},
    {"in/d.tif", "", 0},
    {"in/e.heic",
     "\0\0\0\x14"
     "ftypheic\0\0\0\0heic"
     "\0\0\0\x4C"
     "meta\0\0\0\0"
     "\0\0\0\x22"
     "iinf\0\0\0\0\0\1"
     "\0\0\0\x14"
     "infe\2\0\0\0\0\7\0\0Exif"
     "\0\0\0\x1E"
     "iloc\0\0\0\0\x44\0\0\1\0\7\0\0\0\1\0\0\0\x68\0\0\0\x4A"
     "\0\0\0\x52"
     "mdat\0\0\0\6Exif\0",
     114},
    {"in/f.jxl",
     "\0\0\0\14JXL \r\n\x87\n\0\0\0\x4C"
     "Exif\0\0\0",
     24},
};

START_TEST(test_template_taken)
{
    for (size_t i = 0; i < sizeof taken_files / sizeof *taken_files; i++) {
        unsigned char file[256] = {0};
        const size_t size = taken_files[i].size;
        memcpy(file, taken_files[i].start, size);
        memcpy(file + size, exif, sizeof exif);
        if (strstr(taken_files[i].name, "png") != NULL)
            memset(file + size + 64, 0, 4); /* CRC */
        tmpdir_write(taken_files[i].name, file, size + 64 + 16);
        set_time(taken_files[i].name, 0);
    }
    tmpdir_touch("in/none.jpg");
    set_time("in/none.jpg", 86400);
    unsigned char unknown[64 + 12] = "\xFF\xD8\xFF\xE1\0\x48"
                                     "Exif\0";
    memcpy(unknown + 12, exif, 64);
    memset(unknown + 12 + 44, '0', 4); /* no clock: 0000:00:00 */
    memcpy(unknown + 12 + 44 + 5, "00:00", 5);
    tmpdir_write("in/unknown.jpg", unknown, sizeof unknown);
    set_time("in/unknown.jpg", 2 * 86400);
    scan_again();
    scan_options.allow_untrusted = true;
    scan_add("in");
    plan_options.output_root = "out";
    plan_options.name_template = "{taken}-{stem}";
    plan_expect("out/2021-03-04-a|out/2021-03-04-b|out/2021-03-04-c|out/2021-03-04-d|"
                "out/2021-03-04-e|out/2021-03-04-f|out/1970-01-02-none|out/1970-01-03-unknown|");
}
END_TEST

/* The formats of the first size, then those of the next. */
START_TEST(test_several_formats)
{
    tmpdir_touch("in/a.png");
    scan_add("in");
    plan_options.output_root = "out";
    plan_recipe.formats[0] = plan_recipe.format = LOOM_FORMAT_SAME;
    plan_recipe.formats[1] = LOOM_FORMAT_WEBP;
    plan_recipe.format_count = 2;
    plan_expect("out/a.png|out/a.webp|");
    plan_recipe.formats[1] = LOOM_FORMAT_PNG; /* of this input, the same */
    plan_expect("out/a.png|");
    plan_recipe.formats[1] = LOOM_FORMAT_JPEG;
    plan_recipe.sizes[0] = (loom_size){10, 0, 0};
    plan_recipe.sizes[1] = (loom_size){20, 0, 0};
    plan_recipe.size_count = 2;
    plan_options.name_template = "{width}.{ext}";
    plan_expect("out/10.png|out/10.jpg|out/20.png|out/20.jpg|");
    for (unsigned i = 0; i < 4; i++) {
        ck_assert_uint_eq(plan_task(i)->output, i);
        ck_assert_uint_eq(plan_task(i)->size, i / 2);
        ck_assert_int_eq(plan_task(i)->format, i % 2 == 0 ? LOOM_FORMAT_PNG : LOOM_FORMAT_JPEG);
    }
}
END_TEST

START_TEST(test_template_too_long)
{
    char name[NAME_MAX + 1], path[NAME_MAX + 16];

    memset(name, 'n', 251);
    (void)snprintf(name + 251, 5, ".jpg");
    (void)snprintf(path, sizeof path, "in/%s", name);
    tmpdir_touch(path);
    scan_add("in");
    plan_options.output_root = "out";
    plan_options.name_template = "{stem}.{ext}";
    plan_make();
    ck_assert_ptr_null(plan_task(0)->error);
    plan_options.name_template = "x{stem}.{ext}";
    plan_make();
    ck_assert_str_eq(plan_task(0)->error->message, "the output's name is longer than 255 bytes");
}
END_TEST

START_TEST(test_template_refused)
{
    plan_options.name_template = "{stem}.{extension}";
    expect_usage("'{extension}' is not a field of a name: {dir}, {parent}, {stem}, {inputext}, "
                 "{ext}, {format}, {width}, {height}, {n}, {date} or {taken}; {{ and }} stand for "
                 "braces");
    plan_options.name_template = "{stem}";
    plan_options.suffix = "_s";
    expect_usage("a name template cannot be combined with a prefix or suffix");
}
END_TEST

/* ---- several sizes ------------------------------------------------------- */

static void set_sizes(unsigned count, const loom_size *sizes)
{
    plan_recipe.size_count = count;
    memcpy(plan_recipe.sizes, sizes, count * sizeof *sizes);
}

static const loom_size three[] = {{400, 300, 0}, {0, 150, 0}, {0, 0, 25}};

START_TEST(test_sizes_are_tasks)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/sub/b.png");
    scan_add("in");
    scan_add("missing.jpg");
    set_sizes(3, three);
    plan_options.output_root = "out";
    plan_options.name_template = "{dir}/{stem}-{width}x{height}.{ext}";
    plan_expect("out/in/a-400x300.jpg|out/in/a-autox150.jpg|out/in/a-25px25p.jpg|"
                "out/in/sub/b-400x300.png|out/in/sub/b-autox150.png|out/in/sub/b-25px25p.png|"
                "-!not-found|");
    ck_assert_uint_eq(plan_task(2)->size, 2);
    ck_assert_ptr_eq(plan_task(2)->input_path, plan_task(0)->input_path);
    ck_assert_uint_eq(plan_task(2)->input_size, 1);
    ck_assert_int_eq(plan_task(5)->format, LOOM_FORMAT_PNG);
    ck_assert_uint_eq(plan_task(6)->size, 0);
}
END_TEST

/* What fails or is skipped is one output; what fails for the input is one row. */
START_TEST(test_sizes_fail_one_by_one)
{
    tmpdir_touch("in/a.jpg");
    tmpdir_touch("in/b.bmp");
    tmpdir_touch("out/a-autox150.jpg");
    tmpdir_mkdir("out/a-400x300.jpg");
    tmpdir_touch("in/b.tga");
    tmpdir_write_text("list", "../b.jpg\n");
    scan_add("in");
    tmpdir_touch("../b.jpg");
    ck_assert_int_eq(scan_add_list("list", false, NULL), LOOM_OK);
    set_sizes(3, three);
    plan_options.output_root = "out";
    plan_options.flatten = true;
    plan_options.name_template = "{dir}/{stem}-{width}x{height}.{ext}";
    plan_settings.if_exists = LOOM_IF_EXISTS_SKIP;
    plan_expect(
        "out/a-400x300.jpg!not-a-file|out/a-autox150.jpg?output exists|out/a-25px25p.jpg|"
        "out/b-400x300.png|out/b-autox150.png|out/b-25px25p.png|"
        "out/b-400x300.png!collision|out/b-autox150.png!collision|out/b-25px25p.png!collision|"
        "out/b-400x300.jpg|out/b-autox150.jpg|out/b-25px25p.jpg|");
    plan_options.flatten = false;
    plan_expect("out/in/a-400x300.jpg|out/in/a-autox150.jpg|out/in/a-25px25p.jpg|"
                "out/in/b-400x300.png|out/in/b-autox150.png|out/in/b-25px25p.png|"
                "out/in/b-400x300.png!collision|out/in/b-autox150.png!collision|"
                "out/in/b-25px25p.png!collision|-!unsafe-path|");
    ck_assert_int_eq(unlink("../b.jpg"), 0);
}
END_TEST

START_TEST(test_sizes_must_be_told_apart)
{
    static const loom_size same_width[] = {{400, 300, 0}, {400, 0, 0}, {400, 200, 0}};

    set_sizes(3, same_width);
    plan_options.output_root = "out";
    expect_usage("several sizes need a name template that distinguishes them");
    plan_options.name_template = "{width}/{stem}.{ext}";
    expect_usage("the name template '{width}/{stem}.{ext}' gives the sizes 400x300 and 400x the "
                 "same name; use {width} and {height}");
    plan_options.name_template = "{height}/{stem}.{ext}";
    plan_make();
    plan_recipe.sizes[1] = (loom_size){200, 300, 0};
    loom_plan_free(plan);
    plan = NULL;
    expect_usage("the name template '{height}/{stem}.{ext}' gives the sizes 400x300 and 200x300 "
                 "the same name; use {width} and {height}");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan_templates");
    TCase *tests = tcase_create("plan_templates");

    tcase_add_checked_fixture(tests, plan_setup, plan_teardown);
    tcase_add_test(tests, test_template_below_the_output_folder);
    tcase_add_test(tests, test_template_beside_the_inputs);
    tcase_add_test(tests, test_template_that_leaves);
    tcase_add_test(tests, test_template_of_the_input);
    tcase_add_test(tests, test_template_taken);
    tcase_add_test(tests, test_several_formats);
    tcase_add_test(tests, test_template_too_long);
    tcase_add_test(tests, test_template_refused);
    tcase_add_test(tests, test_sizes_are_tasks);
    tcase_add_test(tests, test_sizes_fail_one_by_one);
    tcase_add_test(tests, test_sizes_must_be_told_apart);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
