/* Radiance pictures: their headers, their eight orientations, their three codings. */
#include "support/raster_run.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char head[] = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n";

/* 255 * v^(1 / 2.2), rounded, of light v = mantissa * 2^(exponent - 136). */
static unsigned char shown_of(unsigned mantissa, unsigned exponent)
{
    const double light = mantissa * pow(2, (int)exponent - 136);

    return exponent == 0 ? 0 : light >= 1 ? 255 : (unsigned char)(255 * pow(light, 1 / 2.2) + 0.5);
}

/* ---- the list ------------------------------------------------------------ */

/* Six pixels of no symmetry: red 200, green 10 (i + 1), blue 0. */
static void put_flat(raster_file *f)
{
    for (unsigned i = 0; i < 6; i++)
        raster_put(f, (unsigned char[]){200, (unsigned char)(10 * (i + 1)), 0, 128}, 4);
}

static unsigned char flat[18];

static void make_with(raster_file *f, const char *lines)
{
    raster_put_text(f, "#?RADIANCE\n");
    raster_put_text(f, lines);
    raster_put_text(f, "\n-Y 2 +X 3\n");
    put_flat(f);
}

#define MAKE(name, lines)                                                                          \
    static void name(raster_file *f)                                                               \
    {                                                                                              \
        make_with(f, lines);                                                                       \
    }
MAKE(make_rgbe, "# a comment\nVIEW= -vtv\nFORMAT=32-bit_rle_rgbe\nEXPOSURE=2.5\nGAMMA=1.0\n")
MAKE(make_xyze, "FORMAT=32-bit_rle_xyze\n")
MAKE(make_other, "FORMAT=32-bit_other\n")
MAKE(make_no_gamma, "")
MAKE(make_gamma, "FORMAT=32-bit_rle_rgbe\nGAMMA=2.2\n")

START_TEST(each_kind)
{
    const raster_kind cases[] = {{"pixels", 0, make_rgbe, 3, flat},
                                 {"pixels", 1, make_xyze, 0, NULL},
                                 {"pixels", 2, make_other, 0, NULL},
                                 {"gamma", 0, make_no_gamma, 3, flat},
                                 {"gamma", 1, make_gamma, 0, NULL}};

    for (unsigned i = 0; i < 6; i++) {
        flat[3 * i] = shown_of(200, 128);
        flat[3 * i + 1] = shown_of(10 * (i + 1), 128);
    }
    raster_walk_kinds(LOOM_FORMAT_HDR, cases, sizeof cases / sizeof *cases);
}
END_TEST

/* ---- where scanlines go -------------------------------------------------- */

START_TEST(eight_orientations)
{
    static const struct {
        const char *sizes;
        unsigned width, places[6]; /* of the file's pixels, in the picture */
    } cases[] = {{"-Y 2 +X 3", 3, {0, 1, 2, 3, 4, 5}}, {"-Y 2 -X 3", 3, {2, 1, 0, 5, 4, 3}},
                 {"+Y 2 +X 3", 3, {3, 4, 5, 0, 1, 2}}, {"+Y 2 -X 3", 3, {5, 4, 3, 2, 1, 0}},
                 {"+X 2 -Y 3", 2, {0, 2, 4, 1, 3, 5}}, {"-X 2 -Y 3", 2, {1, 3, 5, 0, 2, 4}},
                 {"+X 2 +Y 3", 2, {4, 2, 0, 5, 3, 1}}, {"-X 2 +Y 3", 2, {5, 3, 1, 4, 2, 0}}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_file f = {.size = 0};
        raster_put_text(&f, head);
        raster_put_text(&f, "\n");
        raster_put_text(&f, cases[i].sizes);
        raster_put_text(&f, "\n");
        put_flat(&f);
        raster_result r = raster_run_file(LOOM_FORMAT_HDR, &f);
        ck_assert_msg(r.status == LOOM_OK && !r.decoded.missing, "%s: %s", cases[i].sizes,
                      r.message);
        ck_assert_uint_eq(r.decoded.picture.width, cases[i].width);
        for (unsigned p = 0; p < 6; p++)
            ck_assert_msg(raster_sample_at(&r, cases[i].places[p], 1) ==
                              shown_of(10 * (p + 1), 128),
                          "%s: pixel %u", cases[i].sizes, p);
        raster_end(&r);
    }
}
END_TEST

/* ---- light --------------------------------------------------------------- */

START_TEST(every_mantissa_and_exponent)
{
    for (unsigned exponent = 0; exponent < 256; exponent++) {
        raster_file f = {.size = 0};
        raster_put_text(&f, head);
        raster_put_text(&f, "\n-Y 43 +X 2\n");
        for (unsigned i = 0; i < 86; i++)
            raster_put(&f,
                       (unsigned char[]){(unsigned char)(3 * i), (unsigned char)(3 * i + 1),
                                         (unsigned char)(3 * i + 2), (unsigned char)exponent},
                       4);
        raster_result r = raster_run_file(LOOM_FORMAT_HDR, &f);
        ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
        for (unsigned m = 0; m < 256; m++)
            ck_assert_uint_eq(raster_sample_at(&r, m / 3, m % 3), shown_of(m, exponent));
        raster_end(&r);
    }
}
END_TEST

START_TEST(primaries_that_are_not_srgb_are_told)
{
    static const struct {
        const char *line;
        bool warned;
    } cases[] = {{"PRIMARIES= .640 .330 .290 .600 .150 .060 .333 .333\n", false},
                 {"PRIMARIES=0.64 0.33 0.3 0.6 0.15 0.06 0.3127 0.329\n", false},
                 {"PRIMARIES=0.708 0.292 0.17 0.797 0.131 0.046 0.3127 0.329\n", true},
                 {"PRIMARIES=0.64 0.33\n", true}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_file f = {.size = 0};
        make_with(&f, cases[i].line);
        raster_result r = raster_run_file(LOOM_FORMAT_HDR, &f);
        ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
        ck_assert((r.decoded.warning != NULL) == cases[i].warned);
        raster_end(&r);
    }
}
END_TEST

/* ---- codings: one row of green ------------------------------------------- */

/* A scanline by channels: of all but green, runs. */
static void put_channels(raster_file *f, unsigned width, const unsigned char *green, size_t size)
{
    raster_put(f, (unsigned char[]){2, 2, 0, (unsigned char)width}, 4);
    for (unsigned c = 0; c < 4; c++)
        if (c == 1)
            raster_put(f, green, size);
        else
            raster_put(f, (unsigned char[]){(unsigned char)(128 + width), c == 3 ? 128 : 0}, 2);
}

#define PIXEL(green) 0, green, 0, 128
#define AGAIN(count) 1, 1, 1, count

START_TEST(codings)
{
    static const struct {
        const char *what;
        unsigned width;
        bool channels; /* the coding by channels, of which green is given; else all bytes */
        unsigned char codes[40];
        size_t size;
        unsigned char greens[12];
        bool damage, missing;
    } cases[] = {
        {"runs", 9, true, {133, 7, 4, 1, 2, 3, 4}, 7, {7, 7, 7, 7, 7, 1, 2, 3, 4}, false, false},
        {"no count", 9, true, {133, 7, 0, 4, 1, 2, 3, 4}, 8, {0}, true, false},
        {"long run", 9, true, {138, 7}, 2, {0}, true, false},
        {"old runs", 4, false, {PIXEL(9), AGAIN(2), PIXEL(8)}, 12, {9, 9, 9, 8}, false, false},
        {"old runs of 8",
         8,
         false,
         {PIXEL(9), AGAIN(6), PIXEL(8)},
         12,
         {9, 9, 9, 9, 9, 9, 9, 8},
         false,
         false},
        {"two digits",
         4,
         false,
         {PIXEL(9), AGAIN(2), AGAIN(0), PIXEL(8)},
         16,
         {9, 9, 9, 8},
         false,
         false},
        {"two runs",
         4,
         false,
         {PIXEL(9), AGAIN(1), PIXEL(8), AGAIN(1)},
         16,
         {9, 9, 8, 8},
         false,
         false},
        {"old long run", 4, false, {PIXEL(9), AGAIN(4)}, 8, {0}, true, false},
        {"large digit", 4, false, {PIXEL(9), AGAIN(1), AGAIN(1)}, 12, {0}, true, false},
        {"run of nothing", 4, false, {AGAIN(4)}, 4, {0}, true, false},
        {"cut", 4, false, {PIXEL(9), AGAIN(2)}, 8, {0}, false, true},
        {"flat of 2",
         9,
         false,
         {PIXEL(2), PIXEL(3), PIXEL(4), PIXEL(5), PIXEL(6), PIXEL(7), PIXEL(8), PIXEL(9), PIXEL(1)},
         36,
         {2, 3, 4, 5, 6, 7, 8, 9, 1},
         false,
         false},
        {"another length",
         9,
         false,
         {2, 2, 0, 8, 137, 0, 137, 0, 137, 0, 137, 0},
         12,
         {0},
         true,
         false}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        raster_file f = {.size = 0};
        char sizes[30];
        (void)snprintf(sizes, sizeof sizes, "\n-Y 1 +X %u\n", cases[i].width);
        raster_put_text(&f, head);
        raster_put_text(&f, sizes);
        if (cases[i].channels)
            put_channels(&f, cases[i].width, cases[i].codes, cases[i].size);
        else
            raster_put(&f, cases[i].codes, cases[i].size);
        raster_result r = raster_run_file(LOOM_FORMAT_HDR, &f);
        ck_assert_msg(r.status == LOOM_OK, "%s: %s", cases[i].what, r.message);
        ck_assert_msg((r.decoded.damage != NULL) == cases[i].damage, "%s", cases[i].what);
        ck_assert_msg(r.decoded.missing == cases[i].missing, "%s", cases[i].what);
        for (unsigned x = 0; x < cases[i].width; x++)
            ck_assert_msg(raster_sample_at(&r, x, 1) == shown_of(cases[i].greens[x], 128), "%s: %u",
                          cases[i].what, x);
        raster_end(&r);
    }
}
END_TEST

/* A run of 256 and more takes a second number. */
START_TEST(old_runs_of_any_length)
{
    for (unsigned width = 2; width < 70000; width += width < 600 ? 1 : 9973) {
        raster_file f = {.size = 0};
        char sizes[30];
        (void)snprintf(sizes, sizeof sizes, "\n-Y 1 +X %u\n", width);
        raster_put_text(&f, head);
        raster_put_text(&f, sizes);
        raster_put(&f, (unsigned char[]){PIXEL(9)}, 4);
        for (unsigned rest = width - 1; rest > 0; rest >>= 8)
            raster_put(&f, (unsigned char[]){AGAIN((unsigned char)rest)}, 4);
        raster_result r = raster_run_file(LOOM_FORMAT_HDR, &f);
        ck_assert_msg(r.status == LOOM_OK && r.decoded.damage == NULL && !r.decoded.missing, "%u",
                      width);
        for (unsigned x = 0; x < width; x++)
            ck_assert_uint_eq(r.decoded.picture.data[3 * x + 1], shown_of(9, 128));
        raster_end(&r);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("hdr");
    TCase *tests = tcase_create("kinds");

    tcase_add_test(tests, each_kind);
    tcase_add_test(tests, eight_orientations);
    tcase_add_test(tests, every_mantissa_and_exponent);
    tcase_add_test(tests, primaries_that_are_not_srgb_are_told);
    tcase_add_test(tests, codings);
    tcase_add_test(tests, old_runs_of_any_length);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
