/* What a request asks for, before any image is looked at. */
#include "base/clock.h"
#include "batch/service.h"
#include "picture/recipe_fields.h"
#include "support/suite.h"
#include "support/tmpdir.h"
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static loom_errand *errand;
static loom_request *request;
static loom_recipe recipe;
static loom_settings settings;

static void setup(void)
{
    tmpdir_enter();
    request = loom_request_create();
    ck_assert_ptr_nonnull(request);
    errand = loom_errand_of(request);
    loom_recipe_init(&recipe);
    loom_settings_init(&settings);
    request->recipe = &recipe;
    request->settings = &settings;
}

static void teardown(void)
{
    loom_request_free(request);
    tmpdir_leave();
}

static void prepare(void)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_msg(loom_errand_prepare(errand, &err) == LOOM_OK, "%s", err.message);
}

static void refuse(const char *message)
{
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_errand_prepare(errand, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, message);
    ck_assert_ptr_null(loom_request_outcome(request, 0));
}

/* ---- what is refused ----------------------------------------------------- */

START_TEST(a_request_needs_an_input)
{
    refuse("a request needs an input: bytes, a descriptor or a path");
    request->bytes = "";
    prepare();
    request->bytes = NULL;
    request->path = "in.png";
    prepare();
    request->path = NULL;
    request->descriptor = 0;
    prepare();
}
END_TEST

START_TEST(a_recipe_is_checked)
{
    request->path = "in.png";
    prepare();
    recipe.quality = 101;
    ck_assert_int_eq(loom_errand_prepare(errand, NULL), LOOM_ERR_USAGE);
    ck_assert_ptr_null(loom_request_outcome(request, 0));
}
END_TEST

START_TEST(a_path_is_for_one_size)
{
    request->path = "in.png";
    recipe.size_count = 2;
    recipe.sizes[0].width = recipe.sizes[1].height = 9;
    prepare();
    ck_assert_ptr_nonnull(loom_request_outcome(request, 1));
    ck_assert_ptr_null(loom_request_outcome(request, 2));
    request->output_path = "out.png";
    refuse("an output path needs a recipe with one size and format; several outputs go to memory");
}
END_TEST

START_TEST(nothing_but_an_input_is_needed)
{
    request->recipe = NULL;
    request->settings = NULL;
    request->path = "in.jpg";
    prepare();
    ck_assert_uint_eq(errand->count, 1);
    ck_assert(errand->recipe.auto_orient);
    ck_assert_uint_eq(errand->settings.max_pixels, LOOM_DEFAULT_MAX_PIXELS);
    ck_assert_int_eq(loom_errand_mark(errand), LOOM_OK);
    loom_request_free(NULL);
}
END_TEST

/* ---- formats ------------------------------------------------------------- */

START_TEST(the_same_format_is_the_inputs)
{
    static const char png[] = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
    static const struct {
        const char *bytes, *name;
        loom_format wanted, format;
    } cases[] = {
        {NULL, "a.webp", LOOM_FORMAT_SAME, LOOM_FORMAT_WEBP},
        {NULL, "a.bmp", LOOM_FORMAT_SAME, LOOM_FORMAT_PNG},
        {NULL, "a", LOOM_FORMAT_SAME, LOOM_FORMAT_PNG},
        {NULL, "a.png", LOOM_FORMAT_JPEG, LOOM_FORMAT_JPEG},
        {png, NULL, LOOM_FORMAT_SAME, LOOM_FORMAT_PNG},
        {png, "a.jpg", LOOM_FORMAT_SAME, LOOM_FORMAT_PNG}, /* as its content says */
        {png, NULL, LOOM_FORMAT_GIF, LOOM_FORMAT_GIF},
        {png, "a.tga", LOOM_FORMAT_SAME, LOOM_FORMAT_PNG},
        {"?", NULL, LOOM_FORMAT_SAME, LOOM_FORMAT_PNG},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        recipe.format = cases[i].wanted;
        request->bytes = cases[i].bytes;
        request->size = cases[i].bytes == png ? sizeof png - 1 : 1;
        request->path = cases[i].bytes == NULL ? cases[i].name : NULL;
        request->name = cases[i].name;
        prepare();
        ck_assert_int_eq(errand->tasks[0].format, cases[i].format);
        ck_assert_int_eq(loom_request_outcome(request, 0)->format, cases[i].format);
        ck_assert_ptr_nonnull(errand->tasks[0].input_path);
    }
}
END_TEST

/* ---- output paths -------------------------------------------------------- */

/* What becomes of a request that goes to this path: an error, a reason to skip it, or neither. */
static void expect(const char *output, loom_status code, const char *skip_reason)
{
    request->output_path = output;
    prepare();
    const loom_outcome *outcome = loom_request_outcome(request, 0);
    ck_assert_int_eq(errand->settled, code != LOOM_OK || skip_reason != NULL);
    ck_assert_int_eq(outcome->error.code, code);
    ck_assert_int_eq(outcome->error.stage, code != LOOM_OK ? LOOM_STAGE_PLAN : LOOM_STAGE_NONE);
    ck_assert_int_eq(loom_errand_result(errand, NULL), code);
    if (skip_reason != NULL) {
        ck_assert_int_eq(outcome->result, LOOM_RESULT_SKIPPED);
        ck_assert_str_eq(outcome->skip_reason, skip_reason);
    }
}

static void set_time(const char *path, time_t time)
{
    const struct timespec times[2] = {{.tv_sec = time}, {.tv_sec = time}};

    ck_assert_int_eq(utimensat(AT_FDCWD, path, times, 0), 0);
}

START_TEST(what_stands_there_is_dealt_with_as_in_a_batch)
{
    tmpdir_write_text("in.png", "input");
    tmpdir_write_text("out.png", "output");
    tmpdir_mkdir("folder");
    set_time("in.png", 2000);
    set_time("out.png", 1000);
    request->path = "in.png";
    expect("new.png", LOOM_OK, NULL);
    expect("out.png", LOOM_OK, NULL);
    expect("folder", LOOM_ERR_NOT_A_FILE, NULL);
    settings.if_exists = LOOM_IF_EXISTS_ERROR;
    expect("new.png", LOOM_OK, NULL);
    expect("out.png", LOOM_ERR_EXISTS, NULL);
    settings.if_exists = LOOM_IF_EXISTS_SKIP;
    expect("out.png", LOOM_OK, "output exists");
    settings.if_exists = LOOM_IF_EXISTS_NEWER;
    expect("out.png", LOOM_OK, NULL);
    set_time("out.png", 2000);
    expect("out.png", LOOM_OK, "output is newer than the input");
    request->bytes = "?"; /* of now */
    request->size = 1;
    expect("out.png", LOOM_OK, NULL);
}
END_TEST

START_TEST(an_input_is_never_replaced)
{
    tmpdir_write_text("in.png", "input");
    ck_assert_int_eq(symlink("in.png", "link.png"), 0);
    ck_assert_int_eq(link("in.png", "hard.png"), 0);
    request->path = "in.png";
    expect("in.png", LOOM_ERR_WOULD_OVERWRITE_INPUT, NULL);
    expect("./in.png", LOOM_ERR_WOULD_OVERWRITE_INPUT, NULL);
    expect("link.png", LOOM_ERR_WOULD_OVERWRITE_INPUT, NULL);
    expect("hard.png", LOOM_ERR_WOULD_OVERWRITE_INPUT, NULL);
    request->path = NULL;
    request->descriptor = open("in.png", O_RDONLY);
    expect("in.png", LOOM_ERR_WOULD_OVERWRITE_INPUT, NULL);
    ck_assert_int_eq(close(request->descriptor), 0);
}
END_TEST

/* ---- marks --------------------------------------------------------------- */

START_TEST(marks_of_one_that_waits)
{
    loom_stop *stop = loom_stop_create();

    request->bytes = "1234";
    request->size = 4;
    request->stop = stop;
    request->deadline_ns = loom_clock_now() + 3600 * LOOM_NS_PER_SECOND;
    prepare();
    ck_assert_int_eq(loom_errand_mark(errand), LOOM_OK);
    request->deadline_ns = loom_clock_now();
    ck_assert_int_eq(loom_errand_mark(errand), LOOM_ERR_TIMEOUT);
    loom_stop_request(stop);
    ck_assert_int_eq(loom_errand_mark(errand), LOOM_ERR_CANCELLED);
    loom_errand_end(errand, LOOM_ERR_CANCELLED);
    ck_assert_int_eq(loom_errand_result(errand, NULL), LOOM_ERR_CANCELLED);
    ck_assert_uint_eq(loom_request_outcome(request, 0)->original_size, 4);
    loom_stop_free(stop);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("request");
    TCase *tests = tcase_create("request");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, a_request_needs_an_input);
    tcase_add_test(tests, a_recipe_is_checked);
    tcase_add_test(tests, a_path_is_for_one_size);
    tcase_add_test(tests, nothing_but_an_input_is_needed);
    tcase_add_test(tests, the_same_format_is_the_inputs);
    tcase_add_test(tests, what_stands_there_is_dealt_with_as_in_a_batch);
    tcase_add_test(tests, an_input_is_never_replaced);
    tcase_add_test(tests, marks_of_one_that_waits);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
