/* Turns, sizes, fits and padding as the engine makes them, against the oracle. */
#include "support/engine_run.h"
#include "support/suite.h"

#include <stdio.h>

/* ---- turns --------------------------------------------------------------- */

enum { MARGIN = 8 }; /* px from the corner: away from edges that a codec blurs */

/* One pixel within each corner has the colour that the oracle has there. */
static void assert_same_corners(const oracle_image *made, const oracle_image *expected,
                                unsigned tolerance)
{
    const uint32_t across[2] = {MARGIN, made->width - 1 - MARGIN};
    const uint32_t down[2] = {MARGIN, made->height - 1 - MARGIN};

    for (size_t i = 0; i < 4; i++) {
        const uint32_t x = across[i % 2], y = down[i / 2];
        uint32_t rgba = 0xFF;
        for (uint32_t c = 0; c < 3; c++)
            rgba |= oracle_at(expected, x, y, c) << (24 - 8 * c);
        oracle_assert_pixel(made, x, y, tolerance, rgba);
    }
}

/* Every rotation with and without flip and flop, of a picture stored in `orientation`. */
static void assert_turns(const char *name, int orientation, engine_request request,
                         oracle_recipe recipe)
{
    oracle_image input = oracle_read(engine_testdata(name));

    recipe.orientation = orientation;
    for (int i = 0; i < 16; i++) {
        request.recipe.rotation = recipe.rotation = 90 * (i / 4);
        request.recipe.flip = recipe.flip = i % 4 >= 2;
        request.recipe.flop = recipe.flop = i % 2 == 1;
        oracle_image expected = oracle_render(&input, &recipe);
        oracle_image made = engine_render(&request, engine_testdata(name));
        ck_assert_uint_eq(made.width, expected.width);
        ck_assert_uint_eq(made.height, expected.height);
        assert_same_corners(&made, &expected, 6);
        oracle_difference difference = oracle_compare(&made, &expected);
        ck_assert_msg(difference.psnr >= 30, "%s, rotation %d, flip %d, flop %d: %.2f dB", name,
                      recipe.rotation, recipe.flip, recipe.flop, difference.psnr);
        oracle_release(&expected);
        oracle_release(&made);
    }
    oracle_release(&input);
}

static const char *oriented(int orientation)
{
    static char name[64];

    (void)snprintf(name, sizeof name, "orientation/landscape-%d.jpg", orientation);
    return name;
}

START_TEST(orientations_and_turns_at_full_size)
{
    assert_turns(oriented(_i), _i, engine_request_default(), (oracle_recipe){.width = 0});
}
END_TEST

START_TEST(orientations_and_turns_with_a_box)
{
    /* The box means the final picture; 240x160 in it is 84x56 lying and 47x70 standing. */
    assert_turns(oriented(_i), _i, engine_request_box(84, 70, LOOM_FIT_INSIDE),
                 (oracle_recipe){.width = 84, .height = 70, .fit = ORACLE_INSIDE});
}
END_TEST

START_TEST(orientations_and_turns_with_crop_and_padding)
{
    assert_turns(oriented(_i), _i, engine_request_box(71, 90, LOOM_FIT_COVER),
                 (oracle_recipe){.width = 71, .height = 90, .fit = ORACLE_COVER});
    assert_turns(oriented(_i), _i, engine_request_box(71, 90, LOOM_FIT_CONTAIN),
                 (oracle_recipe){.width = 71, .height = 90, .fit = ORACLE_CONTAIN});
}
END_TEST

START_TEST(orientation_of_a_png)
{
    assert_turns("orientation/landscape-6.png", 6, engine_request_default(),
                 (oracle_recipe){.width = 0});
}
END_TEST

START_TEST(the_outcome_tells_the_orientation_and_the_stored_size)
{
    const engine_request request = engine_request_default();
    const bool across = _i >= 5;
    loom_outcome outcome =
        engine_run_written(&request, engine_testdata(oriented(_i)), "out.png", LOOM_RESULT_OK);

    ck_assert_int_eq(outcome.orientation, _i);
    ck_assert_uint_eq(outcome.original_width, across ? 160 : 240);
    ck_assert_uint_eq(outcome.original_height, across ? 240 : 160);
    ck_assert_uint_eq(outcome.width, 240);
    ck_assert_uint_eq(outcome.height, 160);
    loom_outcome_release(&outcome);
}
END_TEST

START_TEST(without_auto_orient_pixels_stay_as_stored)
{
    engine_request request = engine_request_default();
    oracle_image input = oracle_read(engine_testdata(oriented(_i)));

    request.recipe.auto_orient = false;
    oracle_image made = engine_render(&request, engine_testdata(oriented(_i)));
    ck_assert_double_ge(oracle_compare(&made, &input).psnr, 30);
    oracle_release(&made);
    oracle_release(&input);
}
END_TEST

/* ---- fits ---------------------------------------------------------------- */

static const char *const fitted[] = {
    "photos/scene-1.jpg",     "photos/scene-2.jpg",   "photos/scene-4.jpg",
    "tiny/photo-333x222.jpg", "formats/palette.png",  "formats/quadrants-alpha.png",
    "tiny/wide-2000x3.png",   "tiny/tall-3x2000.png", "formats/graya.png"};
static const uint32_t boxes[][2] = {{100, 80},  {80, 100}, {99, 33}, {1, 1},
                                    {150, 150}, {257, 3},  {31, 0},  {0, 47}};

enum { FITTED = sizeof fitted / sizeof *fitted, BOXES = sizeof boxes / sizeof *boxes };
enum { FITS = LOOM_FIT_OUTSIDE + 1 };

/*
 * The size is exact. The pixels are compared where the picture becomes smaller and is then still
 * more than a few pixels: libvips enlarges by another filter than the oracle, half a pixel off.
 */
static void assert_fit(const char *name, const oracle_image *input, engine_request *request,
                       const oracle_recipe *recipe)
{
    const oracle_layout sizes = oracle_fit_sizes(input->width, input->height, recipe);
    oracle_image made = engine_render(request, engine_testdata(name));

    ck_assert_msg(made.width == sizes.width && made.height == sizes.height,
                  "%s, fit %d in %ux%u: %ux%u instead of %ux%u", name, (int)recipe->fit,
                  recipe->width, recipe->height, made.width, made.height, sizes.width,
                  sizes.height);
    if (sizes.scaled_width <= input->width && sizes.scaled_height <= input->height &&
        sizes.scaled_width >= 20 && sizes.scaled_height >= 20) {
        oracle_image expected = oracle_render(input, recipe);
        oracle_difference difference = oracle_compare(&made, &expected);
        ck_assert_msg(difference.psnr >= 28, "%s, fit %d in %ux%u: %.2f dB", name, (int)recipe->fit,
                      recipe->width, recipe->height, difference.psnr);
        oracle_release(&expected);
    }
    oracle_release(&made);
}

static void assert_fits(const char *name, bool no_upscale)
{
    oracle_image input = oracle_read(engine_testdata(name));

    for (int fit = 0; fit < FITS; fit++)
        for (size_t box = 0; box < BOXES; box++) {
            engine_request request =
                engine_request_box(boxes[box][0], boxes[box][1], (loom_fit)fit);
            const oracle_recipe recipe = {.width = boxes[box][0],
                                          .height = boxes[box][1],
                                          .fit = (oracle_fit)fit,
                                          .no_upscale = no_upscale};
            const oracle_layout sizes = oracle_fit_sizes(input.width, input.height, &recipe);
            if ((uint64_t)sizes.scaled_width * sizes.scaled_height > 4000000)
                continue; /* thin pictures that cover a box: right, but slow */
            request.recipe.no_upscale = no_upscale;
            assert_fit(name, &input, &request, &recipe);
        }
    oracle_release(&input);
}

START_TEST(each_fit_in_several_boxes)
{
    assert_fits(fitted[_i], false);
}
END_TEST

START_TEST(each_fit_without_enlarging)
{
    assert_fits(fitted[_i], true);
}
END_TEST

START_TEST(percent_scales_both_sides)
{
    static const uint32_t percents[] = {1, 33, 50, 99, 150};
    oracle_image input = oracle_read(engine_testdata("tiny/photo-333x222.jpg"));

    for (size_t i = 0; i < sizeof percents / sizeof *percents; i++) {
        engine_request request = engine_request_default();
        request.recipe.sizes[0].percent = percents[i];
        assert_fit("tiny/photo-333x222.jpg", &input, &request,
                   &(oracle_recipe){.percent = percents[i]});
    }
    oracle_release(&input);
}
END_TEST

START_TEST(examples_of_sizes)
{
    static const struct {
        const char *name;
        uint32_t box[2], size[2];
    } examples[] = {{"tiny/photo-333x222.jpg", {100, 0}, {100, 67}},
                    {"tiny/wide-2000x3.png", {100, 0}, {100, 1}},
                    {"tiny/tall-3x2000.png", {0, 100}, {1, 100}},
                    {"photos/scene-4.jpg", {500, 0}, {500, 333}},
                    {"tiny/1x1.jpg", {300, 200}, {300, 200}}};

    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const engine_request request =
            engine_request_box(examples[i].box[0], examples[i].box[1], LOOM_FIT_COVER);
        oracle_image made = engine_render(&request, engine_testdata(examples[i].name));
        ck_assert_uint_eq(made.width, examples[i].size[0]);
        ck_assert_uint_eq(made.height, examples[i].size[1]);
        oracle_release(&made);
    }
}
END_TEST

START_TEST(cover_crops_about_the_centre)
{
    /* 120x80 to 40x80 at scale 1: 40 px go on either side, so the colours still meet midway. */
    const engine_request request = engine_request_box(40, 80, LOOM_FIT_COVER);
    oracle_image made = engine_render(&request, engine_testdata("formats/quadrants.png"));

    oracle_assert_pixel(&made, 0, 0, 0, 0xFF0000FF);
    oracle_assert_pixel(&made, 19, 39, 0, 0xFF0000FF);
    oracle_assert_pixel(&made, 20, 39, 0, 0x00FF00FF);
    oracle_assert_pixel(&made, 19, 40, 0, 0x0000FFFF);
    oracle_assert_pixel(&made, 20, 40, 0, 0xFFFFFFFF);
    oracle_release(&made);
}
END_TEST

/* ---- padding ------------------------------------------------------------- */

static void assert_padding(const engine_request *request, const char *name, uint32_t channels,
                           uint32_t rgba)
{
    oracle_image made = engine_render(request, engine_testdata(name));

    ck_assert_uint_eq(made.channels, channels);
    ck_assert_uint_eq(made.width, 120);
    ck_assert_uint_eq(made.height, 101);
    /* 21 rows are over: 10 above and 11 below. */
    oracle_assert_pixel(&made, 0, 0, 0, rgba);
    oracle_assert_pixel(&made, 119, 9, 0, rgba);
    oracle_assert_pixel(&made, 0, 90, 0, rgba);
    oracle_assert_pixel(&made, 119, 100, 0, rgba);
    oracle_release(&made);
}

START_TEST(contain_pads_with_the_background)
{
    engine_request request = engine_request_box(120, 101, LOOM_FIT_CONTAIN);

    assert_padding(&request, "formats/quadrants.png", 3, 0x000000FF);
    assert_padding(&request, "formats/quadrants-alpha.png", 4, 0x00000000);

    request.recipe.background = (loom_colour){255, 0, 0, 255};
    request.recipe.background_given = true;
    assert_padding(&request, "formats/quadrants.png", 3, 0xFF0000FF);
    assert_padding(&request, "formats/quadrants-alpha.png", 4, 0xFF0000FF);
    assert_padding(&request, "formats/quadrants.pgm", 3, 0xFF0000FF);

    request.recipe.background = (loom_colour){0, 0, 255, 128};
    assert_padding(&request, "formats/quadrants.png", 4, 0x0000FF80);

    request.recipe.background = (loom_colour){90, 90, 90, 255};
    assert_padding(&request, "formats/quadrants.pgm", 1, 0x5A5A5AFF);

    request.recipe.background = (loom_colour){255, 0, 0, 255};
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    assert_padding(&request, "formats/quadrants.png", 1, 0x4C4C4CFF);
}
END_TEST

START_TEST(alpha_is_flattened_on_the_background)
{
    static const struct {
        bool given;
        loom_colour background;
        uint32_t corner;
        loom_result result; /* an alpha that JPEG cannot hold is warned of */
    } cases[] = {{false, {0, 0, 0, 255}, 0x000000FF, LOOM_RESULT_OK},
                 {true, {255, 255, 255, 255}, 0xFFFFFFFF, LOOM_RESULT_OK},
                 {true, {0, 0, 255, 128}, 0x000080FF, LOOM_RESULT_WARNING}};

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        engine_request request = engine_request_default();
        request.format = LOOM_FORMAT_JPEG;
        request.recipe.background = cases[i].background;
        request.recipe.background_given = cases[i].given;
        loom_outcome outcome = engine_run_written(
            &request, engine_testdata("formats/quadrants-alpha.png"), "flat.jpg", cases[i].result);
        ck_assert_int_eq(outcome.channels, 3);
        oracle_image made = oracle_read("flat.jpg");
        oracle_assert_pixel(&made, 2, 2, 12, cases[i].corner); /* near the edge at 10, 10 */
        oracle_assert_pixel(&made, 30, 24, 6, 0xFF0000FF);
        oracle_release(&made);
        loom_outcome_release(&outcome);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_geometry");
    TCase *turns = engine_case("turns"), *fits = engine_case("fits");

    tcase_add_loop_test(turns, orientations_and_turns_at_full_size, 1, 9);
    tcase_add_loop_test(turns, orientations_and_turns_with_a_box, 1, 9);
    tcase_add_loop_test(turns, orientations_and_turns_with_crop_and_padding, 1, 9);
    tcase_add_test(turns, orientation_of_a_png);
    tcase_add_loop_test(turns, the_outcome_tells_the_orientation_and_the_stored_size, 1, 9);
    tcase_add_loop_test(turns, without_auto_orient_pixels_stay_as_stored, 1, 9);
    suite_add_tcase(suite, turns);

    tcase_add_loop_test(fits, each_fit_in_several_boxes, 0, FITTED);
    tcase_add_loop_test(fits, each_fit_without_enlarging, 0, FITTED);
    tcase_add_test(fits, percent_scales_both_sides);
    tcase_add_test(fits, examples_of_sizes);
    tcase_add_test(fits, cover_crops_about_the_centre);
    tcase_add_test(fits, contain_pads_with_the_background);
    tcase_add_test(fits, alpha_is_flattened_on_the_background);
    suite_add_tcase(suite, fits);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
