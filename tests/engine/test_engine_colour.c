/*
 * Colour profiles, made by arithmetic and embedded by hand; what is expected is reckoned in double
 * precision by support/icc_profile.c.
 */
#include "base/bytes.h"
#include "support/engine_run.h"
#include "support/patches.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool has_profile_marker(const char *path)
{
    return tmpdir_holds(path, "iCCP", 4) || tmpdir_holds(path, "ICCP", 4) ||
           tmpdir_holds(path, "ICC_PROFILE", 11) || tmpdir_holds(path, "acsp", 4);
}

/* ---- to sRGB ------------------------------------------------------------- */

static const icc_space *const spaces[] = {&icc_display_p3, &icc_adobe_rgb, &icc_prophoto};

enum { SPACES = sizeof spaces / sizeof *spaces };

START_TEST(a_profile_is_converted_to_srgb)
{
    const engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_rgb(&icc, spaces[_i]);
    const sample_extras extras = {.icc = icc.bytes, .icc_size = icc.size};
    for (uint32_t channels = 3; channels <= 4; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            oracle_image picture = patches_make(channels, max, 200);
            sample_png("in.png", &picture, &extras);
            sample_tiff("in.tif", &picture, &extras);
            for (int tiff = 0; tiff < 2; tiff++) {
                oracle_image made = engine_render(&request, tiff ? "in.tif" : "in.png");
                ck_assert_uint_eq(made.channels, channels);
                ck_assert_uint_eq(made.max, max);
                ck_assert(!has_profile_marker("out.png"));
                patches_assert_converted(&made, &picture, spaces[_i], 3);
                if (channels == 4)
                    ck_assert_uint_eq(oracle_at(&made, 3, 3, 3), 200 * (max / 255));
                oracle_release(&made);
            }
            oracle_release(&picture);
        }
}
END_TEST

/* A JPEG of the patches, as exact as it can be. */
static void write_jpeg(const char *path)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);

    sample_png("plain.png", &picture, NULL);
    oracle_release(&picture);
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    loom_outcome outcome = engine_run_written(&request, "plain.png", path, LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
}

START_TEST(a_profile_in_jpeg_is_converted_after_the_shrink)
{
    const engine_request request = engine_request_box(PATCHES * PATCH / 2, 0, LOOM_FIT_COVER);
    loom_strbuf segment = LOOM_STRBUF_INIT;
    icc_profile icc;

    icc_make_rgb(&icc, spaces[_i]);
    write_jpeg("plain.jpg");
    sample_icc_segment(&segment, icc.bytes, icc.size);
    sample_insert("plain.jpg", "in.jpg", &segment);
    oracle_image input = oracle_read("in.jpg"), small = engine_render(&request, "in.jpg");
    ck_assert_uint_eq(small.height, PATCH / 2);
    for (uint32_t i = 0; i < PATCHES; i++) {
        double rgb[3], expected[3];
        for (uint32_t c = 0; c < 3; c++)
            rgb[c] = oracle_at(&input, i * PATCH + PATCH / 2, PATCH / 2, c) / 255.0;
        icc_rgb_to_srgb(spaces[_i], rgb, expected);
        for (uint32_t c = 0; c < 3; c++)
            ck_assert_double_le(fabs(oracle_at(&small, i * PATCH / 2 + PATCH / 4, PATCH / 4, c) -
                                     255 * expected[c]),
                                3);
    }
    oracle_release(&input);
    oracle_release(&small);
}
END_TEST

START_TEST(a_gray_profile_is_converted_and_stays_gray)
{
    static const double gammas[] = {1.0, 1.8, 2.2};
    const engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_gray(&icc, gammas[_i]);
    const sample_extras extras = {.icc = icc.bytes, .icc_size = icc.size};
    for (uint32_t channels = 1; channels <= 2; channels++)
        for (uint32_t max = 255; max <= 65535; max += 65280) {
            oracle_image picture = patches_make(channels, max, 77);
            sample_png("in.png", &picture, &extras);
            oracle_image made = engine_render(&request, "in.png");
            ck_assert_uint_eq(made.channels, channels);
            ck_assert_uint_eq(made.max, max);
            for (uint32_t i = 0; i < PATCHES; i++) {
                const double gray = icc_gray_to_srgb(gammas[_i], patch_colours[i][0] / 255.0);
                patches_assert_colour(&made, i, (const double[]){gray, gray, gray}, 3);
            }
            if (channels == 2)
                ck_assert_uint_eq(oracle_at(&made, 3, 3, 1), 77 * (max / 255));
            oracle_release(&made);
            oracle_release(&picture);
        }
}
END_TEST

START_TEST(an_srgb_profile_changes_no_bit)
{
    const engine_request request = engine_request_box(50, 0, LOOM_FIT_COVER);
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;
    size_t plain_size, size;

    icc_make_rgb(&icc, &icc_srgb);
    sample_png("plain.png", &picture, NULL);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    loom_outcome a = engine_run_written(&request, "plain.png", "a.png", LOOM_RESULT_OK);
    loom_outcome b = engine_run_written(&request, "in.png", "b.png", LOOM_RESULT_OK);
    char *plain = tmpdir_read("a.png", &plain_size), *other = tmpdir_read("b.png", &size);
    ck_assert_uint_eq(size, plain_size);
    ck_assert_mem_eq(other, plain, size);
    free(plain);
    free(other);
    loom_outcome_release(&a);
    loom_outcome_release(&b);
    oracle_release(&picture);
}
END_TEST

/* ---- --icc keep ---------------------------------------------------------- */

START_TEST(keep_leaves_pixels_and_attaches_the_profile)
{
    static const struct {
        loom_format format;
        const char *path;
    } outputs[] = {{LOOM_FORMAT_PNG, "out.png"},
                   {LOOM_FORMAT_TIFF, "out.tif"},
                   {LOOM_FORMAT_WEBP, "out.webp"},
                   {LOOM_FORMAT_AVIF, "out.avif"},
                   {LOOM_FORMAT_JPEG, "out.jpg"}};
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    for (size_t i = 0; i < sizeof outputs / sizeof *outputs; i++) {
        engine_request request = engine_request_default(), again = engine_request_default();
        request.format = outputs[i].format;
        request.recipe.icc = again.recipe.icc = LOOM_ICC_KEEP;
        request.recipe.quality = 100;
        request.recipe.chroma = LOOM_CHROMA_444;
        request.recipe.lossless = outputs[i].format == LOOM_FORMAT_WEBP;
        loom_outcome outcome =
            engine_run_written(&request, "in.png", outputs[i].path, LOOM_RESULT_OK);
        if (outputs[i].format != LOOM_FORMAT_PNG) /* there it is compressed */
            ck_assert_msg(tmpdir_holds(outputs[i].path, icc.bytes + 36, icc.size - 36), "%s",
                          outputs[i].path);
        oracle_image kept = engine_render(&again, outputs[i].path);
        ck_assert_msg(oracle_compare(&kept, &picture).psnr >= 34, "%s", outputs[i].path);
        ck_assert_msg(tmpdir_holds("out.png", "iCCP", 4), "%s", outputs[i].path);
        oracle_release(&kept);
        loom_outcome_release(&outcome);
    }
    oracle_release(&picture);
}
END_TEST

/* A profile outlives the image that libvips opened, also when there is more than one output. */
START_TEST(a_profile_in_avif_serves_several_outputs)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;

    icc_make_rgb(&icc, &icc_adobe_rgb);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    request.format = LOOM_FORMAT_AVIF;
    request.recipe.icc = LOOM_ICC_KEEP;
    request.recipe.lossless = true;
    loom_outcome outcome = engine_run_written(&request, "in.png", "in.avif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);

    request = engine_request_default();
    const loom_task tasks[2] = {
        {.input_path = "in.avif", .output_path = "a.png", .format = LOOM_FORMAT_PNG},
        {.input_path = "in.avif", .output_path = "b.png", .format = LOOM_FORMAT_PNG, .size = 1}};
    loom_outcome outcomes[2];
    request.recipe.size_count = 2;
    request.recipe.sizes[1].width = PATCHES * PATCH / 2;
    engine_run_tasks(&request, tasks, 2, outcomes);
    for (int i = 0; i < 2; i++) {
        ck_assert_msg(outcomes[i].result == LOOM_RESULT_OK, "%s", outcomes[i].error.message);
        loom_outcome_release(&outcomes[i]);
    }
    oracle_image made = oracle_read("a.png");
    patches_assert_converted(&made, &picture, &icc_adobe_rgb, 3);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* What is kept in a PNG still means the same: the next run converts it. */
START_TEST(a_kept_profile_is_converted_by_the_next_run)
{
    engine_request keep = engine_request_default(), convert = keep;
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;

    keep.recipe.icc = LOOM_ICC_KEEP;
    icc_make_rgb(&icc, &icc_adobe_rgb);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    loom_outcome outcome = engine_run_written(&keep, "in.png", "kept.png", LOOM_RESULT_OK);
    oracle_image kept = oracle_read("kept.png");
    ck_assert_double_eq(oracle_compare(&kept, &picture).max, 0);
    oracle_image made = engine_render(&convert, "kept.png");
    patches_assert_converted(&made, &picture, &icc_adobe_rgb, 3);
    oracle_release(&made);
    oracle_release(&kept);
    oracle_release(&picture);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(grayscale_with_keep_converts)
{
    engine_request request = engine_request_default();
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    request.recipe.icc = LOOM_ICC_KEEP;
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    oracle_image made = engine_render(&request, "in.png");
    ck_assert_uint_eq(made.channels, 1);
    ck_assert(!has_profile_marker("out.png"));
    for (uint32_t i = 0; i < PATCHES; i++) {
        const double rgb[3] = {patch_colours[i][0] / 255.0, patch_colours[i][1] / 255.0,
                               patch_colours[i][2] / 255.0};
        double srgb[3];
        icc_rgb_to_srgb(&icc_display_p3, rgb, srgb);
        const double luma = 0.299 * srgb[0] + 0.587 * srgb[1] + 0.114 * srgb[2];
        patches_assert_colour(&made, i, (const double[]){luma, luma, luma}, 3);
    }
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* ---- broken profiles ----------------------------------------------------- */

static void assert_warned(const char *path, const oracle_image *picture)
{
    const engine_request request = engine_request_default();
    loom_outcome outcome = engine_run_written(&request, path, "out.png", LOOM_RESULT_WARNING);
    oracle_image made = oracle_read("out.png");

    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_str_eq(outcome.warnings[0], "the embedded colour profile is broken and was ignored");
    ck_assert_double_eq(oracle_compare(&made, picture).max, 0);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}

START_TEST(a_broken_profile_is_a_warning)
{
    oracle_image picture = patches_make(3, 255, 255);
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    sample_extras extras = {.icc = icc.bytes, .icc_size = icc.size};
    memset(icc.bytes + 128, 0xA5, icc.size - 128); /* the tags */
    sample_tiff("in.tif", &picture, &extras);
    assert_warned("in.tif", &picture);
    extras.icc_size = 140; /* cut short */
    sample_tiff("in.tif", &picture, &extras);
    assert_warned("in.tif", &picture);
    extras = (sample_extras){.icc = "no profile at all", .icc_size = 17};
    sample_tiff("in.tif", &picture, &extras);
    assert_warned("in.tif", &picture);
    oracle_release(&picture);
}
END_TEST

/* ---- profiles of another colour space ------------------------------------- */

static bool holds_profile(const char *path)
{
    size_t size;
    char *data = tmpdir_read(path, &size);
    const bool found = memmem(data, size, "iCCP", 4) != NULL;

    free(data);
    return found;
}

/* Pixels, channels and alpha stay as they are stored, kept or not, and the row says why. */
static void assert_ignored(const oracle_image *picture, const icc_profile *icc, const char *warning)
{
    const sample_extras extras = {.icc = icc->bytes, .icc_size = icc->size};

    sample_tiff("in.tif", picture, &extras);
    for (int keep = 0; keep < 2; keep++) {
        engine_request request = engine_request_default();
        request.recipe.icc = keep ? LOOM_ICC_KEEP : LOOM_ICC_SRGB;
        loom_outcome outcome =
            engine_run_written(&request, "in.tif", "out.png", LOOM_RESULT_WARNING);
        oracle_image made = oracle_read("out.png");
        ck_assert_uint_eq(outcome.warning_count, 1);
        ck_assert_str_eq(outcome.warnings[0], warning);
        ck_assert_int_eq(outcome.channels, (int)picture->channels);
        ck_assert_double_eq(oracle_compare(&made, picture).max, 0);
        ck_assert(!holds_profile("out.png"));
        oracle_release(&made);
        loom_outcome_release(&outcome);
    }
}

START_TEST(a_profile_of_another_space_is_ignored)
{
    static const int8_t lab[16][3];
    static const char *const others[][2] = {{"mntr", "Lab "}, {"prtr", "6CLR"}, {"scnr", "YCbr"},
                                            {"link", "RGB "}, {"abst", "Lab "}, {"nmcl", "RGB "}};
    oracle_image rgb = patches_make(3, 255, 255), gray = patches_make(1, 255, 255);
    oracle_image rgba = patches_make(4, 255, 128);
    icc_profile icc;

    icc_make_gray(&icc, 1.8);
    assert_ignored(&rgb, &icc,
                   "the embedded colour profile is for gray pixels, not for RGB, and was ignored");
    assert_ignored(&rgba, &icc,
                   "the embedded colour profile is for gray pixels, not for RGB, and was ignored");
    icc_make_cmyk(&icc, lab);
    assert_ignored(&rgb, &icc,
                   "the embedded colour profile is for CMYK pixels, not for RGB, and was ignored");
    assert_ignored(&gray, &icc,
                   "the embedded colour profile is for CMYK pixels, not for gray, and was ignored");
    icc_make_rgb(&icc, &icc_display_p3);
    assert_ignored(&gray, &icc,
                   "the embedded colour profile is for RGB pixels, not for gray, and was ignored");
    for (size_t i = 0; i < COUNT(others); i++) {
        icc_make_rgb(&icc, &icc_display_p3);
        memcpy(icc.bytes + 12, others[i][0], 4);
        memcpy(icc.bytes + 16, others[i][1], 4);
        assert_ignored(&rgb, &icc,
                       "the embedded colour profile is for other pixels, not for RGB, and was "
                       "ignored");
    }
    oracle_release(&rgb);
    oracle_release(&rgba);
    oracle_release(&gray);
}
END_TEST

/* Every value of a power of gray, the darkest too, where a coarse table would be far off. */
START_TEST(a_power_of_gray_is_exact)
{
    static const double gammas[] = {1.0, 1.8, 2.2};
    const engine_request request = engine_request_default();
    oracle_image ramp = sample_flat(256, 1, 1, 255, (const uint16_t[]){0});
    icc_profile icc;

    for (uint32_t x = 0; x < 256; x++)
        ramp.samples[x] = (uint16_t)x;
    icc_make_gray(&icc, gammas[_i]);
    sample_png("in.png", &ramp, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    oracle_image made = engine_render(&request, "in.png");
    for (uint32_t x = 0; x < 256; x++)
        ck_assert_double_le(
            fabs(oracle_at(&made, x, 0, 0) - 255 * icc_gray_to_srgb(gammas[_i], x / 255.0)), 1);
    oracle_release(&made);
    oracle_release(&ramp);
}
END_TEST

/* In place of its white: a tag "cicp" (ICC.1:2022, 9.2.17) that says PQ. */
static void say_pq(icc_profile *icc)
{
    static const unsigned char pq[] = {'c', 'i', 'c', 'p', 0, 0, 0, 0, 9, 16, 0, 1};
    unsigned char *entry = memmem(icc->bytes, icc->size, "wtpt", 4);

    ck_assert_ptr_nonnull(entry);
    memcpy(entry, "cicp", 4);
    memcpy(icc->bytes + loom_be32(entry + 4), pq, sizeof pq);
}

/* What HDR looks like on other displays is for the profile to say; nobody else knows. */
START_TEST(a_profile_of_hdr_is_applied_or_kept_and_told)
{
    static const char told[] =
        "the colours are coded as PQ (HDR) and were interpreted by the embedded profile";
    oracle_image picture = patches_make(3, 255, 255);
    engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    say_pq(&icc);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.png", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0], told);
    oracle_image made = oracle_read("out.png");
    patches_assert_converted(&made, &picture, &icc_display_p3, 4);
    oracle_release(&made);
    loom_outcome_release(&outcome);
    request.recipe.icc = LOOM_ICC_KEEP;
    request.format = LOOM_FORMAT_TIFF;
    outcome = engine_run_written(&request, "in.png", "out.tif", LOOM_RESULT_WARNING);
    ck_assert_str_eq(outcome.warnings[0], told);
    ck_assert(tmpdir_holds("out.tif", icc.bytes, icc.size));
    loom_outcome_release(&outcome);
    oracle_release(&picture);
}
END_TEST

START_TEST(a_gif_keeps_no_profile)
{
    oracle_image picture = patches_make(3, 255, 255);
    engine_request request = engine_request_default();
    icc_profile icc;

    icc_make_rgb(&icc, &icc_display_p3);
    sample_png("in.png", &picture, &(sample_extras){.icc = icc.bytes, .icc_size = icc.size});
    request.format = LOOM_FORMAT_GIF;
    request.recipe.icc = LOOM_ICC_KEEP;
    loom_outcome outcome = engine_run_written(&request, "in.png", "out.gif", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    oracle_image made = engine_decode("out.gif");
    patches_assert_converted(&made, &picture, &icc_display_p3, 3);
    oracle_release(&made);
    oracle_release(&picture);
}
END_TEST

/* EXIF with ColorSpace and an interoperability index, as a camera that is set to Adobe RGB. */
static void write_camera(const char *path, const oracle_image *picture, unsigned space,
                         const char *index)
{
    loom_strbuf exif = LOOM_STRBUF_INIT, segment = LOOM_STRBUF_INIT;
    engine_request request = engine_request_default();

    request.format = LOOM_FORMAT_JPEG;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    sample_png("plain.png", picture, NULL);
    loom_outcome outcome = engine_run_written(&request, "plain.png", "plain.jpg", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    loom_strbuf_add(&exif, "MM\0*\0\0\0\10", 8);
    loom_strbuf_add(&exif, "\0\1\x87\x69\0\4\0\0\0\1\0\0\0\32\0\0\0\0", 18); /* EXIF at 26 */
    loom_strbuf_add(&exif, "\0\2\xA0\1\0\3\0\0\0\1", 10);
    sample_be16(&exif, space);
    loom_strbuf_add(&exif, "\0\0\xA0\5\0\4\0\0\0\1\0\0\0\70\0\0\0\0", 18); /* index at 56 */
    loom_strbuf_add(&exif, "\0\1\0\1\0\2\0\0\0\4", 10);
    loom_strbuf_add(&exif, index, 4);
    loom_strbuf_add(&exif, "\0\0\0\0", 4);
    sample_exif_segment(&segment, &exif);
    sample_insert("plain.jpg", path, &segment);
}

/* Adobe RGB (1998) to sRGB: both of D65, so by one matrix of linear light. */
static double from_adobe(const uint16_t rgb[3], unsigned c)
{
    static const double to_srgb[3][3] = {
        {1.3982832, -0.3982831, 0}, {0, 1, 0}, {0, -0.0429383, 1.0429383}};
    double light = 0;

    for (unsigned i = 0; i < 3; i++)
        light += to_srgb[c][i] * pow(rgb[i] / 255.0, 563.0 / 256);
    light = light < 0 ? 0 : light > 1 ? 1 : light;
    return 255 * (light <= 0.0031308 ? 12.92 * light : 1.055 * pow(light, 1 / 2.4) - 0.055);
}

START_TEST(adobe_rgb_by_exif_is_converted)
{
    static const uint16_t colour[] = {150, 180, 90};
    static const struct {
        unsigned space;
        const char *index;
        bool adobe;
    } rows[] = {{65535, "R03", true}, {65535, "R98", false}, {1, "R03", false}, {2, "R03", true}};
    oracle_image picture = sample_flat(64, 48, 3, 255, colour);
    engine_request request = engine_request_box(32, 24, LOOM_FIT_COVER);

    for (size_t i = 0; i < COUNT(rows); i++)
        for (int jpeg = 0; jpeg < 2; jpeg++) {
            write_camera("in.jpg", &picture, rows[i].space, rows[i].index);
            request.format = jpeg ? LOOM_FORMAT_JPEG : LOOM_FORMAT_PNG;
            loom_outcome outcome =
                engine_run_written(&request, "in.jpg", "out.bin", LOOM_RESULT_OK);
            loom_outcome_release(&outcome);
            oracle_image made = oracle_read("out.bin");
            for (unsigned c = 0; c < 3; c++)
                ck_assert_double_le(fabs(oracle_at(&made, 16, 12, c) -
                                         (rows[i].adobe ? from_adobe(colour, c) : colour[c])),
                                    jpeg ? 3 : 2);
            oracle_release(&made);
        }
    oracle_release(&picture);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_colour");
    TCase *tests = tcase_create("engine_colour");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, a_profile_is_converted_to_srgb, 0, SPACES);
    tcase_add_loop_test(tests, a_profile_in_jpeg_is_converted_after_the_shrink, 0, SPACES);
    tcase_add_loop_test(tests, a_gray_profile_is_converted_and_stays_gray, 0, 3);
    tcase_add_test(tests, an_srgb_profile_changes_no_bit);
    tcase_add_test(tests, keep_leaves_pixels_and_attaches_the_profile);
    tcase_add_test(tests, a_profile_in_avif_serves_several_outputs);
    tcase_add_test(tests, a_kept_profile_is_converted_by_the_next_run);
    tcase_add_test(tests, grayscale_with_keep_converts);
    tcase_add_test(tests, a_broken_profile_is_a_warning);
    tcase_add_test(tests, a_profile_of_another_space_is_ignored);
    tcase_add_test(tests, adobe_rgb_by_exif_is_converted);
    tcase_add_loop_test(tests, a_power_of_gray_is_exact, 0, 3);
    tcase_add_test(tests, a_profile_of_hdr_is_applied_or_kept_and_told);
    tcase_add_test(tests, a_gif_keeps_no_profile);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
