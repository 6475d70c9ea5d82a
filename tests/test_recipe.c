#include "support/suite.h"

#include <imgloom/recipe.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

static loom_recipe fresh(void)
{
    loom_recipe recipe;

    memset(&recipe, 0, sizeof recipe); /* padding too, for memcmp */
    loom_recipe_init(&recipe);
    return recipe;
}

START_TEST(init_changes_nothing)
{
    loom_recipe recipe;

    memset(&recipe, 0xFF, sizeof recipe);
    loom_recipe_init(&recipe);
    ck_assert(recipe.width == 0 && recipe.height == 0 && recipe.percent == 0);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_COVER);
    ck_assert(!recipe.no_upscale && recipe.rotation == 0 && !recipe.flip && !recipe.flop);
    ck_assert(recipe.auto_orient);
    ck_assert_int_eq(recipe.grayscale, LOOM_GRAYSCALE_NONE);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_SAME);
    ck_assert_int_eq(recipe.quality, 0);
    ck_assert(!recipe.background_given);
    ck_assert(recipe.background.red == 0 && recipe.background.green == 0 &&
              recipe.background.blue == 0 && recipe.background.alpha == 255);
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK);
}
END_TEST

/* ---- words ------------------------------------------------------------------------------ */

START_TEST(fit_and_grayscale_words)
{
    static const char *const fits[] = {"cover", "contain", "fill", "inside", "outside"};
    loom_fit fit = LOOM_FIT_FILL;
    loom_grayscale grayscale = LOOM_GRAYSCALE_NONE;
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < COUNT(fits); i++) {
        ck_assert_int_eq(loom_fit_parse(fits[i], &fit, NULL), LOOM_OK);
        ck_assert_uint_eq(fit, i);
        ck_assert_str_eq(loom_fit_name(fit), fits[i]);
    }
    ck_assert_int_eq(loom_fit_parse("stretch", &fit, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message,
                     "'stretch' is not a fit: cover, contain, fill, inside or outside");
    ck_assert_int_eq(fit, LOOM_FIT_OUTSIDE);
    ck_assert_str_eq(loom_fit_name((loom_fit)99), "unknown");

    ck_assert_int_eq(loom_grayscale_parse("Luma", &grayscale, NULL), LOOM_OK);
    ck_assert_int_eq(grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert_str_eq(loom_grayscale_name(grayscale), "luma");
    ck_assert_str_eq(loom_grayscale_name(LOOM_GRAYSCALE_NONE), "none");
    loom_error_clear(&err);
    ck_assert_int_eq(loom_grayscale_parse("grey", &grayscale, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'grey' is not a kind of grayscale: none or luma");
}
END_TEST

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
    loom_recipe recipe = fresh();

    recipe.width = recipe.height = recipe.percent = 77;
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, sizes[_i].word, NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.width, sizes[_i].width);
    ck_assert_uint_eq(recipe.height, sizes[_i].height);
    ck_assert_uint_eq(recipe.percent, sizes[_i].percent);
}
END_TEST

static const char *const bad_sizes[] = {
    "",        "x",      "800",  "800*600", "0",      "0x",           "x0",
    "0x600",   "800x0",  "0%",   "%",       "10001%", "50%%",         "50%x",
    "-1x1",    "1x-1",   "+8x6", "8x6x4",   "8 x6",   "8x6 ",         "65501x1",
    "1x65501", "65501x", "8X6",  "1e2x1",   "1.5x2",  "4294967297x1", "18446744073709551617x1",
    "50 %",    "x50%",   "12.5%"};

START_TEST(size_is_refused)
{
    loom_recipe recipe = fresh(), before = recipe;
    loom_error err = LOOM_ERROR_INIT;
    char expected[200];

    snprintf(expected, sizeof expected,
             "'%s' is not a size: WxH, Wx, xH or P%%, each side from 1 to 65500, the percentage "
             "from 1 to 10000",
             bad_sizes[_i]);
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, bad_sizes[_i], &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, expected);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

static const struct {
    const char *word;
    int rotation;
} turns[] = {
    {"0", 0},     {"90", 90},    {"180", 180},          {"270", 270},      {"360", 0},
    {"-90", 270}, {"-450", 270}, {"450", 90},           {"-360", 0},       {"90.0", 90},
    {"+90", 90},  {"-0", 0},     {"3600000000090", 90}, {"-180.000", 180},
};

START_TEST(rotation_is_read)
{
    loom_recipe recipe = fresh();

    recipe.rotation = 7;
    ck_assert_int_eq(loom_recipe_parse_rotation(&recipe, turns[_i].word, NULL), LOOM_OK);
    ck_assert_int_eq(recipe.rotation, turns[_i].rotation);
}
END_TEST

START_TEST(rotation_is_refused)
{
    static const char *const bad[] = {"45", "90.5", "-1", "", "ninety", "90deg", "9e1", "nan"};
    loom_recipe recipe = fresh();
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_recipe_parse_rotation(&recipe, bad[i], &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'45' is not a multiple of 90");
    ck_assert_int_eq(recipe.rotation, 0);
}
END_TEST

START_TEST(format_words)
{
    static const char *const bad[] = {"heic", "bmp", "svg", "unknown", "jpe", ""};
    loom_recipe recipe = fresh();
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_parse_format(&recipe, "WebP", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_WEBP);
    ck_assert_int_eq(loom_recipe_parse_format(&recipe, "jpg", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_JPEG);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_recipe_parse_format(&recipe, bad[i], &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'heic' is not an output format: jpeg, png, webp, gif, tiff, "
                                  "avif, jxl or same");
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_JPEG);
    ck_assert_int_eq(loom_recipe_parse_format(&recipe, "same", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_SAME);
}
END_TEST

static const struct {
    const char *word;
    loom_colour colour;
} colours[] = {
    {"#f80", {0xFF, 0x88, 0x00, 255}},       {"#12aBcD", {0x12, 0xAB, 0xCD, 255}},
    {"#12345678", {0x12, 0x34, 0x56, 0x78}}, {"#000000ff", {0, 0, 0, 255}},
    {"aliceblue", {240, 248, 255, 255}}, /* the first and the last of the table */
    {"yellowgreen", {154, 205, 50, 255}},    {"RebeccaPurple", {102, 51, 153, 255}},
    {"gray", {128, 128, 128, 255}},          {"grey", {128, 128, 128, 255}},
    {"darkslategrey", {47, 79, 79, 255}},    {"lightgoldenrodyellow", {250, 250, 210, 255}},
    {"TAN", {210, 180, 140, 255}},           {"transparent", {0, 0, 0, 0}},
};

START_TEST(colour_is_read)
{
    loom_colour colour = {1, 2, 3, 4};

    ck_assert_int_eq(loom_colour_parse(colours[_i].word, &colour, NULL), LOOM_OK);
    ck_assert_mem_eq(&colour, &colours[_i].colour, sizeof colour);
}
END_TEST

START_TEST(colour_is_refused)
{
    static const char *const bad[] = {"ffg",   "",       "#",          "#f",         "#ff",
                                      "#ffff", "#fffff", "#1234567",   "#123456789", "#ggg",
                                      "fff",   "#+12",   "#12 ",       "reddish",    "re",
                                      " red",  "red ",   "#1234\xFFg", "zzz",        "aaa"};
    loom_colour colour = {1, 2, 3, 4};
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_colour_parse(bad[i], &colour, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "'ffg' is not a colour: #rgb, #rrggbb, #rrggbbaa or a CSS "
                                  "colour name");
    ck_assert(colour.red == 1 && colour.green == 2 && colour.blue == 3 && colour.alpha == 4);
}
END_TEST

START_TEST(colour_names_are_all_found)
{
    /* A letter each, and neighbours: a table out of order would lose some. */
    static const char *const names[] = {
        "antiquewhite",  "beige",           "chartreuse", "darkorange",  "darkorchid", "deeppink",
        "firebrick",     "ghostwhite",      "honeydew",   "indigo",      "khaki",      "lavender",
        "lavenderblush", "mediumvioletred", "navy",       "olive",       "olivedrab",  "peru",
        "purple",        "rosybrown",       "skyblue",    "thistle",     "violet",     "whitesmoke",
        "yellow",        "white",           "orange",     "orangered",   "lime",       "limegreen",
        "aqua",          "aquamarine",      "blue",       "blueviolet",  "gold",       "goldenrod",
        "green",         "greenyellow",     "snow",       "springgreen", "pink",       "plum"};
    loom_colour colour;

    for (size_t i = 0; i < COUNT(names); i++)
        ck_assert_msg(loom_colour_parse(names[i], &colour, NULL) == LOOM_OK, "%s", names[i]);
}
END_TEST

/* ---- check ------------------------------------------------------------------------------ */

static const struct {
    const char *json;    /* laid over the defaults */
    const char *message; /* NULL: allowed */
} checks[] = {
    {"{\"width\":65500,\"height\":1,\"quality\":100,\"rotation\":270,\"flip\":true}", NULL},
    {"{\"autoOrient\":false,\"width\":10}", NULL},
    {"{\"background\":\"#ff000080\"}", NULL},
    {"{\"background\":\"#ff000080\",\"format\":\"png\"}", NULL},
    {"{\"background\":\"#ff0000\",\"format\":\"jpeg\"}", NULL},
    {"{\"background\":\"transparent\",\"format\":\"jpeg\"}",
     "a background that is not opaque needs a format with alpha, and jpeg has none"},
    {"{\"percent\":50,\"width\":10}",
     "a size of 50% leaves no room for a width or a height: give one or the other"},
    {"{\"percent\":50,\"height\":10}",
     "a size of 50% leaves no room for a width or a height: give one or the other"},
#define TURNED                                                                                     \
    "--no-auto-orient cannot be combined with --rotate, --flip or --flop: a turn is one of the "   \
    "upright picture"
    {"{\"autoOrient\":false,\"rotation\":90}", TURNED},
    {"{\"autoOrient\":false,\"flip\":true}", TURNED},
    {"{\"autoOrient\":false,\"flop\":true}", TURNED},
    {"{\"autoOrient\":false,\"rotation\":360}", NULL},
};

START_TEST(check_of_combinations)
{
    loom_recipe recipe = fresh();
    loom_error err = LOOM_ERROR_INIT;
    loom_status status =
        loom_recipe_from_json(&recipe, checks[_i].json, strlen(checks[_i].json), &err);

    ck_assert_str_eq(err.message, checks[_i].message != NULL ? checks[_i].message : "");
    ck_assert_int_eq(status, checks[_i].message != NULL ? LOOM_ERR_USAGE : LOOM_OK);
}
END_TEST

#define REFUSED(member, value, text)                                                               \
    do {                                                                                           \
        loom_recipe recipe = fresh();                                                              \
        loom_error err = LOOM_ERROR_INIT;                                                          \
        recipe.member = (value);                                                                   \
        ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);                        \
        ck_assert_str_eq(err.message, text);                                                       \
    } while (0)

START_TEST(check_of_ranges)
{
    REFUSED(width, 65501, "a width of 65501 is not from 1 to 65500");
    REFUSED(height, 65501, "a height of 65501 is not from 1 to 65500");
    REFUSED(percent, 10001, "a size of 10001% is not from 1% to 10000%");
    REFUSED(rotation, 45, "a rotation of 45 is not 0, 90, 180 or 270");
    REFUSED(rotation, 360, "a rotation of 360 is not 0, 90, 180 or 270");
    REFUSED(rotation, -90, "a rotation of -90 is not 0, 90, 180 or 270");
    REFUSED(quality, 101, "a quality of 101 is not from 1 to 100");
    REFUSED(quality, -1, "a quality of -1 is not from 1 to 100");
    REFUSED(format, LOOM_FORMAT_HEIC, "heic is not an output format");
    REFUSED(format, LOOM_FORMAT_COUNT, "unknown is not an output format");
    REFUSED(fit, (loom_fit)5, "there is no fit number 5");
    REFUSED(grayscale, (loom_grayscale)2, "there is no grayscale number 2");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe");
    TCase *words = tcase_create("words"), *check = tcase_create("check");

    tcase_add_test(words, init_changes_nothing);
    tcase_add_test(words, fit_and_grayscale_words);
    tcase_add_loop_test(words, size_is_read, 0, COUNT(sizes));
    tcase_add_loop_test(words, size_is_refused, 0, COUNT(bad_sizes));
    tcase_add_loop_test(words, rotation_is_read, 0, COUNT(turns));
    tcase_add_test(words, rotation_is_refused);
    tcase_add_test(words, format_words);
    tcase_add_loop_test(words, colour_is_read, 0, COUNT(colours));
    tcase_add_test(words, colour_is_refused);
    tcase_add_test(words, colour_names_are_all_found);
    suite_add_tcase(suite, words);

    tcase_add_loop_test(check, check_of_combinations, 0, COUNT(checks));
    tcase_add_test(check, check_of_ranges);
    suite_add_tcase(suite, check);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
