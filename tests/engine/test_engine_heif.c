/*
 * What HEIF and AVIF files say of their samples: colours in code points, premultiplied alpha, bits,
 * matrices and ranges, pictures made of others. Expected values are arithmetic.
 */
#include "format/container.h"
#include "support/engine_run.h"
#include "support/heif_file.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/sanitized.h"
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

/* An AVIF of the picture, as exact as can be, taken to pieces. */
static void make_avif(heif_file *file, const oracle_image *picture, const sample_extras *extras)
{
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_AVIF;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    sample_png("coded.png", picture, extras);
    loom_outcome outcome = engine_run_written(&request, "coded.png", "coded.avif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    heif_file_read(file, "coded.avif");
}

static oracle_image render_file(heif_file *file)
{
    const engine_request request = engine_request_default();

    heif_file_write(file, "in.avif");
    heif_file_release(file);
    return engine_render(&request, "in.avif");
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

    make_avif(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, codes[_i].primaries, codes[_i].transfer, 6, true);
    oracle_image made = render_file(&file);
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
     "the colours are coded with transfer characteristics that are not known here (number 17) and "
     "were not converted"},
    {1, 0,
     "the colours are coded with transfer characteristics that are not known here (number 0) and "
     "were not converted"},
    {3, 13,
     "the colours are coded with primaries that are not known here (number 3) and were not "
     "converted"},
    {10, 13,
     "the colours are coded with primaries that are not known here (number 10) and were not "
     "converted"},
    {23, 13,
     "the colours are coded with primaries that are not known here (number 23) and were not "
     "converted"},
};

enum { UNKNOWN = sizeof unknown / sizeof *unknown };

START_TEST(code_points_that_cannot_be_converted_are_named)
{
    const engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    make_avif(&file, &picture, NULL);
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
    make_avif(&file, &picture, NULL);
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
    make_avif(&file, &picture, NULL);
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

    make_avif(&file, &picture, NULL);
    heif_file_add_reference(&file, "prem", file.primary, file.primary == 1 ? 2 : 1);
    oracle_image made = render_file(&file);
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

/* libheif turns each item by its own properties. */
START_TEST(alpha_that_is_turned_otherwise_is_refused)
{
    const engine_request request = engine_request_default();
    oracle_image picture = patches_make(4, 255, 77);
    heif_file file;

    make_avif(&file, &picture, NULL);
    heif_file_add_property(&file, file.primary, "irot", (const unsigned char[]){2}, 1);
    heif_file_write(&file, "in.avif");
    heif_file_release(&file);
    loom_outcome outcome = engine_run(&request, "in.avif", "out.png");
    ck_assert_int_eq(outcome.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(outcome.error.message, "turns of alpha"));
    loom_outcome_release(&outcome);
    oracle_release(&picture);
}
END_TEST

START_TEST(other_alpha_is_left_as_it_is)
{
    oracle_image picture = patches_make(4, 255, 100);
    heif_file file;

    make_avif(&file, &picture, NULL);
    oracle_image made = render_file(&file);
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- bits, matrices, ranges ----------------------------------------------- */

/* False where this libheif has no such encoder; x265's loses memory. */
static bool save_deep(const char *path, VipsForeignHeifCompression compression, int bits)
{
    if (TEST_SANITIZED && compression == VIPS_FOREIGN_HEIF_COMPRESSION_HEVC)
        return false;
    VipsImage *image = vips_image_new_from_file("deep.png", NULL);
    ck_assert_ptr_nonnull(image);
    const int failed = vips_heifsave(image, path, "compression", compression, "bitdepth", bits, "Q",
                                     100, "subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF, NULL);
    g_object_unref(image);
    vips_error_clear();
    return failed == 0;
}

/* White is white, and opaque is opaque. (libvips 8.14 writes no AVIF of 10 bits.) */
START_TEST(samples_of_all_depths_fill_their_range)
{
    static const struct {
        const char *path;
        VipsForeignHeifCompression compression;
        int bits;
    } rows[] = {{"in.avif", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, 12},
                {"in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, 8},
                {"in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, 10},
                {"in.heic", VIPS_FOREIGN_HEIF_COMPRESSION_HEVC, 12}};
    const engine_request request = engine_request_default();
    oracle_image picture = patches_make(4, 65535, 255);

    sample_png("deep.png", &picture, NULL);
    if (save_deep(rows[_i].path, rows[_i].compression, rows[_i].bits)) {
        oracle_image made = engine_render(&request, rows[_i].path);
        ck_assert_uint_eq(made.max, rows[_i].bits > 8 ? 65535 : 255);
        ck_assert_uint_eq(oracle_at(&made, 4 * PATCH + 8, 8, 1), made.max);
        for (uint32_t p = 0; p < PATCHES; p++)
            ck_assert_uint_eq(oracle_at(&made, p * PATCH + 8, 8, 3), made.max);
        patches_assert_converted(&made, &picture, &icc_srgb, 3);
        oracle_release(&made);
    }
    oracle_release(&picture);
}
END_TEST

/* H.273, 8.3: what is coded, Y', Cb, Cr of Rec. 601 in full range, 0..255 and about 128. */
static void coded(const uint16_t rgb[3], double ycc[3])
{
    ycc[0] = 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2];
    ycc[1] = (rgb[2] - ycc[0]) / 1.772 + 128;
    ycc[2] = (rgb[0] - ycc[0]) / 1.402 + 128;
}

/* The same numbers taken as another matrix and range would have them; 0..1. */
static void taken_as(const double ycc[3], double kr, double kb, bool full, double rgb[3])
{
    const double y = full ? ycc[0] / 255 : (ycc[0] - 16) / 219;
    const double cb = (ycc[1] - 128) / (full ? 255 : 224), cr = (ycc[2] - 128) / (full ? 255 : 224);
    const double kg = 1 - kr - kb;

    rgb[0] = y + 2 * (1 - kr) * cr;
    rgb[2] = y + 2 * (1 - kb) * cb;
    rgb[1] = (y - kr * rgb[0] - kb * rgb[2]) / kg;
    for (int c = 0; c < 3; c++)
        rgb[c] = fmin(fmax(rgb[c], 0), 1);
}

static const struct {
    unsigned matrix;
    double kr, kb; /* H.273, table 4 */
} matrices[] = {{1, 0.2126, 0.0722}, {2, 0.299, 0.114}, {4, 0.30, 0.11},     {5, 0.299, 0.114},
                {6, 0.299, 0.114},   {7, 0.212, 0.087}, {9, 0.2627, 0.0593}, {12, 0.2126, 0.0722}};

enum { MATRICES = sizeof matrices / sizeof *matrices };

START_TEST(matrices_and_ranges_are_those_of_the_container)
{
    oracle_image picture = patches_make(3, 255, 255);

    for (int full = 0; full < 2; full++) {
        heif_file file;
        make_avif(&file, &picture, NULL);
        heif_file_set_codes(&file, file.primary, 1, 13, matrices[_i].matrix, full == 1);
        oracle_image made = render_file(&file);
        for (uint32_t i = 0; i < PATCHES; i++) {
            double ycc[3], expected[3];
            coded(patch_colours[i], ycc);
            taken_as(ycc, matrices[_i].kr, matrices[_i].kb, full == 1, expected);
            patches_assert_colour(&made, i, expected, 5);
        }
        oracle_release(&made);
    }
    oracle_release(&picture);
}
END_TEST

/* Matrix 0: what is coded as Y', Cb, Cr is green, blue, red. */
START_TEST(a_matrix_may_say_rgb)
{
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    make_avif(&file, &picture, NULL);
    heif_file_set_codes(&file, file.primary, 1, 13, 0, true);
    oracle_image made = render_file(&file);
    for (uint32_t i = 0; i < PATCHES; i++) {
        double ycc[3];
        coded(patch_colours[i], ycc);
        patches_assert_colour(
            &made, i, (const double[]){fmin(ycc[2], 255) / 255, ycc[0] / 255, ycc[1] / 255}, 4);
    }
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

    make_avif(&file, &picture, NULL);
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
    oracle_image made = render_file(&file);
    patches_assert_converted(&made, &picture, &icc_srgb, 4);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- gray ----------------------------------------------------------------- */

/* What was alpha, which is coded without chroma, as the picture. */
static void make_gray(heif_file *file)
{
    oracle_image picture = patches_make(4, 255, 255);

    for (uint32_t i = 0; i < PATCHES; i++)
        sample_fill(&picture, i * PATCH, 0, PATCH, PATCH,
                    (const uint16_t[]){9, 9, 9, patch_colours[i][0]});
    make_avif(file, &picture, NULL);
    file->primary = file->primary == 1 ? 2 : 1;
    file->reference_count = 0;
    heif_file_drop_property(file, file->primary, "auxC");
    heif_file_set_codes(file, file->primary, 1, 13, 2, true);
    oracle_release(&picture);
}

START_TEST(gray_is_gray)
{
    heif_file file;

    make_gray(&file);
    oracle_image made = render_file(&file);
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double gray = patch_colours[i][0] / 255.0;
        patches_assert_colour(&made, i, (const double[]){gray, gray, gray}, 2);
    }
    ck_assert(made.channels == 1 || made.channels == 3);
    oracle_release(&made);
}
END_TEST

START_TEST(a_gray_profile_is_applied_to_gray)
{
    unsigned char content[4 + sizeof((icc_profile *)0)->bytes] = "prof";
    icc_profile icc;
    heif_file file;

    icc_make_gray(&icc, 1.8);
    memcpy(content + 4, icc.bytes, icc.size);
    make_gray(&file);
    heif_file_add_property(&file, file.primary, "colr", content, 4 + icc.size);
    oracle_image made = render_file(&file);
    ck_assert_uint_eq(made.channels, 1);
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double gray = icc_gray_to_srgb(1.8, patch_colours[i][0] / 255.0);
        patches_assert_colour(&made, i, (const double[]){gray, gray, gray}, 4);
    }
    oracle_release(&made);
}
END_TEST

/* ---- pictures made of others ---------------------------------------------- */

static void add_extent(heif_file *file, unsigned item, uint32_t width, uint32_t height)
{
    unsigned char extent[12] = {0};

    loom_put32(extent + 4, true, width);
    loom_put32(extent + 8, true, height);
    heif_file_add_property(file, item, "ispe", extent, sizeof extent);
}

/* The patches once, or twice side by side or one below the other. */
static void assert_derived(const char *type, const void *data, size_t size, unsigned inputs,
                           uint32_t across, uint32_t down)
{
    oracle_image picture = patches_make(3, 255, 255);
    heif_file file;

    make_avif(&file, &picture, NULL);
    const unsigned coded_item = file.primary;
    file.primary = heif_file_add_item(&file, type);
    loom_strbuf_add(&file.items[file.primary - 1].data, data, size);
    for (unsigned i = 0; i < inputs; i++)
        heif_file_add_reference(&file, "dimg", file.primary, coded_item);
    add_extent(&file, file.primary, across * PATCHES * PATCH, down * PATCH);
    oracle_image made = render_file(&file);
    ck_assert_uint_eq(made.width, across * PATCHES * PATCH);
    ck_assert_uint_eq(made.height, down * PATCH);
    for (uint32_t y = 0; y < down; y++)
        for (uint32_t i = 0; i < across * PATCHES; i++)
            for (uint32_t c = 0; c < 3; c++)
                ck_assert_int_le(abs((int)oracle_at(&made, i * PATCH + 8, y * PATCH + 8, c) -
                                     (int)patch_colours[i % PATCHES][c]),
                                 4);
    oracle_release(&made);
    oracle_release(&picture);
}

/* ISO/IEC 23008-12, 6.6.2. */
START_TEST(pictures_made_of_others_are_read)
{
    unsigned char grid[8] = {0, 0, 0, 1}; /* one row of two */
    unsigned char overlay[32] = {0};

    assert_derived("iden", "", 0, 1, 1, 1);
    loom_put16(grid + 4, true, 2 * PATCHES * PATCH);
    loom_put16(grid + 6, true, PATCH);
    assert_derived("grid", grid, sizeof grid, 2, 2, 1);
    loom_put16(overlay + 10, true, PATCHES * PATCH);
    loom_put16(overlay + 12, true, 2 * PATCH);
    loom_put16(overlay + 20, true, PATCH); /* the second: 0, 16 */
    assert_derived("iovl", overlay, 22, 2, 1, 2);
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
    tcase_add_test(tests, alpha_that_is_turned_otherwise_is_refused);
    tcase_add_loop_test(tests, samples_of_all_depths_fill_their_range, 0, 4);
    tcase_add_loop_test(tests, matrices_and_ranges_are_those_of_the_container, 0, MATRICES);
    tcase_add_test(tests, a_matrix_may_say_rgb);
    tcase_add_test(tests, without_a_box_the_bitstream_counts);
    tcase_add_test(tests, gray_is_gray);
    tcase_add_test(tests, a_gray_profile_is_applied_to_gray);
    tcase_add_test(tests, pictures_made_of_others_are_read);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
