/* The decoders of BMP, TGA, PSD, PNM and HDR against pictures written out byte by byte. */
#include "support/raster_run.h"
#include "support/suite.h"

#include <string.h>

/* ---- the samples --------------------------------------------------------- */

static raster_result decode_whole(int i)
{
    raster_file f = {.size = 0};

    raster_files[i].make(&f);
    raster_result r = raster_run_file(raster_files[i].format, &f);
    ck_assert_msg(r.status == LOOM_OK, "%s: %s", raster_files[i].name, r.message);
    ck_assert(!r.decoded.missing);
    ck_assert_ptr_null(r.decoded.damage);
    return r;
}

START_TEST(sizes_channels_and_depth)
{
    raster_result r = decode_whole(_i);

    ck_assert_uint_eq(r.decoded.picture.width, raster_files[_i].width);
    ck_assert_uint_eq(r.decoded.picture.height, raster_files[_i].height);
    ck_assert_uint_eq(r.decoded.picture.channels, raster_files[_i].channels);
    ck_assert_uint_eq(r.decoded.picture.depth, raster_files[_i].depth);
    raster_end(&r);
}
END_TEST

START_TEST(colours_of_8_bits)
{
    static const char *const names[] = {"bmp 24",  "bmp from top", "bmp 32", "tga",
                                        "tga rle", "tga alpha",    "psd",    "tga from bottom",
                                        "ppm",     "psd packed"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const int i = raster_file_called(names[n]);
        raster_result r = decode_whole(i);
        for (unsigned p = 0; p < 6; p++) {
            for (unsigned c = 0; c < 3; c++)
                ck_assert_msg(raster_sample_at(&r, p, c) == raster_rgb[3 * p + c], "%s: %u %u",
                              names[n], p, c);
            if (raster_files[i].channels == 4)
                ck_assert_uint_eq(raster_sample_at(&r, p, 3), 40 * (p + 1));
        }
        raster_end(&r);
    }
}
END_TEST

START_TEST(grays_are_scaled_to_the_whole_range)
{
    static const struct {
        const char *name;
        unsigned expected[6];
    } cases[] = {{"pgm", {0, 50, 100, 150, 200, 255}},
                 {"tga gray", {0, 50, 100, 150, 200, 255}},
                 {"pgm 100", {0, 51, 102, 153, 204, 255}},
                 {"pgm 1000", {0, 13107, 26214, 39321, 52428, 65535}},
                 {"pgm 16", {0x0102, 0x3103, 0x6104, 0x9105, 0xC106, 0xF107}}};

    for (size_t n = 0; n < sizeof cases / sizeof *cases; n++) {
        raster_result r = decode_whole(raster_file_called(cases[n].name));
        for (unsigned p = 0; p < 6; p++)
            ck_assert_msg(raster_sample_at(&r, p, 0) == cases[n].expected[p], "%s: %u is %u",
                          cases[n].name, p, raster_sample_at(&r, p, 0));
        raster_end(&r);
    }
    raster_result r = decode_whole(raster_file_called("ppm 16"));
    for (unsigned i = 0; i < 18; i++)
        ck_assert_uint_eq(raster_sample_at(&r, i / 3, i % 3), 1000 * i + 7);
    raster_end(&r);
}
END_TEST

/* 255 * v^(1 / 2.2), rounded, of v = 1, 1/2, 1/4 … 1/128. */
static const unsigned by_halves[] = {255, 186, 136, 99, 72, 53, 39, 28};

START_TEST(light_is_mapped_by_a_gamma)
{
    raster_result flat = decode_whole(raster_file_called("hdr flat"));
    for (unsigned p = 0; p < 6; p++)
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(raster_sample_at(&flat, p, c), by_halves[p + c]);
    raster_end(&flat);

    raster_result rle = decode_whole(raster_file_called("hdr rle"));
    for (unsigned x = 0; x < 16; x++) {
        ck_assert_uint_eq(raster_sample_at(&rle, x, 0), 255);
        ck_assert_uint_eq(raster_sample_at(&rle, x, 2), 0);
    }
    ck_assert_uint_eq(raster_sample_at(&rle, 8, 1), 186);
    ck_assert_uint_eq(raster_sample_at(&rle, 4, 1), 136);
    ck_assert_uint_eq(raster_sample_at(&rle, 0, 1), 0);
    raster_end(&rle);
}
END_TEST

START_TEST(reads_five_formats)
{
    static const loom_format ours[] = {LOOM_FORMAT_BMP, LOOM_FORMAT_TGA, LOOM_FORMAT_PSD,
                                       LOOM_FORMAT_PNM, LOOM_FORMAT_HDR},
                             others[] = {LOOM_FORMAT_UNKNOWN, LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG,
                                         LOOM_FORMAT_WEBP,    LOOM_FORMAT_TIFF, LOOM_FORMAT_AVIF,
                                         LOOM_FORMAT_HEIC,    LOOM_FORMAT_JXL,  LOOM_FORMAT_SVG,
                                         LOOM_FORMAT_JP2,     LOOM_FORMAT_PDF,  LOOM_FORMAT_COUNT};

    for (size_t i = 0; i < COUNT(ours); i++)
        ck_assert_ptr_nonnull(loom_decoder_of(ours[i]));
    for (size_t i = 0; i < COUNT(others); i++)
        ck_assert_ptr_null(loom_decoder_of(others[i]));
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("raster");
    TCase *tests = tcase_create("whole");

    tcase_add_loop_test(tests, sizes_channels_and_depth, 0, RASTER_FILES);
    tcase_add_test(tests, colours_of_8_bits);
    tcase_add_test(tests, grays_are_scaled_to_the_whole_range);
    tcase_add_test(tests, light_is_mapped_by_a_gamma);
    tcase_add_test(tests, reads_five_formats);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
