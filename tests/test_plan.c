#include <imgloom/plan.h>

#include "base/strbuf.h"
#include "files/folder_folds.h"
#include "files/output_tree.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static loom_scan_options scan_options;
static loom_plan_options options;
static loom_recipe recipe;
static loom_scan *scan;
static loom_plan *plan;

/* Takes the place of the library's: which folders take no notice of case. */
static const char *folding;

bool loom_folder_folds(int folder)
{
    struct stat wanted, info;

    return folding != NULL && stat(folding, &wanted) == 0 && fstat(folder, &info) == 0 &&
           wanted.st_ino == info.st_ino && wanted.st_dev == info.st_dev;
}

static void setup(void)
{
    tmpdir_enter();
    scan_options = (loom_scan_options){0};
    options = (loom_plan_options){0};
    loom_recipe_init(&recipe);
    scan = loom_scan_create(&scan_options);
    ck_assert_ptr_nonnull(scan);
    plan = NULL;
    folding = NULL;
}

static void teardown(void)
{
    loom_plan_free(plan);
    loom_scan_free(scan);
    tmpdir_leave();
}

static void touch(const char *path)
{
    tmpdir_write_text(path, "x");
}

static void add(const char *path)
{
    ck_assert_int_eq(loom_scan_add(scan, path, NULL), LOOM_OK);
}

static void make_plan(void)
{
    loom_plan_free(plan);
    plan = NULL;
    ck_assert_int_eq(loom_plan_create(&plan, scan, &recipe, &options, NULL), LOOM_OK);
}

static const loom_task *task(size_t index)
{
    return &loom_plan_tasks(plan)[index];
}

/* The whole plan as text: "output", "output!code" or "output?reason", each ended by "|". */
static void expect(const char *text)
{
    loom_strbuf found = LOOM_STRBUF_INIT;

    make_plan();
    size_t entries = 0;
    for (size_t i = 0; i < loom_plan_count(plan); i++) {
        entries += task(i)->size == 0;
        ck_assert_uint_eq(task(i)->seq, i);
        ck_assert_uint_eq(task(i)->size, task(i)->size == 0 ? 0 : task(i - 1)->size + 1);
        ck_assert_ptr_eq(task(i)->input_path, loom_scan_entry(scan, entries - 1)->path);
        loom_strbuf_add_str(&found, task(i)->output_path != NULL ? task(i)->output_path : "-");
        if (task(i)->error != NULL)
            loom_strbuf_add_format(&found, "!%s", loom_status_name(task(i)->error->code));
        if (task(i)->skip_reason != NULL)
            loom_strbuf_add_format(&found, "?%s", task(i)->skip_reason);
        loom_strbuf_add_char(&found, '|');
    }
    ck_assert_str_eq(loom_strbuf_str(&found), text);
    ck_assert_uint_eq(entries, loom_scan_count(scan));
    loom_strbuf_release(&found);
}

/* ---- names ---------------------------------------------------------------------------------- */

START_TEST(test_beside_the_inputs)
{
    touch("a.JPG");
    touch("in/b.bmp");
    touch("in/c.dat");
    add("a.JPG");
    add("./in/../in/c.dat");
    add("in");
    expect("processed_a.JPG|./in/../in/processed_c.png|in/processed_b.png|");
    ck_assert_int_eq(task(0)->format, LOOM_FORMAT_JPEG);
    ck_assert_int_eq(task(1)->format, LOOM_FORMAT_PNG);
    ck_assert_uint_eq(task(0)->input_size, 1);
    options.prefix = "";
    options.suffix = "_s";
    recipe.format = LOOM_FORMAT_WEBP;
    expect("a_s.webp|./in/../in/c_s.webp|in/b_s.webp|");
    ck_assert_int_eq(task(0)->format, LOOM_FORMAT_WEBP);
}
END_TEST

START_TEST(test_one_folder)
{
    touch("in/a.jpg");
    touch("in/sub/b.heic");
    add("in");
    options.output_root = "out//";
    expect("out/a.jpg|out/sub/b.jpg|");
    options.flatten = true;
    expect("out/a.jpg|out/b.jpg|");
    options.output_root = "/";
    options.prefix = "p_";
    expect("/p_a.jpg|/p_b.jpg|");
}
END_TEST

START_TEST(test_several_inputs)
{
    touch("x/in/sub/a.jpg");
    touch("y/b.jpg");
    touch("deep/down/c.jpg");
    ck_assert_int_eq(chdir("y"), 0);
    add("../x/in/");
    add(".");
    add("../deep/down/c.jpg");
    options.output_root = "../out";
    expect("../out/in/sub/a.jpg|../out/y/b.jpg|../out/c.jpg|");
    options.flatten = true;
    expect("../out/a.jpg|../out/b.jpg|../out/c.jpg|");
    ck_assert_int_eq(chdir(".."), 0);
}
END_TEST

START_TEST(test_list)
{
    char list[PATH_MAX + 200], expected[PATH_MAX + 200];

    touch("in/a.jpg");
    touch("in/sub/b.jpg");
    touch("in/abs.jpg");
    touch("y/c.jpg");
    (void)snprintf(list, sizeof list,
                   "./in/a.jpg\nin/../in/sub\ny/../../%s/y/c.jpg\n%s/in/abs.jpg\n",
                   strrchr(tmpdir_path(), '/') + 1, tmpdir_path());
    tmpdir_write_text("list", list);
    ck_assert_int_eq(loom_scan_add_list(scan, "list", false, NULL), LOOM_OK);
    options.output_root = "out";
    (void)snprintf(expected, sizeof expected,
                   "out/in/a.jpg|out/in/sub/b.jpg|-!unsafe-path|out%s/in/abs.jpg|", tmpdir_path());
    expect(expected);
    ck_assert_int_eq(task(2)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(task(2)->error->message, "the output path would leave the output folder");
    options.flatten = true;
    expect("out/a.jpg|out/b.jpg|out/c.jpg|out/abs.jpg|");
}
END_TEST

START_TEST(test_strange_names)
{
    touch("in/a\nb.jpg");
    touch("in/\xFF.jpg");
    touch("in/x[page=3].tif");
    touch("in/-rf.jpg");
    add("in");
    options.output_root = "-out";
    expect("-out/-rf.jpg|-out/a\nb.jpg|-out/x[page=3].tif|-out/\xFF.jpg|");
}
END_TEST

START_TEST(test_scan_errors_pass_through)
{
    touch("in/a.jpg");
    add("missing.jpg");
    add("in");
    ck_assert_int_eq(mkfifo("fifo.jpg", 0666), 0);
    add("fifo.jpg");
    options.output_root = "out";
    expect("-!not-found|out/in/a.jpg|-!not-a-file|");
    ck_assert_int_eq(task(0)->error->stage, LOOM_STAGE_SCAN);
}
END_TEST

START_TEST(test_too_long)
{
    char name[NAME_MAX + 1], path[NAME_MAX + 16], output[NAME_MAX + 64];

    memset(name, 'n', 246);
    (void)snprintf(name + 246, 6, ".jpeg");
    (void)snprintf(path, sizeof path, "in/%s", name);
    touch(path);
    add("in");
    (void)snprintf(output, sizeof output, "in/processed_%s!unsafe-path|", name); /* 261 */
    expect(output);
    ck_assert_str_eq(task(0)->error->message, "the output's name is longer than 255 bytes");
    options.prefix = "1234";
    (void)snprintf(output, sizeof output, "in/1234%s|", name); /* 255 */
    expect(output);
    options.suffix = "5";
    make_plan();
    ck_assert_int_eq(task(0)->error->code, LOOM_ERR_UNSAFE_PATH);
}
END_TEST

START_TEST(test_path_beyond_path_max)
{
    char root[PATH_MAX];

    touch("in/a.jpg");
    add("in");
    memset(root, 'r', sizeof root);
    for (size_t i = 99; i < sizeof root; i += 100)
        root[i] = '/';
    options.output_root = root;
    root[PATH_MAX - 2] = '\0';
    make_plan();
    ck_assert_ptr_null(task(0)->error); /* only components have a limit */
    ck_assert_uint_gt(strlen(task(0)->output_path), PATH_MAX);
    loom_error error = LOOM_ERROR_INIT;
    ck_assert_msg(loom_plan_enter(plan, &error) == LOOM_OK, "%s", error.message);
    ck_assert_int_ge(task(0)->tree->root, 0);
}
END_TEST

START_TEST(test_affix_with_slash)
{
    loom_error error = LOOM_ERROR_INIT;

    options.prefix = "../";
    ck_assert_int_eq(loom_plan_create(&plan, scan, &recipe, &options, &error), LOOM_ERR_USAGE);
    ck_assert_str_eq(error.message, "the prefix \"../\" holds a slash, which no file name can");
    options.prefix = NULL;
    options.suffix = "a/b";
    ck_assert_int_eq(loom_plan_create(&plan, scan, &recipe, &options, NULL), LOOM_ERR_USAGE);
    ck_assert_ptr_null(plan);
}
END_TEST

/* ---- name templates ------------------------------------------------------------------------- */

static void expect_usage(const char *message)
{
    loom_error error = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_plan_create(&plan, scan, &recipe, &options, &error), LOOM_ERR_USAGE);
    ck_assert_ptr_null(plan);
    ck_assert_str_eq(error.message, message);
}

START_TEST(test_template_below_the_output_folder)
{
    touch("in/a.JPG");
    touch("in/sub/deep/b.bmp");
    touch("other/c.gif");
    add("in");
    options.output_root = "out/";
    options.name_template = "{dir}/{stem}.{ext}";
    expect("out/a.JPG|out/sub/deep/b.png|");
    options.name_template = "{format}/{dir}/x-{stem}-y.{ext}";
    expect("out/jpeg/x-a-y.JPG|out/png/sub/deep/x-b-y.png|");
    ck_assert_int_eq(task(1)->format, LOOM_FORMAT_PNG);
    options.name_template = "{dir}{stem}"; /* no extension but what it says */
    expect("out/a|out/sub/deepb|");
    options.name_template = "./all//{stem}.{ext}";
    expect("out/all/a.JPG|out/all/b.png|");
    add("other");
    recipe.format = LOOM_FORMAT_WEBP;
    options.name_template = "{dir}/{stem}.{ext}";
    expect("out/in/a.webp|out/in/sub/deep/b.webp|out/other/c.webp|");
    options.flatten = true;
    expect("out/a.webp|out/b.webp|out/c.webp|");
    options.output_root = "/";
    expect("/a.webp|/b.webp|/c.webp|");
}
END_TEST

START_TEST(test_template_beside_the_inputs)
{
    touch("in/a.jpg");
    touch("in/sub/b.jpg");
    touch("c.jpg");
    add("in");
    add("c.jpg");
    options.name_template = "{dir}/small/{stem}.{ext}";
    expect("in/small/a.jpg|in/sub/small/b.jpg|small/c.jpg|");
    options.name_template = "{stem}.{ext}";
    expect("in/a.jpg!would-overwrite-input|in/sub/b.jpg!would-overwrite-input|"
           "c.jpg!would-overwrite-input|");
}
END_TEST

START_TEST(test_template_that_leaves)
{
    touch("in/a.jpg");
    touch("in/...jpg");
    touch("in/sub/b.jpg");
    loom_scan_free(scan);
    scan_options.hidden = true;
    scan = loom_scan_create(&scan_options);
    add("in");
    options.output_root = "out";
    options.name_template = "../{stem}.{ext}";
    expect("out/../...jpg!unsafe-path|out/../a.jpg!unsafe-path|out/../b.jpg!unsafe-path|");
    ck_assert_int_eq(task(0)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(task(0)->error->message, "the output path would leave the output folder");
    options.name_template = "/{stem}.{ext}";
    expect("out//...jpg!unsafe-path|out//a.jpg!unsafe-path|out//b.jpg!unsafe-path|");
    options.name_template = "x/{stem}/../y.{ext}";
    make_plan();
    ck_assert_int_eq(task(1)->error->code, LOOM_ERR_UNSAFE_PATH);
    options.name_template = "{stem}/{dir}/x.{ext}";
    expect("out/../x.jpg!unsafe-path|out/a/x.jpg|out/b/sub/x.jpg|");
    options.name_template = "{dir}";
    expect("out/!unsafe-path|out/!unsafe-path|out/sub|");
    ck_assert_str_eq(task(0)->error->message, "the output's name would be empty");
    options.name_template = "x/.{dir}";
    expect("out/x/.!unsafe-path|out/x/.!unsafe-path|out/x/.sub|");
}
END_TEST

START_TEST(test_template_too_long)
{
    char name[NAME_MAX + 1], path[NAME_MAX + 16];

    memset(name, 'n', 251);
    (void)snprintf(name + 251, 5, ".jpg");
    (void)snprintf(path, sizeof path, "in/%s", name);
    touch(path);
    add("in");
    options.output_root = "out";
    options.name_template = "{stem}.{ext}";
    make_plan();
    ck_assert_ptr_null(task(0)->error);
    options.name_template = "x{stem}.{ext}";
    make_plan();
    ck_assert_str_eq(task(0)->error->message, "the output's name is longer than 255 bytes");
}
END_TEST

START_TEST(test_template_refused)
{
    options.name_template = "{stem}.{extension}";
    expect_usage("'{extension}' is not a field of a name: {dir}, {stem}, {ext}, {format}, {width} "
                 "or {height}; {{ and }} are braces");
    options.name_template = "{stem}";
    options.suffix = "_s";
    expect_usage("a name template takes the place of prefix and suffix");
}
END_TEST

/* ---- several sizes -------------------------------------------------------------------------- */

static void set_sizes(unsigned count, const loom_size *sizes)
{
    recipe.size_count = count;
    memcpy(recipe.sizes, sizes, count * sizeof *sizes);
}

static const loom_size three[] = {{400, 300, 0}, {0, 150, 0}, {0, 0, 25}};

START_TEST(test_sizes_are_tasks)
{
    touch("in/a.jpg");
    touch("in/sub/b.png");
    add("in");
    add("missing.jpg");
    set_sizes(3, three);
    options.output_root = "out";
    options.name_template = "{dir}/{stem}-{width}x{height}.{ext}";
    expect("out/in/a-400x300.jpg|out/in/a-autox150.jpg|out/in/a-25px25p.jpg|"
           "out/in/sub/b-400x300.png|out/in/sub/b-autox150.png|out/in/sub/b-25px25p.png|"
           "-!not-found|");
    ck_assert_uint_eq(task(2)->size, 2);
    ck_assert_ptr_eq(task(2)->input_path, task(0)->input_path);
    ck_assert_uint_eq(task(2)->input_size, 1);
    ck_assert_int_eq(task(5)->format, LOOM_FORMAT_PNG);
    ck_assert_uint_eq(task(6)->size, 0);
}
END_TEST

/* What fails or is skipped is one output; what fails for the input is one row. */
START_TEST(test_sizes_fail_one_by_one)
{
    touch("in/a.jpg");
    touch("in/b.bmp");
    touch("out/a-autox150.jpg");
    tmpdir_mkdir("out/a-400x300.jpg");
    touch("in/b.tga");
    tmpdir_write_text("list", "../b.jpg\n");
    add("in");
    touch("../b.jpg");
    ck_assert_int_eq(loom_scan_add_list(scan, "list", false, NULL), LOOM_OK);
    set_sizes(3, three);
    options.output_root = "out";
    options.flatten = true;
    options.name_template = "{dir}/{stem}-{width}x{height}.{ext}";
    options.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("out/a-400x300.jpg!not-a-file|out/a-autox150.jpg?output exists|out/a-25px25p.jpg|"
           "out/b-400x300.png|out/b-autox150.png|out/b-25px25p.png|"
           "out/b-400x300.png!collision|out/b-autox150.png!collision|out/b-25px25p.png!collision|"
           "out/b-400x300.jpg|out/b-autox150.jpg|out/b-25px25p.jpg|");
    options.flatten = false;
    expect("out/in/a-400x300.jpg|out/in/a-autox150.jpg|out/in/a-25px25p.jpg|"
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
    options.output_root = "out";
    expect_usage("several sizes need a name template that tells them apart");
    options.name_template = "{width}/{stem}.{ext}";
    expect_usage("the name template '{width}/{stem}.{ext}' gives the sizes 400x300 and 400x one "
                 "name; tell them apart by {width} and {height}");
    options.name_template = "{height}/{stem}.{ext}";
    make_plan();
    recipe.sizes[2] = (loom_size){0, 0, 50};
    recipe.sizes[1] = (loom_size){0, 0, 50};
    loom_plan_free(plan);
    plan = NULL;
    expect_usage("the name template '{height}/{stem}.{ext}' gives the sizes 50% and 50% one name; "
                 "tell them apart by {width} and {height}");
}
END_TEST

/* ---- collisions ----------------------------------------------------------------------------- */

START_TEST(test_first_in_order_keeps_the_path)
{
    touch("in/a.bmp");
    touch("in/a.png");
    touch("in/a\xFF.png");
    touch("in/a\xFF.tga");
    touch("in/sub/a.png");
    add("in");
    options.output_root = "out";
    expect("out/a.png|out/a.png!collision|out/a\xFF.png|out/a\xFF.png!collision|out/sub/a.png|");
    ck_assert_int_eq(task(1)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(task(1)->error->message, "its output path is already that of in/a.bmp");
    ck_assert_str_eq(task(3)->error->message,
                     "its output path is already that of in/a\xEF\xBF\xBD.png");
    options.flatten = true;
    expect("out/a.png|out/a.png!collision|out/a\xFF.png|out/a\xFF.png!collision|"
           "out/a.png!collision|");
}
END_TEST

/* By different paths to one folder: beside the inputs nothing is normalised. */
START_TEST(test_collision_by_other_paths)
{
    touch("in/a.bmp");
    touch("in/a.tga");
    touch("in/a.psd");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    add("in/a.bmp");
    add(".//in/a.tga");
    add("alias/a.psd");
    expect("in/processed_a.png|.//in/processed_a.png!collision|alias/processed_a.png!collision|");
}
END_TEST

/* Folders that a template names and that do not exist yet: one and the same by several paths. */
START_TEST(test_collision_in_missing_folders)
{
    touch("in/a.bmp");
    touch("in/a.tga");
    touch("in/a.psd");
    touch("a.tga");
    touch("a.psd");
    ck_assert_int_eq(symlink("in", "alias"), 0);
    add("in/a.bmp");
    add(".//in/a.tga");
    add("alias/a.psd");
    add("a.tga");
    add("./a.psd");
    options.name_template = "new/er/{stem}.{ext}";
    expect("in/new/er/a.png|.//in/new/er/a.png!collision|alias/new/er/a.png!collision|"
           "new/er/a.png|./new/er/a.png!collision|");
    options.name_template = "{stem}/{ext}/x"; /* folders that differ by more than their end */
    expect("in/a/png/x|.//in/a/png/x!collision|alias/a/png/x!collision|a/png/x|"
           "./a/png/x!collision|");
}
END_TEST

START_TEST(test_missing_folders_that_fold)
{
    touch("in/A.bmp");
    touch("in/a.bmp");
    touch("b/A.bmp");
    touch("b/a.bmp");
    add("in");
    add("b");
    folding = "in/";
    options.name_template = "{stem}/x.{ext}";
    expect("in/A/x.png|in/a/x.png!collision|b/A/x.png|b/a/x.png|");
}
END_TEST

START_TEST(test_names_that_differ_by_case)
{
    touch("in/A.bmp");
    touch("in/a.bmp");
    add("in");
    options.output_root = "out"; /* a file system that can hold both inputs */
    expect("out/A.png|out/a.png|");
}
END_TEST

START_TEST(test_file_system_that_folds_case)
{
    touch("in/A\xC3\x84.bmp");
    touch("in/a\xC3\xA4.bmp");
    touch("in/SUB/b.jpg");
    touch("in/sub/B.jpg");
    touch("in/sub/c.jpg");
    add("in");
    options.output_root = "new/out"; /* to be made in "." */
    folding = ".";
    expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png!collision|"
           "new/out/sub/B.jpg!collision|new/out/sub/c.jpg|");
    ck_assert_str_eq(task(3)->error->message, "its output path is already that of in/SUB/b.jpg");
    folding = "new/out"; /* only when it is there */
    expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png|new/out/sub/B.jpg|"
           "new/out/sub/c.jpg|");
    tmpdir_mkdir("new/out");
    expect("new/out/A\xC3\x84.png|new/out/SUB/b.jpg|new/out/a\xC3\xA4.png!collision|"
           "new/out/sub/B.jpg!collision|new/out/sub/c.jpg|");
}
END_TEST

/* ---- what stands at the output -------------------------------------------------------------- */

START_TEST(test_output_is_an_input)
{
    touch("in/a.jpg");
    touch("in/b.jpg");
    touch("in/c.jpg");
    touch("in/d.bmp");
    touch("in/e.jpg");
    tmpdir_mkdir("out");
    ck_assert_int_eq(link("in/a.jpg", "out/a.jpg"), 0);
    ck_assert_int_eq(symlink("../in/a.jpg", "out/b.jpg"), 0);
    touch("out/c.jpg");
    ck_assert_int_eq(link("in/e.jpg", "out/d.png"), 0);
    add("in");
    options.output_root = "out";
    expect("out/a.jpg!would-overwrite-input|out/b.jpg!would-overwrite-input|out/c.jpg|"
           "out/d.png!would-overwrite-input|out/e.jpg|");
    ck_assert_int_eq(task(0)->error->stage, LOOM_STAGE_PLAN);
    ck_assert_str_eq(task(0)->error->message, "the output would replace its own input");
    ck_assert_str_eq(task(1)->error->message, "the output would replace another input, in/a.jpg");
    options.output_root = "in/../in";
    expect("in/../in/a.jpg!would-overwrite-input|in/../in/b.jpg!would-overwrite-input|"
           "in/../in/c.jpg!would-overwrite-input|in/../in/d.png|"
           "in/../in/e.jpg!would-overwrite-input|");
    options.output_root = NULL;
    options.prefix = "";
    expect("in/a.jpg!would-overwrite-input|in/b.jpg!would-overwrite-input|"
           "in/c.jpg!would-overwrite-input|in/d.png|in/e.jpg!would-overwrite-input|");
    options.if_exists = LOOM_IF_EXISTS_SKIP; /* an input is no output that exists */
    make_plan();
    ck_assert_int_eq(task(0)->error->code, LOOM_ERR_WOULD_OVERWRITE_INPUT);
}
END_TEST

START_TEST(test_is_input)
{
    touch("in/a.jpg");
    touch("b.jpg");
    ck_assert_int_eq(link("in/a.jpg", "hard"), 0);
    ck_assert_int_eq(symlink("in/a.jpg", "soft"), 0);
    add("in");
    make_plan();
    ck_assert(loom_plan_is_input(plan, "in/../in/a.jpg"));
    ck_assert(loom_plan_is_input(plan, "hard"));
    ck_assert(loom_plan_is_input(plan, "soft"));
    ck_assert(!loom_plan_is_input(plan, "b.jpg"));
    ck_assert(!loom_plan_is_input(plan, "in"));
    ck_assert(!loom_plan_is_input(plan, "missing"));
}
END_TEST

static void set_mtime(const char *path, time_t seconds)
{
    const struct timespec times[2] = {{seconds, 0}, {seconds, 0}};

    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(test_if_exists)
{
    static const char *const names[] = {"older.jpg", "same.jpg", "newer.jpg"};

    for (int i = 0; i < 3; i++) {
        char path[32];
        (void)snprintf(path, sizeof path, "in/%s", names[i]);
        touch(path);
        set_mtime(path, 1000);
        (void)snprintf(path, sizeof path, "out/%s", names[i]);
        touch(path);
        set_mtime(path, 999 + i);
    }
    touch("in/fresh.jpg");
    touch("in/sub/a.jpg");
    add("in");
    options.output_root = "out";
    expect("out/fresh.jpg|out/newer.jpg|out/older.jpg|out/same.jpg|out/sub/a.jpg|");
    options.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("out/fresh.jpg|out/newer.jpg?output exists|out/older.jpg?output exists|"
           "out/same.jpg?output exists|out/sub/a.jpg|");
    options.if_exists = LOOM_IF_EXISTS_NEWER;
    expect("out/fresh.jpg|out/newer.jpg?output is newer than the input|out/older.jpg|"
           "out/same.jpg?output is newer than the input|out/sub/a.jpg|");
    options.if_exists = LOOM_IF_EXISTS_ERROR;
    expect("out/fresh.jpg|out/newer.jpg!exists|out/older.jpg!exists|out/same.jpg!exists|"
           "out/sub/a.jpg|");
    ck_assert_ptr_eq(task(1)->error, task(2)->error);
}
END_TEST

START_TEST(test_odd_things_at_the_output)
{
    touch("in/a.jpg");
    touch("in/b.jpg");
    touch("in/c/d.jpg");
    add("in");
    tmpdir_mkdir("out");
    tmpdir_mkdir("out/a.jpg");
    ck_assert_int_eq(symlink("nowhere", "out/b.jpg"), 0);
    touch("out/c");
    options.output_root = "out";
    options.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("out/a.jpg!not-a-file|out/b.jpg?output exists|out/c/d.jpg!unsafe-path|");
}
END_TEST

START_TEST(test_sweep)
{
    touch("in/a.jpg");
    touch("in/sub/b.jpg");
    touch("out/.imgloom-0123456789abcdef.tmp");
    touch("out/sub/.imgloom-0123456789abcdef.tmp");
    touch("out/other/.imgloom-0123456789abcdef.tmp");
    touch("in/a/b/c/d.jpg");
    touch("out/a/b/.imgloom-0123456789abcdef.tmp"); /* no output goes here, but through it */
    touch("out/a/x/.imgloom-0123456789abcdef.tmp");
    touch(".imgloom-0123456789abcdef.tmp");
    touch("in/.imgloom-0123456789abcdef.tmp");
    add("in");
    options.output_root = "out";
    make_plan();
    ck_assert_uint_eq(loom_plan_sweep(plan), 3);
    ck_assert_uint_eq(loom_plan_sweep(plan), 0);
    ck_assert(tmpdir_exists("out/other/.imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists("out/a/x/.imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists(".imgloom-0123456789abcdef.tmp"));
    ck_assert(tmpdir_exists("in/.imgloom-0123456789abcdef.tmp"));
}
END_TEST

START_TEST(test_nothing_to_do)
{
    make_plan();
    ck_assert_uint_eq(loom_plan_count(plan), 0);
    ck_assert_uint_eq(loom_plan_sweep(plan), 0);
    loom_plan_free(NULL);
    loom_scan_free(NULL);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("plan");
    TCase *names = tcase_create("names"), *templates = tcase_create("templates"),
          *collisions = tcase_create("collisions"), *outputs = tcase_create("outputs");

    tcase_add_checked_fixture(names, setup, teardown);
    tcase_add_test(names, test_beside_the_inputs);
    tcase_add_test(names, test_one_folder);
    tcase_add_test(names, test_several_inputs);
    tcase_add_test(names, test_list);
    tcase_add_test(names, test_strange_names);
    tcase_add_test(names, test_scan_errors_pass_through);
    tcase_add_test(names, test_too_long);
    tcase_add_test(names, test_path_beyond_path_max);
    tcase_add_test(names, test_affix_with_slash);
    suite_add_tcase(suite, names);

    tcase_add_checked_fixture(templates, setup, teardown);
    tcase_add_test(templates, test_template_below_the_output_folder);
    tcase_add_test(templates, test_template_beside_the_inputs);
    tcase_add_test(templates, test_template_that_leaves);
    tcase_add_test(templates, test_template_too_long);
    tcase_add_test(templates, test_template_refused);
    tcase_add_test(templates, test_sizes_are_tasks);
    tcase_add_test(templates, test_sizes_fail_one_by_one);
    tcase_add_test(templates, test_sizes_must_be_told_apart);
    suite_add_tcase(suite, templates);

    tcase_add_checked_fixture(collisions, setup, teardown);
    tcase_add_test(collisions, test_first_in_order_keeps_the_path);
    tcase_add_test(collisions, test_collision_by_other_paths);
    tcase_add_test(collisions, test_collision_in_missing_folders);
    tcase_add_test(collisions, test_missing_folders_that_fold);
    tcase_add_test(collisions, test_names_that_differ_by_case);
    tcase_add_test(collisions, test_file_system_that_folds_case);
    suite_add_tcase(suite, collisions);

    tcase_add_checked_fixture(outputs, setup, teardown);
    tcase_add_test(outputs, test_output_is_an_input);
    tcase_add_test(outputs, test_is_input);
    tcase_add_test(outputs, test_if_exists);
    tcase_add_test(outputs, test_odd_things_at_the_output);
    tcase_add_test(outputs, test_sweep);
    tcase_add_test(outputs, test_nothing_to_do);
    suite_add_tcase(suite, outputs);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
