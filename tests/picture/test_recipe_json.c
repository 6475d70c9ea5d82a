#include "support/suite.h"

#include "picture/recipe_fields.h"
#include <locale.h>
#include <stdint.h>
#include <string.h>

/* What is at its default is left out. */
static const char default_json[] = "{}";

static const char full_json[] =
    "{\"rotation\":90,\"flip\":true,\"flop\":true,\"width\":800,\"height\":600,"
    "\"fit\":\"contain\",\"position\":\"northwest\",\"kernel\":\"mitchell\","
    "\"noUpscale\":true,\"background\":\"#0a0b0c0d\",\"grayscale\":true,\"icc\":\"keep\","
    "\"animated\":true,\"format\":\"webp\",\"quality\":77,"
    "\"maxBytes\":9223372036854775807,\"effort\":0,\"chroma\":\"420\","
    "\"metadata\":\"copyright\"}";

/* What cannot stand together with the others. */
static const char other_json[] =
    "{\"rotation\":359.99,"
    "\"sizes\":[{\"width\":1600,\"height\":1200},{\"width\":800},{\"height\":65500},"
    "{\"percent\":50},{}],"
    "\"position\":\"attention\",\"kernel\":\"nearest\",\"grayscale\":\"luminance\","
    "\"lossless\":true,\"effort\":10,\"progressive\":true,\"chroma\":\"444\","
    "\"metadata\":\"all\"}";

static const char stored_json[] = "{\"autoOrient\":false,\"percent\":50}";

/* Every field as it is by default, as older reports have it. */
static const char spelt_json[] =
    "{\"width\":null,\"height\":null,\"percent\":null,\"sizes\":null,\"fit\":\"cover\","
    "\"position\":\"centre\",\"noUpscale\":false,\"kernel\":\"lanczos3\",\"rotation\":0,"
    "\"flip\":false,\"flop\":false,\"autoOrient\":true,\"animated\":false,\"grayscale\":false,"
    "\"icc\":\"srgb\",\"metadata\":\"none\",\"format\":\"same\",\"quality\":null,"
    "\"effort\":null,\"lossless\":false,\"progressive\":false,\"chroma\":null,"
    "\"maxBytes\":null,\"background\":null}";

static void assert_full(const loom_recipe *recipe)
{
    const loom_size *size = &recipe->sizes[0];

    ck_assert_uint_eq(recipe->size_count, 1);
    ck_assert(size->width == 800 && size->height == 600 && size->percent == 0);
    ck_assert_int_eq(recipe->fit, LOOM_FIT_CONTAIN);
    ck_assert_int_eq(recipe->position, LOOM_POSITION_NORTHWEST);
    ck_assert_int_eq(recipe->kernel, LOOM_KERNEL_MITCHELL);
    ck_assert_int_eq(recipe->icc, LOOM_ICC_KEEP);
    ck_assert_int_eq(recipe->metadata, LOOM_METADATA_COPYRIGHT);
    ck_assert_int_eq(recipe->chroma, LOOM_CHROMA_420);
    ck_assert_int_eq(recipe->effort, 0);
    ck_assert_uint_eq(recipe->max_bytes, INT64_MAX);
    ck_assert(recipe->animated && !recipe->lossless && !recipe->progressive);
    ck_assert(recipe->no_upscale && recipe->flip && recipe->flop && recipe->auto_orient);
    ck_assert_double_eq(recipe->rotation, 90);
    ck_assert_int_eq(recipe->grayscale, LOOM_GRAYSCALE_LUMA);
    ck_assert_int_eq(recipe->format, LOOM_FORMAT_WEBP);
    ck_assert_int_eq(recipe->quality, 77);
    ck_assert(recipe->background_given);
    ck_assert(recipe->background.red == 10 && recipe->background.green == 11 &&
              recipe->background.blue == 12 && recipe->background.alpha == 13);
}

/* Reads over the defaults, and back out: the text to be freed. */
static char *round_trip(const char *json)
{
    loom_recipe recipe;
    loom_error err = LOOM_ERROR_INIT;

    loom_recipe_init(&recipe);
    loom_status status = loom_recipe_from_json(&recipe, json, strlen(json), &err);
    ck_assert_str_eq(err.message, "");
    ck_assert_int_eq(status, LOOM_OK);
    char *text = loom_recipe_to_json(&recipe);
    ck_assert_ptr_nonnull(text);
    return text;
}

START_TEST(json_round_trip)
{
    static const char *const texts[] = {default_json, full_json, other_json, stored_json};
    loom_recipe recipe;

    for (size_t i = 0; i < COUNT(texts); i++) {
        char *text = round_trip(texts[i]);
        ck_assert_str_eq(text, texts[i]);
        free(text);
    }
    loom_recipe_init(&recipe);
    char *text = loom_recipe_to_json(&recipe);
    ck_assert_str_eq(text, default_json);
    free(text);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, full_json, strlen(full_json), NULL), LOOM_OK);
    assert_full(&recipe);
    /* And what is null or false comes back to the default. */
    ck_assert_int_eq(loom_recipe_from_json(&recipe, spelt_json, strlen(spelt_json), NULL), LOOM_OK);
    text = loom_recipe_to_json(&recipe);
    ck_assert_str_eq(text, default_json);
    free(text);
}
END_TEST

/* One more size, or a choice that the format has not, changes no other output's recipe. */
START_TEST(an_output_has_a_recipe_of_its_own)
{
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_set(&recipe, "size", "800x600,x90", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "quality", "70", NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_set(&recipe, "progressive", NULL, NULL), LOOM_OK);
    const struct {
        unsigned size;
        loom_format format;
        const char *json;
    } rows[] = {
        {0, LOOM_FORMAT_JPEG,
         "{\"width\":800,\"height\":600,\"format\":\"jpeg\",\"quality\":70,"
         "\"progressive\":true}"},
        {1, LOOM_FORMAT_PNG, "{\"height\":90,\"format\":\"png\",\"progressive\":true}"},
        {1, LOOM_FORMAT_WEBP, "{\"height\":90,\"format\":\"webp\",\"quality\":70}"},
        {1, LOOM_FORMAT_TIFF, "{\"height\":90,\"format\":\"tiff\"}"},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe *own = loom_recipe_of_output(&recipe, rows[i].size, rows[i].format);
        char *text = loom_recipe_to_json(own);
        ck_assert_str_eq(text, rows[i].json);
        loom_recipe_free(own);
        free(text);
    }
}
END_TEST

START_TEST(json_missing_fields_keep_their_value)
{
    static const char quality[] = " {\"quality\" : 5}\n";
    loom_recipe recipe;

    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, full_json, strlen(full_json), NULL), LOOM_OK);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, "{}", 2, NULL), LOOM_OK);
    assert_full(&recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, quality, strlen(quality), NULL), LOOM_OK);
    ck_assert_int_eq(recipe.quality, 5);
    recipe.quality = 77;
    assert_full(&recipe);
}
END_TEST

/* One size takes the place of several, and several that of one. */
START_TEST(json_sizes_over_sizes)
{
    static const struct {
        const char *over, *json, *sizes; /* what the recipe's own JSON then is */
    } rows[] = {
#define TWO "{\"sizes\":[{\"width\":8},{\"height\":9}]}"
        {TWO, "{}", TWO},
        {TWO, "{\"width\":null}", TWO},
        {"{\"width\":5,\"height\":7}", TWO, TWO},
        {"{\"percent\":5}", TWO, TWO},
        {TWO, "{\"height\":7}", "{\"height\":7}"},
        {TWO, "{\"percent\":7}", "{\"percent\":7}"},
        {TWO, "{\"sizes\":null}", "{}"},
        {"{\"width\":5}", "{\"sizes\":null}", "{\"width\":5}"},
        {"{\"width\":5}", "{\"height\":6}", "{\"width\":5,\"height\":6}"},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        loom_recipe recipe;
        loom_recipe_init(&recipe);
        ck_assert_int_eq(loom_recipe_from_json(&recipe, rows[i].over, strlen(rows[i].over), NULL),
                         LOOM_OK);
        ck_assert_int_eq(loom_recipe_from_json(&recipe, rows[i].json, strlen(rows[i].json), NULL),
                         LOOM_OK);
        char *text = loom_recipe_to_json(&recipe);
        ck_assert_ptr_nonnull(text);
        ck_assert_str_eq(text, rows[i].sizes);
        free(text);
    }
}
END_TEST

/* A decimal comma in the caller's locale shows neither in what is written nor in what is read. */
START_TEST(json_in_any_locale)
{
    static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE.utf8", "C.UTF-8"};
    size_t i = 0;

    while (i < COUNT(names) && setlocale(LC_NUMERIC, names[i]) == NULL)
        i++;
    char *text = round_trip("{\"rotation\":7.5}");
    ck_assert_str_eq(text, "{\"rotation\":7.5}");
    free(text);
}
END_TEST

static const struct {
    const char *json, *own; /* what the recipe's own JSON then is */
} variants[] = {
    {"{\"grayscale\":\"luma\"}", "{\"grayscale\":true}"},
    {"{\"grayscale\":\"Luminance\"}", "{\"grayscale\":\"luminance\"}"},
    {"{\"grayscale\":\"none\"}", "{}"},
    {"{\"rotation\":-450}", "{\"rotation\":270}"},
    {"{\"rotation\":90.0}", "{\"rotation\":90}"},
    {"{\"rotation\":-7.5e0}", "{\"rotation\":352.5}"},
    {"{\"rotation\":-0.0}", "{}"},
    {"{\"rotation\":0.1}", "{\"rotation\":0.1}"},
    {"{\"rotation\":0.30000000000000004}", "{\"rotation\":0.30000000000000004}"},
    {"{\"rotation\":1e6}", "{\"rotation\":280}"},
    {"{\"position\":\"center\"}", "{}"},
    {"{\"chroma\":\"444\"}", "{\"chroma\":\"444\"}"},
    {"{\"effort\":10}", "{\"effort\":10}"},
    {"{\"maxBytes\":1}", "{\"maxBytes\":1}"},
    {"{\"sizes\":[{\"width\":8,\"height\":null}]}", "{\"width\":8}"},
    {"{\"background\":\"red\"}", "{\"background\":\"#ff0000ff\"}"},
    {"{\"background\":\"#fff\"}", "{\"background\":\"#ffffffff\"}"},
    {"{\"format\":\"jpg\"}", "{\"format\":\"jpeg\"}"},
    {"{\"percent\":10000}", "{\"percent\":10000}"},
    {"{\"height\":65500}", "{\"height\":65500}"},
    {"{\"quality\":1}", "{\"quality\":1}"},
    {"{\"quality\":100}", "{\"quality\":100}"},
    {"{\"width\":\r\n1}\r\n\t ", "{\"width\":1}"},
    /* A report, with fields that a recipe does not have; and its first line in NDJSON. */
    {"{\"schemaVersion\":1,\"tool\":{},\"recipe\":{\"quality\":9},\"results\":[]}",
     "{\"quality\":9}"},
    {"{\"type\":\"run\",\"schemaVersion\":1,\"recipe\":{\"quality\":9}}\n{\"type\":\"image\"}\n",
     "{\"quality\":9}"},
};

START_TEST(json_variants)
{
    char *text = round_trip(variants[_i].json);

    ck_assert_str_eq(text, variants[_i].own);
    free(text);
}
END_TEST

#define NUMBER(name, limit)                                                                        \
    "the recipe's '" name "' is not a whole number from 1 to " limit " or null"
#define ANGLE      "the recipe's 'rotation' is not a number from -1000000 to 1000000"
#define SIZES      "the recipe's 'sizes' is not an array of 1 to 16 sizes or null"
#define BESIDE     "the recipe's 'sizes' is not null, although there is a width, height or percent"
#define FLAG(name) "the recipe's '" name "' is not true or false"

static const struct {
    const char *json, *message;
} bad[] = {
    {"{\"width\":0}", NUMBER("width", "65500")},
    {"{\"width\":-5}", NUMBER("width", "65500")},
    {"{\"width\":65501}", NUMBER("width", "65500")},
    {"{\"width\":4294967297}", NUMBER("width", "65500")},
    {"{\"width\":800.0}", NUMBER("width", "65500")},
    {"{\"width\":\"800\"}", NUMBER("width", "65500")},
    {"{\"width\":true}", NUMBER("width", "65500")},
    {"{\"height\":[]}", NUMBER("height", "65500")},
    {"{\"percent\":0}", NUMBER("percent", "10000")},
    {"{\"percent\":10001}", NUMBER("percent", "10000")},
    {"{\"quality\":0}", NUMBER("quality", "100")},
    {"{\"quality\":101}", NUMBER("quality", "100")},
    {"{\"noUpscale\":1}", FLAG("noUpscale")},
    {"{\"flip\":null}", FLAG("flip")},
    {"{\"flop\":\"true\"}", FLAG("flop")},
    {"{\"autoOrient\":0}", FLAG("autoOrient")},
    {"{\"fit\":null}", "the recipe's 'fit' is not a string"},
    {"{\"fit\":\"Stretch\\n\"}",
     "'Stretch?' is not a fit: cover, contain, fill, inside or outside"},
    {"{\"rotation\":1000000.5}", ANGLE},
    {"{\"rotation\":-1000001}", ANGLE},
    {"{\"rotation\":9223372036854775807}", ANGLE},
    {"{\"rotation\":\"90\"}", ANGLE},
    {"{\"rotation\":null}", ANGLE},
    {"{\"effort\":-1}", "the recipe's 'effort' is not a whole number from 0 to 10 or null"},
    {"{\"effort\":11}", "the recipe's 'effort' is not a whole number from 0 to 10 or null"},
    {"{\"effort\":false}", "the recipe's 'effort' is not a whole number from 0 to 10 or null"},
    {"{\"maxBytes\":0}", NUMBER("maxBytes", "9223372036854775807")},
    {"{\"maxBytes\":\"1K\"}", NUMBER("maxBytes", "9223372036854775807")},
    {"{\"animated\":null}", FLAG("animated")},
    {"{\"lossless\":1}", FLAG("lossless")},
    {"{\"progressive\":\"yes\"}", FLAG("progressive")},
    {"{\"position\":4}", "the recipe's 'position' is not a string"},
    {"{\"kernel\":\"box\"}", "'box' is not a kernel: lanczos3, lanczos2, mitchell, cubic, linear "
                             "or nearest"},
    {"{\"icc\":true}", "the recipe's 'icc' is not a string"},
    {"{\"icc\":\"p3\"}", "'p3' is not a profile mode: srgb or keep"},
    {"{\"metadata\":false}", "the recipe's 'metadata' is not a string"},
    {"{\"metadata\":\"gps\"}",
     "'gps' is not a kind of metadata: none, copyright, exif, xmp, iptc or all; -exif, -xmp, "
     "-iptc or -gps leave one out"},
    {"{\"chroma\":420}", "the recipe's 'chroma' is not a string or null"},
    {"{\"chroma\":\"422\"}", "'422' is not a chroma subsampling: 420 or 444; did you mean 420?"},
    {"{\"sizes\":[]}", SIZES},
    {"{\"sizes\":{\"width\":8}}", SIZES},
    {"{\"sizes\":\"8x8\"}", SIZES},
    {"{\"sizes\":[\"8x8\"]}", SIZES},
    {"{\"sizes\":[{\"width\":8},null]}", SIZES},
    {"{\"sizes\":[{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}]}", SIZES},
    {"{\"sizes\":[{\"width\":8},{\"width\":0}]}", NUMBER("width", "65500")},
    {"{\"sizes\":[{\"width\":8},{\"wide\":9}]}", "a size has no field 'wide'"},
    {"{\"sizes\":[{\"width\":8},{\"height\":9}],\"width\":8}", BESIDE},
    {"{\"percent\":50,\"sizes\":[{\"width\":8}]}", BESIDE},
    {"{\"grayscale\":1}", "the recipe's 'grayscale' is not true, false or a string"},
    {"{\"grayscale\":\"grey\"}", "'grey' is not a kind of grayscale: none, luma or luminance"},
    {"{\"format\":null}", "the recipe's 'format' is not a string"},
    {"{\"format\":\"bmp\"}", NULL},
    {"{\"background\":0}", "the recipe's 'background' is not a colour or null"},
    {"{\"background\":\"#12\"}",
     "'#12' is not a colour: #rgb, #rrggbb, #rrggbbaa or a CSS colour name"},
    {"{\"widht\":8}", "a recipe has no field 'widht'; did you mean width?"},
    {"{\"Width\":8}", "a recipe has no field 'Width'; did you mean width?"},
    {"{\"width\":8,\"wide\":9}", "a recipe has no field 'wide'"},
    {"{\"recipe\":{}}", "a recipe has no field 'recipe'"},
    {"[]", "a recipe file's content is not a JSON object"},
    {"[{\"width\":8}]", "a recipe file's content is not a JSON object"},
    {"{\"schemaVersion\":1}", "the report's 'recipe' is not a JSON object"},
    {"{\"schemaVersion\":1,\"recipe\":[]}", "the report's 'recipe' is not a JSON object"},
    {"{\"schemaVersion\":2,\"recipe\":{}}",
     "a report's 'schemaVersion' other than 1 cannot be read"},
    {"{\"schemaVersion\":1,\"recipe\":{\"wide\":9}}", "a recipe has no field 'wide'"},
    {"{\"width\":8}\n{\"width\":9}", "line 2: there is extra data after the end of the recipe"},
    {"{\"width\":8}\n\n x", "line 3: there is extra data after the end of the recipe"},
    {"{\"percent\":8,\"width\":9}", "a size of 8% cannot be combined with a width or height"},
};

START_TEST(json_is_refused)
{
    loom_recipe recipe, before;
    loom_error err = LOOM_ERROR_INIT;

    memset(&recipe, 0, sizeof recipe);
    loom_recipe_init(&recipe);
    recipe.quality = 33;
    before = recipe;
    ck_assert_int_eq(loom_recipe_from_json(&recipe, bad[_i].json, strlen(bad[_i].json), &err),
                     LOOM_ERR_USAGE);
    if (bad[_i].message != NULL) /* else a list of formats, which test_recipe_keywords looks at */
        ck_assert_str_eq(err.message, bad[_i].message);
    ck_assert_mem_eq(&recipe, &before, sizeof recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, bad[_i].json, strlen(bad[_i].json), NULL),
                     LOOM_ERR_USAGE);
}
END_TEST

static const struct {
    const char *json, *start; /* what the message starts with; the rest is the parser's */
} broken[] = {
    {"", "line 1: "},
    {"{\n\"width\":8,\n}", "line 3: "},
    {"{\n\n\"width\":8", "line 3: "},
    {"{\"width\":8,\n\"width\":9}", "line 2: duplicate"},
    {"{\"schemaVersion\":1,\"recipe\":{\"flip\":true,\n\"flip\":true}}", "line 2: duplicate"},
    {"{\"width\":99999999999999999999}", "line 1: too big integer"},
    {"{\"fit\":\"\xFF\"}", "line 1: "},
    {"{\"fit\":\"\\u0000\"}", "line 1: "},
    {"\"width\"", "line 1: "},
    {"null", "line 1: "},
    {"width: 8", "line 1: "},
    {"{'width':8}", "line 1: "},
    {"\xEF\xBB\xBF{}", "line 1: "},
};

START_TEST(json_is_broken)
{
    loom_recipe recipe;
    loom_error err = LOOM_ERROR_INIT;

    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, broken[_i].json, strlen(broken[_i].json), &err),
                     LOOM_ERR_USAGE);
    ck_assert_msg(strncmp(err.message, broken[_i].start, strlen(broken[_i].start)) == 0, "%s",
                  err.message);
    ck_assert_ptr_null(strchr(err.message, '\n'));
}
END_TEST

START_TEST(json_may_be_cut_anywhere)
{
    for (size_t size = 0; size < sizeof full_json - 1; size++) {
        loom_recipe recipe;
        char *copy = malloc(size + 1); /* no NUL behind: the size is what counts */
        ck_assert_ptr_nonnull(copy);
        memcpy(copy, full_json, size);
        copy[size] = 'x';
        loom_recipe_init(&recipe);
        ck_assert_int_eq(loom_recipe_from_json(&recipe, copy, size, NULL), LOOM_ERR_USAGE);
        free(copy);
    }
}
END_TEST

START_TEST(json_may_be_deep)
{
    enum { DEPTH = 1000000 };
    loom_recipe recipe;
    char *text = malloc(DEPTH);

    ck_assert_ptr_nonnull(text);
    memset(text, '[', DEPTH);
    loom_recipe_init(&recipe);
    ck_assert_int_eq(loom_recipe_from_json(&recipe, text, DEPTH, NULL), LOOM_ERR_USAGE);
    free(text);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("recipe_json");
    TCase *json = tcase_create("json");

    tcase_add_test(json, json_round_trip);
    tcase_add_test(json, an_output_has_a_recipe_of_its_own);
    tcase_add_test(json, json_missing_fields_keep_their_value);
    tcase_add_test(json, json_sizes_over_sizes);
    tcase_add_test(json, json_in_any_locale);
    tcase_add_loop_test(json, json_variants, 0, COUNT(variants));
    tcase_add_loop_test(json, json_is_refused, 0, COUNT(bad));
    tcase_add_loop_test(json, json_is_broken, 0, COUNT(broken));
    tcase_add_test(json, json_may_be_cut_anywhere);
    tcase_add_test(json, json_may_be_deep);
    suite_add_tcase(suite, json);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
