/* The words of a recipe: fits, positions, kernels, formats and colours. */
#include "support/fresh_recipe.h"
#include "support/suite.h"

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
    ck_assert_str_eq(err.message, "'grey' is not a kind of grayscale: none, luma or luminance");
    ck_assert_int_eq(loom_grayscale_parse("luminance", &grayscale, NULL), LOOM_OK);
    ck_assert_int_eq(grayscale, LOOM_GRAYSCALE_LUMINANCE);
    ck_assert_str_eq(loom_grayscale_name(grayscale), "luminance");
}
END_TEST

#define WORDS(noun, first, list)                                                                   \
    START_TEST(noun##_words)                                                                       \
    {                                                                                              \
        static const char *const words[] = list;                                                   \
        loom_##noun value = (loom_##noun)99;                                                       \
        for (unsigned i = 0; i < COUNT(words); i++) {                                              \
            ck_assert_int_eq(loom_##noun##_parse(words[i], &value, NULL), LOOM_OK);                \
            ck_assert_uint_eq(value, i + (first));                                                 \
            ck_assert_str_eq(loom_##noun##_name(value), words[i]);                                 \
        }                                                                                          \
        ck_assert_int_eq(loom_##noun##_parse("other", &value, NULL), LOOM_ERR_USAGE);              \
        ck_assert_int_eq(loom_##noun##_parse("", &value, NULL), LOOM_ERR_USAGE);                   \
        ck_assert_uint_eq(value, COUNT(words) - 1 + (first));                                      \
        ck_assert_str_eq(loom_##noun##_name((loom_##noun)(COUNT(words) + (first))), "unknown");    \
    }                                                                                              \
    END_TEST
#define LIST(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

WORDS(position, 0,
      LIST("centre", "north", "northeast", "east", "southeast", "south", "southwest", "west",
           "northwest", "entropy", "attention"))
WORDS(kernel, 0, LIST("lanczos3", "lanczos2", "mitchell", "cubic", "linear", "nearest"))
WORDS(icc, 0, LIST("srgb", "keep"))
WORDS(metadata, 0, LIST("none", "copyright", "all"))
WORDS(chroma, 1, LIST("420", "444"))

START_TEST(words_that_are_refused)
{
    loom_position position = LOOM_POSITION_WEST;
    loom_kernel kernel;
    loom_icc icc;
    loom_metadata metadata;
    loom_chroma chroma;
    loom_error err = LOOM_ERROR_INIT;

#define REFUSED_WORD(noun, word, text)                                                             \
    do {                                                                                           \
        loom_error_clear(&err);                                                                    \
        ck_assert_int_eq(loom_##noun##_parse(word, &noun, &err), LOOM_ERR_USAGE);                  \
        ck_assert_str_eq(err.message, text);                                                       \
    } while (0)
    REFUSED_WORD(position, "north-east",
                 "'north-east' is not a position: centre, north, northeast, east, southeast, "
                 "south, southwest, west, northwest, entropy or attention");
    REFUSED_WORD(kernel, "lanczos",
                 "'lanczos' is not a kernel: lanczos3, lanczos2, mitchell, "
                 "cubic, linear or nearest");
    REFUSED_WORD(icc, "p3", "'p3' is not a way with colour profiles: srgb or keep");
    REFUSED_WORD(metadata, "exif", "'exif' is not a choice of metadata: none, copyright or all");
    REFUSED_WORD(chroma, "422", "'422' is not a chroma subsampling: 420 or 444");
    REFUSED_WORD(chroma, "default", "'default' is not a chroma subsampling: 420 or 444");
    ck_assert_int_eq(loom_position_parse("Center", &position, NULL), LOOM_OK);
    ck_assert_int_eq(position, LOOM_POSITION_CENTRE);
    ck_assert_str_eq(loom_chroma_name(LOOM_CHROMA_DEFAULT), "default");
}
END_TEST

START_TEST(format_words)
{
    static const char *const bad[] = {"heic", "bmp", "svg", "unknown", "jpe", ""};
    loom_recipe recipe = recipe_fresh();
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

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe_keywords");
    TCase *words = tcase_create("words");

    tcase_add_test(words, fit_and_grayscale_words);
    tcase_add_test(words, position_words);
    tcase_add_test(words, kernel_words);
    tcase_add_test(words, icc_words);
    tcase_add_test(words, metadata_words);
    tcase_add_test(words, chroma_words);
    tcase_add_test(words, words_that_are_refused);
    tcase_add_test(words, format_words);
    tcase_add_loop_test(words, colour_is_read, 0, COUNT(colours));
    tcase_add_test(words, colour_is_refused);
    tcase_add_test(words, colour_names_are_all_found);
    suite_add_tcase(suite, words);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
