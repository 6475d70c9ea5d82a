/* Finds the rows of fields, and handles their values. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/strbuf.h"
#include <stdlib.h>
#include <string.h>

_Static_assert(LOOM_RECIPE_COUNT <= 64, "a bit for each field");
_Static_assert(sizeof(loom_fit) == sizeof(unsigned) && sizeof(loom_format) == sizeof(unsigned) &&
                   sizeof(loom_chroma) == sizeof(unsigned),
               "enumerations are stored as unsigned");

static const loom_recipe_field *get(unsigned id)
{
    return loom_recipe_field_get((loom_recipe_field_id)id);
}

const loom_recipe_field *loom_recipe_field_get(loom_recipe_field_id id)
{
    const unsigned n = (unsigned)id < LOOM_RECIPE_COUNT ? (unsigned)id : 0;

    if (n < LOOM_RECIPE_WATERMARK)
        return &loom_picture_rows[n];
    return n < LOOM_RECIPE_ICC ? &loom_layer_rows[n - LOOM_RECIPE_WATERMARK]
                               : &loom_encoding_rows[n - LOOM_RECIPE_ICC];
}

static bool is_name(const char *name, const char *of)
{
    return of != NULL && strcmp(name, of) == 0;
}

const loom_recipe_field *loom_recipe_field_by_name(const char *name)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = get(i);
        if (is_name(name, field->name) || is_name(name, field->option) ||
            is_name(name, field->alias))
            return field;
    }
    return NULL;
}

/* ---- keywords ------------------------------------------------------------- */

size_t loom_recipe_field_keywords(const loom_recipe_field *field)
{
    size_t count = 0;

    while (field->keywords != NULL && field->keywords[count] != NULL)
        count++;
    return count;
}

const char *loom_recipe_field_keyword(loom_recipe_field_id id, unsigned value)
{
    const loom_recipe_field *field = loom_recipe_field_get(id);

    return value < loom_recipe_field_keywords(field) ? field->keywords[value] : "unknown";
}

char *loom_choice_formats(unsigned choice)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    const char *names[LOOM_FORMAT_COUNT];
    size_t count = 0;

    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = loom_format_get((loom_format)i);
        if (info->writable && (info->choices & choice) != 0)
            names[count++] = info->name;
    }
    for (size_t i = 0; i < count; i++) {
        loom_strbuf_add_str(&out, i == 0 ? "" : i + 1 < count ? ", " : " and ");
        loom_strbuf_add_str(&out, names[i]);
    }
    return loom_strbuf_take(&out);
}

/* ---- values --------------------------------------------------------------- */

int64_t loom_recipe_field_value(const loom_recipe_field *field, const loom_recipe *recipe)
{
    const void *at = loom_recipe_field_at(field, recipe);

    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        return *(const bool *)at;
    case LOOM_VALUE_NUMBER:
        return *(const int *)at;
    case LOOM_VALUE_BYTES: {
        const uint64_t bytes = *(const uint64_t *)at;
        return bytes < INT64_MAX ? (int64_t)bytes : INT64_MAX;
    }
    case LOOM_VALUE_KEYWORD:
    case LOOM_VALUE_FORMAT:
    case LOOM_VALUE_METADATA:
    case LOOM_VALUE_SIDE:
        return *(const unsigned *)at;
    default:
        return 0;
    }
}

void loom_recipe_field_store(const loom_recipe_field *field, loom_recipe *recipe, int64_t value)
{
    void *at = loom_recipe_field_place(field, recipe);

    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        *(bool *)at = value != 0;
        break;
    case LOOM_VALUE_NUMBER:
        *(int *)at = (int)value;
        break;
    case LOOM_VALUE_BYTES:
        *(uint64_t *)at = (uint64_t)value;
        break;
    case LOOM_VALUE_KEYWORD:
    case LOOM_VALUE_FORMAT:
    case LOOM_VALUE_METADATA:
    case LOOM_VALUE_SIDE:
        *(unsigned *)at = (unsigned)value;
        break;
    default:
        break;
    }
}

static double real_default(const loom_recipe_field *field)
{
    return (double)field->initial / 100;
}

bool loom_recipe_field_is_default(const loom_recipe_field *field, const loom_recipe *recipe)
{
    switch (field->kind) {
    case LOOM_VALUE_ANGLE:
        return !(*(const double *)loom_recipe_field_at(field, recipe) > 0);
    case LOOM_VALUE_REAL: {
        const double value = *(const double *)loom_recipe_field_at(field, recipe);
        return value >= real_default(field) && value <= real_default(field);
    }
    case LOOM_VALUE_COLOUR:
        return !*(const bool *)((const char *)recipe + field->given);
    case LOOM_VALUE_SIZES:
        return recipe->size_count == 1;
    case LOOM_VALUE_SIDE:
        return recipe->size_count > 1 || loom_recipe_field_value(field, recipe) == 0;
    case LOOM_VALUE_EXTRACT:
        return ((const loom_extract *)loom_recipe_field_at(field, recipe))->width.value == 0;
    case LOOM_VALUE_EDGES:
    case LOOM_VALUE_BORDER:
        return loom_edges_are_none(loom_recipe_field_at(field, recipe));
    case LOOM_VALUE_LENGTH:
        return ((const loom_length *)loom_recipe_field_at(field, recipe))->value == 0;
    case LOOM_VALUE_RATIO:
        return ((const loom_ratio *)loom_recipe_field_at(field, recipe))->width == 0;
    case LOOM_VALUE_PLACE: {
        const loom_place *place = loom_recipe_field_at(field, recipe);
        return place->where == (uint32_t)field->initial && !place->offset_given;
    }
    case LOOM_VALUE_FILE: {
        const loom_recipe_file *file = loom_recipe_field_at(field, recipe);
        return file->path[0] == '\0' && !file->hashed;
    }
    case LOOM_VALUE_TEXT:
        return *(const char *)loom_recipe_field_at(field, recipe) == '\0';
    case LOOM_VALUE_FORMAT:
        return recipe->format_count < 2 && recipe->format == LOOM_FORMAT_SAME;
    default:
        return loom_recipe_field_value(field, recipe) == field->initial;
    }
}

void loom_recipe_field_reset(const loom_recipe_field *field, loom_recipe *recipe)
{
    switch (field->kind) {
    case LOOM_VALUE_ANGLE:
        *(double *)loom_recipe_field_place(field, recipe) = 0;
        break;
    case LOOM_VALUE_REAL:
        *(double *)loom_recipe_field_place(field, recipe) = real_default(field);
        break;
    case LOOM_VALUE_COLOUR:
        *(loom_colour *)loom_recipe_field_place(field, recipe) = (loom_colour){0, 0, 0, 255};
        *loom_recipe_field_given(field, recipe) = false;
        break;
    case LOOM_VALUE_EXTRACT:
        memset(loom_recipe_field_place(field, recipe), 0, sizeof(loom_extract));
        break;
    case LOOM_VALUE_EDGES:
    case LOOM_VALUE_BORDER:
        memset(loom_recipe_field_place(field, recipe), 0, sizeof(loom_edges));
        break;
    case LOOM_VALUE_LENGTH:
        memset(loom_recipe_field_place(field, recipe), 0, sizeof(loom_length));
        break;
    case LOOM_VALUE_RATIO:
        memset(loom_recipe_field_place(field, recipe), 0, sizeof(loom_ratio));
        break;
    case LOOM_VALUE_PLACE:
        *(loom_place *)loom_recipe_field_place(field, recipe) =
            (loom_place){.where = (uint32_t)field->initial};
        break;
    case LOOM_VALUE_FILE:
        memset(loom_recipe_field_place(field, recipe), 0, sizeof(loom_recipe_file));
        break;
    case LOOM_VALUE_TEXT:
        memset(loom_recipe_field_place(field, recipe), 0, LOOM_WORD_SIZE);
        break;
    case LOOM_VALUE_SIZES:
        memset(recipe->sizes, 0, sizeof recipe->sizes);
        recipe->size_count = 1;
        break;
    case LOOM_VALUE_FORMAT:
        memset(recipe->formats, 0, sizeof recipe->formats);
        recipe->format_count = 0;
        recipe->format = LOOM_FORMAT_SAME;
        break;
    default:
        loom_recipe_field_store(field, recipe, field->initial);
        break;
    }
}

void loom_recipe_init(loom_recipe *recipe)
{
    memset(recipe, 0, sizeof *recipe); /* its padding, too: recipes are compared */
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++)
        loom_recipe_field_reset(get(i), recipe);
}

loom_recipe *loom_recipe_create(void)
{
    loom_recipe *recipe = malloc(sizeof *recipe);

    if (recipe != NULL)
        loom_recipe_init(recipe);
    return recipe;
}

loom_recipe *loom_recipe_copy(const loom_recipe *recipe)
{
    loom_recipe *copy = malloc(sizeof *copy);

    if (copy != NULL)
        memcpy(copy, recipe, sizeof *copy); /* padding, too, as above */
    return copy;
}

void loom_recipe_free(loom_recipe *recipe)
{
    free(recipe);
}

uint64_t loom_recipe_needs(const loom_recipe *recipe)
{
    uint64_t needs = 0;

    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++)
        if (!loom_recipe_field_is_default(get(i), recipe))
            needs |= LOOM_RECIPE_BIT(i);
    return needs;
}

unsigned loom_recipe_outputs(const loom_recipe *recipe)
{
    return recipe->size_count * loom_recipe_formats(recipe);
}

loom_recipe *loom_recipe_of_output(const loom_recipe *recipe, unsigned size, loom_format format)
{
    loom_recipe *made = loom_recipe_copy(recipe);

    if (made == NULL)
        return NULL;
    loom_recipe_field_reset(get(LOOM_RECIPE_SIZES), made);
    if (size < recipe->size_count)
        made->sizes[0] = recipe->sizes[size];
    loom_recipe_field_reset(get(LOOM_RECIPE_FORMAT), made);
    made->format = format;
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = get(i);
        if (field->choice != 0 && (loom_format_get(format)->choices & field->choice) == 0)
            loom_recipe_field_reset(field, made);
    }
    return made;
}
