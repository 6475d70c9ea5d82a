/* BMP, TGA, PSD, PNM and HDR that are cut short, damaged, or nothing of the kind. */
#include "engine/codec/stb_decoder.h"
#include "support/stb_files.h"
#include "support/suite.h"

#include <string.h>

/* Decodes what may be anything, if its header claims no more than a small picture. */
static loom_status decode_any(loom_format format, const void *bytes, size_t size, bool *past_end,
                              loom_error *err)
{
    loom_input input = stb_input(bytes, size);
    loom_picture picture = {0};
    uint32_t width, height;

    *past_end = false;
    loom_status status = loom_stb_probe(format, &input, &width, &height, err);
    if (status == LOOM_OK && (uint64_t)width * height <= 100000)
        status = loom_stb_decode(format, &input, &picture, past_end, err);
    loom_picture_release(&picture);
    loom_input_release(&input);
    return status;
}

START_TEST(each_cut_is_told)
{
    stb_file f = {.size = 0};

    stb_files[_i].make(&f);
    for (size_t size = stb_files[_i].format == LOOM_FORMAT_TGA ? 1 : 4; size < f.size; size++) {
        loom_error err = LOOM_ERROR_INIT;
        bool past_end;
        loom_status status = decode_any(stb_files[_i].format, f.bytes, size, &past_end, &err);
        ck_assert_msg(status == LOOM_OK ? past_end : status == LOOM_ERR_TRUNCATED,
                      "%s, %zu of %zu bytes: %s %s", stb_files[_i].name, size, f.size,
                      loom_status_name(status), err.message);
    }
}
END_TEST

START_TEST(a_cut_that_asks_for_as_much_as_the_look_ahead_is_told)
{
    /* 13 bytes of header and 243 of pixels: after the first 128, stb reads 128 in one piece. */
    stb_file f = {.size = 0};
    loom_error err = LOOM_ERROR_INIT;
    bool past_end;

    stb_put_text(&f, "P5 243 1 255\n");
    memset(f.bytes + f.size, 9, 243);
    f.size += 243;
    ck_assert_int_eq(decode_any(LOOM_FORMAT_PNM, f.bytes, f.size, &past_end, &err), LOOM_OK);
    ck_assert(!past_end);
    for (size_t size = f.size - 127; size < f.size; size++) {
        ck_assert_int_eq(decode_any(LOOM_FORMAT_PNM, f.bytes, size, &past_end, &err), LOOM_OK);
        ck_assert(past_end);
    }
}
END_TEST

/* Knuth's MMIX generator: the same bytes in every run. */
static unsigned next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(*state >> 33);
}

START_TEST(mutations_end)
{
    uint64_t state = (uint64_t)_i + 1;
    stb_file whole = {.size = 0};

    stb_files[_i].make(&whole);
    for (int i = 0; i < 2000; i++) {
        loom_error err = LOOM_ERROR_INIT;
        stb_file f = whole;
        bool past_end;
        for (unsigned n = next_random(&state) % 6 + 1; n > 0; n--)
            f.bytes[next_random(&state) % f.size] = (unsigned char)next_random(&state);
        loom_status status = decode_any(stb_files[_i].format, f.bytes, f.size, &past_end, &err);
        ck_assert_msg(status == LOOM_OK || err.message[0] != '\0', "%s, %d", stb_files[_i].name, i);
    }
}
END_TEST

START_TEST(garbage_behind_a_magic_number_ends)
{
    static const struct {
        loom_format format;
        const char *magic;
    } kinds[] = {{LOOM_FORMAT_BMP, "BM"},
                 {LOOM_FORMAT_PSD, "8BPS"},
                 {LOOM_FORMAT_PNM, "P5 3 3 255 "},
                 {LOOM_FORMAT_TGA, ""},
                 {LOOM_FORMAT_HDR, "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n-Y 9 +X 9\n"}};
    uint64_t state = 7;

    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int i = 0; i < 2000; i++) {
            loom_error err = LOOM_ERROR_INIT;
            stb_file f = {.size = 0};
            bool past_end;
            stb_put_text(&f, kinds[k].magic);
            for (unsigned n = next_random(&state) % 300 + 4; n > 0; n--)
                stb_put_le(&f, next_random(&state), 1);
            (void)decode_any(kinds[k].format, f.bytes, f.size, &past_end, &err);
        }
}
END_TEST

START_TEST(headers_that_cannot_be_read)
{
    static const struct {
        loom_format format;
        const char *text;
        loom_status code;
    } cases[] = {{LOOM_FORMAT_PNM, "P4 3 2\n......", LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_PNM, "P2 3 2 255 1 2 3 4 5 6", LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_PNM, "P5 99999999999 2 255 x", LOOM_ERR_TOO_LARGE},
                 {LOOM_FORMAT_PNM, "P5 3 65536 255 x", LOOM_ERR_TOO_LARGE},
                 {LOOM_FORMAT_PNM, "P5 3 2 65536 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_PNM, "P5 0 2 255 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_PNM, "P5 x 2 255 xxxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_HDR, "#?RADIANCE\nFORMAT=other\n\n-Y 2 +X 3\nxxxx", LOOM_ERR_CORRUPT},
                 {LOOM_FORMAT_BMP, "BMxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
                  LOOM_ERR_UNSUPPORTED},
                 {LOOM_FORMAT_TGA, "this is a text of some length", LOOM_ERR_CORRUPT}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loom_input input = stb_input(cases[i].text, strlen(cases[i].text));
        loom_error err = LOOM_ERROR_INIT;
        uint32_t width = 11, height = 12;
        loom_status status = loom_stb_probe(cases[i].format, &input, &width, &height, &err);
        ck_assert_msg(status == cases[i].code, "%s: %s (%s)", cases[i].text,
                      loom_status_name(status), err.message);
        ck_assert_int_eq(err.stage, LOOM_STAGE_PROBE);
        ck_assert_uint_eq(width, 11);
        ck_assert_uint_eq(height, 12);
        loom_input_release(&input);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("stb_damage");
    TCase *tests = tcase_create("broken");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, each_cut_is_told, 0, STB_FILES);
    tcase_add_test(tests, a_cut_that_asks_for_as_much_as_the_look_ahead_is_told);
    tcase_add_loop_test(tests, mutations_end, 0, STB_FILES);
    tcase_add_test(tests, garbage_behind_a_magic_number_ends);
    tcase_add_test(tests, headers_that_cannot_be_read);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
