/* Luminance against powers in double precision. */
#include "support/labelled.h"
#include "support/suite.h"
#include <math.h>

static double decode(double v)
{
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

static double expected_of(const loom_picture *p, uint32_t x, uint32_t y)
{
    static const double weights[3] = {0.2126, 0.7152, 0.0722};
    const double max = p->depth == 2 ? 65535 : 255;
    double light = 0;

    for (unsigned c = 0; c < 3; c++)
        light += weights[c] * decode(picture_sample(p, x, y, c) / max);
    return max * (light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055);
}

/* Channels 3 and 4 at 1 and 2 bytes. */
START_TEST(every_pixel_is_rounded_luminance)
{
    const unsigned channels = 3 + (unsigned)_i % 2, depth = 1 + (unsigned)_i / 2;
    const loom_picture before = labelled_picture(90, 70, channels, depth);
    loom_picture p = labelled_picture(90, 70, channels, depth);

    loom_picture_to_luminance(&p);
    ck_assert_uint_eq(p.channels, channels - 2);
    for (uint32_t y = 0; y < p.height; y++)
        for (uint32_t x = 0; x < p.width; x++) {
            const double want = expected_of(&before, x, y);
            if (fabs(picture_sample(&p, x, y, 0) - want) > 0.5 + 1e-6)
                ck_abort_msg("(%u, %u): %u instead of %g", x, y, picture_sample(&p, x, y, 0), want);
            if (channels == 4 && picture_sample(&p, x, y, 1) != label(x, y, 3, depth))
                ck_abort_msg("alpha at (%u, %u)", x, y);
        }
    free(p.data);
    free(before.data);
}
END_TEST

START_TEST(gray_stays_gray)
{
    loom_picture p = labelled_picture(256, 1, 3, 1), gray = labelled_picture(9, 9, 2, 1);

    for (uint32_t x = 0; x < 256; x++)
        for (unsigned c = 0; c < 3; c++)
            picture_set(&p, x, 0, c, x);
    loom_picture_to_luminance(&p);
    for (uint32_t x = 0; x < 256; x++) {
        const uint8_t v = (uint8_t)x;
        ck_assert_uint_eq(picture_sample(&p, x, 0, 0), x);
        ck_assert_uint_eq(loom_colour_luminance((loom_colour){v, v, v, 9}), x);
    }
    loom_picture_to_luminance(&gray); /* one channel already */
    ck_assert_uint_eq(gray.channels, 2);
    ck_assert_uint_eq(picture_sample(&gray, 8, 8, 0), label(8, 8, 0, 1));
    loom_picture_release(&p);
    loom_picture_release(&gray);
}
END_TEST

/* 255 encode(0.2126), encode(0.7152), encode(0.0722): 127.1, 219.9, 76.0 */
START_TEST(pure_colours)
{
    ck_assert_uint_eq(loom_colour_luminance((loom_colour){255, 0, 0, 255}), 127);
    ck_assert_uint_eq(loom_colour_luminance((loom_colour){0, 255, 0, 255}), 220);
    ck_assert_uint_eq(loom_colour_luminance((loom_colour){0, 0, 255, 255}), 76);
    ck_assert_uint_eq(loom_colour_luminance((loom_colour){255, 255, 255, 0}), 255);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("luminance");
    TCase *tests = tcase_create("luminance");

    tcase_add_loop_test(tests, every_pixel_is_rounded_luminance, 0, 4);
    tcase_add_test(tests, gray_stays_gray);
    tcase_add_test(tests, pure_colours);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
