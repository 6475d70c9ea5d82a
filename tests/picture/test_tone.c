/* Tone, colours and tint, beside the formulas of picture.h for each pixel by itself. */
#include "picture/picture.h"
#include "picture/recipe_fields.h"
#include "support/labelled.h"
#include "support/recipe_words.h"
#include "support/suite.h"
#include <math.h>

static double clamped(double v)
{
    return v < 0 ? 0 : v > 1 ? 1 : v;
}

static double luma_of(const double v[3])
{
    return 0.299 * v[0] + 0.587 * v[1] + 0.114 * v[2];
}

/* JFIF 1.02, as it is printed there. */
static void turn_hue(double v[3], double saturation, double degrees)
{
    const double y = luma_of(v);
    const double cb = -0.168735892 * v[0] - 0.331264108 * v[1] + 0.5 * v[2];
    const double cr = 0.5 * v[0] - 0.418687589 * v[1] - 0.081312411 * v[2];
    const double angle = degrees * 3.14159265358979 / 180;
    const double b = saturation * (cb * cos(angle) - cr * sin(angle));
    const double r = saturation * (cb * sin(angle) + cr * cos(angle));

    v[0] = y + 1.402 * r;
    v[1] = y - 0.344136286 * b - 0.714136286 * r;
    v[2] = y + 1.772 * b;
}

/* Without normalize. */
static void expected_of(const loom_recipe *recipe, unsigned colours, double v[3])
{
    for (unsigned c = 0; c < colours; c++) {
        v[c] = pow(v[c], 1 / recipe->gamma);
        v[c] = clamped((v[c] - 0.5) * recipe->contrast + 0.5);
        v[c] = clamped(v[c] * recipe->brightness);
    }
    if (colours == 3)
        turn_hue(v, recipe->saturation, recipe->hue);
    for (unsigned c = 0; c < colours; c++)
        v[c] = recipe->negate ? 1 - clamped(v[c]) : clamped(v[c]);
}

static const char *const recipes[] = {
    "gamma=2.2",       "gamma=0.45",
    "contrast=1.5",    "contrast=0",
    "brightness=130%", "brightness=0.4",
    "saturation=0",    "saturation=1.7",
    "hue=90",          "hue=-120",
    "negate",          "gamma=1.3 contrast=1.2 brightness=1.1 saturation=0.5 hue=33 negate",
};

static loom_recipe recipe_of(const char *fields)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    recipe_set_words(&recipe, fields);
    return recipe;
}

START_TEST(values_become_what_the_formulas_say)
{
    const loom_recipe recipe = recipe_of(recipes[_i]);

    ck_assert(loom_tone_is_asked(&recipe));
    for (unsigned kind = 0; kind < 8; kind++) {
        const unsigned channels = kind % 4 + 1, depth = kind / 4 + 1;
        const unsigned colours = channels <= 2 ? 1 : 3;
        const double max = depth == 2 ? 65535 : 255;
        loom_picture p = labelled_picture(40, 30, channels, depth);
        ck_assert_int_eq(loom_picture_set_tone(&p, &recipe, NULL), LOOM_OK);
        for (uint32_t y = 0; y < p.height; y++)
            for (uint32_t x = 0; x < p.width; x++) {
                double v[3] = {0};
                for (unsigned c = 0; c < colours; c++)
                    v[c] = label(x, y, c, depth) / max;
                expected_of(&recipe, colours, v);
                for (unsigned c = 0; c < colours; c++)
                    ck_assert_double_le(fabs(picture_sample(&p, x, y, c) - v[c] * max),
                                        depth == 2 ? 0.6 : 0.501);
                if (channels % 2 == 0)
                    ck_assert_uint_eq(picture_sample(&p, x, y, channels - 1),
                                      label(x, y, channels - 1, depth));
            }
        loom_picture_release(&p);
    }
}
END_TEST

START_TEST(nothing_asked_is_nothing_done)
{
    const loom_recipe recipe = recipe_of("");

    ck_assert(!loom_tone_is_asked(&recipe));
}
END_TEST

/* The order is one: a picture of one gray, by hand. */
START_TEST(steps_are_in_order)
{
    loom_recipe recipe = recipe_of("gamma=2 contrast=2 brightness=0.5 negate");
    loom_picture p = labelled_picture(1, 1, 1, 1);

    p.data[0] = 64; /* .25098, its root .50098, contrast .50196, half .25098, 1 less .74902 */
    ck_assert_int_eq(loom_picture_set_tone(&p, &recipe, NULL), LOOM_OK);
    ck_assert_uint_eq(p.data[0], 191);
    loom_picture_release(&p);
}
END_TEST

START_TEST(hue_turns_red_to_green)
{
    loom_recipe recipe = recipe_of("hue=120");
    loom_picture p = labelled_picture(1, 1, 3, 1);

    memcpy(p.data, (unsigned char[]){200, 60, 60}, 3);
    ck_assert_int_eq(loom_picture_set_tone(&p, &recipe, NULL), LOOM_OK);
    ck_assert_uint_gt(p.data[1], p.data[0] + 50u);
    ck_assert_uint_gt(p.data[1], p.data[2] + 50u);
    loom_picture_release(&p);
}
END_TEST

/* ---- normalize ----------------------------------------------------------- */

/* 1,000 grays: 5 of 10, 20 of 50, 950 of 100, 20 of 150, 5 of 240. */
static loom_picture counted(unsigned channels)
{
    static const unsigned ends[] = {5, 25, 975, 995, 1000}, values[] = {10, 50, 100, 150, 240};
    loom_picture p = labelled_picture(40, 25, channels, 1);

    for (unsigned i = 0, n = 0; i < 1000; i++) {
        n += i == ends[n];
        for (unsigned c = 0; c < channels; c++)
            p.data[i * channels + c] = (unsigned char)(channels % 2 == 0 && c == channels - 1
                                                           ? (i == 0 || i == 999 ? 0 : 255)
                                                           : values[n]);
    }
    return p;
}

START_TEST(one_percent_is_black_and_one_is_white)
{
    const loom_recipe recipe = recipe_of("normalize");

    for (unsigned channels = 1; channels <= 4; channels++) {
        loom_picture p = counted(channels);
        ck_assert_int_eq(loom_picture_set_tone(&p, &recipe, NULL), LOOM_OK);
        ck_assert_uint_eq(p.data[0], 0);
        ck_assert_uint_eq(p.data[10 * channels], 0);
        ck_assert_uint_eq(p.data[500 * channels], 128); /* 50 of 100 levels: 127.5 */
        ck_assert_uint_eq(p.data[990 * channels], 255);
        ck_assert_uint_eq(p.data[999 * channels], 255);
        loom_picture_release(&p);
    }
}
END_TEST

START_TEST(one_colour_stays)
{
    const loom_recipe recipe = recipe_of("normalize");
    loom_picture p = labelled_picture(9, 9, 3, 1);

    memset(p.data, 77, 9 * 9 * 3);
    ck_assert_int_eq(loom_picture_set_tone(&p, &recipe, NULL), LOOM_OK);
    for (size_t i = 0; i < 9 * 9 * 3; i++)
        ck_assert_uint_eq(p.data[i], 77);
    loom_picture_release(&p);
}
END_TEST

/* ---- tint ---------------------------------------------------------------- */

START_TEST(tint_keeps_luma)
{
    static const loom_colour colours[] = {{172, 153, 119, 255},
                                          {255, 0, 0, 255},
                                          {0, 0, 255, 255},
                                          {0, 0, 0, 255},
                                          {255, 255, 255, 255}};

    for (unsigned kind = 0; kind < 8 * COUNT(colours); kind++) {
        const unsigned channels = kind % 4 + 1, depth = kind / 4 % 2 + 1;
        const loom_colour colour = colours[kind / 8];
        const double max = depth == 2 ? 65535 : 255;
        const double of[3] = {colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0};
        loom_picture before = labelled_picture(20, 20, channels, depth);
        loom_picture p = labelled_picture(20, 20, channels, depth);
        ck_assert_int_eq(loom_picture_tint(&p, colour, NULL), LOOM_OK);
        ck_assert_uint_eq(p.channels, channels % 2 == 0 ? 4 : 3);
        for (uint32_t y = 0; y < p.height; y++)
            for (uint32_t x = 0; x < p.width; x++) {
                double from[3], to[3];
                for (unsigned c = 0; c < 3; c++) {
                    from[c] = picture_sample(&before, x, y, channels <= 2 ? 0 : c) / max;
                    to[c] = picture_sample(&p, x, y, c) / max;
                }
                ck_assert_double_eq_tol(luma_of(from), luma_of(to), 0.6 / max);
                /* on one of the two straight lines, from black and to white */
                for (unsigned c = 0; c < 3; c++) {
                    const double luma = luma_of(of), mine = luma_of(from);
                    const double value = mine <= luma ? (luma > 0 ? of[c] / luma * mine : 0)
                                                      : 1 - (1 - of[c]) / (1 - luma) * (1 - mine);
                    ck_assert_double_eq_tol(to[c], value, 0.6 / max);
                }
            }
        loom_picture_release(&before);
        loom_picture_release(&p);
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("tone");
    TCase *tests = tcase_create("tone");

    tcase_add_loop_test(tests, values_become_what_the_formulas_say, 0, COUNT(recipes));
    tcase_add_test(tests, nothing_asked_is_nothing_done);
    tcase_add_test(tests, steps_are_in_order);
    tcase_add_test(tests, hue_turns_red_to_green);
    tcase_add_test(tests, one_percent_is_black_and_one_is_white);
    tcase_add_test(tests, one_colour_stays);
    tcase_add_test(tests, tint_keeps_luma);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
