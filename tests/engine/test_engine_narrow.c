/*
 * Pictures wide enough for zimg: what it makes across is what our own loops, or libvips where there
 * is alpha, make down, and right.
 */
#include "support/engine_run.h"
#include "support/samples.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <stdlib.h>

enum { WIDTH = 640, HEIGHT = 480, KINDS = 4 };

/* Slopes, an edge, a line one pixel wide, a disc; alpha with a soft and a hard edge. */
static unsigned sample_at(uint32_t x, uint32_t y, uint32_t c, uint32_t channels)
{
    const double dx = (double)x - 320, dy = (double)y - 240;
    const bool inside = dx * dx + dy * dy < 150 * 150;

    if (channels % 2 == 0 && c == channels - 1)
        return y < 100 ? x * 255 / WIDTH : inside ? 255 : 40;
    if (x == 500 || y == 77)
        return 255;
    if (inside)
        return 200 - 60 * c;
    return (x / 3 + y / 4 + c * 30) % 256;
}

static oracle_image make_picture(uint32_t channels)
{
    oracle_image image = sample_flat(WIDTH, HEIGHT, channels, 255, (uint16_t[]){0, 0, 0, 0});

    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
            for (uint32_t c = 0; c < channels; c++)
                image.samples[((size_t)y * WIDTH + x) * channels + c] =
                    (uint16_t)sample_at(x, y, c, channels);
    return image;
}

static oracle_image transpose(const oracle_image *image)
{
    oracle_image made =
        sample_flat(image->height, image->width, image->channels, 255, (uint16_t[]){0, 0, 0, 0});

    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++)
            for (uint32_t c = 0; c < made.channels; c++)
                made.samples[((size_t)y * made.width + x) * made.channels + c] =
                    image->samples[((size_t)x * image->width + y) * made.channels + c];
    return made;
}

static oracle_image resize(const char *path, uint32_t width, uint32_t height, loom_kernel kernel)
{
    engine_request request = engine_request_box(width, height, LOOM_FIT_FILL);

    request.recipe.kernel = kernel;
    return engine_render(&request, path);
}

START_TEST(a_picture_is_what_the_oracle_says)
{
    static const uint32_t sizes[][2] = {{300, 225}, {639, 480}, {639, 479}, {257, 333},
                                        {200, 480}, {97, 101},  {16, 12},   {15, 12}};
    oracle_image image = make_picture((uint32_t)_i);

    sample_png("in.png", &image, NULL);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const uint32_t *size = sizes[i];
        oracle_image made = resize("in.png", size[0], size[1], LOOM_KERNEL_LANCZOS3);
        oracle_image right = oracle_resize(&image, size[0], size[1], ORACLE_LANCZOS3);
        const oracle_difference d = oracle_compare(&made, &right);
        const bool by_us = _i % 2 == 1 && size[0] > 16;
        ck_assert_msg(d.psnr > (by_us ? 50 : 38) && d.mean < 1,
                      "%ux%u: %.1f dB, mean %.2f, max %.0f", size[0], size[1], d.psnr, d.mean,
                      d.max);
        oracle_release(&made);
        oracle_release(&right);
    }
    oracle_release(&image);
}
END_TEST

/* The picture laid on its side changes places with itself: zimg's part with the other. */
START_TEST(across_and_down_are_alike_for_every_kernel)
{
    static const loom_kernel kernels[] = {LOOM_KERNEL_LANCZOS3, LOOM_KERNEL_LANCZOS2,
                                          LOOM_KERNEL_MITCHELL, LOOM_KERNEL_CUBIC,
                                          LOOM_KERNEL_LINEAR};
    oracle_image image = make_picture((uint32_t)_i), turned = transpose(&image);

    sample_png("in.png", &image, NULL);
    sample_png("turned.png", &turned, NULL);
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        oracle_image across = resize("in.png", 270, HEIGHT, kernels[k]);
        oracle_image down = resize("turned.png", HEIGHT, 270, kernels[k]);
        oracle_image back = transpose(&down);
        const oracle_difference d = oracle_compare(&across, &back);
        ck_assert_msg(d.psnr > 42 && d.mean < 0.8, "kernel %zu: %.1f dB, mean %.2f, max %.0f", k,
                      d.psnr, d.mean, d.max);
        oracle_release(&across);
        oracle_release(&down);
        oracle_release(&back);
    }
    oracle_release(&image);
    oracle_release(&turned);
}
END_TEST

/* One colour, half seen, stays what it is, from edge to edge. */
START_TEST(a_flat_picture_stays_flat)
{
    const uint16_t colour[] = {201, 77, 3, 129};
    const uint32_t channels = (uint32_t)_i;
    const uint16_t flat[] = {201, (uint16_t)(channels == 2 ? 129 : 77), 3, 129};
    oracle_image image = sample_flat(WIDTH, HEIGHT, channels, 255, channels == 2 ? flat : colour);
    unsigned worst = 0;

    sample_png("in.png", &image, NULL);
    oracle_image made = resize("in.png", 301, 207, LOOM_KERNEL_LANCZOS3);
    for (size_t i = 0; i < (size_t)made.width * made.height * channels; i++) {
        const int off = made.samples[i] - flat[i % channels];
        worst = (unsigned)abs(off) > worst ? (unsigned)abs(off) : worst;
    }
    ck_assert_uint_le(worst, 1);
    oracle_release(&made);
    oracle_release(&image);
}
END_TEST

/* The colour under full transparency is never seen, nor does it leave a fringe. */
START_TEST(what_is_not_seen_does_not_show)
{
    oracle_image image = sample_flat(WIDTH, HEIGHT, 4, 255, (uint16_t[]){255, 0, 255, 0});

    sample_fill(&image, 0, 0, 333, HEIGHT, (uint16_t[]){0, 128, 0, 255});
    sample_png("in.png", &image, NULL);
    oracle_image made = resize("in.png", 259, 201, LOOM_KERNEL_LANCZOS3);
    unsigned fringed = 0;
    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++)
            fringed += oracle_at(&made, x, y, 3) > 2 &&
                       (oracle_at(&made, x, y, 0) > 1 || oracle_at(&made, x, y, 2) > 1);
    ck_assert_uint_eq(fringed, 0);
    ck_assert_uint_eq(oracle_at(&made, 250, 100, 3), 0);
    ck_assert_uint_eq(oracle_at(&made, 10, 100, 3), 255);
    oracle_release(&made);
    oracle_release(&image);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("engine: narrow");
    TCase *tests = engine_case("narrow");

    tcase_add_loop_test(tests, a_picture_is_what_the_oracle_says, 1, KINDS + 1);
    tcase_add_loop_test(tests, across_and_down_are_alike_for_every_kernel, 1, KINDS + 1);
    tcase_add_loop_test(tests, a_flat_picture_stays_flat, 1, KINDS + 1);
    tcase_add_test(tests, what_is_not_seen_does_not_show);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
