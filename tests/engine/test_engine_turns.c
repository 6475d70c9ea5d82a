/*
 * Turning by any angle, against an oracle that turns the full picture and resizes it afterwards;
 * and turning by quarters, against turning first.
 */
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/oracle_rotate.h"
#include "support/samples.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>

static const double angles[] = {7.5, 30, 45, 101.25, 190, 350};

enum { ANGLES = sizeof angles / sizeof *angles };

static const uint8_t black[4] = {0, 0, 0, 255}, blue[4] = {0, 0, 255, 255};

/* The photograph of the test data as a PNG, which every reader decodes alike. */
static oracle_image photo_as_png(const char *path, const sample_extras *extras)
{
    oracle_image photo = oracle_read(engine_testdata("tiny/photo-333x222.jpg"));

    sample_png(path, &photo, extras);
    return photo;
}

/* Takes `made` and releases the picture that it was made of. */
static void become(oracle_image *image, oracle_image made)
{
    oracle_release(image);
    *image = made;
}

/* ---- comparing without the picture's edge -------------------------------- */

enum { MARGIN = 2 }; /* px: where an edge lies, a part of a pixel more or less is seen at once */

static bool is_plain(const oracle_image *turned, uint32_t x, uint32_t y)
{
    const unsigned alpha = oracle_pixel(turned, x, y)[3];

    if (alpha != 0 && alpha != 255)
        return false;
    for (uint32_t j = y < MARGIN ? 0 : y - MARGIN; j <= y + MARGIN && j < turned->height; j++)
        for (uint32_t i = x < MARGIN ? 0 : x - MARGIN; i <= x + MARGIN && i < turned->width; i++)
            if (oracle_pixel(turned, i, j)[3] != alpha)
                return false;
    return true;
}

/* PSNR in dB of RGB pictures, where `turned`, the same picture with alpha, is clear or opaque. */
static double inner_psnr(const oracle_image *made, const oracle_image *expected,
                         const oracle_image *turned)
{
    double squares = 0;
    size_t count = 0;

    ck_assert_uint_eq(made->channels, 3);
    ck_assert_uint_eq(made->width, expected->width);
    ck_assert_uint_eq(made->height, expected->height);
    for (uint32_t y = 0; y < made->height; y++)
        for (uint32_t x = 0; x < made->width; x++)
            for (uint32_t c = 0; c < 3 && is_plain(turned, x, y); c++) {
                const double d =
                    (double)oracle_pixel(made, x, y)[c] - (double)oracle_pixel(expected, x, y)[c];
                squares += d * d;
                count++;
            }
    ck_assert_uint_gt(count, (size_t)made->width * made->height); /* a third of all samples */
    return 10 * log10(255.0 * 255 * (double)count / fmax(squares, 1e-9));
}

/* `turned` is the picture after the rotation, RGBA, at full size. */
static void assert_like(const engine_request *request, const oracle_image *turned,
                        const oracle_recipe *recipe, const uint8_t *background)
{
    oracle_image whole = oracle_render(turned, recipe);
    oracle_image expected = oracle_flatten(&whole, background);
    oracle_image made = engine_render(request, "photo.png");
    const double psnr = inner_psnr(&made, &expected, &whole);

    ck_assert_msg(psnr >= 30, "rotation %g, fit %d in %ux%u: %.2f dB", request->recipe.rotation,
                  (int)recipe->fit, recipe->width, recipe->height, psnr);
    oracle_release(&whole);
    oracle_release(&expected);
    oracle_release(&made);
}

/* ---- any angle ----------------------------------------------------------- */

START_TEST(any_angle_at_full_size)
{
    engine_request request = engine_request_default();
    oracle_image photo = photo_as_png("photo.png", NULL);
    oracle_image turned = oracle_rotate(&photo, angles[_i]);

    request.recipe.rotation = angles[_i];
    assert_like(&request, &turned, &(oracle_recipe){.width = 0}, black);
    request.recipe.background = (loom_colour){0, 0, 255, 255};
    request.recipe.background_given = true;
    assert_like(&request, &turned, &(oracle_recipe){.width = 0}, blue);
    oracle_image made = oracle_read("out.png");
    oracle_assert_pixel(&made, 0, 0, 0, 0x0000FFFF);
    oracle_assert_pixel(&made, made.width - 1, made.height - 1, 0, 0x0000FFFF);
    oracle_release(&made);
    oracle_release(&turned);
    oracle_release(&photo);
}
END_TEST

START_TEST(any_angle_is_fitted)
{
    static const uint32_t boxes[][2] = {{120, 90}, {90, 120}, {101, 0}, {500, 480}};
    oracle_image photo = photo_as_png("photo.png", NULL);
    oracle_image turned = oracle_rotate(&photo, angles[_i]);

    for (size_t box = 0; box < sizeof boxes / sizeof *boxes; box++)
        for (int fit = LOOM_FIT_COVER; fit <= LOOM_FIT_INSIDE; fit++) {
            engine_request request =
                engine_request_box(boxes[box][0], boxes[box][1], (loom_fit)fit);
            const oracle_recipe recipe = {
                .width = boxes[box][0], .height = boxes[box][1], .fit = (oracle_fit)fit};
            request.recipe.rotation = angles[_i];
            assert_like(&request, &turned, &recipe, black);
        }
    oracle_release(&turned);
    oracle_release(&photo);
}
END_TEST

/* Oriented, then rotated, then mirrored. */
START_TEST(any_angle_with_orientation_and_mirrors)
{
    oracle_image photo = photo_as_png("photo.png", &(sample_extras){.orientation = 1 + _i % 8});
    oracle_image turned = oracle_turn(&photo, &(oracle_recipe){.orientation = 1 + _i % 8});
    engine_request request = engine_request_box(150, 140, LOOM_FIT_INSIDE);

    request.recipe.rotation = angles[_i % ANGLES];
    request.recipe.flip = _i % 3 == 0;
    request.recipe.flop = _i % 2 == 0;
    become(&turned, oracle_rotate(&turned, angles[_i % ANGLES]));
    become(&turned, oracle_turn(&turned, &(oracle_recipe){.flip = request.recipe.flip,
                                                          .flop = request.recipe.flop}));
    assert_like(&request, &turned,
                &(oracle_recipe){.width = 150, .height = 140, .fit = ORACLE_INSIDE}, black);
    oracle_release(&turned);
    oracle_release(&photo);
}
END_TEST

/* ---- what fills the corners ---------------------------------------------- */

static const uint16_t red[4] = {255, 0, 0, 255};

static oracle_image render_red(engine_request *request, uint32_t channels, uint32_t max)
{
    const uint16_t colour[4] = {(uint16_t)max, 0, 0, (uint16_t)max};
    oracle_image picture = sample_flat(80, 60, channels, max, colour);

    sample_png("red.png", &picture, NULL);
    oracle_release(&picture);
    return engine_render(request, "red.png");
}

/* Clear in the corners, and red wherever anything is seen at all. */
static void assert_clear_and_red(const oracle_image *made)
{
    ck_assert_uint_eq(made->channels, 4);
    ck_assert_uint_eq(oracle_at(made, 0, 0, 3), 0);
    ck_assert_uint_eq(oracle_at(made, made->width / 2, made->height / 2, 3), made->max);
    for (uint32_t y = 0; y < made->height; y++)
        for (uint32_t x = 0; x < made->width; x++) {
            const uint16_t *p = oracle_pixel(made, x, y);
            if (p[3] >= 2 && (p[0] < made->max * 98 / 100 || p[1] > made->max * 2 / 100 ||
                              p[2] > made->max * 2 / 100))
                ck_abort_msg("(%u, %u): %u %u %u of alpha %u", x, y, p[0], p[1], p[2], p[3]);
        }
}

START_TEST(corners_of_alpha_are_clear_without_a_fringe)
{
    static const uint32_t widths[] = {0, 30, 200};

    for (size_t i = 0; i < 3; i++) {
        engine_request request = engine_request_box(widths[i], 0, LOOM_FIT_COVER);
        request.recipe.rotation = angles[_i];
        oracle_image made = render_red(&request, 4, 255);
        assert_clear_and_red(&made);
        oracle_release(&made);
        made = render_red(&request, 4, 65535);
        ck_assert_uint_eq(made.max, 65535);
        assert_clear_and_red(&made);
        oracle_release(&made);
    }
}
END_TEST

START_TEST(the_background_decides_the_channels)
{
    engine_request request = engine_request_default();

    request.recipe.rotation = 30;
    oracle_image made = render_red(&request, 3, 255);
    ck_assert_uint_eq(made.channels, 3);
    oracle_assert_pixel(&made, 0, 0, 0, 0x000000FF);
    oracle_release(&made);

    request.recipe.background_given = true;
    request.recipe.background = (loom_colour){0, 0, 255, 0}; /* clear: alpha is made */
    made = render_red(&request, 3, 255);
    assert_clear_and_red(&made);
    oracle_release(&made);

    request.recipe.background = (loom_colour){0, 0, 255, 128};
    made = render_red(&request, 3, 255);
    oracle_assert_pixel(&made, 0, 0, 0, 0x0000FF80);
    oracle_release(&made);
    made = render_red(&request, 3, 65535);
    ck_assert_uint_eq(oracle_at(&made, 0, 0, 2), 65535);
    ck_assert_uint_eq(oracle_at(&made, 0, 0, 3), 128 * 257);
    oracle_release(&made);

    request.recipe.background = (loom_colour){0, 255, 0, 255};
    oracle_image gray = sample_flat(80, 60, 1, 255, red);
    sample_png("gray.png", &gray, NULL);
    made = engine_render(&request, "gray.png"); /* a coloured corner makes a gray picture RGB */
    ck_assert_uint_eq(made.channels, 3);
    oracle_assert_pixel(&made, 0, 0, 0, 0x00FF00FF);
    oracle_assert_pixel(&made, made.width / 2, made.height / 2, 0, 0xFFFFFFFF);
    oracle_release(&made);
    request.recipe.grayscale = LOOM_GRAYSCALE_LUMA;
    made = engine_render(&request, "gray.png");
    ck_assert_uint_eq(made.channels, 1);
    oracle_assert_pixel(&made, 0, 0, 0, 0x969696FF);
    oracle_release(&made);
    oracle_release(&gray);
}
END_TEST

/* ---- turning is cheap: the small picture is turned, and nothing shows ---- */

/* Turned at full size in one run, and resized in another. */
static oracle_image turned_first(const engine_request *request, const char *input)
{
    engine_request turn = engine_request_default(), resize = *request;

    turn.recipe.rotation = request->recipe.rotation;
    turn.recipe.flip = request->recipe.flip;
    turn.recipe.flop = request->recipe.flop;
    resize.recipe.rotation = 0;
    resize.recipe.flip = resize.recipe.flop = false;
    loom_outcome outcome = engine_run_written(&turn, input, "turned.png", LOOM_RESULT_OK);
    loom_outcome_release(&outcome);
    return engine_render(&resize, "turned.png");
}

START_TEST(turning_the_small_picture_is_turning_first)
{
    oracle_image photo = oracle_read(engine_testdata("photos/scene-4.jpg")); /* 1001x667 */
    engine_request request = engine_request_box(333, 777, (loom_fit)(_i % 5));

    sample_png("photo.png", &photo, NULL);
    oracle_release(&photo);
    request.recipe.sizes[0].height = _i % 2 == 0 ? 210 : 0;
    for (int turn = 1; turn < 16; turn++) {
        if (!suite_takes((unsigned)(turn + _i), 2))
            continue;
        request.recipe.rotation = 90 * (turn % 4);
        request.recipe.flip = turn / 4 % 2 == 1;
        request.recipe.flop = turn / 8 == 1;
        oracle_image expected = turned_first(&request, "photo.png");
        oracle_image made = engine_render(&request, "photo.png");
        const double psnr = oracle_compare(&made, &expected).psnr;
        ck_assert_msg(psnr >= 40, "fit %d, turn %d: %.2f dB", _i % 5, turn, psnr);
        oracle_release(&expected);
        oracle_release(&made);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_turns");
    TCase *tests = tcase_create("engine_turns");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 120);
    tcase_add_loop_test(tests, any_angle_at_full_size, 0, ANGLES);
    tcase_add_loop_test(tests, any_angle_is_fitted, 0, ANGLES);
    tcase_add_loop_test(tests, any_angle_with_orientation_and_mirrors, 0, 8);
    tcase_add_loop_test(tests, corners_of_alpha_are_clear_without_a_fringe, 0, ANGLES);
    tcase_add_test(tests, the_background_decides_the_channels);
    tcase_add_loop_test(tests, turning_the_small_picture_is_turning_first, 0, 5);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
