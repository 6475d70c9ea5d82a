/* A recipe from JSON, or from a report that holds one. */
#include <imgloom/recipe.h>

#include "base/array.h"
#include "base/text.h"
#include "picture/rotation.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

/* A report that holds a recipe says by which version of its schema it was written. */
enum { REPORT_SCHEMA = 1 };

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
static const json_t *consume(const reader *in, const char *name)
{
    return in->status == LOOM_OK ? json_object_get(in->object, name) : NULL;
}

/* Refuses a field that is not among `names`; `what` has none such. */
static void refuse_unknown(reader *in, const char *what, const char *const *names, size_t count)
{
    for (void *i = json_object_iter(in->object); i != NULL && in->status == LOOM_OK;
         i = json_object_iter_next(in->object, i)) {
        const char *key = json_object_iter_key(i);
        char shown[LOOM_SHOWN_SIZE];
        size_t n = 0;
        while (n < count && strcmp(key, names[n]) != 0)
            n++;
        if (n == count)
            in->status = loom_error_set(in->err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                        "%s has no field '%s'", what, loom_text_show(shown, key));
    }
}

/* low to high, or null for "not given", which is `none`. */
static void parse_number(reader *in, const char *name, int64_t low, int64_t high, int64_t none,
                         int64_t *number)
{
    const json_t *value = consume(in, name);
    json_int_t n = json_integer_value(value);
    char allowed[80];

    if (value == NULL)
        return;
    if (json_is_null(value) || (json_is_integer(value) && n >= low && n <= high)) {
        *number = json_is_null(value) ? none : n;
        return;
    }
    (void)snprintf(allowed, sizeof allowed,
                   "a whole number from %" PRId64 " to %" PRId64 " or null", low, high);
    refuse(in, name, allowed);
}

static void parse_flag(reader *in, const char *name, bool *flag)
{
    const json_t *value = consume(in, name);

    if (json_is_boolean(value))
        *flag = json_is_true(value);
    else if (value != NULL)
        refuse(in, name, "true or false");
}

/* NULL when there is none. */
static const char *parse_word(reader *in, const char *name)
{
    const json_t *value = consume(in, name);

    if (value != NULL && !json_is_string(value))
        refuse(in, name, "a string");
    return json_string_value(value);
}

/* ---- sizes --------------------------------------------------------------- */

static void parse_size(reader *in, loom_size *size)
{
    int64_t width = size->width, height = size->height, percent = size->percent;

    parse_number(in, "width", 1, LOOM_SIDE_MAX, 0, &width);
    parse_number(in, "height", 1, LOOM_SIDE_MAX, 0, &height);
    parse_number(in, "percent", 1, LOOM_PERCENT_MAX, 0, &percent);
    *size = (loom_size){(uint32_t)width, (uint32_t)height, (uint32_t)percent};
}

static void refuse_sizes(reader *in)
{
    char allowed[64];

    (void)snprintf(allowed, sizeof allowed, "an array of 1 to %u sizes or null", LOOM_SIZES_MAX);
    refuse(in, "sizes", allowed);
}

static void parse_size_list(reader *in, const json_t *list, loom_recipe *recipe)
{
    static const char *const names[] = {"width", "height", "percent"};
    size_t count = json_array_size(list);

    if (count < 1 || count > LOOM_SIZES_MAX) {
        refuse_sizes(in);
        return;
    }
    for (size_t i = 0; i < count && in->status == LOOM_OK; i++) {
        reader item = {json_array_get(list, i), LOOM_OK, in->err};
        recipe->sizes[i] = (loom_size){0, 0, 0};
        if (json_is_object(item.object)) {
            refuse_unknown(&item, "a size", names, LOOM_COUNT(names));
            parse_size(&item, &recipe->sizes[i]);
            in->status = item.status;
        } else {
            refuse_sizes(in);
        }
    }
    recipe->size_count = (unsigned)count;
}

/* `sizes`, or `width`, `height` and `percent`, which then stand for one. */
static void parse_sizes(reader *in, loom_recipe *recipe)
{
    static const loom_size own = {0, 0, 0};
    const json_t *list = consume(in, "sizes");
    const bool several = recipe->size_count > 1;
    loom_size size = several || json_is_array(list) ? own : recipe->sizes[0];

    parse_size(in, &size);
    bool given = size.width > 0 || size.height > 0 || size.percent > 0;
    if (in->status != LOOM_OK)
        return;
    if (json_is_array(list) && given) {
        refuse(in, "sizes", "null, though there is a width, height or percent beside it");
    } else if (json_is_array(list)) {
        parse_size_list(in, list, recipe);
    } else if (list != NULL && !json_is_null(list)) {
        refuse_sizes(in);
    } else if (!several || given || list != NULL) {
        recipe->sizes[0] = size;
        recipe->size_count = 1;
    }
}

/* ---- the other fields ---------------------------------------------------- */

static void parse_rotation(reader *in, loom_recipe *recipe)
{
    const json_t *value = consume(in, "rotation");
    const double degrees = json_number_value(value);
    char allowed[64];

    if (json_is_number(value) && degrees >= -LOOM_ROTATION_MAX && degrees <= LOOM_ROTATION_MAX) {
        recipe->rotation = loom_rotation_normalise(degrees);
    } else if (value != NULL) {
        (void)snprintf(allowed, sizeof allowed, "a number from -%d to %d", LOOM_ROTATION_MAX,
                       LOOM_ROTATION_MAX);
        refuse(in, "rotation", allowed);
    }
}

static void parse_grayscale(reader *in, loom_recipe *recipe)
{
    const json_t *value = consume(in, "grayscale");

    if (json_is_string(value))
        in->status = loom_grayscale_parse(json_string_value(value), &recipe->grayscale, in->err);
    else if (json_is_boolean(value))
        recipe->grayscale = json_is_true(value) ? LOOM_GRAYSCALE_LUMA : LOOM_GRAYSCALE_NONE;
    else if (value != NULL)
        refuse(in, "grayscale", "true, false or the name of a kind");
}

static void parse_background(reader *in, loom_recipe *recipe)
{
    const json_t *value = consume(in, "background");

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

static void parse_chroma(reader *in, loom_recipe *recipe)
{
    const json_t *value = consume(in, "chroma");

    if (json_is_string(value))
        in->status = loom_chroma_parse(json_string_value(value), &recipe->chroma, in->err);
    else if (json_is_null(value))
        recipe->chroma = LOOM_CHROMA_DEFAULT;
    else if (value != NULL)
        refuse(in, "chroma", "\"420\", \"444\" or null");
}

static void parse_words(reader *in, loom_recipe *recipe)
{
    const char *word;

    if ((word = parse_word(in, "fit")) != NULL)
        in->status = loom_fit_parse(word, &recipe->fit, in->err);
    if ((word = parse_word(in, "position")) != NULL)
        in->status = loom_position_parse(word, &recipe->position, in->err);
    if ((word = parse_word(in, "kernel")) != NULL)
        in->status = loom_kernel_parse(word, &recipe->kernel, in->err);
    if ((word = parse_word(in, "icc")) != NULL)
        in->status = loom_icc_parse(word, &recipe->icc, in->err);
    if ((word = parse_word(in, "metadata")) != NULL)
        in->status = loom_metadata_parse(word, &recipe->metadata, in->err);
    if ((word = parse_word(in, "format")) != NULL)
        in->status = loom_recipe_parse_format(recipe, word, in->err);
    parse_grayscale(in, recipe);
    parse_chroma(in, recipe);
    parse_background(in, recipe);
}

static void parse_flags(reader *in, loom_recipe *recipe)
{
    parse_flag(in, "noUpscale", &recipe->no_upscale);
    parse_flag(in, "flip", &recipe->flip);
    parse_flag(in, "flop", &recipe->flop);
    parse_flag(in, "autoOrient", &recipe->auto_orient);
    parse_flag(in, "animated", &recipe->animated);
    parse_flag(in, "lossless", &recipe->lossless);
    parse_flag(in, "progressive", &recipe->progressive);
}

static void parse_numbers(reader *in, loom_recipe *recipe)
{
    int64_t quality = recipe->quality, effort = recipe->effort;
    int64_t max_bytes = (int64_t)recipe->max_bytes;

    parse_number(in, "quality", 1, LOOM_QUALITY_MAX, 0, &quality);
    parse_number(in, "effort", 0, LOOM_EFFORT_MAX, -1, &effort);
    parse_number(in, "maxBytes", 1, INT64_MAX, 0, &max_bytes);
    recipe->quality = (int)quality;
    recipe->effort = (int)effort;
    recipe->max_bytes = (uint64_t)max_bytes;
}

static loom_status read_object(json_t *object, loom_recipe *recipe, loom_error *err)
{
    static const char *const names[] = {
        "width",    "height",    "percent",  "sizes",  "fit",         "position",
        "kernel",   "noUpscale", "rotation", "flip",   "flop",        "autoOrient",
        "animated", "grayscale", "icc",      "format", "metadata",    "quality",
        "effort",   "lossless",  "maxBytes", "chroma", "progressive", "background"};
    reader in = {object, LOOM_OK, err};

    refuse_unknown(&in, "a recipe", names, LOOM_COUNT(names));
    parse_sizes(&in, recipe);
    parse_rotation(&in, recipe);
    parse_words(&in, recipe);
    parse_flags(&in, recipe);
    parse_numbers(&in, recipe);
    return in.status == LOOM_OK ? loom_recipe_check(recipe, err) : in.status;
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
