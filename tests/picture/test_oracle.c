/* The oracle against pictures computed by hand, so that other suites may trust it. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "support/oracle.h"
#include "support/suite.h"

/* Samples of a picture as a row of numbers, asserted one by one. */
static void assert_samples(oracle_image image, uint32_t width, uint32_t height,
                           const uint16_t *expected)
{
    ck_assert_uint_eq(image.width, width);
    ck_assert_uint_eq(image.height, height);
    for (size_t i = 0; i < (size_t)width * height * image.channels; i++)
        ck_assert_msg(image.samples[i] == expected[i], "sample %zu is %u instead of %u", i,
                      image.samples[i], expected[i]);
    oracle_release(&image);
}

static oracle_image grey(uint32_t width, uint32_t height, const uint8_t *bytes)
{
    return oracle_from_bytes(width, height, 1, bytes);
}

/* ---- turns --------------------------------------------------------------- */

/* Stored as 1 2 3 / 4 5 6; seen as EXIF's table of rows and columns says. */
START_TEST(orientations_show_what_exif_says)
{
    static const uint8_t stored[6] = {1, 2, 3, 4, 5, 6};
    static const struct {
        uint32_t width, height;
        uint16_t seen[6];
    } expected[9] = {
        {3, 2, {1, 2, 3, 4, 5, 6}}, {3, 2, {1, 2, 3, 4, 5, 6}}, {3, 2, {3, 2, 1, 6, 5, 4}},
        {3, 2, {6, 5, 4, 3, 2, 1}}, {3, 2, {4, 5, 6, 1, 2, 3}}, {2, 3, {1, 4, 2, 5, 3, 6}},
        {2, 3, {4, 1, 5, 2, 6, 3}}, {2, 3, {6, 3, 5, 2, 4, 1}}, {2, 3, {3, 6, 2, 5, 1, 4}},
    };
    oracle_image image = grey(3, 2, stored);
    oracle_recipe recipe = {.orientation = _i};

    assert_samples(oracle_render(&image, &recipe), expected[_i].width, expected[_i].height,
                   expected[_i].seen);
    oracle_release(&image);
}
END_TEST

START_TEST(rotation_is_clockwise_and_comes_before_flip_and_flop)
{
    static const uint8_t bytes[4] = {1, 2, 3, 4}; /* 1 2 / 3 4 */
    oracle_image image = grey(2, 2, bytes);

    assert_samples(oracle_turn(&image, &(oracle_recipe){.rotation = 90}), 2, 2,
                   (uint16_t[]){3, 1, 4, 2});
    assert_samples(oracle_turn(&image, &(oracle_recipe){.rotation = 180}), 2, 2,
                   (uint16_t[]){4, 3, 2, 1});
    assert_samples(oracle_turn(&image, &(oracle_recipe){.rotation = 270}), 2, 2,
                   (uint16_t[]){2, 4, 1, 3});
    assert_samples(oracle_turn(&image, &(oracle_recipe){.flip = true}), 2, 2,
                   (uint16_t[]){3, 4, 1, 2});
    assert_samples(oracle_turn(&image, &(oracle_recipe){.flop = true}), 2, 2,
                   (uint16_t[]){2, 1, 4, 3});
    assert_samples(oracle_turn(&image, &(oracle_recipe){.rotation = 90, .flip = true}), 2, 2,
                   (uint16_t[]){4, 2, 3, 1});
    /* oriented first: 6 is 90, and 90 again is upside down */
    assert_samples(oracle_turn(&image, &(oracle_recipe){.orientation = 6, .rotation = 90}), 2, 2,
                   (uint16_t[]){4, 3, 2, 1});
    oracle_release(&image);
}
END_TEST

/* ---- sizes: the examples that the contract of the command line gives ----- */

static const struct {
    uint32_t picture[2], box[2];
    oracle_fit fit;
    bool no_upscale;
    oracle_layout expected; /* scaled, final */
} sizes[] = {
    {{333, 222}, {100, 0}, ORACLE_COVER, false, {100, 67, 100, 67}},
    {{1001, 999}, {500, 0}, ORACLE_COVER, false, {500, 499, 500, 499}},
    {{2000, 3}, {100, 0}, ORACLE_COVER, false, {100, 1, 100, 1}},
    {{400, 200}, {0, 100}, ORACLE_COVER, false, {200, 100, 200, 100}},
    {{400, 200}, {333, 777}, ORACLE_INSIDE, false, {333, 167, 333, 167}},
    {{400, 200}, {100, 0}, ORACLE_FILL, false, {100, 200, 100, 200}},
    {{400, 200}, {100, 100}, ORACLE_COVER, false, {200, 100, 100, 100}},
    {{400, 200}, {100, 100}, ORACLE_CONTAIN, false, {100, 50, 100, 100}},
    {{400, 200}, {100, 100}, ORACLE_OUTSIDE, false, {200, 100, 200, 100}},
    {{400, 200}, {800, 800}, ORACLE_INSIDE, false, {800, 400, 800, 400}},
    {{400, 200}, {300, 300}, ORACLE_COVER, true, {400, 200, 300, 200}},
    {{400, 200}, {300, 300}, ORACLE_CONTAIN, true, {300, 150, 300, 300}},
    {{400, 200}, {300, 300}, ORACLE_FILL, true, {300, 200, 300, 200}},
    {{400, 200}, {300, 300}, ORACLE_INSIDE, true, {300, 150, 300, 150}},
    {{400, 200}, {300, 300}, ORACLE_OUTSIDE, true, {400, 200, 400, 200}},
    {{400, 200}, {1000, 1000}, ORACLE_COVER, true, {400, 200, 400, 200}},
    {{400, 200}, {1000, 1000}, ORACLE_CONTAIN, true, {400, 200, 1000, 1000}},
    {{400, 200}, {1000, 1000}, ORACLE_FILL, true, {400, 200, 400, 200}},
    {{400, 200}, {800, 0}, ORACLE_COVER, true, {400, 200, 400, 200}},
    {{400, 200}, {0, 0}, ORACLE_COVER, false, {400, 200, 400, 200}},
};

static void assert_layout(uint32_t width, uint32_t height, const oracle_recipe *recipe,
                          const oracle_layout *expected)
{
    oracle_layout found = oracle_fit_sizes(width, height, recipe);

    ck_assert_uint_eq(found.scaled_width, expected->scaled_width);
    ck_assert_uint_eq(found.scaled_height, expected->scaled_height);
    ck_assert_uint_eq(found.width, expected->width);
    ck_assert_uint_eq(found.height, expected->height);
}

START_TEST(sizes_are_those_of_the_contract)
{
    oracle_recipe recipe = {.width = sizes[_i].box[0],
                            .height = sizes[_i].box[1],
                            .fit = sizes[_i].fit,
                            .no_upscale = sizes[_i].no_upscale};

    assert_layout(sizes[_i].picture[0], sizes[_i].picture[1], &recipe, &sizes[_i].expected);
}
END_TEST

START_TEST(percent_scales_both_sides)
{
    oracle_recipe recipe = {.percent = 50};

    assert_layout(333, 3, &recipe, &(oracle_layout){167, 2, 167, 2});
    recipe.percent = 10;
    assert_layout(333, 3, &recipe, &(oracle_layout){33, 1, 33, 1});
    recipe = (oracle_recipe){.percent = 200, .no_upscale = true};
    assert_layout(333, 3, &recipe, &(oracle_layout){333, 3, 333, 3});
}
END_TEST

START_TEST(crop_drops_the_odd_pixel_on_the_left_and_pad_adds_it_on_the_right)
{
    static const uint8_t bytes[5] = {10, 20, 30, 40, 50};
    static const uint8_t white[4] = {255, 255, 255, 255};
    oracle_image row = grey(5, 1, bytes), two = grey(2, 1, bytes);

    /* 5 to 2: 3 over, (3 + 1) / 2 = 2 of them on the left */
    assert_samples(oracle_render(&row, &(oracle_recipe){.width = 2, .height = 1}), 2, 1,
                   (uint16_t[]){30, 40});
    /* 2 to 5: 3 free, 3 / 2 = 1 of them on the left */
    assert_samples(
        oracle_render(
            &two,
            &(oracle_recipe){.width = 5, .height = 1, .fit = ORACLE_CONTAIN, .background = white}),
        5, 1, (uint16_t[]){255, 10, 20, 255, 255});
    oracle_release(&row);
    oracle_release(&two);
}
END_TEST

/* ---- resampling ---------------------------------------------------------- */

START_TEST(area_is_the_mean_of_the_footprint)
{
    static const uint8_t square[4] = {1, 2, 3, 5};
    static const uint8_t three[3] = {30, 60, 120};
    oracle_image image = grey(2, 2, square), row = grey(3, 1, three);

    /* (1 + 2 + 3 + 5) / 4 = 2.75 */
    assert_samples(oracle_resize(&image, 1, 1, ORACLE_AREA), 1, 1, (uint16_t[]){3});
    /* (30 + 60 / 2) / 1.5 = 40 and (60 / 2 + 120) / 1.5 = 100 */
    assert_samples(oracle_resize(&row, 2, 1, ORACLE_AREA), 2, 1, (uint16_t[]){40, 100});
    assert_samples(oracle_resize(&row, 6, 1, ORACLE_AREA), 6, 1,
                   (uint16_t[]){30, 30, 60, 60, 120, 120});
    oracle_release(&image);
    oracle_release(&row);
}
END_TEST

/*
 * 40 200 to four samples. The second sits at 0.25, so its six inputs lie at distances 2.25, 1.25,
 * 0.25 (40, with the edge repeated) and 0.75, 1.75, 2.75 (200). Lanczos-3 there: 0.03002,
 * -0.13287, 0.89007 and 0.27019, -0.06779, 0.00736. The share of 200 is 0.20975 / 0.99697, which
 * makes 73.66. The first sits at -0.25, where 200 weighs -0.13287 + 0.03002: 23.49.
 */
START_TEST(lanczos_enlarges_with_the_textbook_weights)
{
    static const uint8_t bytes[2] = {40, 200};
    oracle_image row = grey(2, 1, bytes), column = grey(1, 2, bytes);

    assert_samples(oracle_resize(&row, 4, 1, ORACLE_LANCZOS3), 4, 1,
                   (uint16_t[]){23, 74, 166, 217});
    assert_samples(oracle_resize(&column, 1, 4, ORACLE_LANCZOS3), 1, 4,
                   (uint16_t[]){23, 74, 166, 217});
    oracle_release(&row);
    oracle_release(&column);
}
END_TEST

/*
 * 10 20 30 200 to two: the kernel is twice as wide. The first output sits at 0.5, its inputs at
 * distances 0.25, 0.75, 1.25 … of that kernel to both sides; 10 is repeated on the left. To the
 * left stands 10 with 0.99697, to the right 20, 30 and four times 200 with 0.89007, 0.27019 and
 * -0.13287 - 0.06779 + 0.03002 + 0.00736 — 10 itself lies at 0.25 on the left. Hence
 * (9.9697 + 17.8013 + 8.1057 - 32.6560) / 1.99394 = 1.61.
 */
START_TEST(lanczos_reduces_with_a_stretched_kernel)
{
    static const uint8_t bytes[4] = {10, 20, 30, 200};
    oracle_image row = grey(4, 1, bytes);

    assert_samples(oracle_resize(&row, 2, 1, ORACLE_LANCZOS3), 2, 1, (uint16_t[]){2, 115});
    oracle_release(&row);
}
END_TEST

START_TEST(lanczos_keeps_flat_colour_and_the_same_size)
{
    static const uint8_t flat[12] = {7, 99, 201, 7, 99, 201, 7, 99, 201, 7, 99, 201};
    static const uint8_t bytes[4] = {0, 255, 255, 0};
    oracle_image image = oracle_from_bytes(2, 2, 3, flat), checks = grey(2, 2, bytes);

    assert_samples(oracle_resize(&image, 1, 3, ORACLE_LANCZOS3), 1, 3,
                   (uint16_t[]){7, 99, 201, 7, 99, 201, 7, 99, 201});
    assert_samples(oracle_resize(&checks, 2, 2, ORACLE_LANCZOS3), 2, 2,
                   (uint16_t[]){0, 255, 255, 0});
    oracle_release(&image);
    oracle_release(&checks);
}
END_TEST

START_TEST(hidden_colour_does_not_show_through_alpha)
{
    /* red, opaque, beside magenta that is not there at all */
    static const uint8_t bytes[8] = {255, 0, 0, 255, 255, 0, 255, 0};
    /* 3/4 of what is seen is white, 1/4 black: 200 * 0.75 + 0, alpha (255 + 85) / 2 */
    static const uint8_t weighted[4] = {200, 255, 0, 85};
    oracle_image image = oracle_from_bytes(2, 1, 4, bytes);
    oracle_image two = oracle_from_bytes(2, 1, 2, weighted);

    assert_samples(oracle_resize(&image, 1, 1, ORACLE_AREA), 1, 1, (uint16_t[]){255, 0, 0, 128});
    assert_samples(oracle_resize(&two, 1, 1, ORACLE_AREA), 1, 1, (uint16_t[]){150, 170});
    oracle_release(&image);
    oracle_release(&two);
}
END_TEST

/* ---- colour -------------------------------------------------------------- */

START_TEST(grayscale_is_rec_601_luma_rounded_half_up)
{
    static const uint8_t bytes[18] = {255, 0,   0,   0, 255, 0, 0, 0, 255,
                                      255, 255, 255, 1, 2,   3, 0, 0, 250};
    static const uint8_t with_alpha[4] = {255, 0, 0, 9};
    oracle_image image = oracle_from_bytes(6, 1, 3, bytes);
    oracle_image alpha = oracle_from_bytes(1, 1, 4, with_alpha);

    /* 76.245, 149.685, 29.07, 255, 0.299 + 1.174 + 0.342 = 1.815, 28.5 */
    assert_samples(oracle_grayscale(&image), 6, 1, (uint16_t[]){76, 150, 29, 255, 2, 29});
    assert_samples(oracle_grayscale(&alpha), 1, 1, (uint16_t[]){76, 9});
    oracle_release(&image);
    oracle_release(&alpha);
}
END_TEST

START_TEST(padding_takes_the_channels_its_background_needs)
{
    static const uint8_t bytes[2] = {80, 51};
    static const uint8_t orange[4] = {255, 128, 0, 255}, glass[4] = {9, 9, 9, 0};
    oracle_recipe recipe = {.width = 1, .height = 3, .fit = ORACLE_CONTAIN};
    oracle_image image = grey(1, 1, bytes), alpha = oracle_from_bytes(1, 1, 2, bytes);

    assert_samples(oracle_render(&image, &recipe), 1, 3, (uint16_t[]){0, 80, 0});
    assert_samples(oracle_render(&alpha, &recipe), 1, 3, (uint16_t[]){0, 0, 80, 51, 0, 0});
    recipe.background = glass;
    assert_samples(oracle_render(&image, &recipe), 1, 3, (uint16_t[]){9, 0, 80, 255, 9, 0});
    recipe.background = orange;
    assert_samples(oracle_render(&image, &recipe), 1, 3,
                   (uint16_t[]){255, 128, 0, 80, 80, 80, 255, 128, 0});
    recipe.grayscale = true; /* of orange: 76.245 + 75.136 = 151.4 */
    assert_samples(oracle_render(&image, &recipe), 1, 3, (uint16_t[]){151, 80, 151});
    oracle_release(&image);
    oracle_release(&alpha);
}
END_TEST

START_TEST(flattening_mixes_with_the_background)
{
    static const uint8_t bytes[4] = {200, 0, 100, 51}; /* alpha 0.2 */
    static const uint8_t background[3] = {100, 100, 0};
    oracle_image image = oracle_from_bytes(1, 1, 4, bytes);

    assert_samples(oracle_flatten(&image, background), 1, 1, (uint16_t[]){120, 80, 20});
    oracle_release(&image);
}
END_TEST

/* ---- reading and comparing ----------------------------------------------- */

START_TEST(reads_pnm_of_both_depths)
{
    static const char small[] = "P6\n2 1\n255\n\x01\x02\x03\xff\xfe\xfd";
    static const char deep[] = "P5\n1 2\n65535\n\x01\x00\xff\xfe";
    oracle_image image = oracle_read_memory(small, sizeof small - 1);

    ck_assert_uint_eq(image.max, 255);
    assert_samples(image, 2, 1, (uint16_t[]){1, 2, 3, 255, 254, 253});
    image = oracle_read_memory(deep, sizeof deep - 1);
    ck_assert_uint_eq(image.max, 65535);
    assert_samples(image, 1, 2, (uint16_t[]){256, 65534});
}
END_TEST

static oracle_image read_testdata(const char *path)
{
    char full[4096];
    const char *root = getenv("TESTDATA");

    ck_assert_msg(root != NULL, "TESTDATA must name the folder of the test data");
    (void)snprintf(full, sizeof full, "%s/%s", root, path);
    return oracle_read(full);
}

static const struct {
    const char *path;
    int orientation;
    unsigned tolerance;
} quadrants[] = {
    {"formats/quadrants.png", 1, 0},       {"formats/palette.png", 1, 0},
    {"formats/quadrants.bmp", 1, 0},       {"formats/quadrants.tga", 1, 0},
    {"formats/quadrants.psd", 1, 0},       {"formats/quadrants.ppm", 1, 0},
    {"formats/quadrants.hdr", 1, 0},       {"orientation/landscape-1.jpg", 1, 4},
    {"orientation/landscape-2.jpg", 2, 4}, {"orientation/landscape-3.jpg", 3, 4},
    {"orientation/landscape-4.jpg", 4, 4}, {"orientation/landscape-5.jpg", 5, 4},
    {"orientation/landscape-6.jpg", 6, 4}, {"orientation/landscape-7.jpg", 7, 4},
    {"orientation/landscape-8.jpg", 8, 4}, {"orientation/landscape-6.png", 6, 0},
};

START_TEST(test_data_show_upright_quadrants)
{
    oracle_image stored = read_testdata(quadrants[_i].path);
    oracle_image image =
        oracle_turn(&stored, &(oracle_recipe){.orientation = quadrants[_i].orientation});
    unsigned tolerance = quadrants[_i].tolerance;
    uint32_t w = image.width, h = image.height;

    ck_assert_uint_eq(w * 2, h * 3);
    oracle_assert_pixel(&image, w / 4, h / 4, tolerance, 0xff0000ff);
    oracle_assert_pixel(&image, w * 3 / 4, h / 4, tolerance, 0x00ff00ff);
    oracle_assert_pixel(&image, w / 4, h * 3 / 4, tolerance, 0x0000ffff);
    oracle_assert_pixel(&image, w * 3 / 4, h * 3 / 4, tolerance, 0xffffffff);
    oracle_release(&stored);
    oracle_release(&image);
}
END_TEST

START_TEST(reads_sixteen_bits_and_alpha_of_png)
{
    oracle_image deep = read_testdata("formats/deep16.png");
    oracle_image alpha = read_testdata("formats/quadrants-alpha.png");

    ck_assert_uint_eq(deep.max, 65535);
    ck_assert_uint_eq(oracle_at(&deep, 119, 0, 0), 65535);
    ck_assert_uint_eq(oracle_at(&deep, 1, 0, 0), 65535 / 119);
    ck_assert_uint_eq(oracle_at(&deep, 0, 1, 1), 65535 / 79);
    ck_assert_uint_eq(alpha.channels, 4);
    oracle_assert_pixel(&alpha, 9, 40, 0, 0xff00ff00);
    oracle_assert_pixel(&alpha, 10, 10, 0, 0xff0000ff);
    oracle_release(&deep);
    oracle_release(&alpha);
}
END_TEST

START_TEST(comparison_gives_maximum_mean_and_psnr)
{
    static const uint8_t left[4] = {10, 20, 30, 40}, right[4] = {10, 23, 29, 40};
    oracle_image a = grey(2, 2, left), b = grey(2, 2, right);
    oracle_difference same = oracle_compare(&a, &a), found = oracle_compare(&a, &b);

    ck_assert_double_eq(same.max, 0.0);
    ck_assert(isinf(same.psnr));
    ck_assert_double_eq(found.max, 3.0);
    ck_assert_double_eq(found.mean, 1.0);
    /* mean square 10 / 4; 255 * 255 / 2.5 = 26010, and 10 log10 of that */
    ck_assert_double_eq_tol(found.psnr, 44.1514, 0.0001);
    oracle_release(&a);
    oracle_release(&b);
}
END_TEST

START_TEST(comparison_weighs_colour_by_alpha)
{
    /* 100 * 0.2 against 50 * 0.2; a hidden colour does not count */
    static const uint8_t left[4] = {100, 51, 200, 0}, right[4] = {50, 51, 0, 0};
    oracle_image a = oracle_from_bytes(2, 1, 2, left), b = oracle_from_bytes(2, 1, 2, right);

    ck_assert_double_eq_tol(oracle_compare(&a, &b).max, 10.0, 1e-9);
    ck_assert_double_eq_tol(oracle_compare(&a, &b).mean, 2.5, 1e-9);
    oracle_release(&a);
    oracle_release(&b);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("oracle");
    TCase *geometry = tcase_create("geometry"), *pixels = tcase_create("pixels");
    TCase *files = tcase_create("files");

    tcase_add_loop_test(geometry, orientations_show_what_exif_says, 0, 9);
    tcase_add_test(geometry, rotation_is_clockwise_and_comes_before_flip_and_flop);
    tcase_add_loop_test(geometry, sizes_are_those_of_the_contract, 0,
                        (int)(sizeof sizes / sizeof *sizes));
    tcase_add_test(geometry, percent_scales_both_sides);
    tcase_add_test(geometry, crop_drops_the_odd_pixel_on_the_left_and_pad_adds_it_on_the_right);
    suite_add_tcase(suite, geometry);
    tcase_add_test(pixels, area_is_the_mean_of_the_footprint);
    tcase_add_test(pixels, lanczos_enlarges_with_the_textbook_weights);
    tcase_add_test(pixels, lanczos_reduces_with_a_stretched_kernel);
    tcase_add_test(pixels, lanczos_keeps_flat_colour_and_the_same_size);
    tcase_add_test(pixels, hidden_colour_does_not_show_through_alpha);
    tcase_add_test(pixels, grayscale_is_rec_601_luma_rounded_half_up);
    tcase_add_test(pixels, padding_takes_the_channels_its_background_needs);
    tcase_add_test(pixels, flattening_mixes_with_the_background);
    suite_add_tcase(suite, pixels);
    tcase_add_test(files, reads_pnm_of_both_depths);
    tcase_add_loop_test(files, test_data_show_upright_quadrants, 0,
                        (int)(sizeof quadrants / sizeof *quadrants));
    tcase_add_test(files, reads_sixteen_bits_and_alpha_of_png);
    tcase_add_test(files, comparison_gives_maximum_mean_and_psnr);
    tcase_add_test(files, comparison_weighs_colour_by_alpha);
    suite_add_tcase(suite, files);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
