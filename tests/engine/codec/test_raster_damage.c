/* BMP, TGA, PSD, PNM and HDR that are cut short, damaged, or nothing of the kind. */
#include "support/random.h"
#include "support/raster_run.h"
#include "support/suite.h"

#include <string.h>

/* Decodes what may be anything, if its header claims no more than a small picture. */
static loom_status decode_any(loom_format format, const void *bytes, size_t size, bool *missing,
                              char message[512])
{
    raster_result r = raster_run(format, bytes, size);
    const loom_status status = r.status;

    *missing = r.decoded.missing;
    memcpy(message, r.message, 512);
    raster_end(&r);
    return status;
}

/* Bytes at a file's end that no pixel needs: rows of a BMP are padded to four. */
static size_t padding_of(const raster_sample *sample)
{
    return strcmp(sample->name, "bmp 24") == 0 || strcmp(sample->name, "bmp from top") == 0 ? 3 : 0;
}

START_TEST(each_cut_is_told)
{
    const size_t padding = padding_of(&raster_files[_i]);
    raster_file f = {.size = 0};

    raster_files[_i].make(&f);
    for (size_t size = raster_files[_i].format == LOOM_FORMAT_TGA ? 1 : 4; size < f.size; size++) {
        char message[512];
        bool missing;
        loom_status status = decode_any(raster_files[_i].format, f.bytes, size, &missing, message);
        const bool needed = size < f.size - padding;
        ck_assert_msg(status == LOOM_OK ? missing == needed : status == LOOM_ERR_TRUNCATED,
                      "%s, %zu of %zu bytes: %s %s", raster_files[_i].name, size, f.size,
                      loom_status_name(status), message);
    }
}
END_TEST

START_TEST(mutations_end)
{
    uint64_t state = (uint64_t)_i + 1;
    raster_file whole = {.size = 0};

    raster_files[_i].make(&whole);
    for (int i = 0; i < 2000; i++) {
        raster_file f = whole;
        char message[512];
        bool missing;
        for (unsigned n = random_next(&state) % 6 + 1; n > 0; n--)
            f.bytes[random_next(&state) % f.size] = (unsigned char)random_next(&state);
        loom_status status =
            decode_any(raster_files[_i].format, f.bytes, f.size, &missing, message);
        ck_assert_msg(status == LOOM_OK || message[0] != '\0', "%s, %d", raster_files[_i].name, i);
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
            raster_file f = {.size = 0};
            char message[512];
            bool missing;
            raster_put_text(&f, kinds[k].magic);
            for (unsigned n = random_next(&state) % 300 + 4; n > 0; n--)
                raster_put_le(&f, random_next(&state), 1);
            (void)decode_any(kinds[k].format, f.bytes, f.size, &missing, message);
        }
}
END_TEST

START_TEST(headers_that_cannot_be_read)
{
    static const struct {
        loom_format format;
        const char *text;
        loom_status code;
    } cases[] = {
        {LOOM_FORMAT_PNM, "P5 99999999999 2 255 x", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 3 2 65536 xxxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 3 2 0 xxxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 0 2 255 xxxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 x 2 255 xxxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 3 2 255xxxxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_PNM, "P5 3 2 25", LOOM_ERR_TRUNCATED},
        {LOOM_FORMAT_HDR, "#?RADIANCE\nFORMAT=other\n\n-Y 2 +X 3\nxxxx", LOOM_ERR_UNSUPPORTED},
        {LOOM_FORMAT_HDR, "#?RADIANCE\n\n-Y 2 +Y 3\nxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_HDR, "#?RADIANCE\n\n-Y 2 +X 0\nxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_HDR, "#?RADIANCE\n\n-Y 2 +X 3 4\nxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_HDR, "#?RADIANCE\n\nrubbish\nxxxx", LOOM_ERR_CORRUPT},
        {LOOM_FORMAT_HDR, "#?RADIANCE\nno line ends", LOOM_ERR_TRUNCATED},
        {LOOM_FORMAT_BMP, "BMxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
         LOOM_ERR_TRUNCATED},
        {LOOM_FORMAT_TGA, "this is a text of some length", LOOM_ERR_UNSUPPORTED}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_result r = raster_run(cases[i].format, cases[i].text, strlen(cases[i].text));
        ck_assert_msg(r.status == cases[i].code, "%s: %s (%s)", cases[i].text,
                      loom_status_name(r.status), r.message);
        raster_end(&r);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("raster_damage");
    TCase *tests = tcase_create("broken");

    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, each_cut_is_told, 0, RASTER_FILES);
    tcase_add_loop_test(tests, mutations_end, 0, RASTER_FILES);
    tcase_add_test(tests, garbage_behind_a_magic_number_ends);
    tcase_add_test(tests, headers_that_cannot_be_read);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
