/* Every kind of picture through the engine, against the oracle. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>

/* ---- every file of the test data, made smaller --------------------------- */

static const struct {
    const char *name;
    double psnr; /* dB at least */
    uint32_t channels, bits;
    const char *pixels; /* what the oracle reads, as it knows fewer formats; NULL: the file */
} kinds[] = {
    {"formats/quadrants.png", 35, 3, 8, NULL},
    {"formats/quadrants-alpha.png", 35, 4, 8, NULL},
    {"formats/palette.png", 35, 3, 8, NULL},
    {"formats/deep16.png", 35, 3, 16, NULL},
    {"formats/graya.png", 35, 2, 8, NULL},
    {"formats/quadrants.webp", 29, 3, 8, "formats/quadrants.png"}, /* lossy at the edges */
    {"formats/quadrants-alpha.webp", 35, 4, 8, "formats/quadrants-alpha.png"},
    {"formats/quadrants.gif", 35, 3, 8, "formats/quadrants.png"},
    {"formats/animated.gif", 35, 3, 8, "formats/quadrants.png"},
    {"formats/quadrants.tif", 35, 3, 8, "formats/quadrants.png"},
    {"formats/deep16.tif", 35, 3, 16, "formats/deep16.png"},
    {"formats/quadrants.avif", 35, 3, 8, "formats/quadrants.png"},
    {"formats/quadrants.bmp", 35, 3, 8, NULL},
    {"formats/quadrants.tga", 35, 3, 8, NULL},
    {"formats/quadrants.psd", 35, 3, 8, NULL},
    {"formats/quadrants.ppm", 35, 3, 8, NULL},
    {"formats/quadrants.pgm", 35, 1, 8, NULL},
    {"formats/quadrants.hdr", 35, 3, 8, NULL},
    /* JPEG: libjpeg's inverse transform, and shrinking while decoding, are not the oracle's. */
    {"photos/scene-1.jpg", 33, 3, 8, NULL},
    {"photos/scene-2.jpg", 33, 3, 8, NULL},
    {"photos/scene-3.jpg", 33, 3, 8, NULL},
    {"photos/scene-4.jpg", 33, 3, 8, NULL},
    {"photos/gray.jpg", 33, 1, 8, NULL},
    {"tiny/1x1.png", 35, 3, 8, NULL},
    {"tiny/1x1.jpg", 33, 3, 8, NULL},
    {"tiny/wide-2000x3.png", 35, 3, 8, NULL},
    {"tiny/tall-3x2000.png", 35, 3, 8, NULL},
    {"tiny/photo-333x222.jpg", 33, 3, 8, NULL},
};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* The same colours with fewer channels: alpha, which must be opaque all over, is left out. */
static void drop_opaque_alpha(oracle_image *image)
{
    static const uint8_t black[3] = {0, 0, 0};
    oracle_image made = oracle_flatten(image, black);

    for (uint32_t y = 0; y < image->height; y++)
        for (uint32_t x = 0; x < image->width; x++)
            ck_assert_uint_eq(oracle_at(image, x, y, image->channels - 1), image->max);
    oracle_release(image);
    *image = made;
}

/* Asserts size, channels and bits of `made`, and how near it is to what the oracle renders. */
static void assert_kind(int kind, oracle_image *made, const oracle_recipe *recipe)
{
    const char *pixels = kinds[kind].pixels != NULL ? kinds[kind].pixels : kinds[kind].name;
    oracle_image input = oracle_read(engine_testdata(pixels));
    if (kinds[kind].channels < input.channels) /* stb_image gives each PSD an alpha */
        drop_opaque_alpha(&input);
    oracle_image expected = oracle_render(&input, recipe);

    ck_assert_uint_eq(made->channels, kinds[kind].channels);
    ck_assert_uint_eq(made->max, kinds[kind].bits == 16 ? 65535 : 255);
    if (made->channels > expected.channels)
        drop_opaque_alpha(made);
    oracle_difference difference = oracle_compare(made, &expected);
    ck_assert_msg(difference.psnr >= kinds[kind].psnr, "%s: %.2f dB", kinds[kind].name,
                  difference.psnr);
    oracle_release(&input);
    oracle_release(&expected);
}

START_TEST(each_kind_is_read_and_resized)
{
    const engine_request request = engine_request_box(100, 80, LOOM_FIT_INSIDE);
    const oracle_recipe recipe = {.width = 100, .height = 80, .fit = ORACLE_INSIDE};
    oracle_image made = engine_render(&request, engine_testdata(kinds[_i].name));

    assert_kind(_i, &made, &recipe);
    oracle_release(&made);
}
END_TEST

START_TEST(each_kind_keeps_its_size_without_a_box)
{
    const engine_request request = engine_request_default();
    oracle_image made = engine_render(&request, engine_testdata(kinds[_i].name));

    assert_kind(_i, &made, &(oracle_recipe){.width = 0});
    oracle_release(&made);
}
END_TEST

START_TEST(each_lossless_kind_comes_out_unchanged)
{
    static const char *const names[] = {
        "formats/quadrants.png", "formats/quadrants-alpha.png", "formats/deep16.png",
        "formats/graya.png",     "formats/quadrants.bmp",       "formats/quadrants.tga",
        "formats/quadrants.psd", "formats/quadrants.ppm",       "formats/quadrants.pgm",
        "formats/quadrants.hdr", "formats/palette.png"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        oracle_image input = oracle_read(engine_testdata(names[i]));
        oracle_image made = engine_decode(engine_testdata(names[i]));
        if (made.channels < input.channels)
            drop_opaque_alpha(&input);
        oracle_difference difference = oracle_compare(&input, &made);
        ck_assert_msg(isinf(difference.psnr), "%s: %.2f dB", names[i], difference.psnr);
        oracle_release(&input);
        oracle_release(&made);
    }
}
END_TEST

/* ---- colour -------------------------------------------------------------- */

START_TEST(cmyk_becomes_srgb)
{
    const engine_request request = engine_request_box(100, 80, LOOM_FIT_INSIDE);
    oracle_image input = oracle_read(engine_testdata("photos/cmyk.jpg"));
    oracle_image expected =
        oracle_render(&input, &(oracle_recipe){.width = 100, .height = 80, .fit = ORACLE_INSIDE});
    oracle_image made = engine_render(&request, engine_testdata("photos/cmyk.jpg"));

    /* Another formula than the oracle's, but no negative: that would be below 10 dB. */
    ck_assert_uint_eq(made.channels, 3);
    oracle_difference difference = oracle_compare(&made, &expected);
    ck_assert_msg(difference.psnr >= 15, "%.2f dB", difference.psnr);
    oracle_release(&input);
    oracle_release(&expected);
    oracle_release(&made);
}
END_TEST

START_TEST(no_hidden_colour_shows_at_transparent_edges)
{
    const engine_request request = engine_request_box(37, 0, LOOM_FIT_COVER);
    oracle_image made = engine_render(&request, engine_testdata("formats/quadrants-alpha.png"));
    bool partial = false;

    /* The border's hidden colour is magenta; the upper quadrants are red and green. */
    for (uint32_t x = 0; x < made.width; x++)
        for (uint32_t y = 0; y < made.height / 2 - 1; y++) {
            const unsigned alpha = oracle_at(&made, x, y, 3);
            partial = partial || (alpha > 20 && alpha < 235);
            if (alpha > 20)
                ck_assert_msg(oracle_at(&made, x, y, 2) < 40, "blue %u at (%u, %u)",
                              oracle_at(&made, x, y, 2), x, y);
        }
    ck_assert(partial);
    oracle_release(&made);
}
END_TEST

START_TEST(deep_pictures_become_8_bits_only_where_the_format_needs_it)
{
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);
    oracle_image input = oracle_read(engine_testdata("formats/deep16.png"));
    oracle_image expected = oracle_render(&input, &(oracle_recipe){.width = 60});

    static const char *const inputs[] = {"formats/deep16.png", "formats/deep16.tif"};
    for (size_t i = 0; i < 2; i++) {
        request.format = LOOM_FORMAT_TIFF;
        loom_outcome outcome =
            engine_run_written(&request, engine_testdata(inputs[i]), "deep.tif", LOOM_RESULT_OK);
        oracle_image tiff = engine_decode("deep.tif");
        ck_assert_uint_eq(tiff.max, 65535);
        ck_assert_double_ge(oracle_compare(&tiff, &expected).psnr, 45);
        oracle_release(&tiff);
        loom_outcome_release(&outcome);

        request.format = LOOM_FORMAT_JPEG;
        outcome =
            engine_run_written(&request, engine_testdata(inputs[i]), "deep.jpg", LOOM_RESULT_OK);
        oracle_image jpeg = oracle_read("deep.jpg");
        oracle_image png = engine_decode("deep.tif");
        ck_assert_uint_eq(jpeg.max, 255);
        oracle_assert_pixel(&jpeg, 30, 20, 8,
                            oracle_at(&png, 30, 20, 0) / 257 << 24 |
                                oracle_at(&png, 30, 20, 1) / 257 << 16 |
                                oracle_at(&png, 30, 20, 2) / 257 << 8 | 0xFF);
        oracle_release(&jpeg);
        oracle_release(&png);
        loom_outcome_release(&outcome);
    }
    oracle_release(&input);
    oracle_release(&expected);
}
END_TEST

/* ---- grayscale ----------------------------------------------------------- */

/* Quadrants: red, green / blue, white; their luma by Rec. 601. */
static void assert_gray_quadrants(const oracle_image *image, unsigned tolerance)
{
    const uint32_t right = image->width - 20, bottom = image->height - 20;

    ck_assert_uint_le(image->channels, 2);
    oracle_assert_pixel(image, 20, 20, tolerance, 0x4C4C4CFF);
    oracle_assert_pixel(image, right, 20, tolerance, 0x969696FF);
    oracle_assert_pixel(image, 20, bottom, tolerance, 0x1D1D1DFF);
    oracle_assert_pixel(image, right, bottom, tolerance, 0xFFFFFFFF);
}

START_TEST(grayscale_is_one_channel_of_luma)
{
    engine_request request = engine_request_default();
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;

    oracle_image png = engine_render(&request, engine_testdata("formats/quadrants.png"));
    ck_assert_uint_eq(png.channels, 1);
    assert_gray_quadrants(&png, 0);
    oracle_release(&png);

    oracle_image alpha = engine_render(&request, engine_testdata("formats/quadrants-alpha.png"));
    ck_assert_uint_eq(alpha.channels, 2);
    assert_gray_quadrants(&alpha, 0);
    ck_assert_uint_eq(oracle_at(&alpha, 0, 0, 1), 0);
    oracle_release(&alpha);

    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("formats/quadrants.png"),
                                              "gray.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, 1);
    oracle_image jpeg = oracle_read("gray.jpg");
    ck_assert_uint_eq(jpeg.channels, 1);
    assert_gray_quadrants(&jpeg, 2);
    oracle_release(&jpeg);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(grayscale_of_a_photograph_and_of_16_bits_is_the_oracles)
{
    engine_request request = engine_request_box(120, 80, LOOM_FIT_COVER);
    oracle_recipe recipe = {.width = 120, .height = 80, .grayscale = true};
    static const char *const names[] = {"photos/scene-1.jpg", "photos/gray.jpg",
                                        "formats/deep16.png", "formats/graya.png"};

    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        oracle_image input = oracle_read(engine_testdata(names[i]));
        oracle_image expected = oracle_render(&input, &recipe);
        oracle_image made = engine_render(&request, engine_testdata(names[i]));
        oracle_difference difference = oracle_compare(&made, &expected);
        ck_assert_msg(difference.psnr >= 33, "%s: %.2f dB", names[i], difference.psnr);
        oracle_release(&input);
        oracle_release(&expected);
        oracle_release(&made);
    }
}
END_TEST

/* ---- which format a file is ---------------------------------------------- */

static void copy_testdata(const char *name, const char *to)
{
    size_t size;
    char *data = tmpdir_read(engine_testdata(name), &size);

    tmpdir_write(to, data, size);
    free(data);
}

START_TEST(tga_is_known_by_its_extension_alone)
{
    const engine_request request = engine_request_default();

    copy_testdata("formats/quadrants.tga", "upper.TGA");
    oracle_image made = engine_render(&request, "upper.TGA");
    ck_assert_uint_eq(made.width, 120);
    oracle_release(&made);

    copy_testdata("formats/quadrants.tga", "picture.png");
    engine_assert_error(&request, "picture.png", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
}
END_TEST

START_TEST(content_decides_what_is_read_and_the_task_what_is_written)
{
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, engine_testdata("broken/png-named.jpg"),
                                              "out.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.original_format, LOOM_FORMAT_PNG);
    ck_assert_int_eq(outcome.format, LOOM_FORMAT_JPEG);
    ck_assert_uint_eq(outcome.original_width, 200);
    ck_assert_uint_eq(outcome.original_height, 133);
    ck_assert_str_eq(outcome.lane, "png");
    loom_outcome_release(&outcome);
}
END_TEST

/* Workers and reports hand the names on as words of 15 characters. */
START_TEST(lanes_have_short_names_and_can_be_forced)
{
    const char *const *lanes = loom_engine_lanes();
    engine_request request = engine_request_default();

    for (size_t i = 0; lanes[i] != NULL; i++) {
        ck_assert(lanes[i][0] != '\0' && strlen(lanes[i]) <= 15);
        for (const char *c = lanes[i]; *c != '\0'; c++)
            ck_assert(*c > ' ' && *c <= '~');
        for (size_t j = 0; j < i; j++)
            ck_assert_str_ne(lanes[i], lanes[j]);
        request.settings.lane = lanes[i];
        loom_outcome outcome =
            engine_run(&request, engine_testdata("formats/quadrants.png"), "forced.png");
        if (outcome.error.code == LOOM_OK)
            ck_assert_str_eq(outcome.lane, lanes[i]);
        else
            ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine");
    TCase *kind_case = tcase_create("kinds"), *colour = tcase_create("colour");

    tcase_add_checked_fixture(kind_case, engine_setup, engine_teardown);
    tcase_set_timeout(kind_case, 60);
    tcase_add_loop_test(kind_case, each_kind_is_read_and_resized, 0, KINDS);
    tcase_add_loop_test(kind_case, each_kind_keeps_its_size_without_a_box, 0, KINDS);
    tcase_add_test(kind_case, each_lossless_kind_comes_out_unchanged);
    tcase_add_test(kind_case, tga_is_known_by_its_extension_alone);
    tcase_add_test(kind_case, content_decides_what_is_read_and_the_task_what_is_written);
    tcase_add_test(kind_case, lanes_have_short_names_and_can_be_forced);
    suite_add_tcase(suite, kind_case);

    tcase_add_checked_fixture(colour, engine_setup, engine_teardown);
    tcase_set_timeout(colour, 60);
    tcase_add_test(colour, cmyk_becomes_srgb);
    tcase_add_test(colour, no_hidden_colour_shows_at_transparent_edges);
    tcase_add_test(colour, deep_pictures_become_8_bits_only_where_the_format_needs_it);
    tcase_add_test(colour, grayscale_is_one_channel_of_luma);
    tcase_add_test(colour, grayscale_of_a_photograph_and_of_16_bits_is_the_oracles);
    suite_add_tcase(suite, colour);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
