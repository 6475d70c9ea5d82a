/* Every word that options and recipes hold: numbers, sizes, colours, names, templates. */
#include "files/naming.h"
#include "fuzz.h"
#include "picture/recipe_fields.h"
#include <imgloom/imgloom.h>

static void numbers(const char *word)
{
    loom_error error = LOOM_ERROR_INIT;
    loom_error_limit limit;
    uint64_t value;
    int64_t ns;
    double decimal;

    if (loom_parse_count(word, 1, 100, &value, &error) == LOOM_OK)
        FUZZ_CHECK(value >= 1 && value <= 100);
    else
        FUZZ_CHECK(error.code == LOOM_ERR_USAGE && error.message[0] != '\0');
    (void)!loom_parse_count(word, 0, UINT64_MAX, &value, NULL);
    if (loom_parse_decimal(word, 1000, &decimal, NULL) == LOOM_OK)
        FUZZ_CHECK(decimal >= -1000 && decimal <= 1000);
    if (loom_parse_seconds(word, &ns, NULL) == LOOM_OK)
        FUZZ_CHECK(ns >= 0);
    (void)!loom_parse_bytes(word, &value, NULL);
    (void)!loom_error_limit_parse(word, &limit, NULL);
}

static void names(const char *word)
{
    loom_colour colour;
    loom_fail_on fail_on;
    loom_if_exists if_exists;
    loom_isolate isolate;

    (void)!loom_colour_parse(word, &colour, NULL);
    (void)!loom_fail_on_parse(word, &fail_on, NULL);
    (void)!loom_if_exists_parse(word, &if_exists, NULL);
    (void)!loom_isolate_parse(word, &isolate, NULL);
    (void)loom_format_by_path(word);
}

static void similar(const char *word, const char *second)
{
    const char *const words[] = {"size", second, NULL, word, "quality"};
    const int found = loom_word_nearest(word, words, sizeof words / sizeof *words);

    FUZZ_CHECK(found >= -1 && found < (int)(sizeof words / sizeof *words) && found != 2);
}

static void recipe(const char *word)
{
    loom_recipe made;
    loom_fit said = LOOM_FIT_COVER;

    loom_recipe_init(&made);
    if (loom_recipe_set(&made, "size", word, NULL) == LOOM_OK)
        FUZZ_CHECK(made.size_count >= 1 && made.size_count <= LOOM_SIZES_MAX &&
                   loom_sizes_say_fit(word, &said) == (made.fit != LOOM_FIT_COVER) &&
                   said == made.fit);
    if (loom_recipe_set(&made, "rotation", word, NULL) == LOOM_OK)
        FUZZ_CHECK(made.rotation >= 0 && made.rotation < 360);
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++)
        (void)!loom_recipe_field_set(loom_recipe_field_get((loom_recipe_field_id)i), &made, word,
                                     NULL);
}

/* A path that a template gives stays in its folder, unless it is said to leave it. */
static void name_template(const char *word, const char *stem)
{
    const loom_name_parts parts = {.dir = "a/b",
                                   .stem = stem,
                                   .stem_size = strlen(stem),
                                   .extension = "jpg",
                                   .format = "jpeg",
                                   .size = {.width = 10}};
    loom_recipe several = {.sizes = {{.width = 10}, {.height = 20}}, .size_count = 2};
    loom_strbuf out = LOOM_STRBUF_INIT;

    if (loom_name_template_check(word, NULL) == LOOM_OK) {
        (void)!loom_name_template_check_outputs(word, &several, NULL);
        if (loom_name_template_expand(&out, word, &parts) == NULL) {
            const char *path = loom_strbuf_str(&out);
            FUZZ_CHECK(path[0] != '/' && path[0] != '\0' && strstr(path, "/../") == NULL &&
                       strncmp(path, "../", 3) != 0 && strcmp(path, "..") != 0);
        }
    }
    loom_strbuf_release(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *word = fuzz_text(data, size);
    char *second = fuzz_text(data + size / 2, size - size / 2);

    numbers(word);
    names(word);
    recipe(word);
    similar(word, second);
    name_template(word, second);
    free(word);
    free(second);
    return 0;
}
