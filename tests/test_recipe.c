#include "support/suite.h"

#include "image/rotation.h"
#include <imgloom/recipe.h>
#include <math.h>
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

static void ck_assert_size(const loom_size *size, uint32_t width, uint32_t height, uint32_t percent)
{
    ck_assert_uint_eq(size->width, width);
    ck_assert_uint_eq(size->height, height);
    ck_assert_uint_eq(size->percent, percent);
}

START_TEST(init_changes_nothing)
{
    loom_recipe recipe;

    memset(&recipe, 0xFF, sizeof recipe);
    loom_recipe_init(&recipe);
    ck_assert_uint_eq(recipe.size_count, 1);
    for (unsigned i = 0; i < LOOM_MAX_SIZES; i++)
        ck_assert_size(&recipe.sizes[i], 0, 0, 0);
    ck_assert_int_eq(recipe.fit, LOOM_FIT_COVER);
    ck_assert_int_eq(recipe.position, LOOM_POSITION_CENTRE);
    ck_assert_int_eq(recipe.kernel, LOOM_KERNEL_LANCZOS3);
    ck_assert(!recipe.no_upscale && !recipe.flip && !recipe.flop && !recipe.animated);
    ck_assert_double_eq(recipe.rotation, 0);
    ck_assert(recipe.auto_orient);
    ck_assert_int_eq(recipe.grayscale, LOOM_GRAYSCALE_NONE);
    ck_assert_int_eq(recipe.icc, LOOM_ICC_SRGB);
    ck_assert_int_eq(recipe.metadata, LOOM_METADATA_NONE);
    ck_assert_int_eq(recipe.effort, -1);
    ck_assert(!recipe.lossless && !recipe.progressive && recipe.max_bytes == 0);
    ck_assert_int_eq(recipe.chroma, LOOM_CHROMA_DEFAULT);
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
    ck_assert_str_eq(err.message, "'grey' is not a kind of grayscale: none, luma or luminance");
    ck_assert_int_eq(loom_grayscale_parse("luminance", &grayscale, NULL), LOOM_OK);
    ck_assert_int_eq(grayscale, LOOM_GRAYSCALE_LUMINANCE);
    ck_assert_str_eq(loom_grayscale_name(grayscale), "luminance");
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

    recipe.sizes[0] = recipe.sizes[1] = (loom_size){77, 77, 77};
    recipe.size_count = 2;
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, sizes[_i].word, NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 1);
    ck_assert_size(&recipe.sizes[0], sizes[_i].width, sizes[_i].height, sizes[_i].percent);
}
END_TEST

START_TEST(sizes_are_read)
{
    loom_recipe recipe = fresh();
    char word[100] = "1x";

    ck_assert_int_eq(loom_recipe_parse_size(&recipe, "1600x1200,800x,x90,50%", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 4);
    ck_assert_size(&recipe.sizes[0], 1600, 1200, 0);
    ck_assert_size(&recipe.sizes[1], 800, 0, 0);
    ck_assert_size(&recipe.sizes[2], 0, 90, 0);
    ck_assert_size(&recipe.sizes[3], 0, 0, 50);

    for (unsigned i = 2; i <= LOOM_MAX_SIZES; i++)
        snprintf(word + strlen(word), sizeof word - strlen(word), ",%ux", i);
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, word, NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.size_count, 16);
    ck_assert_size(&recipe.sizes[15], 16, 0, 0);
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
    loom_recipe recipe = fresh(), before = recipe;
    loom_error err = LOOM_ERROR_INIT;
    char start[200];

    snprintf(start, sizeof start, "'%s' is not a size: ", bad_lists[_i].bad);
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, bad_lists[_i].word, &err), LOOM_ERR_USAGE);
    ck_assert_msg(strncmp(err.message, start, strlen(start)) == 0, "%s", err.message);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
}
END_TEST

START_TEST(too_many_or_long_sizes)
{
    loom_recipe recipe = fresh();
    loom_error err = LOOM_ERROR_INIT;
    char word[400] = "";

    for (unsigned i = 1; i <= LOOM_MAX_SIZES; i++)
        snprintf(word + strlen(word), sizeof word - strlen(word), "%ux,", i);
    strcat(word, "17x");
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, word, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "more than 16 sizes are given");
    ck_assert_uint_eq(recipe.size_count, 1);

    memset(word, 'y', 300);
    word[300] = '\0';
    loom_error_clear(&err);
    ck_assert_int_eq(loom_recipe_parse_size(&recipe, word, &err), LOOM_ERR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "yyy...' is not a size: "));
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
    loom_recipe recipe = fresh();

    recipe.rotation = 7;
    ck_assert_int_eq(loom_recipe_parse_rotation(&recipe, turns[_i].word, NULL), LOOM_OK);
    ck_assert_double_eq(recipe.rotation, turns[_i].rotation);
    ck_assert(!signbit(recipe.rotation));
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK);
}
END_TEST

START_TEST(rotation_is_refused)
{
    static const char *const bad[] = {"ninety",  "",           "90deg", "9e1",  "nan", "inf",
                                      "1000001", "-1000000.5", "7,5",   "0x5a", "1/2"};
    loom_recipe recipe = fresh();
    loom_error err = LOOM_ERROR_INIT;

    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_recipe_parse_rotation(&recipe, bad[i], &err), LOOM_ERR_USAGE);
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
    {"{\"autoOrient\":false,\"rotation\":0.5}", TURNED},
    {"{\"autoOrient\":false,\"rotation\":360}", NULL},
    {"{\"position\":\"entropy\"}", NULL},
    {"{\"position\":\"attention\",\"fit\":\"cover\"}", NULL},
    {"{\"position\":\"south\",\"fit\":\"contain\"}", NULL},
    {"{\"position\":\"entropy\",\"fit\":\"contain\"}",
     "the position entropy chooses what a crop keeps, so it goes with the fit cover, not with "
     "contain"},
    {"{\"position\":\"attention\",\"fit\":\"inside\"}",
     "the position attention chooses what a crop keeps, so it goes with the fit cover, not with "
     "inside"},
    {"{\"sizes\":[{\"width\":8},{\"height\":8},{\"width\":8,\"height\":8},{\"percent\":8},{}]}",
     NULL},
    {"{\"sizes\":[{\"width\":8},{\"width\":9},{\"width\":8}]}",
     "sizes number 1 and 3 are the same"},
    {"{\"sizes\":[{\"width\":9},{\"width\":8,\"percent\":5}]}",
     "a size of 5% leaves no room for a width or a height: give one or the other"},
    {"{\"lossless\":true}", NULL},
    {"{\"lossless\":true,\"format\":\"webp\",\"chroma\":\"444\"}", NULL},
    {"{\"lossless\":true,\"format\":\"avif\"}", NULL},
    {"{\"lossless\":true,\"format\":\"jxl\"}", NULL},
    {"{\"lossless\":true,\"format\":\"png\"}", NULL},
    {"{\"lossless\":true,\"format\":\"tiff\"}", NULL},
#define LOSSY(format)                                                                              \
    "--lossless cannot be had from " format ": webp, avif and jxl can be lossless, png and tiff "  \
    "always are"
    {"{\"lossless\":true,\"format\":\"jpeg\"}", LOSSY("jpeg")},
    {"{\"lossless\":true,\"format\":\"gif\"}", LOSSY("gif")},
    {"{\"lossless\":true,\"chroma\":\"420\"}",
     "--lossless and --chroma 420 do not go together: fewer samples of colour are a loss"},
    {"{\"lossless\":true,\"maxBytes\":1000}",
     "--lossless and --max-bytes do not go together: there is no quality to search"},
    {"{\"maxBytes\":1000}", NULL},
    {"{\"maxBytes\":1000,\"quality\":90,\"format\":\"jxl\"}", NULL},
#define NO_QUALITY(format)                                                                         \
    "--max-bytes searches the quality, and " format " has none: jpeg, webp, avif and jxl have one"
    {"{\"maxBytes\":1000,\"format\":\"png\"}", NO_QUALITY("png")},
    {"{\"maxBytes\":1000,\"format\":\"gif\"}", NO_QUALITY("gif")},
    {"{\"maxBytes\":1000,\"format\":\"tiff\"}", NO_QUALITY("tiff")},
    {"{\"chroma\":\"444\"}", NULL},
    {"{\"chroma\":\"444\",\"format\":\"jpeg\"}", NULL},
    {"{\"chroma\":\"420\",\"format\":\"webp\"}", NULL},
    {"{\"chroma\":\"420\",\"format\":\"avif\"}", NULL},
#define NO_CHROMA(format) "--chroma is a choice of jpeg, webp and avif, not of " format
    {"{\"chroma\":\"420\",\"format\":\"png\"}", NO_CHROMA("png")},
    {"{\"chroma\":\"444\",\"format\":\"gif\"}", NO_CHROMA("gif")},
    {"{\"chroma\":\"444\",\"format\":\"tiff\"}", NO_CHROMA("tiff")},
    {"{\"chroma\":\"444\",\"format\":\"jxl\"}", NO_CHROMA("jxl")},
    {"{\"progressive\":true}", NULL},
    {"{\"progressive\":true,\"format\":\"jpeg\"}", NULL},
    {"{\"progressive\":true,\"format\":\"png\"}", NULL},
    {"{\"progressive\":true,\"format\":\"gif\"}", NULL},
#define NOT_PROGRESSIVE(format) "--progressive is a choice of jpeg, png and gif, not of " format
    {"{\"progressive\":true,\"format\":\"webp\"}", NOT_PROGRESSIVE("webp")},
    {"{\"progressive\":true,\"format\":\"avif\"}", NOT_PROGRESSIVE("avif")},
    {"{\"progressive\":true,\"format\":\"tiff\"}", NOT_PROGRESSIVE("tiff")},
    {"{\"progressive\":true,\"format\":\"jxl\"}", NOT_PROGRESSIVE("jxl")},
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

static loom_status check_rotation(double degrees)
{
    loom_recipe recipe = fresh();

    recipe.rotation = degrees;
    return loom_recipe_check(&recipe, NULL);
}

START_TEST(check_of_ranges)
{
    REFUSED(sizes[0].width, 65501, "a width of 65501 is not from 1 to 65500");
    REFUSED(sizes[0].height, 65501, "a height of 65501 is not from 1 to 65500");
    REFUSED(sizes[0].percent, 10001, "a size of 10001% is not from 1% to 10000%");
    REFUSED(size_count, 0, "a number of 0 sizes is not from 1 to 16");
    REFUSED(size_count, 17, "a number of 17 sizes is not from 1 to 16");
    REFUSED(size_count, 2, "sizes number 1 and 2 are the same");
    REFUSED(rotation, 360, "a rotation of 360 is not from 0 to less than 360");
    REFUSED(rotation, -90, "a rotation of -90 is not from 0 to less than 360");
    REFUSED(rotation, INFINITY, "a rotation of inf is not from 0 to less than 360");
    ck_assert_int_eq(check_rotation(NAN), LOOM_ERR_USAGE);
    REFUSED(effort, 11, "an effort of 11 is not from 0 to 10");
    REFUSED(effort, -2, "an effort of -2 is not from 0 to 10");
    REFUSED(max_bytes, UINT64_MAX,
            "a limit of 18446744073709551615 bytes is not from 1 to 9223372036854775807");
    REFUSED(quality, 101, "a quality of 101 is not from 1 to 100");
    REFUSED(quality, -1, "a quality of -1 is not from 1 to 100");
    REFUSED(format, LOOM_FORMAT_HEIC, "heic is not an output format");
    REFUSED(format, LOOM_FORMAT_COUNT, "unknown is not an output format");
    REFUSED(fit, (loom_fit)5, "there is no fit number 5");
    REFUSED(position, (loom_position)11, "there is no position number 11");
    REFUSED(kernel, (loom_kernel)6, "there is no kernel number 6");
    REFUSED(grayscale, (loom_grayscale)3, "there is no grayscale number 3");
    REFUSED(icc, (loom_icc)2, "there is no icc number 2");
    REFUSED(metadata, (loom_metadata)3, "there is no metadata number 3");
    REFUSED(chroma, (loom_chroma)3, "there is no chroma number 3");
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe");
    TCase *words = tcase_create("words"), *check = tcase_create("check");

    tcase_add_test(words, init_changes_nothing);
    tcase_add_test(words, fit_and_grayscale_words);
    tcase_add_loop_test(words, size_is_read, 0, COUNT(sizes));
    tcase_add_test(words, sizes_are_read);
    tcase_add_loop_test(words, sizes_are_refused, 0, COUNT(bad_lists));
    tcase_add_test(words, too_many_or_long_sizes);
    tcase_add_loop_test(words, size_is_refused, 0, COUNT(bad_sizes));
    tcase_add_loop_test(words, rotation_is_read, 0, COUNT(turns));
    tcase_add_test(words, rotation_is_refused);
    tcase_add_test(words, rotation_is_normalised);
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

    tcase_add_loop_test(check, check_of_combinations, 0, COUNT(checks));
    tcase_add_test(check, check_of_ranges);
    suite_add_tcase(suite, check);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
