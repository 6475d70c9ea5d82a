/* The kernels, and alpha that is resampled without a fringe by each of them. */
#include "support/engine_run.h"
#include "support/oracle_private.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>

static const loom_kernel kernels[] = {LOOM_KERNEL_LANCZOS3, LOOM_KERNEL_LANCZOS2,
                                      LOOM_KERNEL_MITCHELL, LOOM_KERNEL_CUBIC,
                                      LOOM_KERNEL_LINEAR,   LOOM_KERNEL_NEAREST};

enum { KERNELS = sizeof kernels / sizeof *kernels };

/* ---- kernels ------------------------------------------------------------- */

START_TEST(each_kernel_gives_the_exact_size)
{
    static const uint32_t boxes[][2] = {{99, 33}, {1, 1}, {301, 0}, {0, 777}, {500, 499}};
    oracle_image input = oracle_read(engine_testdata("tiny/photo-333x222.jpg"));

    for (size_t i = 0; i < sizeof boxes / sizeof *boxes; i++)
        for (int fit = LOOM_FIT_COVER; fit <= LOOM_FIT_OUTSIDE; fit++) {
            engine_request request = engine_request_box(boxes[i][0], boxes[i][1], (loom_fit)fit);
            const oracle_recipe recipe = {
                .width = boxes[i][0], .height = boxes[i][1], .fit = (oracle_fit)fit};
            const oracle_layout sizes = oracle_fit_sizes(input.width, input.height, &recipe);
            request.format = LOOM_FORMAT_JPEG; /* quicker than PNG */
            request.recipe.kernel = kernels[_i];
            loom_outcome outcome = engine_run_written(
                &request, engine_testdata("tiny/photo-333x222.jpg"), "out.jpg", LOOM_RESULT_OK);
            ck_assert_uint_eq(outcome.width, sizes.width);
            ck_assert_uint_eq(outcome.height, sizes.height);
            loom_outcome_release(&outcome);
        }
    oracle_release(&input);
}
END_TEST

START_TEST(kernels_differ_and_stay_near_the_picture)
{
    oracle_image input = oracle_read(engine_testdata("tiny/photo-333x222.jpg")), made[KERNELS];

    sample_png("photo.png", &input, NULL);
    oracle_image expected = oracle_render(&input, &(oracle_recipe){.width = 120});
    for (int i = 0; i < KERNELS; i++) {
        engine_request request = engine_request_box(120, 0, LOOM_FIT_COVER);
        request.recipe.kernel = kernels[i];
        made[i] = engine_render(&request, "photo.png");
        const double psnr = oracle_compare(&made[i], &expected).psnr;
        ck_assert_msg(psnr >= (kernels[i] == LOOM_KERNEL_NEAREST ? 20 : 28), "%s: %.2f dB",
                      loom_recipe_field_keyword(LOOM_RECIPE_KERNEL, kernels[i]), psnr);
        ck_assert_msg(kernels[i] != LOOM_KERNEL_LANCZOS3 || psnr >= 40, "%.2f dB", psnr);
        for (int k = 0; k < i; k++)
            ck_assert_msg(oracle_compare(&made[i], &made[k]).max > 0, "%s is %s",
                          loom_recipe_field_keyword(LOOM_RECIPE_KERNEL, kernels[i]),
                          loom_recipe_field_keyword(LOOM_RECIPE_KERNEL, kernels[k]));
    }
    for (int i = 0; i < KERNELS; i++)
        oracle_release(&made[i]);
    oracle_release(&input);
    oracle_release(&expected);
}
END_TEST

START_TEST(nearest_gives_no_colour_that_was_not_there)
{
    static const uint32_t widths[] = {37, 90, 119, 121, 250};
    static const uint8_t palette[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255, 9, 90, 200};
    oracle_image input = sample_flat(120, 80, 1, 255, (const uint16_t[]){0});

    for (uint32_t i = 0; i < 120 * 80; i++)
        input.samples[i] = (uint16_t)(i * 7919 % 5);
    sample_palette_png("palette.png", &input, palette, 5);
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        engine_request request = engine_request_box(widths[i], 0, LOOM_FIT_COVER);
        request.recipe.kernel = LOOM_KERNEL_NEAREST;
        oracle_image made = engine_render(&request, "palette.png");
        for (uint32_t y = 0; y < made.height; y++)
            for (uint32_t x = 0; x < made.width; x++) {
                const uint16_t *p = oracle_pixel(&made, x, y);
                bool found = false;
                for (int k = 0; k < 5 && !found; k++)
                    found = p[0] == palette[3 * k] && p[1] == palette[3 * k + 1] &&
                            p[2] == palette[3 * k + 2];
                if (!found)
                    ck_abort_msg("(%u, %u): %u %u %u", x, y, p[0], p[1], p[2]);
            }
        oracle_release(&made);
    }
    oracle_release(&input);
}
END_TEST

/* ---- a red disc on nothing ----------------------------------------------- */

/* What is not seen is black or, `lurid`, green. */
static void write_disc(bool lurid)
{
    static const uint16_t red[4] = {255, 0, 0, 255};
    const uint16_t clear[4] = {0, lurid ? 255 : 0, 0, 0};
    oracle_image disc = sample_flat(150, 100, 4, 255, clear);

    for (uint32_t y = 0; y < 100; y++)
        for (uint32_t x = 0; x < 150; x++)
            if ((x - 75.0) * (x - 75.0) + (y - 50.0) * (y - 50.0) < 40.0 * 40.0)
                sample_fill(&disc, x, y, 1, 1, red);
    sample_png("disc.png", &disc, NULL);
    oracle_release(&disc);
}

static void assert_no_fringe(const oracle_image *made, const char *what, int fit, int kernel)
{
    unsigned seen = 0;

    ck_assert_uint_eq(made->channels, 4);
    for (uint32_t y = 0; y < made->height; y++)
        for (uint32_t x = 0; x < made->width; x++) {
            const uint16_t *p = oracle_pixel(made, x, y);
            seen += p[3] > 200;
            if (p[3] > 0 && (p[0] < 250 || p[1] > 5 || p[2] > 5))
                ck_abort_msg("%s, fit %d, kernel %d, (%u, %u): %u %u %u of alpha %u", what, fit,
                             kernel, x, y, p[0], p[1], p[2], p[3]);
        }
    ck_assert_uint_gt(seen, 100);
}

START_TEST(a_red_disc_has_no_fringe)
{
    static const uint32_t boxes[][2] = {{64, 64}, {233, 190}};

    for (int lurid = 0; lurid < 2; lurid++) {
        write_disc(lurid == 1);
        for (size_t i = 0; i < 2; i++)
            for (int fit = LOOM_FIT_COVER; fit <= LOOM_FIT_OUTSIDE; fit++) {
                engine_request request =
                    engine_request_box(boxes[i][0], boxes[i][1], (loom_fit)fit);
                request.recipe.kernel = kernels[_i];
                oracle_image made = engine_render(&request, "disc.png");
                assert_no_fringe(&made, "PNG", fit, _i);
                oracle_release(&made);
            }
    }
    write_disc(true);
    engine_request request = engine_request_box(64, 64, LOOM_FIT_CONTAIN);
    request.recipe.kernel = kernels[_i];
    request.recipe.lossless = true;
    request.format = LOOM_FORMAT_WEBP;
    loom_outcome outcome = engine_run_written(&request, "disc.png", "disc.webp", LOOM_RESULT_OK);
    oracle_image made = engine_decode("disc.webp");
    assert_no_fringe(&made, "WebP", LOOM_FIT_CONTAIN, _i);
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

/* On white, to JPEG: nothing darker than red and nothing greener than white. */
START_TEST(flattening_leaves_no_fringe)
{
    engine_request request = engine_request_box(64, 64, LOOM_FIT_CONTAIN);

    write_disc(true);
    request.format = LOOM_FORMAT_JPEG;
    request.recipe.background = (loom_colour){255, 255, 255, 255};
    request.recipe.background_given = true;
    request.recipe.quality = 100;
    request.recipe.chroma = LOOM_CHROMA_444;
    loom_outcome outcome = engine_run_written(&request, "disc.png", "disc.jpg", LOOM_RESULT_OK);
    oracle_image made = oracle_read("disc.jpg");
    oracle_assert_pixel(&made, 0, 0, 2, 0xFFFFFFFF);
    oracle_assert_pixel(&made, 32, 32, 3, 0xFF0000FF);
    for (uint32_t i = 0; i < made.width * made.height; i++) {
        const uint16_t *p = made.samples + 3 * (size_t)i;
        if (p[0] < 248 || abs((int)p[1] - (int)p[2]) > 8)
            ck_abort_msg("pixel %u: %u %u %u", i, p[0], p[1], p[2]);
    }
    oracle_release(&made);
    loom_outcome_release(&outcome);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine_kernels");
    TCase *tests = tcase_create("engine_kernels");

    tcase_add_checked_fixture(tests, engine_setup, engine_teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_loop_test(tests, each_kernel_gives_the_exact_size, 0, KERNELS);
    tcase_add_test(tests, kernels_differ_and_stay_near_the_picture);
    tcase_add_test(tests, nearest_gives_no_colour_that_was_not_there);
    tcase_add_loop_test(tests, a_red_disc_has_no_fringe, 0, KERNELS);
    tcase_add_test(tests, flattening_leaves_no_fringe);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
