/* The rows of a recipe's fields, and the words that they take. */
#include "picture/recipe_fields.h"
#include "support/fresh_recipe.h"
#include "support/suite.h"
#include <stdio.h>

/* Every keyword in its order, from the value `first` on. */
static const struct {
    const char *name;
    loom_recipe_field_id id;
    unsigned first;
    const char *words[12];
} keywords[] = {
    {"fit", LOOM_RECIPE_FIT, 0, {"cover", "contain", "fill", "inside", "outside"}},
    {"position",
     LOOM_RECIPE_POSITION,
     0,
     {"centre", "north", "northeast", "east", "southeast", "south", "southwest", "west",
      "northwest", "entropy", "attention"}},
    {"kernel",
     LOOM_RECIPE_KERNEL,
     0,
     {"lanczos3", "lanczos2", "mitchell", "cubic", "linear", "nearest"}},
    {"grayscale", LOOM_RECIPE_GRAYSCALE, 0, {"none", "luma", "luminance"}},
    {"extend-with", LOOM_RECIPE_EXTEND_WITH, 0, {"background", "mirror", "copy"}},
    {"icc", LOOM_RECIPE_ICC, 0, {"srgb", "keep"}},
    {"chroma", LOOM_RECIPE_CHROMA, LOOM_CHROMA_420, {"420", "444"}},
};

static unsigned value_of(const loom_recipe *recipe, loom_recipe_field_id id)
{
    return (unsigned)loom_recipe_field_value(loom_recipe_field_get(id), recipe);
}

START_TEST(keyword_is_read)
{
    loom_recipe recipe = recipe_fresh();
    unsigned count = 0;

    for (; keywords[_i].words[count] != NULL; count++) {
        const char *word = keywords[_i].words[count];
        const unsigned value = keywords[_i].first + count;
        ck_assert_int_eq(loom_recipe_set(&recipe, keywords[_i].name, word, NULL), LOOM_OK);
        ck_assert_uint_eq(value_of(&recipe, keywords[_i].id), value);
        ck_assert_str_eq(loom_recipe_field_keyword(keywords[_i].id, value), word);
    }
    const loom_recipe before = recipe;
    ck_assert_int_eq(loom_recipe_set(&recipe, keywords[_i].name, "other", NULL), LOOM_ERR_USAGE);
    ck_assert_int_eq(loom_recipe_set(&recipe, keywords[_i].name, "", NULL), LOOM_ERR_USAGE);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
    ck_assert_str_eq(loom_recipe_field_keyword(keywords[_i].id, count + keywords[_i].first),
                     "unknown");
}
END_TEST

START_TEST(words_that_are_refused)
{
    static const struct {
        const char *name, *word, *message;
    } rows[] = {
        {"fit", "stretch", "'stretch' is not a fit: cover, contain, fill, inside or outside"},
        {"grayscale", "grey", "'grey' is not a kind of grayscale: none, luma or luminance"},
        {"position", "north-east",
         "'north-east' is not a position: centre, north, northeast, east, southeast, south, "
         "southwest, west, northwest, entropy or attention; did you mean northeast?"},
        {"kernel", "lanczos",
         "'lanczos' is not a kernel: lanczos3, lanczos2, mitchell, cubic, linear or nearest; did "
         "you "
         "mean lanczos3?"},
        {"icc", "p3", "'p3' is not a profile mode: srgb or keep"},
        {"metadata", "all,",
         "'' is not a kind of metadata: none, copyright, exif, xmp, iptc or all; -exif, -xmp, "
         "-iptc "
         "or -gps leave one out"},
        {"metadata", "-all",
         "'-all' is not a kind of metadata: none, copyright, exif, xmp, iptc or all; -exif, -xmp, "
         "-iptc or -gps leave one out"},
        {"format", "webp,webp", "'webp' is given twice"},
        {"format", "webp,",
         "'' is not an output format: jpeg, png, webp, gif, tiff, avif, jxl or same"},
        {"dpi", "0", "'0' is not a whole number from 1 to 65535"},
        {"chroma", "422", "'422' is not a chroma subsampling: 420 or 444; did you mean 420?"},
        {"chroma", "default", "'default' is not a chroma subsampling: 420 or 444"},
        {"flip", "yes", "'yes' is not a flag: true, 1, false or 0"},
        {"quality", "101", "'101' is not a whole number from 1 to 100"},
        {"quality", NULL, "'quality' needs a value"},
        {"shear", "1", "a recipe has no field 'shear'"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe recipe = recipe_fresh();
        const loom_recipe before = recipe;
        loom_error err = LOOM_ERROR_INIT;
        ck_assert_int_eq(loom_recipe_set(&recipe, rows[i].name, rows[i].word, &err),
                         LOOM_ERR_USAGE);
        ck_assert_str_eq(err.message, rows[i].message);
        ck_assert_mem_eq(&recipe, &before, sizeof recipe);
    }
}
END_TEST

START_TEST(other_spellings)
{
    loom_recipe recipe = recipe_fresh();

    ck_assert_int_eq(loom_recipe_set(&recipe, "greyscale", "LUMA", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert_int_eq(loom_recipe_set(&recipe, "grayscale", "none", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "grayscale", NULL, NULL), LOOM_OK);
    ck_assert_int_eq(recipe.grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert_int_eq(loom_recipe_set(&recipe, "position", "south", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "position", "Center", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.position, LOOM_POSITION_CENTRE);
    ck_assert_int_eq(loom_recipe_set(&recipe, "no-auto-orient", NULL, NULL), LOOM_OK);
    ck_assert(!recipe.auto_orient);
    ck_assert_int_eq(loom_recipe_set(&recipe, "no-auto-orient", "false", NULL), LOOM_OK);
    ck_assert(recipe.auto_orient);
    ck_assert_int_eq(loom_recipe_set(&recipe, "autoOrient", "false", NULL), LOOM_OK);
    ck_assert(!recipe.auto_orient);
    ck_assert_int_eq(loom_recipe_set(&recipe, "autoOrient", "true", NULL), LOOM_OK);
    ck_assert(recipe.auto_orient);
    ck_assert_int_eq(loom_recipe_set(&recipe, "width", "30", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "percent", "50", NULL), LOOM_OK);
    ck_assert(recipe.sizes[0].width == 0 && recipe.sizes[0].percent == 50);
    ck_assert_int_eq(loom_recipe_set(&recipe, "width", "30", NULL), LOOM_OK);
    ck_assert(recipe.sizes[0].width == 30 && recipe.sizes[0].percent == 0);
    ck_assert_int_eq(loom_recipe_set(&recipe, "flip", "1", NULL), LOOM_OK);
    ck_assert(recipe.flip);
    ck_assert_int_eq(loom_recipe_set(&recipe, "max-bytes", "2Ki", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.max_bytes, 2048);
}
END_TEST

/* Each list has one form, which is read as the same. */
START_TEST(lists_of_metadata)
{
    static const struct {
        const char *word, *written;
        unsigned bits;
    } lists[] = {
        {"none", "", 0},
        {"COPYRIGHT", "copyright", 1},
        {"exif", "exif", 2},
        {"iptc,xmp", "xmp,iptc", 12},
        {"exif,xmp,iptc", "all", 14},
        {"all,-gps", "all,-gps", 30},
        {"-gps", "all,-gps", 30},
        {"-gps,-xmp", "exif,iptc,-gps", 26},
        {"all,-exif", "xmp,iptc", 12},
        {"all,-exif,copyright,-gps", "copyright,xmp,iptc,-gps", 29},
        {"copyright,exif", "exif", 2},
        {"iptc,-gps", "iptc", 8},
        {"all,none", "", 0},
        {"exif,-exif", "", 0},
    };

    for (size_t i = 0; i < COUNT(lists); i++) {
        loom_recipe recipe = recipe_fresh();
        char expected[80];
        ck_assert_int_eq(loom_recipe_set(&recipe, "metadata", lists[i].word, NULL), LOOM_OK);
        ck_assert_uint_eq(recipe.metadata, lists[i].bits);
        (void)snprintf(expected, sizeof expected,
                       *lists[i].written ? "{\"metadata\":\"%s\"}" : "{}", lists[i].written);
        char *text = loom_recipe_to_json(&recipe);
        ck_assert_str_eq(text, expected);
        loom_recipe again = recipe_fresh();
        ck_assert_int_eq(loom_recipe_from_json(&again, text, strlen(text), NULL), LOOM_OK);
        ck_assert_mem_eq(&again, &recipe, sizeof recipe);
        free(text);
    }
}
END_TEST

START_TEST(lists_of_formats)
{
    loom_recipe recipe = recipe_fresh(), again = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "webp,same,AVIF", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.format_count, 3);
    ck_assert_uint_eq(loom_recipe_outputs(&recipe), 3);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_WEBP);
    ck_assert_int_eq(recipe.formats[2], LOOM_FORMAT_AVIF);
    char *text = loom_recipe_to_json(&recipe);
    ck_assert_str_eq(text, "{\"format\":\"webp,same,avif\"}");
    ck_assert_int_eq(loom_recipe_from_json(&again, text, strlen(text), NULL), LOOM_OK);
    ck_assert_mem_eq(&again, &recipe, sizeof recipe);
    free(text);
    ck_assert_int_eq(loom_recipe_set(&recipe, "quality", "70", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "png,webp", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK); /* one of them has it */
    recipe.lossless = true;
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK); /* as png always is */
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "jpeg,webp", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "lossless is an option of webp, avif and jxl, not of jpeg");
    recipe.lossless = false;
    recipe.animated = true;
    loom_error_clear(&err);
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message,
                     "jpeg and webp cannot be made at once of an animated picture: one "
                     "holds its frames, the other does not");
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "same,webp", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_check(&recipe, NULL), LOOM_OK);
    loom_recipe *one = loom_recipe_of_output(&recipe, 0, LOOM_FORMAT_WEBP);
    ck_assert_uint_eq(loom_recipe_outputs(one), 1);
    loom_recipe_free(one);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "1x1,2x2,3x3,4x4,5x5,6x6,7x7,8x8,9x9", NULL),
                     LOOM_OK);
    loom_error_clear(&err);
    ck_assert_int_eq(loom_recipe_check(&recipe, &err), LOOM_ERR_USAGE);
    ck_assert_str_eq(err.message, "9 sizes in 2 formats are more than 16 outputs");
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "webp", NULL), LOOM_OK);
    ck_assert_uint_eq(recipe.format_count, 0);
}
END_TEST

/* One row a field: names are not used twice, and each field is needed when it is set alone. */
START_TEST(rows_are_sound)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        ck_assert_ptr_nonnull(field->name);
        ck_assert_ptr_eq(loom_recipe_field_by_name(field->name), field);
        if (field->option != NULL) {
            ck_assert_ptr_eq(loom_recipe_field_by_name(field->option), field);
            ck_assert_ptr_nonnull(field->help);
        }
        ck_assert((field->kind == LOOM_VALUE_KEYWORD) == (field->keywords != NULL));
    }
}
END_TEST

/* A word that is not the field's default; NULL: what its option means without one. */
static const char *some_word(const loom_recipe_field *field, char number[32])
{
    static const char *const words[] = {[LOOM_VALUE_FLAG] = NULL,
                                        [LOOM_VALUE_ANGLE] = "90",
                                        [LOOM_VALUE_COLOUR] = "#123",
                                        [LOOM_VALUE_FORMAT] = "png",
                                        [LOOM_VALUE_METADATA] = "all,-gps",
                                        [LOOM_VALUE_SIZES] = "8x8,9x9",
                                        [LOOM_VALUE_REAL] = "0.5",
                                        [LOOM_VALUE_EXTRACT] = "1,2,3x4",
                                        [LOOM_VALUE_RATIO] = "16:9",
                                        [LOOM_VALUE_EDGES] = "1,2,3,4",
                                        [LOOM_VALUE_BORDER] = "1x2",
                                        [LOOM_VALUE_LENGTH] = "50%",
                                        [LOOM_VALUE_PLACE] = "north+1+2",
                                        [LOOM_VALUE_FILE] = "a.png",
                                        [LOOM_VALUE_TEXT] = "a"};

    if (field->kind == LOOM_VALUE_KEYWORD)
        return field->keywords[loom_recipe_field_keywords(field) - 1];
    if (field->kind != LOOM_VALUE_NUMBER && field->kind != LOOM_VALUE_BYTES &&
        field->kind != LOOM_VALUE_SIDE)
        return words[field->kind];
    (void)snprintf(number, 32, "%d",
                   (int)(field->low == field->initial ? field->high : field->low));
    return number;
}

START_TEST(a_field_that_is_set_is_needed)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        loom_recipe recipe = recipe_fresh();
        char number[32];
        ck_assert_uint_eq(loom_recipe_needs(&recipe), 0);
        ck_assert_int_eq(loom_recipe_field_set(field, &recipe, some_word(field, number), NULL),
                         LOOM_OK);
        ck_assert_uint_eq(loom_recipe_needs(&recipe), LOOM_RECIPE_BIT(i));
    }
}
END_TEST

START_TEST(format_words)
{
    static const char *const bad[] = {"heic", "bmp", "svg", "unknown", "jpe", ""};
    loom_recipe recipe = recipe_fresh();
    loom_error err = LOOM_ERROR_INIT;

    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "WebP", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_WEBP);
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "jpg", NULL), LOOM_OK);
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_JPEG);
    for (size_t i = 0; i < COUNT(bad); i++)
        ck_assert_int_eq(loom_recipe_set(&recipe, "format", bad[i], &err), LOOM_ERR_USAGE);
    const char *words = "'heic' is not an output format: jpeg, png, webp, gif, ";
    ck_assert_mem_eq(err.message, words, strlen(words));
    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++) { /* all of the table, and no others */
        const loom_format_info *info = loom_format_get((loom_format)i);
        const bool named = strstr(err.message + 6, info->name) != NULL;
        ck_assert_msg(named == info->writable, "%s: %s", info->name, err.message);
    }
    ck_assert_ptr_nonnull(strstr(err.message, " or same"));
    ck_assert_int_eq(recipe.format, LOOM_FORMAT_JPEG);
    ck_assert_int_eq(loom_recipe_set(&recipe, "format", "same", NULL), LOOM_OK);
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

    tcase_add_loop_test(words, keyword_is_read, 0, COUNT(keywords));
    tcase_add_test(words, words_that_are_refused);
    tcase_add_test(words, other_spellings);
    tcase_add_test(words, lists_of_metadata);
    tcase_add_test(words, lists_of_formats);
    tcase_add_test(words, rows_are_sound);
    tcase_add_test(words, a_field_that_is_set_is_needed);
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
