/* Damaged files and limits: which outcome they get, at every level of --fail-on and every size. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- damage -------------------------------------------------------------- */

static const char cut_short[] = "the file is cut short: picture data is missing";
static const char no_end[] = "the file lacks its end marker";
static const char damaged[] = "the picture data is damaged";

#define ANY_TEXT ""

/* `first`: the least level at which it is an error; below it is written with a warning. */
static const struct {
    const char *name;
    loom_fail_on first;
    loom_status code;
    loom_stage stage;
    const char *warning; /* below `first`; NULL: it is never written */
} broken[] = {
    {"empty.jpg", LOOM_FAIL_ON_NONE, LOOM_ERR_EMPTY, LOOM_STAGE_OPEN, NULL},
    {"text.jpg", LOOM_FAIL_ON_NONE, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE, NULL},
    {"huge-claim.jpg", LOOM_FAIL_ON_NONE, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE, NULL},
    {"huge-claim.png", LOOM_FAIL_ON_NONE, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE, NULL},
    {"truncated.webp", LOOM_FAIL_ON_NONE, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE, NULL},
    {"truncated.tif", LOOM_FAIL_ON_NONE, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE, NULL},
    {"truncated.avif", LOOM_FAIL_ON_NONE, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE, NULL},
    {"truncated.jpg", LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE, cut_short},
    {"truncated-progressive.jpg", LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
     cut_short},
    {"header-only.jpg", LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE, cut_short},
    {"truncated.png", LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE, ANY_TEXT},
    {"truncated.gif", LOOM_FAIL_ON_TRUNCATED, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE, ANY_TEXT},
    {"corrupt.jpg", LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, damaged},
    {"corrupt.png", LOOM_FAIL_ON_ERROR, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, ANY_TEXT},
    {"no-end.jpg", LOOM_FAIL_ON_WARNING, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE, no_end},
};

enum { BROKEN = sizeof broken / sizeof *broken };

/* Full size, a little smaller, and small enough for each way of decoding a JPEG smaller. */
static const uint32_t widths[] = {0, 190, 90, 45, 20, 1};

enum { WIDTHS = sizeof widths / sizeof *widths };

static void assert_written_with_warning(int file, const engine_request *request, const char *path)
{
    loom_outcome outcome = engine_run_written(request, path, "out.png", LOOM_RESULT_WARNING);
    bool found = false;

    for (size_t i = 0; i < outcome.warning_count; i++)
        found = found || strcmp(outcome.warnings[i], broken[file].warning) == 0;
    ck_assert_uint_gt(outcome.warning_count, 0);
    ck_assert_msg(found || broken[file].warning[0] == '\0', "%s: %s", path, outcome.warnings[0]);
    loom_outcome_release(&outcome);
}

START_TEST(damage_is_judged_by_the_level_and_not_by_the_size)
{
    char name[64] = "broken/";
    const char *path = engine_testdata(strcat(name, broken[_i].name));

    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++)
        for (int i = 0; i < WIDTHS; i++) {
            engine_request request = engine_request_box(widths[i], 0, LOOM_FIT_COVER);
            request.settings.fail_on = (loom_fail_on)level;
            if (level < (int)broken[_i].first)
                assert_written_with_warning(_i, &request, path);
            else
                engine_assert_error(&request, path, broken[_i].code, broken[_i].stage);
        }
}
END_TEST

/* What a crop cuts away below may be where the damage is, or where a checksum is that tells. */
START_TEST(damage_is_judged_whatever_is_cropped)
{
    static const loom_position kept[] = {LOOM_POSITION_NORTH, LOOM_POSITION_CENTRE,
                                         LOOM_POSITION_SOUTH};
    char name[64] = "broken/";
    const char *path = engine_testdata(strcat(name, broken[_i].name));

    for (int level = LOOM_FAIL_ON_NONE; level <= LOOM_FAIL_ON_WARNING; level++)
        for (int i = 0; i < 3; i++) {
            engine_request request = engine_request_box(160, 4, LOOM_FIT_COVER);
            request.recipe.position = kept[i];
            request.settings.fail_on = (loom_fail_on)level;
            if (level < (int)broken[_i].first)
                assert_written_with_warning(_i, &request, path);
            else
                engine_assert_error(&request, path, broken[_i].code, broken[_i].stage);
        }
}
END_TEST

START_TEST(what_is_there_of_a_cut_jpeg_is_written)
{
    engine_request request = engine_request_default();
    oracle_image whole = engine_decode(engine_testdata("broken/png-named.jpg"));

    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("broken/truncated.jpg"),
                                              "out.png", LOOM_RESULT_WARNING);
    oracle_image made = oracle_read("out.png");
    double squares = 0.0;
    for (uint32_t y = 0; y < 40; y++) /* 60 % of the data are more than 40 rows of 133 */
        for (uint32_t x = 0; x < made.width; x++)
            for (uint32_t c = 0; c < 3; c++) {
                const double d = (double)oracle_at(&made, x, y, c) - oracle_at(&whole, x, y, c);
                squares += d * d;
            }
    ck_assert_double_lt(sqrt(squares / (40.0 * made.width * 3)), 12); /* its quality is 80 */
    oracle_release(&made);
    oracle_release(&whole);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(bytes_after_the_end_are_nothing)
{
    static const char *const names[] = {"photos/gray.jpg", "formats/quadrants.png",
                                        "formats/quadrants.gif", "formats/quadrants.webp",
                                        "formats/quadrants.ppm"};
    engine_request request = engine_request_box(50, 0, LOOM_FIT_COVER);

    request.settings.fail_on = LOOM_FAIL_ON_WARNING;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        size_t size;
        char *data = tmpdir_read(engine_testdata(names[i]), &size);
        char *more = calloc(1, size + 1000);
        ck_assert_ptr_nonnull(more);
        memcpy(more, data, size);
        memset(more + size, 'x', 500);
        tmpdir_write("more.img", more, size + 1000);
        loom_outcome outcome = engine_run_written(&request, "more.img", "out.png", LOOM_RESULT_OK);
        ck_assert_uint_eq(outcome.original_size, size + 1000);
        loom_outcome_release(&outcome);
        free(data);
        free(more);
    }
}
END_TEST

START_TEST(clean_files_have_no_warnings_at_the_strictest_level)
{
    static const char *const names[] = {
        "photos/scene-1.jpg",         "photos/scene-3.jpg",           "photos/cmyk.jpg",
        "formats/quadrants.png",      "formats/quadrants-alpha.webp", "formats/animated.gif",
        "formats/quadrants.tif",      "formats/quadrants.avif",       "formats/quadrants.bmp",
        "formats/quadrants.tga",      "formats/quadrants.psd",        "formats/quadrants.hdr",
        "orientation/landscape-6.jpg"};
    engine_request request = engine_request_box(50, 0, LOOM_FIT_COVER);

    request.settings.fail_on = LOOM_FAIL_ON_WARNING;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata(names[i]), "out.png", LOOM_RESULT_OK);
        ck_assert_uint_eq(outcome.warning_count, 0);
        loom_outcome_release(&outcome);
    }
}
END_TEST

/* ---- an output that stood there before ----------------------------------- */

static void assert_untouched(void)
{
    char *text = tmpdir_read("error.png", NULL);

    ck_assert_str_eq(text, "mine");
    ck_assert_uint_eq(tmpdir_count("."), 1);
    free(text);
}

START_TEST(an_error_leaves_the_old_output_and_no_temporary)
{
    static const char *const names[] = {"broken/truncated.jpg", "broken/truncated.png",
                                        "broken/text.jpg", "nothing-here.jpg"};
    const engine_request request = engine_request_default();

    tmpdir_write_text("error.png", "mine");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        loom_outcome outcome = engine_run(&request, engine_testdata(names[i]), "error.png");
        ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
        assert_untouched();
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(an_output_that_came_into_being_meanwhile_is_left_alone)
{
    engine_request request = engine_request_default();
    const char *input = engine_testdata("formats/quadrants.png");

    tmpdir_write_text("error.png", "mine");
    request.settings.if_exists = LOOM_IF_EXISTS_ERROR;
    loom_outcome outcome = engine_run(&request, input, "error.png");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_EXISTS);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_WRITE);
    assert_untouched();
    loom_outcome_release(&outcome);

    request.settings.if_exists = LOOM_IF_EXISTS_SKIP;
    outcome = engine_run(&request, input, "error.png");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_SKIPPED);
    ck_assert_int_eq(outcome.error.code, LOOM_OK);
    ck_assert_str_eq(outcome.skip_reason, "output exists");
    assert_untouched();
    loom_outcome_release(&outcome);

    request.settings.if_exists = LOOM_IF_EXISTS_REPLACE;
    outcome = engine_run_written(&request, input, "error.png", LOOM_RESULT_OK);
    ck_assert_uint_eq(tmpdir_count("."), 1);
    loom_outcome_release(&outcome);
}
END_TEST

/* It is most likely the output of another task, under another of its names. */
START_TEST(an_output_that_came_into_being_is_left_alone_where_names_may_be_one)
{
    static const loom_if_exists words[] = {LOOM_IF_EXISTS_REPLACE, LOOM_IF_EXISTS_NEWER,
                                           LOOM_IF_EXISTS_SKIP, LOOM_IF_EXISTS_ERROR};
    engine_request request = engine_request_default();
    const loom_task task = {.input_path = engine_testdata("formats/quadrants.png"),
                            .output_path = "error.png",
                            .format = LOOM_FORMAT_PNG,
                            .new_name = true};
    loom_outcome outcome = {0};

    tmpdir_write_text("error.png", "mine");
    request.settings.if_exists = words[_i];
    engine_run_tasks(&request, &task, 1, &outcome);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_ERROR);
    ck_assert_int_eq(outcome.error.code,
                     words[_i] == LOOM_IF_EXISTS_ERROR ? LOOM_ERR_EXISTS : LOOM_ERR_COLLISION);
    ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_WRITE);
    assert_untouched();
    loom_outcome_release(&outcome);
    ck_assert_int_eq(unlink("error.png"), 0);
    engine_run_tasks(&request, &task, 1, &outcome);
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- limits -------------------------------------------------------------- */

static void assert_message_names(const engine_request *request, const char *input, loom_status code,
                                 const char *limit)
{
    loom_outcome outcome = engine_run(request, input, "limit.out");

    ck_assert_int_eq(outcome.error.code, code);
    ck_assert_msg(strstr(outcome.error.message, limit) != NULL, "no %s in: %s", limit,
                  outcome.error.message);
    ck_assert(!tmpdir_exists("limit.out"));
    loom_outcome_release(&outcome);
}

START_TEST(max_pixels_is_a_limit_on_the_header)
{
    static const char *const names[] = {"formats/quadrants.png", "formats/quadrants.bmp",
                                        "formats/quadrants.gif", "formats/quadrants.webp"};
    engine_request request = engine_request_box(10, 10, LOOM_FIT_FILL);

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *input = engine_testdata(names[i]);
        request.settings.max_pixels = 120 * 80;
        loom_outcome outcome = engine_run_written(&request, input, "out.png", LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        request.settings.max_pixels = 120 * 80 - 1;
        assert_message_names(&request, input, LOOM_ERR_TOO_LARGE, "at most 9599 ");
        engine_assert_error(&request, input, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE);
    }
}
END_TEST

START_TEST(max_output_pixels_is_a_limit_on_each_output)
{
    static const loom_format formats[] = {LOOM_FORMAT_PNG, LOOM_FORMAT_JPEG}; /* of either lane */
    engine_request request = engine_request_box(240, 90, LOOM_FIT_FILL);
    const char *input = engine_testdata("orientation/landscape-1.jpg");

    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        request.format = formats[i];
        request.settings.max_output_pixels = 240 * 90;
        loom_outcome outcome = engine_run_written(&request, input, "out", LOOM_RESULT_OK);
        loom_outcome_release(&outcome);
        request.settings.max_output_pixels--;
        assert_message_names(&request, input, LOOM_ERR_TOO_LARGE, "at most 21599 ");
        engine_assert_error(&request, input, LOOM_ERR_TOO_LARGE, LOOM_STAGE_TRANSFORM);
    }
}
END_TEST

START_TEST(without_max_pixels_a_small_picture_passes)
{
    engine_request request = engine_request_default();

    request.settings.max_pixels = 0;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/quadrants.png"),
                                              "out.png", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(an_output_too_large_for_its_format_is_refused)
{
    static const struct {
        loom_format format;
        uint32_t width, limit;
        const char *text;
    } cases[] = {{LOOM_FORMAT_WEBP, 16384, 16383, "16383"},
                 {LOOM_FORMAT_AVIF, 16385, 16384, "16384"}};
    const char *input = engine_testdata("tiny/wide-2000x3.png");

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        engine_request request = engine_request_box(cases[i].width, 2, LOOM_FIT_FILL);
        request.format = cases[i].format;
        assert_message_names(&request, input, LOOM_ERR_UNSUPPORTED, cases[i].text);
        engine_assert_error(&request, input, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_TRANSFORM);
    }
    engine_request request = engine_request_box(16383, 2, LOOM_FIT_FILL);
    request.format = LOOM_FORMAT_WEBP;
    loom_outcome outcome = engine_run_written(&request, input, "out.webp", LOOM_RESULT_OK);
    ck_assert_uint_eq(outcome.width, 16383);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(a_dry_run_probes_and_writes_nothing)
{
    engine_request request = engine_request_box(80, 80, LOOM_FIT_INSIDE);

    request.settings.dry_run = true;
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome =
        engine_run(&request, engine_testdata("orientation/landscape-6.jpg"), "new/out.jpg");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_PLANNED);
    ck_assert_int_eq(outcome.original_format, LOOM_FORMAT_JPEG);
    ck_assert_uint_eq(outcome.original_width, 160);
    ck_assert_uint_eq(outcome.original_height, 240);
    ck_assert_int_eq(outcome.orientation, 6);
    ck_assert_uint_eq(outcome.width, 80);
    ck_assert_uint_eq(outcome.height, 53);
    ck_assert_uint_eq(outcome.processed_size, 0);
    ck_assert_uint_eq(tmpdir_count("."), 0);
    loom_outcome_release(&outcome);
    engine_assert_error(&request, engine_testdata("broken/text.jpg"), LOOM_ERR_UNSUPPORTED,
                        LOOM_STAGE_PROBE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_damage");
    TCase *damage = engine_case("damage"), *limits = engine_case("limits");

    tcase_add_loop_test(damage, damage_is_judged_by_the_level_and_not_by_the_size, 0, BROKEN);
    tcase_add_loop_test(damage, damage_is_judged_whatever_is_cropped, 0, BROKEN);
    tcase_add_test(damage, what_is_there_of_a_cut_jpeg_is_written);
    tcase_add_test(damage, bytes_after_the_end_are_nothing);
    tcase_add_test(damage, clean_files_have_no_warnings_at_the_strictest_level);
    tcase_add_test(damage, an_error_leaves_the_old_output_and_no_temporary);
    tcase_add_test(damage, an_output_that_came_into_being_meanwhile_is_left_alone);
    tcase_add_loop_test(damage, an_output_that_came_into_being_is_left_alone_where_names_may_be_one,
                        0, 4);
    suite_add_tcase(suite, damage);

    tcase_add_test(limits, max_pixels_is_a_limit_on_the_header);
    tcase_add_test(limits, max_output_pixels_is_a_limit_on_each_output);
    tcase_add_test(limits, without_max_pixels_a_small_picture_passes);
    tcase_add_test(limits, an_output_too_large_for_its_format_is_refused);
    tcase_add_test(limits, a_dry_run_probes_and_writes_nothing);
    suite_add_tcase(suite, limits);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
