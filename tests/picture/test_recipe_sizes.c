/* The numbers of a recipe as they are given in words: sizes and turns. */
#include "picture/recipe_fields.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"

#include <math.h>
#include <stdio.h>

/* ---- sizes --------------------------------------------------------------- */

static const struct {
    const char *word;
    uint32_t width, height, percent;
} sizes[] = {
    {"800x600", 800, 600, 0}, {"800x", 800, 0, 0},     {"x600", 0, 600, 0},
    {"1x1", 1, 1, 0},         {"50%", 0, 0, 50},       {"1%", 0, 0, 1},
    {"10000%", 0, 0, 10000},  {"65500x", 65500, 0, 0}, {"x65500", 0, 65500, 0},
};

START_TEST(size_is_read)
{
    loom_recipe recipe = recipe_fresh();

    recipe.sizes[0] = recipe.sizes[1] = (loom_size){77, 77, 77};
    recipe.size_count = 2;
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", sizes[_i].word, NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 1);
    recipe_assert_size(&recipe.sizes[0], sizes[_i].width, sizes[_i].height, sizes[_i].percent);
}
END_TEST

START_TEST(sizes_are_read)
{
    loom_recipe recipe = recipe_fresh();
    char word[100] = "1x";

    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "1600x1200,800x,x90,50%", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 4);
    recipe_assert_size(&recipe.sizes[0], 1600, 1200, 0);
    recipe_assert_size(&recipe.sizes[1], 800, 0, 0);
    recipe_assert_size(&recipe.sizes[2], 0, 90, 0);
    recipe_assert_size(&recipe.sizes[3], 0, 0, 50);

    for (unsigned i = 2; i <= LOOM_SIZES_MAX; i++)
        snprintf(word + strlen(word), sizeof word - strlen(word), ",%ux", i);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", word, NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 16);
    recipe_assert_size(&recipe.sizes[15], 16, 0, 0);
}
END_TEST

static const struct {
    const char *word, *bad; /* which is named */
} bad_lists[] = {
    {"800x600,", ""},           {",800x600", ""},         {"800x600,,8x8", ""},
    {"800x600, 8x8", " 8x8"},   {"8x,0%,9x", "0%"},       {"1x1,2x2;3x3", "2x2;3x3"},
    {"8x8,65501x1", "65501x1"}, {"8x8,50%%,9x9", "50%%"},
};

START_TEST(sizes_are_refused)
{
    loom_recipe recipe = recipe_fresh(), before = recipe;
    loom_error err = LOOM_ERROR_INIT;
    char start[200];

    snprintf(start, sizeof start, "'%s' is not a size: ", bad_lists[_i].bad);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", bad_lists[_i].word, &err), LOOM_ERR_USAGE);
    ck_assert_msg(strncmp(err.message, start, strlen(start)) == 0, "%s", err.message);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

START_TEST(too_many_or_long_sizes)
{
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;
    char word[400] = "";

    for (unsigned i = 1; i <= LOOM_SIZES_MAX; i++)
        snprintf(word + strlen(word), sizeof word - strlen(word), "%ux,", i);
    strcat(word, "17x");
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", word, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "more than 16 sizes are given");
    ck_assert_uint_eq(recipe.size_count, 1);

    memset(word, 'y', 300);
    word[300] = '\0';
    loom_error_clear(&err);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", word, &err), LOOM_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "yyy...' is not a size: "));
}
END_TEST

static const char *const bad_sizes[] = {"",
                                        "x",
                                        "0",
                                        "800*600",
                                        "0",
                                        "0x",
                                        "x0",
                                        "0x600",
                                        "800x0",
                                        "0%",
                                        "%",
                                        "10001%",
                                        "50%%",
                                        "50%x",
                                        "-1x1",
                                        "1x-1",
                                        "+8x6",
                                        "8x6x4",
                                        "8 x6",
                                        "8x6 ",
                                        "65501x1",
                                        "1x65501",
                                        "65501x",
                                        "65501",
                                        "1e2x1",
                                        "1.5x2",
                                        "4294967297x1",
                                        "18446744073709551617x1",
                                        "50 %",
                                        "x50%",
                                        "12.5%",
                                        "800!",
                                        "50%>",
                                        "8x!",
                                        "x8!",
                                        "8x6>!",
                                        "8x6!>",
                                        "8x6^",
                                        "8x6<",
                                        ">",
                                        "!"};

START_TEST(size_is_refused)
{
    loom_recipe recipe = recipe_fresh(), before = recipe;
    loom_error err = LOOM_ERROR_INIT;
    char expected[200];

    snprintf(expected, sizeof expected,
             "'%s' is not a size: WxH, Wx, xH, N or P%%, each side from 1 to 65500, the percentage "
             "from 1 to 10000",
             bad_sizes[_i]);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", bad_sizes[_i], &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, expected);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

/* ---- sizes that say a fit ------------------------------------------------ */

static const struct {
    const char *word;
    uint32_t width, height;
    loom_fit fit;
    bool no_upscale;
} fitted[] = {
    {"800", 800, 800, LOOM_FIT_INSIDE, false},    {"65500", 65500, 65500, LOOM_FIT_INSIDE, false},
    {"800>", 800, 800, LOOM_FIT_INSIDE, true},    {"800x600>", 800, 600, LOOM_FIT_INSIDE, true},
    {"800x>", 800, 0, LOOM_FIT_INSIDE, true},     {"x600>", 0, 600, LOOM_FIT_INSIDE, true},
    {"800x600!", 800, 600, LOOM_FIT_FILL, false}, {"800X600", 800, 600, LOOM_FIT_COVER, false},
    {"X600", 0, 600, LOOM_FIT_COVER, false},      {"800X600!", 800, 600, LOOM_FIT_FILL, false},
};

START_TEST(size_says_a_fit)
{
    loom_recipe recipe = recipe_fresh();
    loom_fit said = LOOM_FIT_COVER;

    ck_assert_int_eq(loom_recipe_set(&recipe, "size", fitted[_i].word, NULL), LOOM_OK);
    recipe_assert_size(&recipe.sizes[0], fitted[_i].width, fitted[_i].height, 0);
    ck_assert_int_eq(recipe.fit, fitted[_i].fit);
    ck_assert_int_eq(recipe.no_upscale, fitted[_i].no_upscale);
    ck_assert_int_eq(loom_sizes_say_fit(fitted[_i].word, &said), fitted[_i].fit != LOOM_FIT_COVER);
    ck_assert_int_eq(said, fitted[_i].fit);
}
END_TEST

/* The short spellings say a fit of their own. */
START_TEST(sizes_with_short_spellings)
{
    loom_recipe recipe = recipe_fresh(), before;
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, "cover", "200", NULL), LOOM_OK);
    recipe_assert_size(&recipe.sizes[0], 200, 200, 0);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_COVER);
    ck_assert_int_eq(loom_recipe_set(&recipe, "inside", "300x200>", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_INSIDE);
    ck_assert(recipe.no_upscale);
    before = recipe;
    ck_assert_int_eq(loom_recipe_set(&recipe, "inside", "300x200!", &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'300x200!' stretches the picture, which 'inside' does not");
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

START_TEST(sizes_say_one_fit)
{
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "800,400,200", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 3);
    recipe_assert_size(&recipe.sizes[2], 200, 200, 0);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_INSIDE);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "800,400x", &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "all sizes need the same fit: write each as WxH");
}
END_TEST

/* ---- turns --------------------------------------------------------------- */

static const struct {
    const char *word;
    double rotation;
} turns[] = {
    {"0", 0},
    {"90", 90},
    {"180", 180},
    {"270", 270},
    {"360", 0},
    {"-90", 270},
    {"-450", 270},
    {"450", 90},
    {"-360", 0},
    {"90.0", 90},
    {"+90", 90},
    {"-0", 0},
    {"-180.000", 180},
    {"45", 45},
    {"7.5", 7.5},
    {"359.99", 359.99},
    {"-7.5", 352.5},
    {".5", 0.5},
    {"720.25", 0.25},
    {"1000000", 280},
    {"-1000000", 80},
    {"0.1", 0.1},
    {"-0.000000001", 360 - 1e-9},
};

START_TEST(rotation_is_read)
{
    loom_recipe recipe = recipe_fresh();

    recipe.rotation = 7;
    ck_assert_int_eq(loom_recipe_set(&recipe, "rotation", turns[_i].word, NULL), LOOM_OK);
    ck_assert_double_eq(recipe.rotation, turns[_i].rotation);
    ck_assert(!signbit(recipe.rotation));
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK);
}
END_TEST

START_TEST(rotation_is_refused)
{
    static const char *const bad[] = {"ninety",  "",           "90deg", "9e1",  "nan", "inf",
                                      "1000001", "-1000000.5", "7,5",   "0x5a", "1/2"};
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_recipe_set(&recipe, "rotation", bad[i], &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'ninety' is not a decimal number from -1000000 to 1000000");
    ck_assert_double_eq(recipe.rotation, 0);
}
END_TEST

/* Angles from a program, beyond what words can say. */
START_TEST(rotation_is_normalised)
{
    ck_assert_double_eq(loom_rotation_normalise(-1e-20), 0); /* -1e-20 + 360 is 360 */
    ck_assert(!signbit(loom_rotation_normalise(-0.0)));
    ck_assert(!signbit(loom_rotation_normalise(-720)));
    ck_assert_double_eq(loom_rotation_normalise(1e300), fmod(1e300, 360));
    ck_assert_double_lt(loom_rotation_normalise(nextafter(360, 0)), 360);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe_sizes");
    TCase *sized = tcase_create("sizes"), *turned = tcase_create("turns");

    tcase_add_loop_test(sized, size_is_read, 0, COUNT(sizes));
    tcase_add_test(sized, sizes_are_read);
    tcase_add_loop_test(sized, sizes_are_refused, 0, COUNT(bad_lists));
    tcase_add_test(sized, too_many_or_long_sizes);
    tcase_add_loop_test(sized, size_is_refused, 0, COUNT(bad_sizes));
    tcase_add_loop_test(sized, size_says_a_fit, 0, COUNT(fitted));
    tcase_add_test(sized, sizes_with_short_spellings);
    tcase_add_test(sized, sizes_say_one_fit);
    suite_add_tcase(suite, sized);

    tcase_add_loop_test(turned, rotation_is_read, 0, COUNT(turns));
    tcase_add_test(turned, rotation_is_refused);
    tcase_add_test(turned, rotation_is_normalised);
    suite_add_tcase(suite, turned);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
