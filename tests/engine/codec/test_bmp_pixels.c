/* BMP: damage, gaps, masks, transparency and run lengths. */
#include "support/make_bmp.h"
#include "support/raster_run.h"
#include "support/suite.h"

#include <string.h>

static raster_result run_with(const bmp *b, const void *pixels, size_t size)
{
    raster_file f = {.size = 0};

    bmp_put(&f, b);
    raster_put(&f, pixels, size);
    return raster_run_file(LOOM_FORMAT_BMP, &f);
}

START_TEST(what_contradicts_itself_is_damaged)
{
    static const struct {
        uint32_t planes, bits, coding, width, offset;
    } cases[] = {{0, 8, 0, 2, 0},  {3, 8, 0, 2, 0},  {1, 4, 1, 2, 0}, {1, 8, 2, 2, 0},
                 {1, 24, 3, 2, 0}, {1, 24, 1, 2, 0}, {1, 8, 0, 0, 0}, {1, 8, 0, 2, 51}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bmp b = bmp_usual;
        b.planes = cases[i].planes;
        b.bits = cases[i].bits;
        b.coding = cases[i].coding;
        b.width = cases[i].width;
        b.offset = cases[i].offset;
        raster_result r = run_with(&b, "01234567", 8);
        ck_assert_msg(r.status == LOOM_ERR_CORRUPT, "%zu: %s", i, r.message);
        raster_end(&r);
    }
}
END_TEST

START_TEST(a_gap_before_the_pixels_is_none_of_them)
{
    bmp b = bmp_usual;
    raster_file f = {.size = 0};

    b.gap = 37;
    bmp_put(&f, &b);
    bmp_put_rows(&f);
    raster_expect(LOOM_FORMAT_BMP, &f, 3, bmp_shown, "gap");
    b.gap = 0;
    b.offset = 1; /* it says 0 */
    b.used = 4;
    f.size = 0;
    bmp_put(&f, &b);
    bmp_put_rows(&f);
    raster_expect(LOOM_FORMAT_BMP, &f, 3, bmp_shown, "no offset");
}
END_TEST

START_TEST(an_index_beyond_the_palette_is_damage_and_black)
{
    static const unsigned char row[] = {1, 2, 0, 255},
                               expected[] = {1, 2, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0};
    bmp b = bmp_usual;

    b.width = 4;
    b.height = 1;
    b.colours = b.used = 2;
    raster_result r = run_with(&b, row, 4);
    ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
    ck_assert_mem_eq(r.decoded.picture.data, expected, sizeof expected);
    ck_assert_ptr_nonnull(r.decoded.damage);
    raster_end(&r);
}
END_TEST

static void expect_row(const bmp *b, const void *bytes, size_t size, unsigned channels,
                       const void *pixels, const char *what)
{
    raster_file f = {.size = 0};

    bmp_put(&f, b);
    raster_put(&f, bytes, size);
    raster_expect(LOOM_FORMAT_BMP, &f, channels, pixels, what);
}

/* Each width of mask at each place, against what a share of it is in 255. */
START_TEST(masks_of_any_width)
{
    for (unsigned bits = 1; bits <= 30; bits++)
        for (unsigned shift = 0; shift + bits <= 31; shift++) {
            const uint32_t max = (1U << bits) - 1, green = shift > 0 ? 1U : 1U << 31;
            bmp b = {.header = V3, .width = 4, .height = 1, .planes = 1, .bits = 32, .coding = 3};
            const uint32_t values[] = {0, 1, max / 2, max};
            unsigned char row[16], expected[12];
            b.masks[0] = max << shift;
            b.masks[1] = green;
            for (unsigned i = 0; i < 4; i++) {
                const uint32_t pixel = values[i] << shift | (i == 1 ? green : 0);
                for (unsigned n = 0; n < 4; n++)
                    row[4 * i + n] = (unsigned char)(pixel >> 8 * n);
                expected[3 * i] = (unsigned char)(255.0 * values[i] / max + 0.5);
                expected[3 * i + 1] = i == 1 ? 255 : 0;
                expected[3 * i + 2] = 0;
            }
            expect_row(&b, row, sizeof row, 3, expected, "mask");
        }
}
END_TEST

/* ---- transparency -------------------------------------------------------- */

START_TEST(alpha_counts_where_a_mask_says_so)
{
    static const unsigned char row[] = {1, 2, 3, 40, 4, 5, 6, 255},
                               alpha[] = {3, 2, 1, 40, 6, 5, 4, 255}, opaque[] = {3, 2, 1, 6, 5, 4};
    static const uint32_t headers[] = {INFO, V3, V4, V5};

    for (unsigned i = 0; i < 4; i++) {
        bmp b = {
            .header = headers[i], .width = 2, .height = 1, .planes = 1, .bits = 32, .space = SRGB};
        const uint32_t masks[] = {0xFF0000, 0xFF00, 0xFF, 0xFF000000};
        b.coding = headers[i] == INFO ? 6 : 3;
        memcpy(b.masks, masks, sizeof masks);
        expect_row(&b, row, sizeof row, 4, alpha, "mask of alpha");
        b.masks[3] = 0;
        expect_row(&b, row, sizeof row, 3, opaque, "no mask of alpha");
    }
}
END_TEST

static void expect_warning(const bmp *b, const void *row, size_t size, unsigned channels,
                           bool warned)
{
    raster_result r = run_with(b, row, size);

    ck_assert_msg(r.status == LOOM_OK, "%s", r.message);
    ck_assert_uint_eq(r.decoded.picture.channels, channels);
    ck_assert(warned == (r.decoded.warning != NULL));
    raster_end(&r);
}

START_TEST(bytes_that_are_not_used_are_no_alpha)
{
    bmp b = {.header = INFO, .width = 2, .height = 1, .planes = 1, .bits = 32};

    expect_warning(&b, (unsigned char[]){1, 2, 3, 0, 4, 5, 6, 0}, 8, 3, false);
    expect_warning(&b, (unsigned char[]){1, 2, 3, 255, 4, 5, 6, 255}, 8, 3, false);
    expect_warning(&b, (unsigned char[]){1, 2, 3, 40, 4, 5, 6, 255}, 8, 3, true);
    b.header = V4; /* an alpha that is 0 everywhere is none */
    b.space = SRGB;
    b.coding = 3;
    const uint32_t masks[] = {0xFF0000, 0xFF00, 0xFF, 0xFF000000};
    memcpy(b.masks, masks, sizeof masks);
    expect_warning(&b, (unsigned char[]){1, 2, 3, 0, 4, 5, 6, 0}, 8, 3, true);
}
END_TEST

START_TEST(colours_that_are_not_srgb_are_told)
{
    bmp b = {.header = V5, .width = 1, .height = 1, .planes = 1, .bits = 24, .space = SRGB};

    expect_warning(&b, "abcd", 4, 3, false);
    b.space = LINKED;
    expect_warning(&b, "abcd", 4, 3, true);
    b.space = EMBEDDED; /* nothing there */
    expect_warning(&b, "abcd", 4, 3, true);
    b.profile_at = V5 + 4;
    b.profile_size = 9;
    raster_result r = run_with(&b, "abcd a profile", 14);
    ck_assert_ptr_null(r.decoded.warning);
    ck_assert_uint_eq(r.decoded.profile.size, 9);
    ck_assert_mem_eq(r.decoded.profile.data, " a profil", 9);
    raster_end(&r);
}
END_TEST

/* ---- run lengths --------------------------------------------------------- */

/* 4x2 px; what is left out is transparent; `damage` and `missing` are what must be told. */
START_TEST(run_lengths)
{
    static const struct {
        const char *what;
        unsigned char codes[16];
        size_t size;
        unsigned char indices[8]; /* from the top; 9: transparent */
        bool damage, missing;
    } cases[] = {
        {"runs", {4, 1, 0, 0, 4, 2, 0, 1}, 8, {2, 2, 2, 2, 1, 1, 1, 1}, false, false},
        {"no end of line", {4, 1, 0, 0, 4, 2}, 6, {2, 2, 2, 2, 1, 1, 1, 1}, false, false},
        {"literals",
         {0, 3, 1, 2, 3, 0, 1, 1, 0, 0, 4, 2, 0, 1},
         14,
         {2, 2, 2, 2, 1, 2, 3, 1},
         false,
         false},
        {"short line", {2, 1, 0, 0, 4, 2, 0, 1}, 8, {2, 2, 2, 2, 1, 1, 9, 9}, false, false},
        {"early end", {4, 1, 0, 1}, 4, {9, 9, 9, 9, 1, 1, 1, 1}, false, false},
        {"step", {1, 1, 0, 2, 1, 1, 1, 3, 0, 1}, 10, {9, 9, 3, 9, 1, 9, 9, 9}, false, false},
        {"cut", {4, 1, 0, 0, 2, 2}, 6, {2, 2, 9, 9, 1, 1, 1, 1}, false, true},
        {"cut literals", {4, 1, 0, 0, 0, 4, 1, 2}, 8, {9, 9, 9, 9, 1, 1, 1, 1}, false, true},
        {"long run", {5, 1, 0, 0, 4, 2, 0, 1}, 8, {2, 2, 2, 2, 1, 1, 1, 1}, true, false},
        {"third line",
         {4, 1, 0, 0, 4, 2, 0, 0, 1, 1, 0, 1},
         12,
         {2, 2, 2, 2, 1, 1, 1, 1},
         true,
         false},
        {"step away", {0, 2, 5, 0, 1, 1, 0, 1}, 8, {9, 9, 9, 9, 9, 9, 9, 9}, true, false},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bmp b = bmp_usual;
        b.width = 4;
        b.coding = 1;
        raster_result r = run_with(&b, cases[i].codes, cases[i].size);
        ck_assert_msg(r.status == LOOM_OK, "%s: %s", cases[i].what, r.message);
        ck_assert_msg((r.decoded.damage != NULL) == cases[i].damage, "%s", cases[i].what);
        ck_assert_msg(r.decoded.missing == cases[i].missing, "%s", cases[i].what);
        const bool opaque = memchr(cases[i].indices, 9, 8) == NULL;
        ck_assert_msg(r.decoded.picture.channels == (opaque ? 3 : 4), "%s", cases[i].what);
        for (unsigned p = 0; p < 8; p++) {
            const unsigned index = cases[i].indices[p];
            ck_assert_msg(raster_sample_at(&r, p, 0) == (index == 9 ? 0 : index), "%s: %u",
                          cases[i].what, p);
            if (!opaque)
                ck_assert_uint_eq(raster_sample_at(&r, p, 3), index == 9 ? 0 : 255);
        }
        raster_end(&r);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("bmp_pixels");
    TCase *tests = tcase_create("pixels");

    tcase_add_test(tests, what_contradicts_itself_is_damaged);
    tcase_add_test(tests, a_gap_before_the_pixels_is_none_of_them);
    tcase_add_test(tests, an_index_beyond_the_palette_is_damage_and_black);
    tcase_add_test(tests, masks_of_any_width);
    tcase_add_test(tests, alpha_counts_where_a_mask_says_so);
    tcase_add_test(tests, bytes_that_are_not_used_are_no_alpha);
    tcase_add_test(tests, colours_that_are_not_srgb_are_told);
    tcase_add_test(tests, run_lengths);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
