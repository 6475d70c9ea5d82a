/* Luma and luminance of every kind of input; what is expected is reckoned from the colours. */
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/samples.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>

static const uint16_t colours[][3] = {
    {255, 0, 0},    {0, 255, 0},    {0, 0, 255},  {255, 255, 255}, {0, 0, 0},
    {200, 100, 50}, {17, 130, 240}, {90, 91, 92}, {255, 255, 0},   {128, 0, 128}};

enum { COLOURS = sizeof colours / sizeof *colours, PATCH = 8 };

/* Rec. 601, and sRGB's luminance (IEC 61966-2-1) encoded again; samples of 0..255. */
static double luma_of(const uint16_t *c)
{
    return 0.299 * c[0] + 0.587 * c[1] + 0.114 * c[2];
}

static double luminance_of(const uint16_t *c)
{
    return 255 * icc_srgb_encode(0.2126 * icc_srgb_decode(c[0] / 255.0) +
                                 0.7152 * icc_srgb_decode(c[1] / 255.0) +
                                 0.0722 * icc_srgb_decode(c[2] / 255.0));
}

/* A row of patches, each of one colour. Alpha, where there is one, grows from patch to patch. */
static oracle_image patches(uint32_t channels, uint32_t max)
{
    const uint16_t black[4] = {0};
    oracle_image made = sample_flat(COLOURS * PATCH, PATCH, channels, max, black);

    for (uint32_t i = 0; i < COLOURS; i++) {
        uint16_t colour[4];
        for (int c = 0; c < 3; c++)
            colour[c] = (uint16_t)(colours[i][c] * (max / 255));
        colour[3] = (uint16_t)((25 * i + 10) * (max / 255));
        sample_fill(&made, i * PATCH, 0, PATCH, PATCH, colour);
    }
    return made;
}

static void assert_gray(const char *path, loom_grayscale kind, uint32_t channels, uint32_t max,
                        double tolerance)
{
    engine_request request = engine_request_default();

    request.recipe.grayscale = kind;
    oracle_image made = engine_render(&request, path);
    ck_assert_uint_eq(made.channels, channels);
    ck_assert_uint_eq(made.max, max);
    for (uint32_t i = 0; i < COLOURS; i++) {
        const double expected =
            kind == LOOM_GRAYSCALE_LUMA ? luma_of(colours[i]) : luminance_of(colours[i]);
        const double found = oracle_at(&made, i * PATCH + PATCH / 2, PATCH / 2, 0) * 255.0 / max;
        ck_assert_msg(fabs(found - expected) <= tolerance, "%s, %s, colour %u: %g instead of %g",
                      path, loom_recipe_field_keyword(LOOM_RECIPE_GRAYSCALE, kind), i, found,
                      expected);
        if (channels == 2)
            ck_assert_uint_eq(oracle_at(&made, i * PATCH + PATCH / 2, PATCH / 2, 1),
                              (25 * i + 10) * (max / 255));
    }
    oracle_release(&made);
}

static void assert_both(const char *path, uint32_t channels, uint32_t max)
{
    assert_gray(path, LOOM_GRAYSCALE_LUMA, channels, max, max == 255 ? 1 : 0.02);
    assert_gray(path, LOOM_GRAYSCALE_LUMINANCE, channels, max, 2);
}

START_TEST(rgb_and_rgba_of_8_and_16_bits)
{
    for (uint32_t channels = 3; channels <= 4; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            oracle_image picture = patches(channels, max);
            sample_png("in.png", &picture, NULL);
            assert_both("in.png", channels - 2, max);
            sample_tiff("in.tif", &picture, NULL);
            assert_both("in.tif", channels - 2, max);
            oracle_release(&picture);
        }
}
END_TEST

START_TEST(a_palette_is_of_its_colours)
{
    uint8_t palette[3 * COLOURS];
    oracle_image picture = sample_flat(COLOURS * PATCH, PATCH, 1, 255, (const uint16_t[]){0});

    for (uint32_t i = 0; i < COLOURS; i++) {
        for (int c = 0; c < 3; c++)
            palette[3 * i + (unsigned)c] = (uint8_t)colours[i][c];
        sample_fill(&picture, i * PATCH, 0, PATCH, PATCH, (const uint16_t[]){(uint16_t)i});
    }
    sample_palette_png("in.png", &picture, palette, COLOURS);
    assert_both("in.png", 1, 255);
    oracle_release(&picture);
}
END_TEST

START_TEST(what_is_gray_stays_as_it_is)
{
    static const loom_grayscale kinds[] = {LOOM_GRAYSCALE_LUMA, LOOM_GRAYSCALE_LUMINANCE};

    for (uint32_t max = 255; max <= 65535; max += 65280)
        for (uint32_t channels = 1; channels <= 2; channels++) {
            oracle_image picture = sample_flat(64, 4, channels, max, (const uint16_t[]){0, 0});
            for (uint32_t i = 0; i < 64 * 4 * channels; i++)
                picture.samples[i] = (uint16_t)(i * 7919 % (max + 1));
            sample_png("in.png", &picture, NULL);
            for (int i = 0; i < 2; i++) {
                engine_request request = engine_request_default();
                request.recipe.grayscale = kinds[i];
                oracle_image made = engine_render(&request, "in.png");
                ck_assert_double_eq(oracle_compare(&made, &picture).max, 0);
                oracle_release(&made);
            }
            oracle_release(&picture);
        }
}
END_TEST

/* Through the sRGB that CMYK becomes: both ways of reckoning start from the same pixels. */
START_TEST(cmyk_is_gray_of_its_srgb)
{
    engine_request request = engine_request_box(60, 0, LOOM_FIT_COVER);
    oracle_image colour = engine_render(&request, engine_testdata("photos/cmyk.jpg"));

    for (int kind = LOOM_GRAYSCALE_LUMA; kind <= LOOM_GRAYSCALE_LUMINANCE; kind++) {
        request.recipe.grayscale = (loom_grayscale)kind;
        oracle_image made = engine_render(&request, engine_testdata("photos/cmyk.jpg"));
        ck_assert_uint_eq(made.channels, 1);
        for (size_t i = 0; i < (size_t)made.width * made.height; i++) {
            const uint16_t *c = colour.samples + 3 * i;
            const double expected = kind == LOOM_GRAYSCALE_LUMA ? luma_of(c) : luminance_of(c);
            if (fabs(made.samples[i] - expected) > (kind == LOOM_GRAYSCALE_LUMA ? 1 : 2))
                ck_abort_msg("%d: %u instead of %g", kind, made.samples[i], expected);
        }
        oracle_release(&made);
    }
    oracle_release(&colour);
}
END_TEST

/* Padding and corners are as gray as a picture of that colour would be. */
START_TEST(a_coloured_background_becomes_gray_likewise)
{
    static const uint16_t red[3] = {255, 0, 0};
    oracle_image picture = patches(3, 255);

    sample_png("in.png", &picture, NULL);
    for (int kind = LOOM_GRAYSCALE_LUMA; kind <= LOOM_GRAYSCALE_LUMINANCE; kind++)
        for (int angle = 0; angle <= 30; angle += 30) {
            engine_request request = engine_request_box(100, 200, LOOM_FIT_CONTAIN);
            request.recipe.grayscale = (loom_grayscale)kind;
            request.recipe.rotation = angle;
            request.recipe.background = (loom_colour){255, 0, 0, 255};
            request.recipe.background_given = true;
            oracle_image made = engine_render(&request, "in.png");
            ck_assert_uint_eq(made.channels, 1);
            ck_assert_uint_eq(oracle_at(&made, 0, 0, 0),
                              kind == LOOM_GRAYSCALE_LUMA ? 76 : 127); /* 127.1 */
            ck_assert_double_le(fabs(luminance_of(red) - 127.1), 0.01);
            oracle_release(&made);
        }
    oracle_release(&picture);
}
END_TEST

/* One channel in the file, in each format that has it; alpha where the format holds it. */
START_TEST(alpha_is_kept_where_the_format_holds_it)
{
    static const struct {
        loom_format format;
        int channels;
    } cases[] = {{LOOM_FORMAT_PNG, 2},  {LOOM_FORMAT_TIFF, 2}, {LOOM_FORMAT_WEBP, 2},
                 {LOOM_FORMAT_AVIF, 2}, {LOOM_FORMAT_JPEG, 1}, {LOOM_FORMAT_GIF, 2}};
    oracle_image picture = patches(4, 255);

    sample_png("in.png", &picture, NULL);
    oracle_release(&picture);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        engine_request request = engine_request_default();
        request.format = cases[i].format;
        request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
        loom_outcome outcome = engine_run_written(&request, "in.png", "out.bin", LOOM_RESULT_OK);
        ck_assert_int_eq(outcome.channels, cases[i].channels);
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_gray");
    TCase *tests = tcase_create("engine_gray");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, rgb_and_rgba_of_8_and_16_bits);
    tcase_add_test(tests, a_palette_is_of_its_colours);
    tcase_add_test(tests, what_is_gray_stays_as_it_is);
    tcase_add_test(tests, cmyk_is_gray_of_its_srgb);
    tcase_add_test(tests, a_coloured_background_becomes_gray_likewise);
    tcase_add_test(tests, alpha_is_kept_where_the_format_holds_it);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
