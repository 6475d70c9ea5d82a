/*
 * What HEIF and AVIF files say of their colours and alpha. Expected values are arithmetic; kinds
 * are walked in test_kinds_heif.c.
 */
#include "format/container.h"
#include "support/avif_run.h"
#include "support/engine_run.h"
#include "support/heif_file.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vips/vips.h>

#define D65                                                                                        \
    {                                                                                              \
        0.3127, 0.3290                                                                             \
    }

/* ---- code points ---------------------------------------------------------- */

/* ITU-T H.273, tables 2 and 3. */
static const struct {
    unsigned primaries, transfer;
    icc_space space;
} codes[] = {
    {12, 13, {{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}, D65, 0}},
    {11, 13, {{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}}, {0.314, 0.351}, 0}},
    {9, 14, {{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}, D65, 0}},
    {9, 1, {{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}}, D65, 0}},
    {4, 4, {{{0.67, 0.33}, {0.21, 0.71}, {0.14, 0.08}}, {0.310, 0.316}, 2.2}},
    {5, 5, {{{0.64, 0.33}, {0.29, 0.60}, {0.15, 0.06}}, D65, 2.8}},
    {6, 6, {{{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}}, D65, 0}},
    {7, 2, {{{0.630, 0.340}, {0.310, 0.595}, {0.155, 0.070}}, D65, 0}},
    {8, 2, {{{0.681, 0.319}, {0.243, 0.692}, {0.145, 0.049}}, {0.310, 0.316}, 0}},
    {22, 13, {{{0.630, 0.340}, {0.295, 0.605}, {0.155, 0.077}}, D65, 0}},
    {1, 8, {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 1}},
    {2, 4, {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 2.2}},
    {1, 13, {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 0}},
    {1, 1, {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 0}},
    {2, 2, {{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}}, D65, 0}},
};

enum { CODES = sizeof codes / sizeof *codes };

START_TEST(code_points_are_converted)
{
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    avif_make(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, codes[_i].primaries, codes[_i].transfer, 6, true);
    oracle_image made = avif_render(&file);
    /* What the encoder did to dark samples is drawn out by a curve without its straight part. */
    patches_assert_converted(&made, &picture, &codes[_i].space, codes[_i].transfer == 8 ? 14 : 5);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

static const struct {
    unsigned primaries, transfer;
    const char *words;
} unknown[] = {
    {9, 16, "the colours are coded as PQ (HDR) and were not converted"},
    {9, 18, "the colours are coded as HLG (HDR) and were not converted"},
    {1, 17,
     "the colours are coded with unknown transfer characteristics (number 17) and "
     "were not converted"},
    {1, 0,
     "the colours are coded with unknown transfer characteristics (number 0) and "
     "were not converted"},
    {3, 13,
     "the colours are coded with unknown primaries (number 3) and were not "
     "converted"},
    {10, 13,
     "the colours are coded with unknown primaries (number 10) and were not "
     "converted"},
    {23, 13,
     "the colours are coded with unknown primaries (number 23) and were not "
     "converted"},
};

enum { UNKNOWN = sizeof unknown / sizeof *unknown };

START_TEST(code_points_that_cannot_be_converted_are_named)
{
    const engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    avif_make(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, unknown[_i].primaries, unknown[_i].transfer, 6, true);
    heif_file_write(&file, "in.avif");
    heif_file_release(&file);
    loom_outcome outcome = engine_run_written(&request, "in.avif", "out.png", LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], unknown[_i].words);
    oracle_image made = oracle_read("out.png");
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    loom_outcome_release(&outcome);
    oracle_release(&picture);
}
END_TEST

START_TEST(code_points_are_kept_as_a_profile)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    request.recipe.icc = LOOM_ICC_KEEP;
    avif_make(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, 12, 13, 6, true);
    heif_file_write(&file, "in.avif");
    heif_file_release(&file);
    oracle_image kept = engine_render(&request, "in.avif");
    patches_assert_converted(&kept, &picture, &icc_srgb, 4); /* that is: as they were */
    ck_assert(tmpdir_holds("out.png", "iCCP", 4));
    ck_assert_int_eq(rename("out.png", "kept.png"), 0);
    request.recipe.icc = LOOM_ICC_SRGB;
    oracle_image made = engine_render(&request, "kept.png");
    patches_assert_converted(&made, &picture, &icc_display_p3, 5);
    oracle_release(&kept);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* A profile is the better word. */
START_TEST(a_profile_counts_before_code_points)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    unsigned char content[4 + sizeof((icc_profile *)0)->bytes] = "prof";
    icc_profile icc;
    heif_file file;

    icc_make_rgb(&icc, &icc_adobe_rgb);
    memcpy(content + 4, icc.bytes, icc.size);
    avif_make(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, 12, 16, 6, true);
    heif_file_add_property(&file, file.primary, "colr", content, 4 + icc.size);
    heif_file_write(&file, "in.avif");
    heif_file_release(&file);
    oracle_image made = engine_render(&request, "in.avif");
    patches_assert_converted(&made, &picture, &icc_adobe_rgb, 5);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- alpha ---------------------------------------------------------------- */

/* Patch i has colours that alpha can have been multiplied into. */
static oracle_image premultiplied_patches(void)
{
    oracle_image made = patches_make(4, 255, 255);

    for (uint32_t i = 0; i < PATCHES; i++) {
        const unsigned alpha = i == 5 ? 0 : 31 * i + 7;
        uint16_t rgba[4] = {0, 0, 0, (uint16_t)alpha};
        for (int c = 0; c < 3; c++)
            rgba[c] = (uint16_t)(patch_colours[i][c] * alpha / 255);
        sample_fill(&made, i * PATCH, 0, PATCH, PATCH, rgba);
    }
    return made;
}

START_TEST(premultiplied_alpha_is_divided_out_once)
{
    oracle_image picture = premultiplied_patches();
    heif_file file;

    avif_make(&file, &picture, NULL);
    heif_file_add_reference(&file, "prem", file.primary, file.primary == 1 ? 2 : 1);
    oracle_image made = avif_render(&file);
    ck_assert_uint_eq(made.channels, 4);
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double alpha = oracle_at(&picture, i * PATCH + 8, 8, 3);
        ck_assert_double_le(fabs(oracle_at(&made, i * PATCH + 8, 8, 3) - alpha), 1);
        for (uint32_t c = 0; c < 3 && alpha > 0; c++) {
            const double expected = patch_colours[i][c];
            const double found = oracle_at(&made, i * PATCH + 8, 8, c);
            ck_assert_msg(fabs(found - expected) <= 3 * 255 / alpha + 1,
                          "patch %u, channel %u: %g instead of %g", i, c, found, expected);
        }
    }
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

START_TEST(other_alpha_is_left_as_it_is)
{
    oracle_image picture = patches_make(4, 255, 100);
    heif_file file;

    avif_make(&file, &picture, NULL);
    oracle_image made = avif_render(&file);
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- where no box says it: the bitstream does ------------------------------ */

/* As the AVIFs of libheif have it, whose bitstream says the same as their box. */
START_TEST(without_a_box_the_bitstream_counts)
{
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    avif_make(&file, &picture, NULL);
    heif_file_drop_property(&file, file.primary, "colr");
    heif_file_write(&file, "in.avif");
    size_t size;
    char *data = tmpdir_read("in.avif", &size);
    loom_header header;
    ck_assert(loom_format_header(LOOM_FORMAT_AVIF, (loom_bytes){(const unsigned char *)data, size},
                                 &header));
    ck_assert_int_eq(header.colour.kind, LOOM_COLOUR_CODES);
    ck_assert(header.colour.primaries == 1 || header.colour.primaries == 2); /* by its version */
    free(data);
    oracle_image made = avif_render(&file);
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- gray ----------------------------------------------------------------- */

START_TEST(a_gray_profile_is_applied_to_gray)
{
    unsigned char content[4 + sizeof((icc_profile *)0)->bytes] = "prof";
    icc_profile icc;
    heif_file file;

    icc_make_gray(&icc, 1.8);
    memcpy(content + 4, icc.bytes, icc.size);
    avif_make_gray(&file);
    heif_file_add_property(&file, file.primary, "colr", content, 4 + icc.size);
    oracle_image made = avif_render(&file);
    ck_assert_uint_eq(made.channels, 1);
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double gray = icc_gray_to_srgb(1.8, patch_colours[i][0] / 255.0);
        patches_assert_colour(&made, i, (const double[]){gray, gray, gray}, 4);
    }
    oracle_release(&made);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_heif");
    TCase *tests = engine_case("engine_heif");

    tcase_add_loop_test(tests, code_points_are_converted, 0, CODES);
    tcase_add_loop_test(tests, code_points_that_cannot_be_converted_are_named, 0, UNKNOWN);
    tcase_add_test(tests, code_points_are_kept_as_a_profile);
    tcase_add_test(tests, a_profile_counts_before_code_points);
    tcase_add_test(tests, premultiplied_alpha_is_divided_out_once);
    tcase_add_test(tests, other_alpha_is_left_as_it_is);
    tcase_add_test(tests, without_a_box_the_bitstream_counts);
    tcase_add_test(tests, a_gray_profile_is_applied_to_gray);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
