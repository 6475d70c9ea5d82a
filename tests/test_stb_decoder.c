/* The decoder of BMP, TGA, PSD, PNM and HDR against pictures written out byte by byte. */
#include "engine/codec/stb_decoder.h"
#include "engine/decoders.h"
#include "support/stb_files.h"
#include "support/suite.h"

#include <string.h>

/* ---- the samples --------------------------------------------------------- */

static loom_picture decode_whole(int i)
{
    stb_file f = {.size = 0};
    loom_error err = LOOM_ERROR_INIT;
    loom_picture picture = {0};
    uint32_t width = 0, height = 0;
    bool past_end = true;

    stb_files[i].make(&f);
    loom_input input = stb_input(f.bytes, f.size);
    ck_assert_msg(loom_stb_probe(stb_files[i].format, &input, &width, &height, &err) == LOOM_OK,
                  "%s: %s", stb_files[i].name, err.message);
    ck_assert_uint_eq(width, stb_files[i].width);
    ck_assert_uint_eq(height, stb_files[i].height);
    ck_assert_msg(loom_stb_decode(stb_files[i].format, &input, &picture, &past_end, &err) ==
                      LOOM_OK,
                  "%s: %s", stb_files[i].name, err.message);
    ck_assert(!past_end);
    loom_input_release(&input);
    return picture;
}

static unsigned sample(const loom_picture *picture, unsigned pixel, unsigned channel)
{
    const size_t at = (size_t)pixel * picture->channels + channel;
    uint16_t deep;

    if (picture->depth == 1)
        return picture->data[at];
    memcpy(&deep, picture->data + 2 * at, sizeof deep);
    return deep;
}

START_TEST(sizes_channels_and_depth)
{
    loom_picture picture = decode_whole(_i);

    ck_assert_uint_eq(picture.width, stb_files[_i].width);
    ck_assert_uint_eq(picture.height, stb_files[_i].height);
    ck_assert_uint_eq(picture.channels, stb_files[_i].channels);
    ck_assert_uint_eq(picture.depth, stb_files[_i].depth);
    loom_picture_release(&picture);
}
END_TEST

START_TEST(colours_of_8_bits)
{
    static const char *const names[] = {"bmp 24",  "bmp from top", "bmp 32", "tga",
                                        "tga rle", "tga alpha",    "psd",    "tga from bottom",
                                        "ppm",     "psd packed"};

    for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
        const int i = stb_file_called(names[n]);
        loom_picture picture = decode_whole(i);
        for (unsigned p = 0; p < 6; p++) {
            for (unsigned c = 0; c < 3; c++)
                ck_assert_msg(sample(&picture, p, c) == stb_rgb[3 * p + c], "%s: %u %u", names[n],
                              p, c);
            if (stb_files[i].channels == 4)
                ck_assert_uint_eq(sample(&picture, p, 3),
                                  stb_files[i].format == LOOM_FORMAT_PSD ? 255 : 40 * (p + 1));
        }
        loom_picture_release(&picture);
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
        loom_picture picture = decode_whole(stb_file_called(cases[n].name));
        for (unsigned p = 0; p < 6; p++)
            ck_assert_msg(sample(&picture, p, 0) == cases[n].expected[p], "%s: %u is %u",
                          cases[n].name, p, sample(&picture, p, 0));
        loom_picture_release(&picture);
    }
    loom_picture picture = decode_whole(stb_file_called("ppm 16"));
    for (unsigned i = 0; i < 18; i++)
        ck_assert_uint_eq(sample(&picture, i / 3, i % 3), 1000 * i + 7);
    loom_picture_release(&picture);
}
END_TEST

/* 255 * v^(1 / 2.2), rounded, of v = 1, 1/2, 1/4 … 1/128. */
static const unsigned by_halves[] = {255, 186, 136, 99, 72, 53, 39, 28};

START_TEST(light_is_mapped_by_a_gamma)
{
    loom_picture flat = decode_whole(stb_file_called("hdr flat"));
    for (unsigned p = 0; p < 6; p++)
        for (unsigned c = 0; c < 3; c++)
            ck_assert_uint_eq(sample(&flat, p, c), by_halves[p + c]);
    loom_picture_release(&flat);

    loom_picture rle = decode_whole(stb_file_called("hdr rle"));
    for (unsigned x = 0; x < 16; x++) {
        ck_assert_uint_eq(sample(&rle, x, 0), 255);
        ck_assert_uint_eq(sample(&rle, x, 2), 0);
    }
    ck_assert_uint_eq(sample(&rle, 8, 1), 186);
    ck_assert_uint_eq(sample(&rle, 4, 1), 136);
    ck_assert_uint_eq(sample(&rle, 0, 1), 0);
    loom_picture_release(&rle);
}
END_TEST

/* ---- BMPs of other kinds ------------------------------------------------- */

/* One row of 8 bits: of a header of `size` bytes and a compression; two colours in its palette. */
static stb_file make_indexed_bmp(uint32_t size, uint32_t compression, const unsigned char row[4])
{
    stb_file f = {.size = 0};

    stb_put_text(&f, "BM");
    stb_put_le(&f, 14 + size + 8 + 4, 4);
    stb_put_le(&f, 0, 4);
    stb_put_le(&f, 14 + size + 8, 4);
    stb_put_le(&f, size, 4);
    stb_put_le(&f, 4, 4);
    stb_put_le(&f, 1, 4);
    stb_put_le(&f, 1, 2);
    stb_put_le(&f, 8, 2);
    stb_put_le(&f, compression, 4);
    while (f.size < 14 + size)
        stb_put_le(&f, 0, 1);
    stb_put_le(&f, 0x102030, 4);
    stb_put_le(&f, 0xFFEEDD, 4);
    stb_put(&f, row, 4);
    return f;
}

START_TEST(an_index_beyond_the_palette_is_black)
{
    static const unsigned char row[] = {1, 2, 0, 255},
                               expected[] = {0xFF, 0xEE, 0xDD, 0, 0, 0, 0x10, 0x20, 0x30, 0, 0, 0};
    const stb_file f = make_indexed_bmp(40, 0, row);
    loom_input input = stb_input(f.bytes, f.size);
    loom_error err = LOOM_ERROR_INIT;
    loom_picture picture;
    bool past_end;

    ck_assert_int_eq(loom_stb_decode(LOOM_FORMAT_BMP, &input, &picture, &past_end, &err), LOOM_OK);
    ck_assert_uint_eq(picture.channels, 3);
    ck_assert_mem_eq(picture.data, expected, sizeof expected);
    loom_picture_release(&picture);
    loom_input_release(&input);
}
END_TEST

/* One row with each colour of a palette of OS/2 1: colour i is 3 * i in red, the others turned. */
static stb_file make_os2_bmp(unsigned bits)
{
    const unsigned colours = 1U << bits, row = colours * bits / 8 > 4 ? colours * bits / 8 : 4;
    const uint32_t offset = 26 + 3 * colours;
    stb_file f = {.size = 0};

    stb_put_text(&f, "BM");
    stb_put_le(&f, offset + row, 4);
    stb_put_le(&f, 0, 4);
    stb_put_le(&f, offset, 4);
    stb_put_le(&f, 12, 4);
    stb_put_le(&f, colours, 2);
    stb_put_le(&f, 1, 2);
    stb_put_le(&f, 1, 2);
    stb_put_le(&f, bits, 2);
    for (unsigned i = 0; i < colours; i++)
        stb_put(
            &f,
            (unsigned char[]){(unsigned char)(255 - i), (unsigned char)i, (unsigned char)(3 * i)},
            3);
    for (unsigned i = 0; bits == 8 && i < colours; i++)
        stb_put_le(&f, i, 1);
    for (unsigned i = 0; bits == 4 && i < colours; i += 2)
        stb_put_le(&f, i << 4 | (i + 1), 1);
    if (bits == 1)
        stb_put_le(&f, 0x40, 4);
    return f;
}

START_TEST(palettes_of_os2_are_whole)
{
    static const unsigned bits[] = {1, 4, 8};
    const stb_file f = make_os2_bmp(bits[_i]);

    for (size_t cut = 0; cut < f.size; cut += cut == 0 ? 1 : f.size / 4) {
        loom_input input = stb_input(f.bytes, f.size - cut);
        loom_error err = LOOM_ERROR_INIT;
        loom_picture picture;
        bool past_end = false;
        if (loom_stb_decode(LOOM_FORMAT_BMP, &input, &picture, &past_end, &err) == LOOM_OK) {
            for (unsigned i = 0; cut == 0 && i < 1U << bits[_i]; i++) {
                ck_assert_uint_eq(picture.data[3 * i], 3 * i % 256);
                ck_assert_uint_eq(picture.data[3 * i + 1], i);
                ck_assert_uint_eq(picture.data[3 * i + 2], 255 - i);
            }
            loom_picture_release(&picture);
        }
        ck_assert(past_end == (cut != 0));
        loom_input_release(&input);
    }
}
END_TEST

/* Sound files, but not of a kind that stb reads. */
START_TEST(kinds_that_are_not_read_are_unsupported)
{
    static const struct {
        uint32_t size, compression;
        const char *why;
    } cases[] = {
        {40, 1, "stb_image does not read this kind of bmp: one with run-length coding"},
        {40, 2, "stb_image does not read this kind of bmp: one with run-length coding"},
        {40, 4, "stb_image does not read this kind of bmp: one that holds a JPEG or PNG"},
        {64, 0, "stb_image does not read this kind of bmp: one with a header of an unknown size"}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const stb_file f = make_indexed_bmp(cases[i].size, cases[i].compression,
                                            (const unsigned char[]){0, 1, 0, 1});
        loom_input input = stb_input(f.bytes, f.size);
        loom_error err = LOOM_ERROR_INIT;
        uint32_t width, height;
        ck_assert_int_eq(loom_stb_probe(LOOM_FORMAT_BMP, &input, &width, &height, &err),
                         LOOM_ERR_UNSUPPORTED);
        ck_assert_str_eq(err.message, cases[i].why);
        loom_input_release(&input);
    }
}
END_TEST

START_TEST(reads_five_formats)
{
    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++)
        ck_assert_int_eq(loom_stb_reads((loom_format)i),
                         i >= LOOM_FORMAT_BMP && i <= LOOM_FORMAT_HDR);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stb_decoder");
    TCase *tests = tcase_create("whole");

    tcase_add_loop_test(tests, sizes_channels_and_depth, 0, STB_FILES);
    tcase_add_test(tests, colours_of_8_bits);
    tcase_add_test(tests, grays_are_scaled_to_the_whole_range);
    tcase_add_test(tests, light_is_mapped_by_a_gamma);
    tcase_add_test(tests, an_index_beyond_the_palette_is_black);
    tcase_add_loop_test(tests, palettes_of_os2_are_whole, 0, 3);
    tcase_add_test(tests, kinds_that_are_not_read_are_unsupported);
    tcase_add_test(tests, reads_five_formats);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
