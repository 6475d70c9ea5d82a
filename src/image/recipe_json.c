#include <imgloom/recipe.h>

#include "base/strbuf.h"
#include "base/text.h"
#include <inttypes.h>
#include <jansson.h>
#include <string.h>

/* A report that holds a recipe says by which version of its schema it was written. */
enum { REPORT_SCHEMA = 1 };

/* ---- writing ---------------------------------------------------------------------------- */

static void add_name(loom_strbuf *out, const char *name)
{
    loom_strbuf_add_format(out, "%s\"%s\":", out->size == 0 ? "{" : ",", name);
}

/* Names are of our tables, so there is nothing to escape. */
static void add_word(loom_strbuf *out, const char *name, const char *word)
{
    add_name(out, name);
    loom_strbuf_add_format(out, "\"%s\"", word);
}

static void add_flag(loom_strbuf *out, const char *name, bool flag)
{
    add_name(out, name);
    loom_strbuf_add_str(out, flag ? "true" : "false");
}

/* 0 stands for "not given". */
static void add_number(loom_strbuf *out, const char *name, uint32_t number)
{
    add_name(out, name);
    if (number == 0)
        loom_strbuf_add_str(out, "null");
    else
        loom_strbuf_add_format(out, "%" PRIu32, number);
}

char *loom_recipe_to_json(const loom_recipe *recipe)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    const loom_colour *colour = &recipe->background;
    bool same = recipe->format == LOOM_FORMAT_SAME;

    add_number(&out, "width", recipe->sizes[0].width);
    add_number(&out, "height", recipe->sizes[0].height);
    add_number(&out, "percent", recipe->sizes[0].percent);
    add_word(&out, "fit", loom_fit_name(recipe->fit));
    add_flag(&out, "noUpscale", recipe->no_upscale);
    add_name(&out, "rotation");
    loom_strbuf_add_format(&out, "%g", recipe->rotation);
    add_flag(&out, "flip", recipe->flip);
    add_flag(&out, "flop", recipe->flop);
    add_flag(&out, "autoOrient", recipe->auto_orient);
    add_flag(&out, "grayscale", recipe->grayscale != LOOM_GRAYSCALE_NONE);
    add_word(&out, "format", same ? "same" : loom_format_get(recipe->format)->name);
    add_number(&out, "quality", (uint32_t)recipe->quality);
    add_name(&out, "background");
    if (recipe->background_given)
        loom_strbuf_add_format(&out, "\"#%02x%02x%02x%02x\"", colour->red, colour->green,
                               colour->blue, colour->alpha);
    else
        loom_strbuf_add_str(&out, "null");
    loom_strbuf_add_char(&out, '}');
    return loom_strbuf_take(&out);
}

/* ---- reading ---------------------------------------------------------------------------- */

typedef struct reader {
    json_t *object;
    loom_status status; /* of the first field that failed */
    loom_error *err;
} reader;

static void refuse(reader *in, const char *name, const char *allowed)
{
    in->status = loom_error_set(in->err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                "the recipe's '%s' is not %s", name, allowed);
}

/* The field's value; NULL when it is missing, or all is lost already. */
static const json_t *take(const reader *in, const char *name)
{
    return in->status == LOOM_OK ? json_object_get(in->object, name) : NULL;
}

/* 1 to limit, or null for "not given", which is 0. */
static void take_number(reader *in, const char *name, uint32_t limit, uint32_t *number)
{
    const json_t *value = take(in, name);
    json_int_t n = json_integer_value(value); /* 0 where it is none */
    char allowed[64];

    if (value == NULL)
        return;
    if (json_is_null(value) || (n >= 1 && n <= (json_int_t)limit)) {
        *number = (uint32_t)n;
        return;
    }
    (void)snprintf(allowed, sizeof allowed, "a whole number from 1 to %" PRIu32 " or null", limit);
    refuse(in, name, allowed);
}

static void take_flag(reader *in, const char *name, bool *flag)
{
    const json_t *value = take(in, name);

    if (json_is_boolean(value))
        *flag = json_is_true(value);
    else if (value != NULL)
        refuse(in, name, "true or false");
}

/* NULL when there is none. */
static const char *take_word(reader *in, const char *name)
{
    const json_t *value = take(in, name);

    if (value != NULL && !json_is_string(value))
        refuse(in, name, "a string");
    return json_string_value(value);
}

static void take_rotation(reader *in, loom_recipe *recipe)
{
    const json_t *value = take(in, "rotation");
    json_int_t degrees = json_integer_value(value);

    if (json_is_integer(value) && degrees % 90 == 0)
        recipe->rotation = (double)((degrees % 360 + 360) % 360);
    else if (value != NULL)
        refuse(in, "rotation", "a multiple of 90");
}

static void take_grayscale(reader *in, loom_recipe *recipe)
{
    const json_t *value = take(in, "grayscale");

    if (json_is_string(value))
        in->status = loom_grayscale_parse(json_string_value(value), &recipe->grayscale, in->err);
    else if (json_is_boolean(value))
        recipe->grayscale = json_is_true(value) ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    else if (value != NULL)
        refuse(in, "grayscale", "true, false or the name of a kind");
}

static void take_background(reader *in, loom_recipe *recipe)
{
    const json_t *value = take(in, "background");

    if (json_is_string(value)) {
        in->status = loom_colour_parse(json_string_value(value), &recipe->background, in->err);
        recipe->background_given = true;
    } else if (json_is_null(value)) {
        recipe->background = (loom_colour){0, 0, 0, 255};
        recipe->background_given = false;
    } else if (value != NULL) {
        refuse(in, "background", "a colour or null");
    }
}

static void refuse_unknown(reader *in)
{
    static const char *const names[] = {"width",     "height",  "percent",   "fit",    "noUpscale",
                                        "rotation",  "flip",    "flop",      "format", "autoOrient",
                                        "grayscale", "quality", "background"};
    const size_t count = sizeof names / sizeof *names;

    for (void *i = json_object_iter(in->object); i != NULL && in->status == LOOM_OK;
         i = json_object_iter_next(in->object, i)) {
        const char *key = json_object_iter_key(i);
        char shown[LOOM_SHOWN_SIZE];
        size_t n = 0;
        while (n < count && strcmp(key, names[n]) != 0)
            n++;
        if (n == count)
            in->status = loom_error_set(in->err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                        "a recipe has no field '%s'", loom_text_show(shown, key));
    }
}

static loom_status read_object(json_t *object, loom_recipe *recipe, loom_error *err)
{
    reader in = {object, LOOM_OK, err};
    uint32_t quality = (uint32_t)recipe->quality;
    const char *word;

    refuse_unknown(&in);
    take_number(&in, "width", LOOM_MAX_SIDE, &recipe->sizes[0].width);
    take_number(&in, "height", LOOM_MAX_SIDE, &recipe->sizes[0].height);
    take_number(&in, "percent", LOOM_MAX_PERCENT, &recipe->sizes[0].percent);
    if ((word = take_word(&in, "fit")) != NULL)
        in.status = loom_fit_parse(word, &recipe->fit, err);
    take_flag(&in, "noUpscale", &recipe->no_upscale);
    take_rotation(&in, recipe);
    take_flag(&in, "flip", &recipe->flip);
    take_flag(&in, "flop", &recipe->flop);
    take_flag(&in, "autoOrient", &recipe->auto_orient);
    take_grayscale(&in, recipe);
    if ((word = take_word(&in, "format")) != NULL)
        in.status = loom_recipe_parse_format(recipe, word, err);
    take_number(&in, "quality", LOOM_MAX_QUALITY, &quality);
    take_background(&in, recipe);
    if (in.status != LOOM_OK)
        return in.status;
    recipe->quality = (int)quality;
    return loom_recipe_check(recipe, err);
}

/* The recipe in what was read: that itself, or the one of a report. NULL with *err set. */
static json_t *find_recipe(json_t *root, loom_error *err)
{
    const json_t *version = json_object_get(root, "schemaVersion");
    json_t *recipe = version != NULL ? json_object_get(root, "recipe") : root;

    if (version != NULL && json_integer_value(version) != REPORT_SCHEMA)
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                             "a report's 'schemaVersion' other than %d cannot be read",
                             REPORT_SCHEMA);
    else if (json_is_object(recipe))
        return recipe;
    else
        (void)loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is not a JSON object",
                             version != NULL ? "the report's 'recipe'" : "a recipe file's content");
    return NULL;
}

/* Only the first line of a report in NDJSON may have more behind it. */
static loom_status check_rest(const json_t *root, const char *text, size_t size, size_t end,
                              loom_error *err)
{
    size_t line = 1;

    if (json_object_get(root, "schemaVersion") != NULL && json_object_get(root, "type") != NULL)
        return LOOM_OK;
    while (end < size && strchr(" \t\r\n", text[end]) != NULL && text[end] != '\0')
        end++;
    if (end == size)
        return LOOM_OK;
    for (size_t i = 0; i < end; i++)
        line += text[i] == '\n';
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "line %zu: something follows the end of the recipe", line);
}

loom_status loom_recipe_from_json(loom_recipe *recipe, const char *text, size_t size,
                                  loom_error *err)
{
    json_error_t error;
    loom_recipe read = *recipe;
    char shown[LOOM_SHOWN_SIZE];
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_NONE,
                              "no memory to read the recipe");
    if (root == NULL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "line %d: %s", error.line,
                              loom_text_show(shown, error.text));
    loom_status status = check_rest(root, text, size, (size_t)error.position, err);
    json_t *object = status == LOOM_OK ? find_recipe(root, err) : NULL;
    if (object != NULL)
        status = read_object(object, &read, err);
    else if (status == LOOM_OK)
        status = LOOM_ERR_USAGE;
    if (status == LOOM_OK)
        *recipe = read;
    json_decref(root);
    return status;
}
