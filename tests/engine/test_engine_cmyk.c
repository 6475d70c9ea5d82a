/* CMYK with a profile made by arithmetic, without one, and what becomes of 16 bits. */
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/oracle_private.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <vips/vips.h>

/* CIE L*a*b* of each combination of full inks: cyan 8, magenta 4, yellow 2, black 1. */
static const int8_t lab[16][3] = {{100, 0, 0},    {12, 0, 0},   {85, -6, 60},  {11, 0, 4},
                                  {50, 60, 0},    {9, 4, 0},    {52, 55, 35},  {9, 3, 2},
                                  {62, -25, -35}, {10, -2, -4}, {55, -45, 20}, {9, -4, 2},
                                  {35, 12, -35},  {8, 2, -4},   {30, 0, 2},    {6, 0, 0}};

enum { INKS = 16, PATCH = 16 };

/* A TIFF of a patch for each combination, with the profile when it is not NULL. */
static void write_inks(const char *path, const icc_profile *icc)
{
    oracle_image picture = sample_flat(INKS * PATCH, PATCH, 4, 255, (const uint16_t[]){0, 0, 0, 0});
    const sample_extras extras = {.cmyk = true,
                                  .icc = icc != NULL ? icc->bytes : NULL,
                                  .icc_size = icc != NULL ? icc->size : 0};

    for (unsigned i = 0; i < INKS; i++)
        sample_fill(
            &picture, i * PATCH, 0, PATCH, PATCH,
            (const uint16_t[]){i & 8 ? 255 : 0, i & 4 ? 255 : 0, i & 2 ? 255 : 0, i & 1 ? 255 : 0});
    sample_tiff(path, &picture, &extras);
    oracle_release(&picture);
}

/*
 * The L* that becomes black: that of all inks where the perceptual intent has black point
 * compensation, which lcms2 gives it with profiles of version 4. That of sRGB which libvips brings
 * along is one since 8.15.
 */
static double black_point(void)
{
    VipsBlob *srgb = NULL;

    ck_assert_int_eq(vips_profile_load("srgb", &srgb, NULL), 0);
    const unsigned char *profile = vips_blob_get(srgb, NULL);
    const double black = profile[8] >= 4 ? lab[INKS - 1][0] : 0;
    vips_area_unref(VIPS_AREA(srgb));
    return black;
}

static void assert_srgb(const oracle_image *made, double tolerance)
{
    ck_assert_uint_eq(made->channels, 3);
    for (unsigned i = 0; i < INKS; i++) {
        const double from[3] = {lab[i][0], lab[i][1], lab[i][2]};
        double expected[3];
        icc_lab_to_srgb(from, black_point(), expected);
        for (uint32_t c = 0; c < 3; c++) {
            const double found = oracle_at(made, i * PATCH + PATCH / 2, PATCH / 2, c);
            ck_assert_msg(fabs(found - 255 * expected[c]) <= tolerance,
                          "inks %u, channel %u: %g instead of %.1f", i, c, found,
                          255 * expected[c]);
        }
    }
}

START_TEST(cmyk_goes_through_its_profile)
{
    const engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_cmyk(&icc, lab);
    write_inks("in.tif", &icc);
    oracle_image made = engine_render(&request, "in.tif");
    assert_srgb(&made, 3);
    ck_assert(!tmpdir_holds("out.png", "iCCP", 4));
    oracle_release(&made);
}
END_TEST

/* JPEG holds CMYK, and has it inverted, as Adobe's programs write it. */
START_TEST(keep_stays_cmyk_in_jpeg_and_converts_for_png)
{
    engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_cmyk(&icc, lab);
    write_inks("in.tif", &icc);
    request.recipe.icc = LOOM_ICC_KEEP;
    oracle_image png = engine_render(&request, "in.tif");
    assert_srgb(&png, 3);
    ck_assert(!tmpdir_holds("out.png", "iCCP", 4));
    oracle_release(&png);

    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    loom_outcome outcome = engine_run_written(&request, "in.tif", "cmyk.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, 4);
    ck_assert(tmpdir_holds("cmyk.jpg", icc.bytes, icc.size));
    ck_assert(tmpdir_holds("cmyk.jpg", "Adobe", 5));
    loom_outcome_release(&outcome);
    oracle_image plain = oracle_read("cmyk.jpg"); /* stb: (255 - ink) (255 - black) / 255 */
    oracle_assert_pixel(&plain, 0 * PATCH + 8, 8, 4, 0xFFFFFFFF);
    oracle_assert_pixel(&plain, 1 * PATCH + 8, 8, 4, 0x000000FF);
    oracle_assert_pixel(&plain, 2 * PATCH + 8, 8, 4, 0xFFFF00FF);
    oracle_assert_pixel(&plain, 4 * PATCH + 8, 8, 4, 0xFF00FFFF);
    oracle_assert_pixel(&plain, 8 * PATCH + 8, 8, 4, 0x00FFFFFF);
    oracle_release(&plain);

    /* The inverted JPEG means the same as the TIFF that is not. */
    const engine_request convert = engine_request_default();
    oracle_image again = engine_render(&convert, "cmyk.jpg");
    assert_srgb(&again, 6);
    oracle_release(&again);

    request.format = LOOM_FORMAT_TIFF;
    outcome = engine_run_written(&request, "cmyk.jpg", "cmyk.tif", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, 4);
    ck_assert(tmpdir_holds("cmyk.tif", icc.bytes, icc.size));
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(what_changes_the_channels_converts)
{
    engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_cmyk(&icc, lab);
    write_inks("in.tif", &icc);
    request.recipe.icc = LOOM_ICC_KEEP;
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, "in.tif", "gray.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, 1);
    ck_assert(!tmpdir_holds("gray.jpg", "acsp", 4));
    oracle_image made = oracle_read("gray.jpg");
    for (unsigned i = 0; i < INKS; i++) {
        const double from[3] = {lab[i][0], lab[i][1], lab[i][2]};
        double rgb[3];
        icc_lab_to_srgb(from, black_point(), rgb);
        const double luma = 255 * (0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2]);
        ck_assert_double_le(fabs(oracle_at(&made, i * PATCH + 8, 8, 0) - luma), 4);
    }
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

/* Resizing, turning and padding of inks: their background is the colour in inks. */
START_TEST(kept_cmyk_is_turned_and_padded)
{
    engine_request request = engine_request_box(INKS * PATCH, 3 * PATCH, LOOM_FIT_CONTAIN);
    icc_profile icc;

    icc_make_cmyk(&icc, lab);
    write_inks("in.tif", &icc);
    request.recipe.icc = LOOM_ICC_KEEP;
    request.recipe.rotation = 180;
    request.recipe.background = (loom_colour){255, 0, 255, 255};
    request.recipe.background_given = true;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, "in.tif", "turned.jpg", LOOM_RESULT_OK);
    oracle_image made = oracle_read("turned.jpg");
    oracle_assert_pixel(&made, 8, 8, 4, 0xFF00FFFF);
    oracle_assert_pixel(&made, (15 - 4) * PATCH + 8, PATCH + 8, 4, 0xFF00FFFF); /* magenta */
    oracle_assert_pixel(&made, (15 - 8) * PATCH + 8, PATCH + 8, 4, 0x00FFFFFF); /* cyan */
    oracle_release(&made);
    loom_outcome_release(&outcome);

    request.recipe.rotation = 30;
    outcome = engine_run_written(&request, "in.tif", "turned.jpg", LOOM_RESULT_OK);
    ck_assert_int_eq(outcome.channels, 4);
    made = oracle_read("turned.jpg");
    oracle_assert_pixel(&made, 2, 2, 4, 0xFF00FFFF);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

/* By a fallback profile: pure inks are near their colours, and nothing is inverted. */
START_TEST(cmyk_without_a_profile_is_sensible)
{
    const engine_request request = engine_request_default();
    icc_profile icc;

    write_inks("in.tif", NULL);
    oracle_image made = engine_render(&request, "in.tif");
    ck_assert_uint_eq(made.channels, 3);
    oracle_assert_pixel(&made, 8, 8, 8, 0xFFFFFFFF);
    const uint16_t *cyan = oracle_pixel(&made, 8 * PATCH + 8, 8);
    const uint16_t *magenta = oracle_pixel(&made, 4 * PATCH + 8, 8);
    const uint16_t *yellow = oracle_pixel(&made, 2 * PATCH + 8, 8);
    const uint16_t *black = oracle_pixel(&made, 1 * PATCH + 8, 8);
    ck_assert(cyan[0] < 90 && cyan[1] > 120 && cyan[2] > 180);
    ck_assert(magenta[0] > 180 && magenta[1] < 90);
    ck_assert(yellow[0] > 200 && yellow[1] > 190 && yellow[2] < 90);
    const uint16_t *all = oracle_pixel(&made, 15 * PATCH + 8, 8);
    for (int c = 0; c < 3; c++)
        ck_assert(black[c] == 0 && all[c] == 0 && made.samples[c] == 255);
    oracle_release(&made);

    /* One of another colour space is none. */
    icc_make_rgb(&icc, &icc_display_p3);
    write_inks("rgb.tif", &icc);
    oracle_image ignored = engine_render(&request, "in.tif");
    loom_outcome outcome = engine_run_written(&request, "rgb.tif", "out.png", LOOM_RESULT_WARNING);
    oracle_image same = oracle_read("out.png");
    ck_assert_double_eq(oracle_compare(&ignored, &same).max, 0);
    loom_outcome_release(&outcome);
    oracle_release(&ignored);
    oracle_release(&same);
}
END_TEST

/* Black ink alone is gray, the darker the more there is of it; in JPEG, inverted, as in TIFF. */
START_TEST(black_ink_without_a_profile_is_gray)
{
    enum { STEPS = 18 };
    engine_request request = engine_request_default();
    oracle_image picture =
        sample_flat(STEPS * PATCH, PATCH, 4, 255, (const uint16_t[]){0, 0, 0, 0});
    const char *const paths[] = {"in.tif", "in.jpg"};

    for (uint32_t i = 0; i < STEPS; i++)
        sample_fill(&picture, i * PATCH, 0, PATCH, PATCH,
                    (const uint16_t[]){0, 0, 0, (uint16_t)(i * 15)});
    sample_tiff("in.tif", &picture, &(sample_extras){.cmyk = true});
    request.recipe.icc = LOOM_ICC_KEEP; /* which leaves the inks alone */
    request.recipe.quality = 100;
    request.format = LOOM_FORMAT_JPEG;
    loom_outcome outcome = engine_run_written(&request, "in.tif", "in.jpg", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    for (int jpeg = 0; jpeg < 2; jpeg++) {
        const engine_request convert = engine_request_default();
        oracle_image made = engine_render(&convert, paths[jpeg]);
        unsigned before = 256; /* one more than any sample */
        for (uint32_t i = 0; i < STEPS; i++) {
            const uint16_t *p = oracle_pixel(&made, i * PATCH + 8, 8);
            ck_assert_uint_lt(p[0], before);
            ck_assert_int_le(abs(p[0] - p[1]), 6);
            ck_assert_int_le(abs(p[0] - p[2]), 6);
            before = p[0];
        }
        const uint16_t *last = oracle_pixel(&made, (STEPS - 1) * PATCH + 8, 8);
        ck_assert(before == 0 && last[1] == 0 && last[2] == 0);
        oracle_release(&made);
    }
    oracle_release(&picture);
}
END_TEST

/* ---- depth --------------------------------------------------------------- */

/* Decoded by the engine, which keeps what it finds: 16 bits where the file has them. */
START_TEST(sixteen_bits_are_kept_where_the_format_holds_them)
{
    static const struct {
        loom_format format;
        const char *path;
        uint32_t max;
    } outputs[] = {{LOOM_FORMAT_PNG, "out16.png", 65535}, {LOOM_FORMAT_TIFF, "out16.tif", 65535},
                   {LOOM_FORMAT_JPEG, "out16.jpg", 255},  {LOOM_FORMAT_WEBP, "out16.webp", 255},
                   {LOOM_FORMAT_AVIF, "out16.avif", 255}, {LOOM_FORMAT_GIF, "out16.gif", 255}};
    static const uint16_t colour[4] = {12345, 54321, 33333, 65535};
    oracle_image picture = sample_flat(40, 30, 3, 65535, colour);

    sample_png("in.png", &picture, NULL);
    sample_tiff("in.tif", &picture, NULL);
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++)
        for (int tiff = 0; tiff < 2; tiff++) {
            engine_request request = engine_request_box(20, 0, LOOM_FIT_COVER);
            request.format = outputs[i].format;
            loom_outcome outcome = engine_run_written(&request, tiff ? "in.tif" : "in.png",
                                                      outputs[i].path, LOOM_RESULT_OK);
            oracle_image made = engine_decode(outputs[i].path);
            ck_assert_uint_eq(made.max, outputs[i].max);
            for (uint32_t c = 0; c < 3; c++)
                ck_assert_double_le(
                    fabs(oracle_at(&made, 10, 7, c) / (double)made.max - colour[c] / 65535.0),
                    made.max == 255 ? 4 / 255.0 : 1 / 65535.0);
            oracle_release(&made);
            loom_outcome_release(&outcome);
        }
    oracle_release(&picture);
}
END_TEST

START_TEST(sixteen_bits_of_ink_are_as_much_in_eight)
{
    static const uint16_t inks[4] = {0x4000, 0x2000, 0x1000, 0x0800};
    oracle_image picture = sample_flat(40, 30, 4, 65535, inks);
    engine_request request = engine_request_default();

    request.recipe.icc = LOOM_ICC_KEEP;
    request.format = LOOM_FORMAT_JPEG;
    sample_tiff("in.tif", &picture, &(sample_extras){.cmyk = true});
    loom_outcome outcome = engine_run_written(&request, "in.tif", "out.jpg", LOOM_RESULT_OK);
    oracle_image made = oracle_read("out.jpg"); /* stb: (255 - ink) (255 - black) / 255 */
    for (uint32_t c = 0; c < 3; c++)
        ck_assert_double_le(fabs(oracle_at(&made, 20, 15, c) -
                                 (255 - (inks[c] >> 8)) * (255 - (inks[3] >> 8)) / 255.0),
                            4);
    oracle_release(&made);
    oracle_release(&picture);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_cmyk");
    TCase *tests = tcase_create("engine_cmyk");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, cmyk_goes_through_its_profile);
    tcase_add_test(tests, keep_stays_cmyk_in_jpeg_and_converts_for_png);
    tcase_add_test(tests, what_changes_the_channels_converts);
    tcase_add_test(tests, kept_cmyk_is_turned_and_padded);
    tcase_add_test(tests, cmyk_without_a_profile_is_sensible);
    tcase_add_test(tests, black_ink_without_a_profile_is_gray);
    tcase_add_test(tests, sixteen_bits_are_kept_where_the_format_holds_them);
    tcase_add_test(tests, sixteen_bits_of_ink_are_as_much_in_eight);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
