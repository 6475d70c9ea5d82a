/* Reads a recipe from JSON or from a report. */
#include "picture/recipe_fields.h"

#include "base/error.h"
#include "base/text.h"
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The schema version of reports whose recipe is read. */
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

/* The field's value; NULL if it is missing, or if an error has occurred. */
static const json_t *consume(const reader *in, const char *name)
{
    return in->status == LOOM_OK ? json_object_get(in->object, name) : NULL;
}

static bool is_part_of_size(const char *name)
{
    const loom_recipe_field *field = loom_recipe_field_by_name(name);

    return field != NULL && field->kind == LOOM_VALUE_SIDE;
}

static bool is_field(const char *name)
{
    const loom_recipe_field *field = loom_recipe_field_by_name(name);

    return field != NULL && strcmp(field->name, name) == 0;
}

/* The first key that is not known; NULL: all are. */
static const char *find_unknown(const reader *in, bool (*is_known)(const char *name))
{
    for (void *i = json_object_iter(in->object); i != NULL;
         i = json_object_iter_next(in->object, i))
        if (!is_known(json_object_iter_key(i)))
            return json_object_iter_key(i);
    return NULL;
}

static void check_size_keys(reader *in)
{
    const char *key = find_unknown(in, is_part_of_size);
    char shown[LOOM_SHOWN_SIZE];

    if (key != NULL && in->status == LOOM_OK)
        in->status = loom_error_set(in->err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                    "a size has no field '%s'", loom_text_show(shown, key));
}

static void check_keys(reader *in)
{
    const char *key = find_unknown(in, is_field);

    if (key != NULL && in->status == LOOM_OK)
        in->status = loom_recipe_refuse_name(key, in->err);
}

/* low to high, or null for "not given", which is the default. */
static void parse_number(reader *in, const loom_recipe_field *field, int64_t *number)
{
    const json_t *value = consume(in, field->name);
    json_int_t n = json_integer_value(value);
    char allowed[80];

    if (value == NULL)
        return;
    if (json_is_null(value) || (json_is_integer(value) && n >= field->low && n <= field->high)) {
        *number = json_is_null(value) ? field->initial : n;
        return;
    }
    (void)snprintf(allowed, sizeof allowed,
                   "a whole number from %" PRId64 " to %" PRId64 " or null", field->low,
                   field->high);
    refuse(in, field->name, allowed);
}

/* ---- sizes --------------------------------------------------------------- */

static void parse_side(reader *in, loom_recipe_field_id id, uint32_t *side)
{
    int64_t value = *side;

    parse_number(in, loom_recipe_field_get(id), &value);
    *side = (uint32_t)value;
}

static void parse_size(reader *in, loom_size *size)
{
    parse_side(in, LOOM_RECIPE_WIDTH, &size->width);
    parse_side(in, LOOM_RECIPE_HEIGHT, &size->height);
    parse_side(in, LOOM_RECIPE_PERCENT, &size->percent);
}

static const char *sizes_name(void)
{
    return loom_recipe_field_get(LOOM_RECIPE_SIZES)->name;
}

static void refuse_sizes(reader *in)
{
    char allowed[64];

    (void)snprintf(allowed, sizeof allowed, "an array of 1 to %u sizes or null", LOOM_SIZES_MAX);
    refuse(in, sizes_name(), allowed);
}

static void parse_size_list(reader *in, const json_t *list, loom_recipe *recipe)
{
    size_t count = json_array_size(list);

    if (count < 1 || count > LOOM_SIZES_MAX) {
        refuse_sizes(in);
        return;
    }
    for (size_t i = 0; i < count && in->status == LOOM_OK; i++) {
        reader item = {json_array_get(list, i), LOOM_OK, in->err};
        recipe->sizes[i] = (loom_size){0, 0, 0};
        if (json_is_object(item.object)) {
            check_size_keys(&item);
            parse_size(&item, &recipe->sizes[i]);
            in->status = item.status;
        } else {
            refuse_sizes(in);
        }
    }
    recipe->size_count = (unsigned)count;
}

/* Reads `sizes`, or `width`, `height` and `percent`, which form a single size. */
static void parse_sizes(reader *in, loom_recipe *recipe)
{
    static const loom_size own = {0, 0, 0};
    const json_t *list = consume(in, sizes_name());
    const bool several = recipe->size_count > 1;
    loom_size size = several || json_is_array(list) ? own : recipe->sizes[0];

    parse_size(in, &size);
    bool given = size.width > 0 || size.height > 0 || size.percent > 0;
    if (in->status != LOOM_OK)
        return;
    if (json_is_array(list) && given) {
        refuse(in, sizes_name(), "null, although there is a width, height or percent");
    } else if (json_is_array(list)) {
        parse_size_list(in, list, recipe);
    } else if (list != NULL && !json_is_null(list)) {
        refuse_sizes(in);
    } else if (!several || given || list != NULL) {
        recipe->sizes[0] = size;
        recipe->size_count = 1;
    }
}

/* ---- the other kinds ----------------------------------------------------- */

static void parse_flag(reader *in, const loom_recipe_field *field, const json_t *value,
                       loom_recipe *recipe)
{
    if (json_is_boolean(value))
        loom_recipe_field_store(field, recipe, json_is_true(value));
    else
        refuse(in, field->name, "true or false");
}

/* Whether null stands for "not given". */
static bool is_nullable(const loom_recipe_field *field)
{
    switch (field->kind) {
    case LOOM_VALUE_COLOUR:
    case LOOM_VALUE_EXTRACT:
    case LOOM_VALUE_RATIO:
    case LOOM_VALUE_EDGES:
    case LOOM_VALUE_BORDER:
    case LOOM_VALUE_LENGTH:
    case LOOM_VALUE_PLACE:
    case LOOM_VALUE_FILE:
    case LOOM_VALUE_TEXT:
        return true;
    default:
        return field->low > 0;
    }
}

/* A value that is a word in an option is a string in JSON. */
static void parse_word(reader *in, const loom_recipe_field *field, const json_t *value,
                       loom_recipe *recipe)
{
    const bool implied = field->implied != NULL, nullable = is_nullable(field);

    if (json_is_string(value))
        in->status = loom_recipe_field_set(field, recipe, json_string_value(value), in->err);
    else if (implied && json_is_true(value))
        in->status = loom_recipe_field_set(field, recipe, NULL, in->err);
    else if ((implied && json_is_false(value)) || (nullable && json_is_null(value)))
        loom_recipe_field_reset(field, recipe);
    else if (field->kind == LOOM_VALUE_COLOUR)
        refuse(in, field->name, "a colour or null");
    else
        refuse(in, field->name,
               implied    ? "true, false or a string"
               : nullable ? "a string or null"
                          : "a string");
}

/* A path, or an object of `path` and `hash`, either of which may be missing. */
static void parse_file(reader *in, const loom_recipe_field *field, const json_t *value,
                       loom_recipe *recipe)
{
    const json_t *path = json_object_get(value, "path"), *hash = json_object_get(value, "hash");
    const size_t known = (path != NULL) + (size_t)(hash != NULL);
    loom_recipe_file file = {.hashed = 0};

    if (!json_is_object(value)) {
        parse_word(in, field, value, recipe);
        return;
    }
    if (known == 0 || json_object_size(value) != known || (path != NULL && !json_is_string(path)) ||
        (hash != NULL && !json_is_string(hash))) {
        refuse(in, field->name, "a string, null, or an object of a path and a hash");
        return;
    }
    if (path != NULL)
        in->status = loom_recipe_file_set(&file, json_string_value(path), in->err);
    if (in->status == LOOM_OK && hash != NULL &&
        !loom_recipe_file_set_hash(&file, json_string_value(hash)))
        refuse(in, field->name, "an object whose hash has 32 hexadecimal digits");
    if (in->status == LOOM_OK)
        *(loom_recipe_file *)loom_recipe_field_place(field, recipe) = file;
}

/* A number; true, false or the word for LOOM_AUTO where the row has that; null. */
static void parse_real(reader *in, const loom_recipe_field *field, const json_t *value,
                       loom_recipe *recipe)
{
    const double number = json_number_value(value);
    char allowed[80];

    if (json_is_number(value) && number >= 0 && loom_real_is_valid(field, number)) {
        *(double *)loom_recipe_field_place(field, recipe) = number;
    } else if (json_is_null(value) || (field->implied != NULL && json_is_false(value))) {
        loom_recipe_field_reset(field, recipe);
    } else if (field->implied != NULL && (json_is_true(value) || json_is_string(value))) {
        in->status = loom_recipe_field_set(field, recipe, json_string_value(value), in->err);
    } else {
        (void)snprintf(allowed, sizeof allowed, "a number from %g to %g%s or null",
                       (double)field->low / 100, (double)field->high / 100,
                       field->implied != NULL ? ", true, false" : "");
        refuse(in, field->name, allowed);
    }
}

static void parse_angle(reader *in, const loom_recipe_field *field, const json_t *value,
                        loom_recipe *recipe)
{
    const double degrees = json_number_value(value);
    char allowed[64];

    if (json_is_number(value) && degrees >= (double)field->low && degrees <= (double)field->high) {
        *(double *)loom_recipe_field_place(field, recipe) = loom_rotation_normalise(degrees);
        return;
    }
    (void)snprintf(allowed, sizeof allowed, "a number from %" PRId64 " to %" PRId64, field->low,
                   field->high);
    refuse(in, field->name, allowed);
}

static void parse_field(reader *in, const loom_recipe_field *field, loom_recipe *recipe)
{
    const json_t *value = consume(in, field->name);
    int64_t number = loom_recipe_field_value(field, recipe);

    if (value == NULL)
        return;
    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        parse_flag(in, field, value, recipe);
        break;
    case LOOM_VALUE_NUMBER:
    case LOOM_VALUE_BYTES:
        parse_number(in, field, &number);
        loom_recipe_field_store(field, recipe, number);
        break;
    case LOOM_VALUE_REAL:
        parse_real(in, field, value, recipe);
        break;
    case LOOM_VALUE_ANGLE:
        parse_angle(in, field, value, recipe);
        break;
    case LOOM_VALUE_FILE:
        parse_file(in, field, value, recipe);
        break;
    case LOOM_VALUE_SIDE: /* together, before */
    case LOOM_VALUE_SIZES:
        break;
    default:
        parse_word(in, field, value, recipe);
        break;
    }
}

static loom_status read_object(json_t *object, loom_recipe *recipe, loom_error *err)
{
    reader in = {object, LOOM_OK, err};

    check_keys(&in);
    parse_sizes(&in, recipe);
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++)
        parse_field(&in, loom_recipe_field_get((loom_recipe_field_id)i), recipe);
    return in.status == LOOM_OK ? loom_recipe_check(recipe, err) : in.status;
}

/* Finds the recipe: the JSON itself, or the recipe in a report. NULL with *err set. */
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

/* Data may follow only the first line of an NDJSON report. */
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
                          "line %zu: there is extra data after the end of the recipe", line);
}

loom_status loom_recipe_from_json(loom_recipe *recipe, const char *text, size_t size,
                                  loom_error *err)
{
    json_error_t error;
    loom_recipe read = *recipe;
    char shown[LOOM_SHOWN_SIZE];
    json_t *root = json_loadb(text, size, JSON_REJECT_DUPLICATES | JSON_DISABLE_EOF_CHECK, &error);

    if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
        return loom_no_memory(err, LOOM_STAGE_NONE, "to read the recipe");
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
