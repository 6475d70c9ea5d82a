/* Plain raster formats through the engine: what their decoders tell, and what comes of it. */
#include "support/engine_run.h"
#include "support/icc_profile.h"
#include "support/make_bmp.h"
#include "support/make_psd.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <math.h>
#include <string.h>

static void write_psd(const char *path, const psd *p)
{
    raster_file f = {.size = 0};

    psd_put(&f, p);
    tmpdir_write(path, f.bytes, f.size);
}

/* The six colours mean what the profile says, not what sRGB would. */
START_TEST(the_profile_of_a_psd_is_applied)
{
    for (unsigned depth = 8; depth <= 16; depth += 8) {
        icc_profile icc;
        icc_make_rgb(&icc, &icc_adobe_rgb);
        write_psd("in.psd", &(psd){.channels = 3,
                                   .mode = RGB,
                                   .depth = depth,
                                   .profile = icc.bytes,
                                   .profile_size = icc.size});
        oracle_image made = engine_decode("in.psd");
        ck_assert_uint_eq(made.max, depth == 16 ? 65535 : 255);
        for (uint32_t i = 0; i < 6; i++) {
            double from[3], to[3];
            for (unsigned c = 0; c < 3; c++)
                from[c] = raster_rgb[3 * i + c] / 255.0;
            icc_rgb_to_srgb(&icc_adobe_rgb, from, to);
            for (unsigned c = 0; c < 3; c++)
                ck_assert_msg(fabs(oracle_at(&made, i % 3, i / 3, c) / (double)made.max - to[c]) <
                                  0.02,
                              "%u bits, pixel %u, channel %u: %u, not %f", depth, i, c,
                              oracle_at(&made, i % 3, i / 3, c), to[c] * made.max);
        }
        oracle_release(&made);
    }
}
END_TEST

START_TEST(sixteen_bits_stay)
{
    write_psd("in.psd", &(psd){.channels = 3, .mode = RGB, .depth = 16, .coding = 1});
    oracle_image made = engine_decode("in.psd");

    ck_assert_uint_eq(made.max, 65535);
    ck_assert_uint_eq(made.channels, 3);
    for (uint32_t i = 0; i < 18; i++)
        ck_assert_uint_eq(oracle_at(&made, i / 3 % 3, i / 9, i % 3), 257U * raster_rgb[i]);
    oracle_release(&made);
}
END_TEST

/* Stored as light: 255 is no ink. */
START_TEST(inks_of_a_psd)
{
    static const unsigned char light[24] = {255, 255, 255, 255, 0,   0,   0,   0,
                                            0,   255, 255, 255, 255, 0,   255, 255,
                                            255, 255, 0,   255, 255, 255, 255, 255};

    for (unsigned depth = 8; depth <= 16; depth += 8) {
        write_psd("in.psd", &(psd){.channels = 4, .mode = CMYK, .depth = depth, .samples = light});
        oracle_image made = engine_decode("in.psd");
        ck_assert_uint_eq(made.channels, 3);
        for (unsigned c = 0; c < 3; c++) {
            ck_assert_uint_eq(oracle_at(&made, 0, 0, c), 255);
            ck_assert_uint_lt(oracle_at(&made, 1, 0, c), 48);
            /* cyan lacks red, magenta green, yellow blue */
            const uint32_t x = c == 0 ? 2 : c - 1, y = c == 0 ? 0 : 1;
            for (unsigned other = 0; other < 3; other++)
                ck_assert(other == c ||
                          oracle_at(&made, x, y, other) > oracle_at(&made, x, y, c) + 60);
        }
        oracle_release(&made);
    }
}
END_TEST

static loom_outcome run_psd(const psd *p, loom_fail_on fail_on)
{
    engine_request request = engine_request_default();

    write_psd("in.psd", p);
    request.settings.fail_on = fail_on;
    return engine_run(&request, "in.psd", "out.png");
}

START_TEST(a_saved_selection_is_no_channel_of_the_row)
{
    loom_outcome made =
        run_psd(&(psd){.channels = 4, .mode = RGB, .layers = 1}, LOOM_FAIL_ON_WARNING);

    ck_assert_int_eq(made.result, LOOM_RESULT_OK);
    ck_assert_int_eq(made.channels, 3);
    loom_outcome_release(&made);
    made = run_psd(&(psd){.channels = 4, .mode = RGB, .layers = -1}, LOOM_FAIL_ON_WARNING);
    ck_assert_int_eq(made.result, LOOM_RESULT_OK);
    ck_assert_int_eq(made.channels, 4);
    loom_outcome_release(&made);
}
END_TEST

START_TEST(no_merged_picture_is_unsupported)
{
    loom_outcome made =
        run_psd(&(psd){.channels = 3, .mode = RGB, .merged = -1}, LOOM_FAIL_ON_NONE);

    ck_assert_int_eq(made.error.code, LOOM_ERR_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(made.error.message, "picture of all layers: missing"));
    loom_outcome_release(&made);
}
END_TEST

/* One row of BMP: what the decoder says of it is in the outcome. */
static loom_outcome run_bmp(const bmp *b, const void *row, loom_fail_on fail_on)
{
    engine_request request = engine_request_default();
    raster_file f = {.size = 0};

    bmp_put(&f, b);
    raster_put(&f, row, 4);
    tmpdir_write("in.bmp", f.bytes, f.size);
    request.settings.fail_on = fail_on;
    return engine_run(&request, "in.bmp", "out.png");
}

START_TEST(what_a_decoder_tells_is_in_the_row)
{
    const bmp linked = {
        .header = V5, .width = 1, .height = 1, .planes = 1, .bits = 24, .space = LINKED};
    bmp broken = bmp_usual;
    loom_outcome made = run_bmp(&linked, "abcd", LOOM_FAIL_ON_ERROR);

    ck_assert_int_eq(made.result, LOOM_RESULT_WARNING);
    ck_assert_str_eq(made.warnings[0], "its colour profile is in another file, and was ignored");
    loom_outcome_release(&made);

    broken.height = 1;
    made = run_bmp(&broken, "\xFF\xFF\xFF\xFF", LOOM_FAIL_ON_ERROR);
    ck_assert_int_eq(made.error.code, LOOM_ERR_CORRUPT);
    loom_outcome_release(&made);
    made = run_bmp(&broken, "\xFF\xFF\xFF\xFF", LOOM_FAIL_ON_TRUNCATED);
    ck_assert_int_eq(made.result, LOOM_RESULT_WARNING);
    loom_outcome_release(&made);

    broken.height = 2; /* of which one row is there */
    made = run_bmp(&broken, "\1\1\1\1", LOOM_FAIL_ON_TRUNCATED);
    ck_assert_int_eq(made.error.code, LOOM_ERR_TRUNCATED);
    loom_outcome_release(&made);
    made = run_bmp(&broken, "\1\1\1\1", LOOM_FAIL_ON_NONE);
    ck_assert_int_eq(made.result, LOOM_RESULT_WARNING);
    loom_outcome_release(&made);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_raster");
    TCase *tests = engine_case("raster");

    tcase_add_test(tests, the_profile_of_a_psd_is_applied);
    tcase_add_test(tests, sixteen_bits_stay);
    tcase_add_test(tests, inks_of_a_psd);
    tcase_add_test(tests, a_saved_selection_is_no_channel_of_the_row);
    tcase_add_test(tests, no_merged_picture_is_unsupported);
    tcase_add_test(tests, what_a_decoder_tells_is_in_the_row);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
