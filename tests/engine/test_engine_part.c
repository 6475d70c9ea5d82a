/*
 * Extracts and aspects in each lane, against the oracle. What is left out is painted in the
 * opposite colours, so that any of it that shows is seen.
 */
#include "support/engine_run.h"
#include "support/make_jpeg.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <imgloom/recipe.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- a picture in a frame ------------------------------------------------ */

enum { LEFT = 61, TOP = 43, WIDTH = 301, HEIGHT = 203 }; /* of what is inside */

/* A part of a photograph, of mean brightness in 64..191, in a frame of chequers. */
static oracle_image framed_picture(void)
{
    oracle_image scene = oracle_read(engine_testdata("photos/scene-1.jpg"));
    oracle_image framed = make_part(&scene, 101, 57, WIDTH + 120, HEIGHT + 90);

    oracle_release(&scene);
    for (uint32_t y = 0; y < framed.height; y++)
        for (uint32_t x = 0; x < framed.width; x++) {
            const bool inside = x >= LEFT && x - LEFT < WIDTH && y >= TOP && y - TOP < HEIGHT;
            uint16_t *pixel = framed.samples + ((size_t)y * framed.width + x) * 3;
            for (int c = 0; c < 3; c++)
                pixel[c] = (uint16_t)(inside ? 64 + pixel[c] / 2 : (x ^ y) & 4 ? 255 : 0);
        }
    return framed;
}

static const struct {
    const char *name;
    const char *size; /* NULL: as it is */
    loom_fit fit;
    int rotation;
    bool aspect; /* of 1:1, beside the extract */
} cases[] = {
    {"as it is", NULL, LOOM_FIT_COVER, 0, false},
    {"smaller", "97x", LOOM_FIT_COVER, 0, false},
    {"much smaller", "33x", LOOM_FIT_COVER, 0, false},
    {"tiny", "7x5", LOOM_FIT_FILL, 0, false},
    {"cover", "64x64", LOOM_FIT_COVER, 0, false},
    {"cover, turned", "50x90", LOOM_FIT_COVER, 90, false},
    {"contain, turned", "120x120", LOOM_FIT_CONTAIN, 270, false},
    {"square", "60x60", LOOM_FIT_INSIDE, 0, true},
};

static engine_request request_of(size_t i)
{
    engine_request request = engine_request_default();
    char word[64];

    (void)snprintf(word, sizeof word, "%d,%d,%dx%d", LEFT, TOP, WIDTH, HEIGHT);
    ck_assert_int_eq(loom_recipe_set(&request.recipe, "extract", word, NULL), LOOM_OK);
    if (cases[i].aspect)
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "aspect", "1:1", NULL), LOOM_OK);
    if (cases[i].size != NULL)
        ck_assert_int_eq(loom_recipe_set(&request.recipe, "size", cases[i].size, NULL), LOOM_OK);
    request.recipe.fit = cases[i].fit;
    request.recipe.rotation = cases[i].rotation;
    return request;
}

static oracle_image expected_of(const oracle_image *framed, size_t i, const loom_recipe *recipe)
{
    static const oracle_fit fits[] = {ORACLE_COVER, ORACLE_CONTAIN, ORACLE_FILL, ORACLE_INSIDE,
                                      ORACLE_OUTSIDE};
    const uint32_t rest = WIDTH - HEIGHT; /* even */
    oracle_recipe r = {.part = {LEFT, TOP, WIDTH, HEIGHT},
                       .rotation = cases[i].rotation,
                       .width = recipe->sizes[0].width,
                       .height = recipe->sizes[0].height,
                       .fit = fits[recipe->fit]};

    if (cases[i].aspect) {
        r.part[0] += rest / 2;
        r.part[2] -= rest;
    }
    return oracle_render(framed, &r);
}

/* ---- exact pixels -------------------------------------------------------- */

/* 8 bits, with alpha, and 16 bits. */
static oracle_image variant_of(const oracle_image *framed, int variant)
{
    const uint32_t channels = variant == 1 ? 4 : 3, factor = variant == 2 ? 257 : 1;
    const uint16_t none[4] = {0, 0, 0, 0};
    oracle_image made =
        sample_flat(framed->width, framed->height, channels, variant == 2 ? 65535 : 255, none);

    for (size_t i = 0; i < (size_t)framed->width * framed->height; i++) {
        for (uint32_t c = 0; c < 3; c++)
            made.samples[i * channels + c] = (uint16_t)(framed->samples[i * 3 + c] * factor);
        if (channels == 4)
            made.samples[i * 4 + 3] = (uint16_t)(255 - i % 100);
    }
    return made;
}

static void assert_exact(const char *lane, size_t i, const oracle_image *picture)
{
    engine_request request = request_of(i);
    const oracle_image expected = expected_of(picture, i, &request.recipe);

    request.settings.lane = lane;
    oracle_image made = engine_render(&request, "in.png");
    const oracle_difference difference = oracle_compare(&made, &expected);
    ck_assert_msg(difference.max <= (made.max == 255 ? 1 : 3), "%s, %s: %.0f off", lane,
                  cases[i].name, difference.max);
    oracle_release(&made);
    oracle_image copy = expected;
    oracle_release(&copy);
}

START_TEST(exact_pixels_are_extracted)
{
    oracle_image framed = framed_picture();

    for (int variant = 0; variant < 3; variant++) {
        oracle_image picture = variant_of(&framed, variant);
        sample_png("in.png", &picture, NULL);
        assert_exact("png", (size_t)_i, &picture);
        assert_exact("vips", (size_t)_i, &picture);
        oracle_release(&picture);
    }
    oracle_release(&framed);
}
END_TEST

/* ---- JPEGs --------------------------------------------------------------- */

static void assert_jpeg(const char *lane, size_t i, const oracle_image *framed, double psnr)
{
    engine_request request = request_of(i);
    oracle_image expected = expected_of(framed, i, &request.recipe);

    request.settings.lane = lane;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, "in.jpg", "out.jpg", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.lane, lane);
    loom_outcome_release(&outcome);
    oracle_image made = oracle_read("out.jpg");
    const oracle_difference difference = oracle_compare(&made, &expected);
    ck_assert_msg(difference.psnr >= psnr, "%s, %s: %.2f dB", lane, cases[i].name, difference.psnr);
    oracle_release(&made);
    oracle_release(&expected);
}

/* The decoded blocks at the frame hold some of it; what is left is a row of samples at most. */
START_TEST(jpegs_are_extracted)
{
    const make_jpeg_options options = {.quality = 100};
    oracle_image framed = framed_picture();

    make_jpeg_file("in.jpg", &framed, &options);
    oracle_release(&framed);
    framed = oracle_read("in.jpg"); /* what decoders see */
    assert_jpeg("jpeg", (size_t)_i, &framed, 36);
    assert_jpeg("vips", (size_t)_i, &framed, 36);
    oracle_release(&framed);
}
END_TEST

/* ---- trim ---------------------------------------------------------------- */

/* The framed picture's inside on one colour, with some noise in it; of `channels` 3 or 4. */
static oracle_image bordered_picture(uint32_t channels)
{
    oracle_image framed = framed_picture();
    const uint16_t none[4] = {0, 0, 0, 0};
    oracle_image made = sample_flat(framed.width, framed.height, channels, 255, none);

    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++) {
            const bool inside = x >= LEFT && x - LEFT < WIDTH && y >= TOP && y - TOP < HEIGHT;
            const size_t at = (size_t)y * made.width + x;
            for (uint32_t c = 0; c < 3; c++)
                made.samples[at * channels + c] =
                    (uint16_t)(inside ? framed.samples[at * 3 + c] : 250 + (x + y + c) % 5);
            if (channels == 4)
                made.samples[at * 4 + 3] = inside ? 255 : 0;
        }
    oracle_release(&framed);
    return made;
}

static engine_request trim_request(const char *lane)
{
    engine_request request = engine_request_default();

    ck_assert_int_eq(loom_recipe_set(&request.recipe, "trim", NULL, NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&request.recipe, "size", "97x", NULL), LOOM_OK);
    request.settings.lane = lane;
    return request;
}

static void assert_trimmed(const engine_request *request, const char *input,
                           const oracle_image *picture, double psnr)
{
    const oracle_recipe recipe = {.part = {LEFT, TOP, WIDTH, HEIGHT}, .width = 97};
    oracle_image expected = oracle_render(picture, &recipe);
    char part[48];

    (void)snprintf(part, sizeof part, "%d,%d,%dx%d", LEFT, TOP, WIDTH, HEIGHT);
    loom_outcome outcome = engine_run_written(request, input, "out.png", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.extracted, part);
    ck_assert_uint_eq(outcome.cropped, 0);
    oracle_image made = oracle_read("out.png");
    const oracle_difference difference = oracle_compare(&made, &expected);
    ck_assert_msg(difference.psnr >= psnr, "%s: %.2f dB", input, difference.psnr);
    loom_outcome_release(&outcome);
    oracle_release(&made);
    oracle_release(&expected);
}

START_TEST(a_border_is_trimmed)
{
    const engine_request request = trim_request("vips");

    for (uint32_t channels = 3; channels <= 4; channels++) {
        oracle_image picture = bordered_picture(channels);
        sample_png("in.png", &picture, NULL);
        assert_trimmed(&request, "in.png", &picture, 55);
        oracle_release(&picture);
    }
}
END_TEST

/* A JPEG has some of its inside in the border: both lanes find the same, within a px or two. */
START_TEST(both_lanes_trim_alike)
{
    const make_jpeg_options options = {.quality = 95, .h = 1 + _i, .v = 1 + _i};
    oracle_image picture = bordered_picture(3);
    engine_request request = trim_request("jpeg");
    unsigned part[2][4];

    make_jpeg_file("in.jpg", &picture, &options);
    request.format = LOOM_FORMAT_JPEG;
    for (int i = 0; i < 2; i++) {
        request.settings.lane = i == 0 ? "jpeg" : "vips";
        loom_outcome outcome = engine_run_written(&request, "in.jpg", "out.jpg", LOOM_RESULT_OK);
        ck_assert_str_eq(outcome.lane, request.settings.lane);
        ck_assert_int_eq(sscanf(outcome.extracted, "%u,%u,%ux%u", &part[i][0], &part[i][1],
                                &part[i][2], &part[i][3]),
                         4);
        loom_outcome_release(&outcome);
    }
    const unsigned exact[] = {LEFT, TOP, WIDTH, HEIGHT};
    for (int n = 0; n < 4; n++) {
        ck_assert_int_le(abs((int)part[0][n] - (int)exact[n]), 4);
        ck_assert_int_le(abs((int)part[0][n] - (int)part[1][n]), 2);
    }
    oracle_release(&picture);
}
END_TEST

/* Of what was extracted; and gray from a border that differs in colour alone. */
START_TEST(trim_comes_after_extract)
{
    engine_request request = trim_request("vips");
    oracle_image picture = bordered_picture(3);

    sample_png("in.png", &picture, NULL);
    ck_assert_int_eq(loom_recipe_set(&request.recipe, "extract", "30,20,200x100", NULL), LOOM_OK);
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.extracted, "61,43,169x77");
    loom_outcome_release(&outcome);
    oracle_release(&picture);
}
END_TEST

START_TEST(one_colour_stays_whole)
{
    const uint16_t colour[3] = {20, 30, 40};
    oracle_image picture = sample_flat(50, 40, 3, 255, colour);
    engine_request request = trim_request("vips");

    sample_png("in.png", &picture, NULL);
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_OK);
    ck_assert_str_eq(outcome.extracted, "");
    ck_assert_uint_eq(outcome.height, 78);
    loom_outcome_release(&outcome);
    oracle_release(&picture);
}
END_TEST

/* Of every format that is read, whoever decodes it: red as far as the middle, at 60. */
START_TEST(each_format_is_trimmed)
{
    static const char *const names[] = {"png", "gif", "webp", "tif", "bmp",
                                        "psd", "tga", "ppm",  "hdr", "avif"};
    engine_request request = engine_request_default();
    char input[64];

    ck_assert_int_eq(loom_recipe_set(&request.recipe, "extract", "0,0,70x30", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&request.recipe, "trim", "60", NULL), LOOM_OK);
    for (size_t i = 0; i < COUNT(names); i++) {
        (void)snprintf(input, sizeof input, "formats/quadrants.%s", names[i]);
        loom_outcome outcome = engine_run(&request, engine_testdata(input), "out.png");
        ck_assert_msg(outcome.error.code == LOOM_OK, "%s: %s", input, outcome.error.message);
        /* Lossy ones may have some of the edge one px before it. */
        ck_assert_msg(strcmp(outcome.extracted, "60,0,10x30") == 0 ||
                          strcmp(outcome.extracted, "59,0,11x30") == 0,
                      "%s: %s", input, outcome.extracted);
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_part");
    TCase *part = engine_case("part");

    tcase_add_loop_test(part, exact_pixels_are_extracted, 0, COUNT(cases));
    tcase_add_loop_test(part, jpegs_are_extracted, 0, COUNT(cases));
    tcase_add_test(part, a_border_is_trimmed);
    tcase_add_loop_test(part, both_lanes_trim_alike, 0, 2);
    tcase_add_test(part, trim_comes_after_extract);
    tcase_add_test(part, one_colour_stays_whole);
    tcase_add_test(part, each_format_is_trimmed);
    suite_add_tcase(suite, part);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
