/* TIFFs of every kind that is read, whose pictures are known by arithmetic, and of those beside. */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tiff_file.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WHITE_IS_0 = 0, BLACK_IS_0 = 1, RGB = 2, PALETTE = 3, SEPARATED = 5, CIELAB = 8 };
enum { NONE = 0, RLE = 2, T4 = 3, T6 = 4, LZW = 5, WEBP = 50001 };

/* ---- kinds of samples ------------------------------------------------------ */

static const struct {
    unsigned photometric, bits, samples;
    unsigned extras[TIFF_EXTRAS], extra_count;
    bool plain_map;
} kinds[] = {
    {WHITE_IS_0, 1, 1, {0}, 0, false},    {WHITE_IS_0, 2, 1, {0}, 0, false},
    {WHITE_IS_0, 4, 1, {0}, 0, false},    {WHITE_IS_0, 8, 1, {0}, 0, false},
    {WHITE_IS_0, 16, 1, {0}, 0, false},   {WHITE_IS_0, 8, 2, {2}, 1, false},
    {WHITE_IS_0, 16, 2, {2}, 1, false},   {WHITE_IS_0, 8, 2, {0}, 1, false},
    {BLACK_IS_0, 1, 1, {0}, 0, false},    {BLACK_IS_0, 2, 1, {0}, 0, false},
    {BLACK_IS_0, 4, 1, {0}, 0, false},    {BLACK_IS_0, 8, 1, {0}, 0, false},
    {BLACK_IS_0, 16, 1, {0}, 0, false},   {BLACK_IS_0, 8, 2, {0}, 1, false},
    {BLACK_IS_0, 8, 2, {1}, 1, false},    {BLACK_IS_0, 8, 2, {2}, 1, false},
    {BLACK_IS_0, 16, 2, {0}, 1, false},   {BLACK_IS_0, 16, 2, {1}, 1, false},
    {BLACK_IS_0, 16, 2, {2}, 1, false},   {BLACK_IS_0, 8, 3, {0, 2}, 2, false},
    {BLACK_IS_0, 8, 3, {2, 0}, 2, false}, {BLACK_IS_0, 8, 4, {0, 0, 0}, 3, false},
    {RGB, 8, 3, {0}, 0, false},           {RGB, 16, 3, {0}, 0, false},
    {RGB, 8, 4, {0}, 1, false},           {RGB, 8, 4, {1}, 1, false},
    {RGB, 8, 4, {2}, 1, false},           {RGB, 16, 4, {0}, 1, false},
    {RGB, 16, 4, {1}, 1, false},          {RGB, 16, 4, {2}, 1, false},
    {RGB, 8, 5, {0, 0}, 2, false},        {RGB, 8, 5, {0, 1}, 2, false},
    {RGB, 8, 5, {1, 0}, 2, false},        {RGB, 8, 5, {0, 2}, 2, false},
    {RGB, 8, 5, {2, 0}, 2, false},        {RGB, 16, 6, {0, 0, 2}, 3, false},
    {RGB, 16, 6, {0, 1, 0}, 3, false},    {PALETTE, 1, 1, {0}, 0, false},
    {PALETTE, 2, 1, {0}, 0, false},       {PALETTE, 4, 1, {0}, 0, false},
    {PALETTE, 8, 1, {0}, 0, false},       {PALETTE, 16, 1, {0}, 0, false},
    {PALETTE, 8, 1, {0}, 0, true},
};

static tiff_spec spec_of(int kind)
{
    tiff_spec spec = {.width = 21,
                      .height = 13,
                      .photometric = kinds[kind].photometric,
                      .bits = kinds[kind].bits,
                      .samples = kinds[kind].samples,
                      .extra_count = kinds[kind].extra_count,
                      .plain_map = kinds[kind].plain_map};

    memcpy(spec.extras, kinds[kind].extras, sizeof spec.extras);
    return spec;
}

/* Alpha that is multiplied in, and its colours, are whole numbers: a part is lost on the way. */
static void assert_picture(const tiff_spec *spec)
{
    const engine_request request = engine_request_default();
    oracle_image expected;

    tiff_write("in.tif", spec);
    ck_assert(tiff_picture(spec, &expected));
    oracle_image made = engine_render(&request, "in.tif");
    ck_assert_uint_eq(made.channels, expected.channels);
    ck_assert_uint_eq(made.max, expected.max);
    bool associated = false;
    for (unsigned i = 0; i < spec->extra_count; i++)
        associated = associated || spec->extras[i] == 1;
    const double limit = associated ? 2 : 0;
    ck_assert_double_le(oracle_compare(&made, &expected).max, limit);
    oracle_release(&made);
    oracle_release(&expected);
}

enum { SHORT = 11 }; /* prime to how many values each of the loops has */

/* Strips, tiles, planes, byte orders. */
START_TEST(every_kind_is_read_from_every_layout)
{
    static const struct {
        uint32_t height, rows, tile;
    } layouts[] = {{13, 0, 0}, {13, 5, 0}, {13, 1, 0}, {140, 0, 0}, {140, 50, 0}, {35, 0, 16}};

    unsigned long nth = (unsigned)_i;

    for (size_t i = 0; i < COUNT(layouts); i++)
        for (unsigned planes = 0; planes <= 2; planes++)
            for (int order = 0; order < 4; order += i == 0 ? 1 : 3) {
                tiff_spec spec = spec_of(_i);
                const bool gray = spec.photometric <= BLACK_IS_0;
                if (planes == 2 && spec.samples > 1 && (layouts[i].tile > 0 || gray))
                    continue;
                spec.height = layouts[i].height;
                spec.rows = layouts[i].rows;
                spec.tile = layouts[i].tile;
                spec.planes = planes;
                spec.big = order % 2 != 0;
                spec.wide = order / 2 != 0;
                if (suite_takes(nth++, SHORT))
                    assert_picture(&spec);
            }
}
END_TEST

START_TEST(every_kind_is_read_in_every_coding)
{
    static const unsigned codings[] = {1, LZW, 8, 32773, 32946, 34925, 50000};
    unsigned long nth = (unsigned)_i;

    for (size_t i = 0; i < COUNT(codings); i++)
        for (int variant = 0; variant < 3; variant++) {
            tiff_spec spec = spec_of(_i);
            spec.compression = codings[i];
            spec.rows = variant == 1 ? 4 : 0;
            spec.tile = variant == 2 ? 16 : 0;
            spec.big = (i + (size_t)variant) % 2 == 0;
            const bool predicted = codings[i] != 1 && codings[i] != 32773;
            for (unsigned predictor = 0; predictor <= (predicted ? 2 : 0); predictor++) {
                spec.predictor = predictor;
                if ((predictor < 2 || spec.bits >= 8) && suite_takes(nth++, SHORT))
                    assert_picture(&spec);
            }
        }
}
END_TEST

START_TEST(no_told_kind_of_number_is_unsigned)
{
    for (unsigned format = 1; format <= 4; format += 3) {
        tiff_spec spec = spec_of(_i);
        spec.format = format;
        assert_picture(&spec);
    }
}
END_TEST

START_TEST(faxes_are_read)
{
    static const unsigned codings[][2] = {{NONE, 0}, {RLE, 0}, {T4, 0}, {T4, 1},
                                          {T4, 4},   {T4, 5},  {T6, 0}};

    for (unsigned order = 0; order <= 2; order++)
        for (unsigned photometric = 0; photometric <= 1; photometric++)
            for (uint32_t rows = 0; rows <= 5; rows += 5) {
                const tiff_spec spec = {.width = 77,
                                        .height = 31,
                                        .photometric = photometric,
                                        .bits = 1,
                                        .samples = 1,
                                        .compression = codings[_i][0],
                                        .t4 = codings[_i][1],
                                        .order = order,
                                        .rows = rows};
                assert_picture(&spec);
            }
}
END_TEST

START_TEST(webp_is_read)
{
    for (unsigned samples = 3; samples <= 4; samples++)
        for (uint32_t tile = 0; tile <= 16; tile += 16) {
            const tiff_spec spec = {.width = 33,
                                    .height = 17,
                                    .photometric = RGB,
                                    .bits = 8,
                                    .samples = samples,
                                    .extras = {2},
                                    .extra_count = samples - 3,
                                    .compression = WEBP,
                                    .tile = tile};
            assert_picture(&spec);
        }
}
END_TEST

/* TIFF 6.0, Orientation; a number that means nothing is none. */
START_TEST(orientation_is_applied)
{
    const tiff_spec spec = {.width = 19,
                            .height = 11,
                            .photometric = RGB,
                            .bits = 8,
                            .samples = 3,
                            .tile = _i > 9 ? 16 : 0,
                            .orientation = (unsigned)_i % 10};
    const oracle_recipe recipe = {.orientation = spec.orientation > 8 ? 1 : (int)spec.orientation};
    const engine_request request = engine_request_default();
    oracle_image upright;

    tiff_write("in.tif", &spec);
    ck_assert(tiff_picture(&spec, &upright));
    oracle_image expected = oracle_turn(&upright, &recipe);
    loom_outcome outcome = engine_run(&request, "in.tif", "out.png");
    ck_assert(outcome.result == LOOM_RESULT_OK || outcome.result == LOOM_RESULT_WARNING);
    loom_outcome_release(&outcome);
    oracle_image made = oracle_read("out.png");
    ck_assert_double_eq(oracle_compare(&made, &expected).max, 0);
    oracle_release(&made);
    oracle_release(&expected);
    oracle_release(&upright);
}
END_TEST

/* What is proven of four inks elsewhere holds where a fifth sample means nothing. */
START_TEST(cmyk_loses_what_is_no_ink)
{
    for (unsigned bits = 8; bits <= 16; bits += 8) {
        tiff_spec spec = {
            .width = 9, .height = 7, .photometric = SEPARATED, .bits = bits, .samples = 4};
        const engine_request request = engine_request_default();
        tiff_write("four.tif", &spec);
        spec.samples = 5;
        spec.extra_count = 1;
        tiff_write("five.tif", &spec);
        oracle_image four = engine_render(&request, "four.tif");
        oracle_image five = engine_render(&request, "five.tif");
        ck_assert_uint_eq(five.channels, 3);
        ck_assert_double_eq(oracle_compare(&four, &five).max, 0);
        oracle_assert_pixel(&five, 0, 0, 1, bits == 8 ? 0xFFFFFFFF : 0xFFFFFFFF); /* no ink */
        oracle_release(&four);
        oracle_release(&five);
    }
}
END_TEST

/* ---- pages and tiles --------------------------------------------------------- */

/* The first one is the picture, whatever the others are; they are no frames of an animation. */
START_TEST(pages_are_no_frames)
{
    const tiff_spec spec = {.width = 21, .height = 13, .photometric = RGB, .bits = 8, .samples = 3};
    engine_request request = engine_request_default();
    oracle_image expected;

    tiff_write("in.tif", &spec);
    for (int i = 0; i < 3; i++)
        tiff_append_page("in.tif");
    ck_assert(tiff_picture(&spec, &expected));
    oracle_image made = engine_render(&request, "in.tif");
    ck_assert_double_eq(oracle_compare(&made, &expected).max, 0);
    oracle_release(&made);
    oracle_release(&expected);
    request.recipe.animated = true;
    request.format = LOOM_FORMAT_WEBP;
    request.settings.max_pixels = 21 * 13; /* of one picture, not of four */
    loom_outcome outcome = engine_run(&request, "in.tif", "out.webp");
    ck_assert_msg(outcome.result == LOOM_RESULT_OK, "%s", outcome.error.message);
    loom_outcome_release(&outcome);
}
END_TEST

/* libvips 8.16 takes them for damage. */
START_TEST(tiles_may_be_larger_than_the_picture)
{
    const tiff_spec spec = {
        .width = 21, .height = 13, .photometric = RGB, .bits = 8, .samples = 3, .tile = 512};
    const engine_request request = engine_request_default();
    unsigned major = 0, minor = 0;

    ck_assert_int_eq(sscanf(loom_engine_vips_version(engine_started), "%u.%u", &major, &minor), 2);
    if (major * 1000 + minor < 8016) {
        assert_picture(&spec);
        return;
    }
    tiff_write("in.tif", &spec);
    engine_assert_error(&request, "in.tif", LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE);
}
END_TEST

/* Of 16 bits it may be half a level of 8 bits off. */
START_TEST(lab_is_converted)
{
    const engine_request request = engine_request_default();

    for (unsigned bits = 8; bits <= 16; bits += 8)
        for (uint32_t tile = 0; tile <= 16; tile += 16) {
            const tiff_spec spec = {.width = 40,
                                    .height = 23,
                                    .photometric = CIELAB,
                                    .bits = bits,
                                    .samples = 3,
                                    .compression = LZW,
                                    .tile = tile};
            oracle_image expected;
            tiff_write("in.tif", &spec);
            oracle_image made = engine_render(&request, "in.tif");
            ck_assert(tiff_picture(&spec, &expected));
            ck_assert_double_le(oracle_compare(&made, &expected).max, bits == 16 ? 130 : 1);
            oracle_release(&made);
            oracle_release(&expected);
        }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tiff_kinds");
    TCase *tests = engine_case("pictures");

    tcase_add_loop_test(tests, every_kind_is_read_from_every_layout, 0, COUNT(kinds));
    tcase_add_loop_test(tests, every_kind_is_read_in_every_coding, 0, COUNT(kinds));
    tcase_add_loop_test(tests, no_told_kind_of_number_is_unsigned, 0, COUNT(kinds));
    tcase_add_loop_test(tests, faxes_are_read, 0, 7);
    tcase_add_test(tests, webp_is_read);
    tcase_add_loop_test(tests, orientation_is_applied, 1, 20);
    tcase_add_test(tests, pages_are_no_frames);
    tcase_add_test(tests, tiles_may_be_larger_than_the_picture);
    tcase_add_test(tests, lab_is_converted);
    tcase_add_test(tests, cmyk_loses_what_is_no_ink);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
