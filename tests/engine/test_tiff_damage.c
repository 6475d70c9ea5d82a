/* What the decoders inside of a TIFF complain of: damage where it is about pixels, else a warning.
 */
#include "support/engine_run.h"
#include "support/suite.h"
#include "support/tiff_file.h"
#include "support/tmpdir.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    RLE = 2,
    T4 = 3,
    T6 = 4,
    LZW = 5,
    DEFLATE = 8,
    PACKBITS = 32773,
    LZMA = 34925,
    ZSTD = 50000,
    WEBP = 50001
};
enum { WIDTH = 16, HEIGHT = 4 };

/* ---- bits of a fax (T.4, tables 2 and 3; T.6, table 1) ------------------------ */

#define WHITE_8     "10011"
#define WHITE_9     "10100"
#define BLACK_7     "00011"
#define BLACK_8     "000101"
#define ACROSS      "001" /* horizontal mode of T.6: two runs follow */
#define SAME        "1"   /* the run ends below that of the line before */
#define LINE_1D     WHITE_8 BLACK_8
#define END_OF_LINE "000000000001"

/* `bits` as bytes; '|' goes on with the next whole byte. */
static tiff_bytes pack(const char *bits)
{
    unsigned char *data = calloc(1, strlen(bits) + 1);
    size_t bit = 0;

    ck_assert_ptr_nonnull(data);
    for (; *bits != '\0'; bits++) {
        if (*bits == '|') {
            bit = (bit + 7) / 8 * 8;
            continue;
        }
        if (*bits == '1')
            data[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
        bit++;
    }
    return (tiff_bytes){data, (bit + 7) / 8};
}

static const struct {
    unsigned compression;
    bool good;
    const char *bits;
} faxes[] = {
    {RLE, true, LINE_1D "|" LINE_1D "|" LINE_1D "|" LINE_1D},
    {RLE, false, LINE_1D "|" LINE_1D "|" WHITE_8 "00000000000|" LINE_1D}, /* no code */
    {RLE, false, LINE_1D "|" LINE_1D "|" WHITE_9 BLACK_8 "|" LINE_1D},    /* too long */
    {RLE, false, LINE_1D "|" LINE_1D "|"},                                /* two are missing */
    {T4, true,
     END_OF_LINE LINE_1D END_OF_LINE LINE_1D END_OF_LINE LINE_1D END_OF_LINE LINE_1D END_OF_LINE},
    {T4, false,
     END_OF_LINE LINE_1D END_OF_LINE WHITE_8 BLACK_7 END_OF_LINE LINE_1D END_OF_LINE LINE_1D},
    {T4, false,
     END_OF_LINE LINE_1D END_OF_LINE WHITE_9 BLACK_8 END_OF_LINE LINE_1D END_OF_LINE LINE_1D},
    {T4, false, END_OF_LINE LINE_1D END_OF_LINE LINE_1D},
    {T6, true, ACROSS LINE_1D SAME SAME SAME SAME SAME SAME},
    {T6, true, ACROSS LINE_1D ACROSS LINE_1D ACROSS LINE_1D ACROSS LINE_1D},
    {T6, false, ACROSS LINE_1D ACROSS WHITE_9 BLACK_8 SAME SAME SAME SAME},
    {T6, false, ACROSS LINE_1D "0000000000000000"},
    {T6, false, ACROSS LINE_1D ACROSS WHITE_8 "000000000000000000"},
    {T6, false, ACROSS LINE_1D},
};

static tiff_spec spec_of(unsigned compression, unsigned bits, const tiff_bytes *piece)
{
    return (tiff_spec){.width = WIDTH,
                       .height = HEIGHT,
                       .photometric = bits == 1 ? 0 : 1,
                       .bits = bits,
                       .samples = 1,
                       .compression = compression,
                       .pieces = piece};
}

/* At every size: all of the picture counts. */
static void assert_corrupt(const char *path)
{
    engine_request request = engine_request_default();

    engine_assert_error(&request, path, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
    request = engine_request_box(8, 1, LOOM_FIT_COVER);
    engine_assert_error(&request, path, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE);
}

/* Let through, it is a warning, or nothing can be made of it. */
static void assert_never_ok(const char *path)
{
    engine_request request = engine_request_default();

    request.settings.fail_on = LOOM_FAIL_ON_NONE;
    loom_outcome outcome = engine_run(&request, path, "out.png");
    ck_assert(outcome.result == LOOM_RESULT_WARNING || outcome.error.code == LOOM_ERR_CORRUPT);
    if (outcome.result == LOOM_RESULT_WARNING) {
        bool told = false;
        for (size_t i = 0; i < outcome.warning_count; i++)
            told = told || strcmp(outcome.warnings[i], "the picture data is damaged") == 0;
        ck_assert(told);
    }
    loom_outcome_release(&outcome);
}

START_TEST(fax_codes)
{
    const engine_request request = engine_request_default();
    const tiff_bytes piece = pack(faxes[_i].bits);
    const tiff_spec spec = spec_of(faxes[_i].compression, 1, &piece);

    tiff_write("in.tif", &spec);
    if (faxes[_i].good) {
        oracle_image made = engine_render(&request, "in.tif");
        for (uint32_t y = 0; y < HEIGHT; y++)
            for (uint32_t x = 0; x < WIDTH; x++)
                ck_assert_uint_eq(oracle_at(&made, x, y, 0), x < 8 ? 255 : 0);
        oracle_release(&made);
    } else {
        assert_corrupt("in.tif");
        assert_never_ok("in.tif");
    }
    free((void *)(size_t)piece.data);
}
END_TEST

/* ---- bytes -------------------------------------------------------------------- */

#define BYTES(text)                                                                                \
    {                                                                                              \
        text, sizeof(text) - 1                                                                     \
    }
#define RUN_OF_16 "\xF1\x07" /* PackBits: 16 times 7 */

static const struct {
    unsigned compression;
    tiff_bytes piece;
} short_ones[] = {
    {PACKBITS, BYTES(RUN_OF_16 RUN_OF_16 RUN_OF_16)},
    {PACKBITS, BYTES(RUN_OF_16 RUN_OF_16 RUN_OF_16 "\x0F"
                                                   "12345")},
    {PACKBITS, BYTES(RUN_OF_16 RUN_OF_16 RUN_OF_16 "\xC0\x07")}, /* 65 times: too long */
    {LZW, BYTES("\x80\x00\x00\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
    {LZW, BYTES("\x80\x00\x40\x40")},
    {DEFLATE, BYTES("\x78\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")},
    {DEFLATE, BYTES("\x78\x9C\x63")},
};

START_TEST(pieces_that_do_not_suffice)
{
    const tiff_spec spec = spec_of(short_ones[_i].compression, 8, &short_ones[_i].piece);

    tiff_write("in.tif", &spec);
    assert_corrupt("in.tif");
    assert_never_ok("in.tif");
}
END_TEST

START_TEST(half_a_piece_is_damage)
{
    static const unsigned compressions[] = {LZW, DEFLATE, PACKBITS, LZMA, ZSTD, WEBP};
    const unsigned samples = compressions[_i] == WEBP ? 3 : 1;
    const tiff_piece part = {.compression = compressions[_i],
                             .bits = 8,
                             .samples = samples,
                             .width = WIDTH,
                             .rows = HEIGHT};
    unsigned char data[3 * WIDTH * HEIGHT];
    size_t size = 0;

    for (size_t i = 0; i < sizeof data; i++)
        data[i] = (unsigned char)(i * i * 7 + i / 5);
    unsigned char *coded = tiff_code(&part, data, (size_t)samples * WIDTH * HEIGHT, &size);
    if (coded == NULL)
        return; /* this libtiff has it not */
    const tiff_bytes piece = {coded, size / 2};
    tiff_spec spec = spec_of(compressions[_i], 8, &piece);
    spec.samples = samples;
    spec.photometric = samples == 3 ? 2 : 1;
    tiff_write("in.tif", &spec);
    assert_corrupt("in.tif");
    assert_never_ok("in.tif");
    free(coded);
}
END_TEST

/* Rows that are not there: libtiff would take what follows in the file for them. */
START_TEST(plain_pixels_that_are_too_few_are_missing)
{
    const engine_request request = engine_request_default();
    const tiff_bytes piece = BYTES("0123456789abcdef0123456789abcdef0123456789abcdef");
    const tiff_spec spec = spec_of(1, 8, &piece);

    tiff_write("in.tif", &spec);
    engine_assert_error(&request, "in.tif", LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE);
}
END_TEST

/* ---- what is no damage ---------------------------------------------------------- */

static void assert_warned(const tiff_spec *spec, const char *words)
{
    const engine_request request = engine_request_default();
    oracle_image expected;

    tiff_write("in.tif", spec);
    loom_outcome outcome = engine_run_written(&request, "in.tif", "out.png", LOOM_RESULT_WARNING);
    ck_assert_uint_eq(outcome.warning_count, 1);
    ck_assert_msg(strstr(outcome.warnings[0], words) != NULL, "%s", outcome.warnings[0]);
    loom_outcome_release(&outcome);
    if (tiff_picture(spec, &expected)) {
        oracle_image made = oracle_read("out.png");
        if (spec->pieces == NULL)
            ck_assert_double_eq(oracle_compare(&made, &expected).max, 0);
        oracle_release(&made);
        oracle_release(&expected);
    }
}

START_TEST(words_about_fields_are_warnings)
{
    tiff_spec spec = {.width = WIDTH,
                      .height = HEIGHT,
                      .photometric = 2,
                      .bits = 8,
                      .samples = 3,
                      .compression = LZW,
                      .more_count = 1};

    const engine_request request = engine_request_default();

    /* One that libtiff has never heard of says nothing about the pixels. */
    spec.more[0] = (tiff_more){.tag = 50000, .type = 3, .count = 1, .value = 7};
    tiff_write("in.tif", &spec);
    oracle_image made = engine_render(&request, "in.tif"), expected;
    ck_assert(tiff_picture(&spec, &expected));
    ck_assert_double_eq(oracle_compare(&made, &expected).max, 0);
    oracle_release(&made);
    oracle_release(&expected);
    spec.more[0] = (tiff_more){.tag = 305, .type = 2, .count = 7, .data = "no end!", .size = 7};
    assert_warned(&spec, "null");
}
END_TEST

/* A code of 9 bits, from the lowest bit on, as libtiff's first versions wrote them. */
static void put_old_code(unsigned char *data, size_t *bit, unsigned code)
{
    for (int i = 0; i < 9; i++, ++*bit)
        if ((code >> i & 1) != 0)
            data[*bit / 8] |= (unsigned char)(1 << *bit % 8);
}

START_TEST(old_lzw_is_read)
{
    unsigned char data[(WIDTH * HEIGHT + 2) * 9 / 8 + 1] = {0};
    const tiff_bytes piece = {data, sizeof data};
    const tiff_spec spec = spec_of(LZW, 8, &piece);
    size_t bit = 0;

    put_old_code(data, &bit, 256);
    for (unsigned i = 0; i < WIDTH * HEIGHT; i++)
        put_old_code(data, &bit, i * 3 % 256);
    put_old_code(data, &bit, 257);
    assert_warned(&spec, "Old-style LZW");
    oracle_image made = oracle_read("out.png");
    for (uint32_t i = 0; i < WIDTH * HEIGHT; i++)
        ck_assert_uint_eq(oracle_at(&made, i % WIDTH, i / WIDTH, 0), i * 3 % 256);
    oracle_release(&made);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tiff_damage");
    TCase *tests = engine_case("damage");

    tcase_add_loop_test(tests, fax_codes, 0, COUNT(faxes));
    tcase_add_loop_test(tests, pieces_that_do_not_suffice, 0, COUNT(short_ones));
    tcase_add_loop_test(tests, half_a_piece_is_damage, 0, 6);
    tcase_add_test(tests, plain_pixels_that_are_too_few_are_missing);
    tcase_add_test(tests, words_about_fields_are_warnings);
    tcase_add_test(tests, old_lzw_is_read);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
