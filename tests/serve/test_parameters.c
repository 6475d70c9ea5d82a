/* Parameters of a request: presets, recipes, queries and forms in layers. */
#include "serve/parameters.h"
#include "support/suite.h"
#include "support/tmpdir.h"

#include <string.h>

static serve_settings settings;
static serve_wish wish;
static serve_fault fault;

static void start_settings(char **argv)
{
    options_line line;
    loom_error error = LOOM_ERROR_INIT;

    ck_assert(serve_settings_init(&settings));
    ck_assert_msg(serve_settings_read(&settings, argv, &line, &error) == OPTIONS_GO, "%s",
                  error.message);
    options_line_release(&line);
}

static void setup(void)
{
    char *argv[] = {(char[]){"--preset"}, (char[]){"p=preset"}, NULL};

    tmpdir_enter();
    tmpdir_write_text("preset", "{\"width\": 70, \"format\": \"png\", \"flip\": true}");
    start_settings(argv);
    wish = (serve_wish){.recipe = NULL};
}

static void teardown(void)
{
    serve_wish_release(&wish);
    serve_settings_release(&settings);
    tmpdir_leave();
}

/* Reads "a=1&b"; `fields` and `recipe` are those of a form, NULL without one. */
static bool read_all(const char *query, const char *fields, const char *recipe, const char *accept)
{
    serve_target of_query = {.query = NULL}, of_form = {.query = NULL};
    char *text = g_strconcat("/?", query, NULL);
    char *form_text = g_strconcat("/?", fields != NULL ? fields : "", NULL);

    fault = (serve_fault)SERVE_FAULT_INIT;
    ck_assert(serve_target_parse(&of_query, text, &fault));
    ck_assert(serve_target_parse(&of_form, form_text, &fault));
    const serve_form form = {.fields = of_form.query, .recipe = (char *)(gsize)recipe};
    const bool has_form = fields != NULL || recipe != NULL;
    serve_wish_release(&wish);
    const bool good =
        serve_wish_read(&wish, &settings, of_query.query, has_form ? &form : NULL, accept, &fault);
    ck_assert(good == (fault.code == SERVE_FINE));
    serve_target_release(&of_query);
    serve_target_release(&of_form);
    g_free(text);
    g_free(form_text);
    return good;
}

static const loom_recipe *read_query(const char *query)
{
    ck_assert_msg(read_all(query, NULL, NULL, NULL), "%s: %s", query, fault.error.message);
    return wish.recipe;
}

static void assert_refused(const char *query, const char *fields, const char *recipe,
                           const char *word)
{
    ck_assert_msg(!read_all(query, fields, recipe, NULL), "%s", query);
    ck_assert_int_eq(fault.code, SERVE_LIBRARY);
    ck_assert_int_eq(fault.error.code, LOOM_ERR_USAGE);
    ck_assert_msg(strstr(fault.error.message, word) != NULL, "%s: %s", query, fault.error.message);
}

START_TEST(nothing_is_the_default)
{
    const loom_recipe *recipe = read_query("");

    ck_assert_uint_eq(loom_recipe_needs(recipe), 0);
    ck_assert_int_eq(recipe->format, LOOM_FORMAT_SAME);
    ck_assert_int_eq(wish.answer, SERVE_ANSWER_PICTURE);
    ck_assert(wish.expires_s == INT64_MAX && !wish.negotiated);
}
END_TEST

/* Each field by the name of its switch and by that in JSON. */
START_TEST(names)
{
    ck_assert(read_query("flip")->flip);
    ck_assert(read_query("flip=1")->flip);
    ck_assert(read_query("flip=true")->flip);
    ck_assert(!read_query("flip=0")->flip);
    ck_assert(!read_query("flip=false")->flip);
    ck_assert(read_query("no-upscale")->no_upscale);
    ck_assert(read_query("noUpscale=true")->no_upscale);
    ck_assert(!read_query("no-auto-orient")->auto_orient);
    ck_assert(!read_query("autoOrient=false")->auto_orient);
    ck_assert(read_query("rotate=90")->rotation == 90);
    ck_assert(read_query("rotation=90")->rotation == 90);
    ck_assert_int_eq(read_query("grayscale")->grayscale, read_query("grayscale=luma")->grayscale);
    ck_assert_uint_eq(read_query("max-bytes=2Ki")->max_bytes, 2048);
    ck_assert_uint_eq(read_query("maxBytes=2048")->max_bytes, 2048);
    ck_assert_uint_eq(read_query("width=5&height=6")->sizes[0].height, 6);
    ck_assert_uint_eq(read_query("size=5x6")->sizes[0].width, 5);
    ck_assert_int_eq(read_query("expires=7&answer=row")->format, LOOM_FORMAT_SAME);
    ck_assert_int_eq(wish.expires_s, 7);
    ck_assert_int_eq(wish.answer, SERVE_ANSWER_ROW);
}
END_TEST

/* Every field of a recipe is a parameter, unless it names a file. */
START_TEST(every_field)
{
    for (unsigned id = 0; id < LOOM_RECIPE_COUNT; id++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)id);
        const char *why = field->names_file ? "names a file" : field->option;
        if (field->option == NULL)
            continue;
        char *query = g_strconcat(field->option, "=%1B", NULL); /* no field has such a value */
        assert_refused(query, NULL, NULL, why);
        ck_assert_msg(strstr(fault.error.message, "is not a parameter") == NULL, "%s", query);
        g_free(query);
    }
}
END_TEST

/* Nor by the JSON of a form. */
START_TEST(a_recipe_names_no_file)
{
    assert_refused("", NULL, "{\"watermark\":\"/etc/passwd\"}", "names a file");
    assert_refused("", NULL, "{\"text\":\"a\",\"font\":{\"path\":\"/etc/passwd\"}}",
                   "names a file");
    assert_refused("", NULL,
                   "{\"text\":\"a\",\"font\":{\"hash\":\"00112233445566778899aabbccddeeff\"}}",
                   "names a file");
}
END_TEST

START_TEST(what_is_refused)
{
    static const struct {
        const char *query, *word;
    } rows[] = {
        {"shear=1", "shear"},
        {"width", "width"},
        {"width=0", "width"},
        {"width=5x", "width"},
        {"width=1&width=2", "width"},
        {"rotate=1&rotation=1", "rotation"},
        {"no-upscale&noUpscale=1", "noUpscale"},
        {"preset=p&preset=p", "preset"},
        {"preset=q", "'q'"},
        {"preset", "''"},
        {"answer=row&answer=row", "answer"},
        {"answer", "answer"},
        {"answer=xml", "xml"},
        {"expires=5&expires=5", "expires"},
        {"expires", "expires"},
        {"expires=-1", "expires"},
        {"expires=99999999999999999999", "expires"},
        {"recipe=preset", "recipe"},
        {"lane=vips", "lane"},
        {"output=x", "output"},
        {"=1", "''"},
        {"format=auto&format=png", "format"},
        {"format=auto&format=auto", "format"},
        {"flip=yes", "flip"},
        {"quality=101", "quality"},
        {"effort=11", "effort"},
        {"size=1x1,2x2", "answer"},
        {"size=1x1,2x2&width=3&answer=row", "side"},
        {"WIDTH=1", "WIDTH"},
        {"width%0A=1", "width\\n"}, /* what is shown is on one line */
    };

    for (size_t i = 0; i < COUNT(rows); i++)
        assert_refused(rows[i].query, NULL, NULL, rows[i].word);
}
END_TEST

START_TEST(layers)
{
    static const char json[] = "{\"width\": 71, \"flop\": true}";

    ck_assert_uint_eq(read_query("preset=p")->sizes[0].width, 70);
    ck_assert_int_eq(wish.recipe->format, LOOM_FORMAT_PNG);
    ck_assert_uint_eq(read_query("width=72&preset=p")->sizes[0].width, 72);
    ck_assert(wish.recipe->flip);
    ck_assert(!read_query("preset=p&flip=false")->flip);
    ck_assert(read_all("preset=p", NULL, json, NULL));
    ck_assert(wish.recipe->sizes[0].width == 71 && wish.recipe->flop && wish.recipe->flip);
    ck_assert(read_all("preset=p&width=72", "height=9", json, NULL));
    ck_assert(wish.recipe->sizes[0].width == 72 && wish.recipe->sizes[0].height == 9);
    ck_assert(read_all("", "preset=p&width=73", json, NULL));
    ck_assert(wish.recipe->sizes[0].width == 73 && wish.recipe->flop && wish.recipe->flip);
    assert_refused("width=1", "width=1", NULL, "width");
    assert_refused("preset=p", "preset=p", NULL, "preset");
    assert_refused("", NULL, "{\"shear\": 1}", "recipe: ");
    assert_refused("", NULL, "[]", "recipe: ");
    assert_refused("", NULL, "{", "recipe: ");
    ck_assert_uint_eq(read_query("")->sizes[0].width, 0); /* the preset has not changed */
    ck_assert_uint_eq(read_query("preset=p")->sizes[0].width, 70);
}
END_TEST

START_TEST(presets_alone)
{
    settings.presets_only = true;
    ck_assert_uint_eq(read_query("preset=p&answer=row&expires=9")->sizes[0].width, 70);
    assert_refused("preset=p&width=1", NULL, NULL, "width");
    assert_refused("width=1", NULL, NULL, "width");
    assert_refused("preset=p", "flip", NULL, "flip");
    assert_refused("preset=p", NULL, "{}", "recipe");
    assert_refused("preset=p&format=auto", NULL, NULL, "format");
}
END_TEST

START_TEST(limits_of_the_service)
{
    settings.max_effort = 3;
    ck_assert_int_eq(read_query("effort=2")->effort, 2);
    ck_assert_int_eq(read_query("effort=9")->effort, 3);
    ck_assert_int_eq(read_query("format=webp")->effort, -1); /* the default stays */
}
END_TEST

START_TEST(what_the_client_takes)
{
    static const struct {
        const char *query, *accept;
        loom_format format;
    } rows[] = {
        {"format=auto", NULL, LOOM_FORMAT_SAME},
        {"format=auto", "*/*", LOOM_FORMAT_SAME},
        {"format=auto", "image/webp", LOOM_FORMAT_WEBP},
        {"format=auto", "image/webp,image/avif", LOOM_FORMAT_AVIF},
        {"format=auto", "image/avif;q=0, image/webp;q=0.1", LOOM_FORMAT_WEBP},
        {"format=auto&animated", "image/avif,image/webp", LOOM_FORMAT_WEBP},
        {"format=auto&animated", "image/avif", LOOM_FORMAT_SAME},
        {"format=png", "image/webp", LOOM_FORMAT_PNG},
        {"", "image/webp", LOOM_FORMAT_SAME},
    };

    for (size_t i = 0; i < COUNT(rows); i++) {
        ck_assert_msg(read_all(rows[i].query, NULL, NULL, rows[i].accept), "%s",
                      fault.error.message);
        ck_assert_msg(wish.recipe->format == rows[i].format, "%s, %s", rows[i].query,
                      rows[i].accept);
        ck_assert(wish.negotiated == (strncmp(rows[i].query, "format=auto", 11) == 0));
    }
    ck_assert(read_all("", NULL, NULL, "application/json"));
    ck_assert_int_eq(wish.answer, SERVE_ANSWER_JSON);
    ck_assert(read_all("", NULL, NULL, "application/json;q=0.5, image/*"));
    ck_assert_int_eq(wish.answer, SERVE_ANSWER_PICTURE);
    ck_assert(read_all("answer=picture", NULL, NULL, "application/json"));
    ck_assert_int_eq(wish.answer, SERVE_ANSWER_PICTURE);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("parameters");
    TCase *tests = tcase_create("parameters");

    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_add_test(tests, nothing_is_the_default);
    tcase_add_test(tests, names);
    tcase_add_test(tests, every_field);
    tcase_add_test(tests, a_recipe_names_no_file);
    tcase_add_test(tests, what_is_refused);
    tcase_add_test(tests, layers);
    tcase_add_test(tests, presets_alone);
    tcase_add_test(tests, limits_of_the_service);
    tcase_add_test(tests, what_the_client_takes);
    suite_add_tcase(suite, tests);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
