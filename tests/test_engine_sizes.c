/* Files of a limited size, several sizes from one decode, and pictures too large for a format. */
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- --max-bytes --------------------------------------------------------- */

static const struct {
    loom_format format;
    const char *name;
} lossy[] = {
    {LOOM_FORMAT_JPEG, "out.jpg"}, {LOOM_FORMAT_WEBP, "out.webp"}, {LOOM_FORMAT_AVIF, "out.avif"}};

enum { LOSSY = sizeof lossy / sizeof *lossy };

static engine_request small_request(loom_format format)
{
    engine_request request = engine_request_box(120, 0, LOOM_FIT_COVER);

    request.format = format;
    return request;
}

/* The file's size at one quality. */
static uint64_t size_at(loom_format format, int quality)
{
    engine_request request = small_request(format);

    request.recipe.quality = quality;
    loom_outcome outcome = engine_run(&request, engine_testdata("tiny/photo-333x222.jpg"), "fixed");
    ck_assert_int_eq(outcome.result, LOOM_RESULT_OK);
    const uint64_t size = outcome.processed_size;
    loom_outcome_release(&outcome);
    return size;
}

/* Limits that lie between the sizes of known qualities, and one that a quality meets exactly. */
START_TEST(the_best_quality_that_fits_is_found)
{
    const loom_format format = lossy[_i].format;
    const uint64_t limits[] = {size_at(format, 10), size_at(format, 31) + 1, size_at(format, 49)};

    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        engine_request request = small_request(format);
        request.recipe.max_bytes = limits[i];
        request.recipe.quality = 70;
        loom_outcome outcome = engine_run_written(
            &request, engine_testdata("tiny/photo-333x222.jpg"), lossy[_i].name, LOOM_RESULT_OK);
        ck_assert_uint_le(outcome.processed_size, limits[i]);
        ck_assert_int_ge(outcome.quality, 10);
        ck_assert_int_lt(outcome.quality, 70);
        ck_assert_uint_eq(size_at(format, outcome.quality), outcome.processed_size);
        ck_assert_uint_gt(size_at(format, outcome.quality + 1), limits[i]);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(what_fits_is_left_alone)
{
    engine_request request = small_request(LOOM_FORMAT_JPEG);

    request.recipe.max_bytes = size_at(LOOM_FORMAT_JPEG, 80);
    loom_outcome outcome = engine_run_written(&request, engine_testdata("tiny/photo-333x222.jpg"),
                                              "out.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.quality, 80); /* the default */
    ck_assert_uint_eq(outcome.processed_size, request.recipe.max_bytes);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(what_cannot_fit_is_the_least_and_a_warning)
{
    char expected[128];

    for (int i = 0; i < LOSSY; i++) {
        engine_request request = small_request(lossy[i].format);
        request.recipe.max_bytes = 100;
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata("tiny/photo-333x222.jpg"), lossy[i].name,
                               LOOM_RESULT_WARNING);
        ck_assert_int_eq(outcome.quality, 1);
        ck_assert_uint_eq(outcome.processed_size, size_at(lossy[i].format, 1));
        (void)snprintf(expected, sizeof expected,
                       "even quality 1 needs %u bytes, more than the 100 allowed",
                       (unsigned)outcome.processed_size);
        ck_assert_uint_eq(outcome.warning_count, 1);
        ck_assert_str_eq(outcome.warnings[0], expected);
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(a_format_without_quality_warns)
{
    engine_request request = small_request(LOOM_FORMAT_PNG);

    request.recipe.max_bytes = 100;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("tiny/photo-333x222.jpg"),
                                              "out.png", LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_ptr_nonnull(strstr(outcome.warnings[0], "png has no quality to lower"));
    loom_outcome_release(&outcome);
    request.recipe.max_bytes = 1000000;
    outcome = engine_run_written(&request, engine_testdata("tiny/photo-333x222.jpg"), "out.png",
                                 LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}
END_TEST

/* ---- several sizes ------------------------------------------------------- */

static const loom_size asked[] = {{.width = 700, .height = 700},
                                  {.width = 300, .height = 200},
                                  {.width = 160, .height = 160},
                                  {.percent = 5}};

enum { ASKED = sizeof asked / sizeof *asked };

static const char *const names[ASKED] = {"0.png", "1.png", "2.png", "3.png"};

static void run_all(const engine_request *request, const char *input, loom_format format,
                    loom_outcome *outcomes)
{
    loom_task tasks[ASKED];

    for (unsigned i = 0; i < ASKED; i++)
        tasks[i] =
            (loom_task){.input_path = input, .output_path = names[i], .size = i, .format = format};
    engine_run_tasks(request, tasks, ASKED, outcomes);
}

static engine_request all_sizes(void)
{
    engine_request request = engine_request_default();

    memcpy(request.recipe.sizes, asked, sizeof asked);
    request.recipe.size_count = ASKED;
    return request;
}

START_TEST(each_size_is_as_if_it_were_alone)
{
    static const char *const inputs[] = {
        "photos/scene-1.jpg", "formats/quadrants-alpha.png", "formats/deep16.tif",
        "photos/cmyk.jpg",    "orientation/landscape-6.jpg", "formats/quadrants.bmp"};

    for (size_t k = 0; k < sizeof inputs / sizeof *inputs; k++)
        for (int turned = 0; turned < 2; turned++) {
            engine_request request = all_sizes(), alone = engine_request_default();
            loom_outcome outcomes[ASKED];
            request.recipe.rotation = alone.recipe.rotation = turned ? 90 : 0;
            run_all(&request, engine_testdata(inputs[k]), LOOM_FORMAT_PNG, outcomes);
            for (unsigned i = 0; i < ASKED; i++) {
                ck_assert_msg(outcomes[i].result == LOOM_RESULT_OK, "%s",
                              outcomes[i].error.message);
                oracle_image made = oracle_read(names[i]);
                alone.recipe.sizes[0] = asked[i];
                oracle_image expected = engine_render(&alone, engine_testdata(inputs[k]));
                ck_assert_uint_eq(outcomes[i].width, expected.width);
                ck_assert_uint_eq(outcomes[i].height, expected.height);
                const double psnr = oracle_compare(&made, &expected).psnr;
                ck_assert_msg(psnr >= 40, "%s, size %u: %.2f dB", inputs[k], i, psnr);
                oracle_release(&made);
                oracle_release(&expected);
                loom_outcome_release(&outcomes[i]);
            }
        }
}
END_TEST

START_TEST(each_outcome_tells_of_the_input_and_its_own_output)
{
    const engine_request request = all_sizes();
    loom_outcome outcomes[ASKED];
    size_t size;

    run_all(&request, engine_testdata("photos/scene-1.jpg"), LOOM_FORMAT_PNG, outcomes);
    for (unsigned i = 0; i < ASKED; i++) {
        char *data = tmpdir_read(names[i], &size);
        ck_assert_uint_eq(outcomes[i].processed_size, size);
        ck_assert_uint_eq(outcomes[i].original_size, outcomes[0].original_size);
        ck_assert_uint_eq(outcomes[i].original_width, 1200);
        ck_assert_uint_eq(outcomes[i].original_height, 800);
        ck_assert_str_eq(outcomes[i].lane, "vips");
        free(data);
    }
    for (unsigned i = 0; i < ASKED; i++)
        loom_outcome_release(&outcomes[i]);
}
END_TEST

START_TEST(one_that_fails_leaves_the_others)
{
    engine_request request = all_sizes();
    loom_outcome outcomes[ASKED];

    request.recipe.sizes[1] = (loom_size){.width = 17000, .height = 100};
    tmpdir_mkdir("2.png"); /* where the third cannot be written */
    run_all(&request, engine_testdata("tiny/photo-333x222.jpg"), LOOM_FORMAT_WEBP, outcomes);
    ck_assert_int_eq(outcomes[0].result, LOOM_RESULT_OK);
    ck_assert_int_eq(outcomes[1].error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_int_eq(outcomes[2].error.stage, LOOM_STAGE_WRITE);
    ck_assert_int_eq(outcomes[3].result, LOOM_RESULT_OK);
    ck_assert(tmpdir_exists("0.png") && !tmpdir_exists("1.png") && tmpdir_exists("3.png"));
    for (unsigned i = 0; i < ASKED; i++)
        loom_outcome_release(&outcomes[i]);
}
END_TEST

START_TEST(a_broken_input_fails_them_all)
{
    const engine_request request = all_sizes();
    loom_outcome outcomes[ASKED];

    run_all(&request, engine_testdata("broken/truncated.png"), LOOM_FORMAT_PNG, outcomes);
    for (unsigned i = 0; i < ASKED; i++) {
        ck_assert_int_eq(outcomes[i].error.code, LOOM_ERR_TRUNCATED);
        ck_assert(!tmpdir_exists(names[i]));
        loom_outcome_release(&outcomes[i]);
    }
}
END_TEST

/* A warning of the input is every output's; one of an output is its own. */
START_TEST(warnings_are_whose_they_are)
{
    engine_request request = all_sizes();
    loom_outcome outcomes[ASKED];

    request.recipe.max_bytes = 900; /* 5 % of it fits */
    run_all(&request, engine_testdata("broken/no-end.jpg"), LOOM_FORMAT_JPEG, outcomes);
    for (unsigned i = 0; i < ASKED; i++) {
        ck_assert_int_eq(outcomes[i].result, LOOM_RESULT_WARNING);
        bool found = false;
        for (size_t w = 0; w < outcomes[i].warning_count; w++)
            found = found || strcmp(outcomes[i].warnings[w], "the file lacks its end marker") == 0;
        ck_assert(found);
    }
    ck_assert_uint_eq(outcomes[0].warning_count, 2);
    ck_assert_uint_eq(outcomes[3].warning_count, 1);
    for (unsigned i = 0; i < ASKED; i++)
        loom_outcome_release(&outcomes[i]);
}
END_TEST

/* ---- too large for the format -------------------------------------------- */

START_TEST(what_a_format_cannot_hold_is_unsupported)
{
    static const struct {
        loom_format format;
        const char *limit;
        uint32_t most;
    } cases[] = {{LOOM_FORMAT_WEBP, "at most 16383 px", 16383},
                 {LOOM_FORMAT_AVIF, "at most 16384 px", 16384},
                 {LOOM_FORMAT_JPEG, "at most 65500 px", 65500},
                 {LOOM_FORMAT_GIF, "at most 65535 px", 65535}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const uint32_t over = cases[i].most + 1;
        engine_request request = engine_request_box(over, 1, LOOM_FIT_FILL);
        char size[32];
        if (over > LOOM_SIDE_MAX) { /* by its free side: 3x2000 at width 150 is 100,000 px high */
            request = engine_request_box(150, 0, LOOM_FIT_COVER);
        }
        request.format = cases[i].format;
        const char *input = engine_testdata("tiny/tall-3x2000.png");
        loom_outcome outcome = engine_run(&request, input, "out.bin");
        ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
        ck_assert_int_eq(outcome.error.stage, LOOM_STAGE_TRANSFORM);
        ck_assert_msg(strstr(outcome.error.message, cases[i].limit) != NULL, "%s",
                      outcome.error.message);
        (void)snprintf(size, sizeof size, "%ux%u", over > LOOM_SIDE_MAX ? 150 : over,
                       over > LOOM_SIDE_MAX ? 100000 : 1);
        ck_assert_ptr_nonnull(strstr(outcome.error.message, size));
        ck_assert(!tmpdir_exists("out.bin"));
        loom_outcome_release(&outcome);
    }
}
END_TEST

START_TEST(the_largest_of_a_format_is_written)
{
    static const struct {
        loom_format format;
        uint32_t width, height;
    } cases[] = {{LOOM_FORMAT_WEBP, 16383, 2}, {LOOM_FORMAT_AVIF, 16384, 16},
                 {LOOM_FORMAT_JPEG, 65500, 2}, {LOOM_FORMAT_PNG, 65500, 2},
                 {LOOM_FORMAT_GIF, 65500, 2},  {LOOM_FORMAT_TIFF, 2, 65500}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        engine_request request = engine_request_box(cases[i].width, cases[i].height, LOOM_FIT_FILL);
        request.format = cases[i].format;
        request.recipe.effort = 1;
        loom_outcome outcome = engine_run_written(&request, engine_testdata("tiny/wide-2000x3.png"),
                                                  "out.bin", LOOM_RESULT_OK);
        ck_assert(outcome.width == cases[i].width && outcome.height == cases[i].height);
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_sizes");
    TCase *bytes = engine_case("max_bytes"), *several = engine_case("several");
    TCase *large = engine_case("large");

    tcase_add_loop_test(bytes, the_best_quality_that_fits_is_found, 0, LOSSY);
    tcase_add_test(bytes, what_fits_is_left_alone);
    tcase_add_test(bytes, what_cannot_fit_is_the_least_and_a_warning);
    tcase_add_test(bytes, a_format_without_quality_warns);
    suite_add_tcase(suite, bytes);

    tcase_add_test(several, each_size_is_as_if_it_were_alone);
    tcase_add_test(several, each_outcome_tells_of_the_input_and_its_own_output);
    tcase_add_test(several, one_that_fails_leaves_the_others);
    tcase_add_test(several, a_broken_input_fails_them_all);
    tcase_add_test(several, warnings_are_whose_they_are);
    suite_add_tcase(suite, several);

    tcase_add_test(large, what_a_format_cannot_hold_is_unsupported);
    tcase_add_test(large, the_largest_of_a_format_is_written);
    suite_add_tcase(suite, large);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
