/* PNM: each kind of it, its header, and samples that are no samples. */
#include "support/raster_run.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* ---- the list: 3x2 px ---------------------------------------------------- */

static const unsigned char bits[] = {255, 0, 255, 0, 0, 255}, grays[] = {0, 50, 100, 150, 200, 255};

static void make_plain_bitmap(raster_file *f)
{
    raster_put_text(f, "P1\n# a comment\n3 2\n010 # of it\n1 10");
}

static void make_plain_graymap(raster_file *f)
{
    raster_put_text(f, "P2 3 2 255\n0 50 100\n150 # more\n200 255");
}

static void make_plain_pixmap(raster_file *f)
{
    char text[100] = "P3\n3 2\n255\n";

    for (unsigned i = 0; i < 18; i++)
        (void)snprintf(text + strlen(text), 6, "%u\t", raster_rgb[i]);
    raster_put_text(f, text);
}

static void make_bitmap(raster_file *f)
{
    raster_put_text(f, "P4 3 2 ");
    raster_put(f, (unsigned char[]){0x5F, 0xC0}, 2); /* padding of ones and zeros */
}

static void make_graymap(raster_file *f)
{
    raster_put_text(f, "P5 3 2 255 ");
    raster_put(f, grays, sizeof grays);
}

static void make_pixmap(raster_file *f)
{
    raster_put_text(f, "P6\n#1\n3#2\n2 #3 4 5\n255\n");
    raster_put(f, raster_rgb, sizeof raster_rgb);
}

START_TEST(each_kind)
{
    static const raster_kind cases[] = {
        {"kind", 1, make_plain_bitmap, 1, bits},       {"kind", 2, make_plain_graymap, 1, grays},
        {"kind", 3, make_plain_pixmap, 3, raster_rgb}, {"kind", 4, make_bitmap, 1, bits},
        {"kind", 5, make_graymap, 1, grays},           {"kind", 6, make_pixmap, 3, raster_rgb}};

    raster_walk_kinds(LOOM_FORMAT_PNM, cases, sizeof cases / sizeof *cases);
}
END_TEST

/* ---- samples ------------------------------------------------------------- */

/* Any largest sample: each share of it, in the whole range of 8 or 16 bits. */
START_TEST(samples_of_every_range)
{
    for (unsigned max = 1; max <= 65535; max += max < 300 ? 1 : 997)
        for (unsigned plain = 0; plain < 2; plain++) {
            const unsigned values[] = {0, 1, max / 2, max}, full = max > 255 ? 65535 : 255;
            raster_file f = {.size = 0};
            char text[100];
            (void)snprintf(text, sizeof text, "P%c 2 2 %u\n", plain ? '2' : '5', max);
            raster_put_text(&f, text);
            for (unsigned i = 0; i < 4; i++) {
                (void)snprintf(text, sizeof text, "%u ", values[i]);
                if (plain)
                    raster_put_text(&f, text);
                else
                    raster_put_be(&f, values[i], max > 255 ? 2 : 1);
            }
            raster_result r = raster_run_file(LOOM_FORMAT_PNM, &f);
            ck_assert_msg(r.status == LOOM_OK && r.decoded.damage == NULL && !r.decoded.missing,
                          "%u", max);
            ck_assert_uint_eq(r.decoded.picture.depth, max > 255 ? 2 : 1);
            for (unsigned i = 0; i < 4; i++)
                ck_assert_uint_eq(raster_sample_at(&r, i, 0),
                                  (unsigned)((double)full * values[i] / max + 0.5));
            raster_end(&r);
        }
}
END_TEST

START_TEST(rows_of_bits_are_padded)
{
    for (unsigned width = 1; width <= 40; width++) {
        raster_file f = {.size = 0};
        char text[20];
        (void)snprintf(text, sizeof text, "P4\n%u 3\n", width);
        raster_put_text(&f, text);
        for (unsigned i = 0; i < 3 * ((width + 7) / 8); i++)
            raster_put_be(&f, 37 * i + 11, 1);
        raster_result r = raster_run_file(LOOM_FORMAT_PNM, &f);
        ck_assert_msg(r.status == LOOM_OK && !r.decoded.missing, "%u: %s", width, r.message);
        for (unsigned p = 0; p < 3 * width; p++) {
            const unsigned byte = (37 * (p / width * ((width + 7) / 8) + p % width / 8) + 11) & 255;
            ck_assert_uint_eq(raster_sample_at(&r, p, 0),
                              (byte << p % width % 8 & 0x80) != 0 ? 0 : 255);
        }
        raster_end(&r);
    }
}
END_TEST

/* ---- damage -------------------------------------------------------------- */

START_TEST(what_is_wrong_is_told)
{
    static const struct {
        const char *text;
        loom_status status;
        bool damage, missing, warning;
    } cases[] = {{"P1 2 2 1010", LOOM_OK, false, false, false},
                 {"P1 2 2 101", LOOM_OK, false, true, false},
                 {"P1 2 2 1020", LOOM_OK, true, false, false},
                 {"P2 2 2 9 1 2 3 9", LOOM_OK, false, false, false},
                 {"P2 2 2 9 1 2 3 10", LOOM_OK, false, false, true},
                 {"P2 2 2 9 1 2 3", LOOM_OK, false, true, false},
                 {"P2 2 2 9 1 2 -3 4", LOOM_OK, true, false, false},
                 {"P2 2 2 9 1 2 x", LOOM_OK, true, false, false},
                 {"P4 9 1 ab", LOOM_OK, false, false, false},
                 {"P4 9 1 a", LOOM_OK, false, true, false},
                 {"P5 2 2 98 abab", LOOM_OK, false, false, false},
                 {"P5 2 2 97 abab", LOOM_OK, false, false, true},
                 {"P5 2 2 255 abcdefgh", LOOM_OK, false, false, false},
                 {"P5 2 2 255 abc", LOOM_OK, false, true, false},
                 {"P5 2 2 256 abcdefg", LOOM_OK, false, true, true},
                 {"P5 2 2 255#x\nabc", LOOM_OK, false, true, false},
                 {"P5 2 2 255#x\nabcd", LOOM_OK, false, false, false},
                 {"P5 2 2 255#x", LOOM_ERR_TRUNCATED, false, false, false},
                 {"P5 2 2 ", LOOM_ERR_TRUNCATED, false, false, false},
                 {"P5 2 -2 255 abcd", LOOM_ERR_CORRUPT, false, false, false},
                 {"P5 2 2 70000 abcd", LOOM_ERR_CORRUPT, false, false, false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_result r = raster_run(LOOM_FORMAT_PNM, cases[i].text, strlen(cases[i].text));
        ck_assert_msg(r.status == cases[i].status, "%s: %s", cases[i].text, r.message);
        ck_assert_msg((r.decoded.damage != NULL) == cases[i].damage, "%s", cases[i].text);
        ck_assert_msg(r.decoded.missing == cases[i].missing, "%s", cases[i].text);
        ck_assert_msg((r.decoded.warning != NULL) == cases[i].warning, "%s", cases[i].text);
        raster_end(&r);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("pnm");
    TCase *tests = tcase_create("kinds");

    tcase_add_test(tests, each_kind);
    tcase_add_test(tests, samples_of_every_range);
    tcase_add_test(tests, rows_of_bits_are_padded);
    tcase_add_test(tests, what_is_wrong_is_told);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
