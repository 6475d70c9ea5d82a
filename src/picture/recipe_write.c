/* Writes a recipe as JSON. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/strbuf.h"
#include <inttypes.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Writes the fewest digits that read back as the same number, in any locale. */
static void add_real(loom_strbuf *out, double value)
{
    char text[40];
    int digits = 15;

    do
        (void)snprintf(text, sizeof text, "%.*g", digits, value);
    while (digits++ < 17 && (strtod(text, NULL) < value || strtod(text, NULL) > value));
    const char *point = localeconv()->decimal_point;
    char *found = strstr(text, point);

    if (found == NULL) {
        loom_strbuf_add_str(out, text);
    } else {
        loom_strbuf_add(out, text, (size_t)(found - text));
        loom_strbuf_add_char(out, '.');
        loom_strbuf_add_str(out, found + strlen(point));
    }
}

static void add_colour(loom_strbuf *out, const loom_colour *colour)
{
    loom_strbuf_add_format(out, "\"#%02x%02x%02x%02x\"", colour->red, colour->green, colour->blue,
                           colour->alpha);
}

static void add_size(loom_strbuf *out, const loom_size *size)
{
    const struct {
        loom_recipe_field_id id;
        uint32_t value;
    } parts[] = {{LOOM_RECIPE_WIDTH, size->width},
                 {LOOM_RECIPE_HEIGHT, size->height},
                 {LOOM_RECIPE_PERCENT, size->percent}};
    const char *comma = "";

    loom_strbuf_add_char(out, '{');
    for (size_t n = 0; n < LOOM_COUNT(parts); n++)
        if (parts[n].value > 0) {
            loom_strbuf_add_format(out, "%s\"%s\":%" PRIu32, comma,
                                   loom_recipe_field_get(parts[n].id)->name, parts[n].value);
            comma = ",";
        }
    loom_strbuf_add_char(out, '}');
}

static void add_sizes(loom_strbuf *out, const loom_recipe *recipe)
{
    for (unsigned i = 0; i < recipe->size_count; i++) {
        loom_strbuf_add_char(out, i == 0 ? '[' : ',');
        add_size(out, &recipe->sizes[i]);
    }
    loom_strbuf_add_char(out, ']');
}

static void add_formats(loom_strbuf *out, const loom_recipe *recipe)
{
    for (unsigned i = 0; i < loom_recipe_formats(recipe); i++)
        loom_strbuf_add_format(out, "%s%s", i == 0 ? "\"" : ",",
                               loom_recipe_format_name(loom_recipe_format_at(recipe, i)));
    loom_strbuf_add_char(out, '"');
}

/* Keywords come from our tables, so nothing needs escaping. */
static void add_word(loom_strbuf *out, const loom_recipe_field *field, int64_t value)
{
    const char *word = field->keywords[value];

    if (field->implied != NULL && strcmp(word, field->implied) == 0)
        loom_strbuf_add_str(out, "true");
    else
        loom_strbuf_add_format(out, "\"%s\"", word);
}

/* Values of several parts, as the word of an option. */
static void add_list(loom_strbuf *out, const loom_recipe_field *field, const loom_recipe *recipe)
{
    const void *at = loom_recipe_field_at(field, recipe);

    loom_strbuf_add_char(out, '"');
    switch (field->kind) {
    case LOOM_VALUE_METADATA:
        loom_metadata_add(out, *(const loom_metadata *)at);
        break;
    case LOOM_VALUE_EXTRACT:
        loom_extract_add(out, at);
        break;
    case LOOM_VALUE_RATIO:
        loom_ratio_add(out, at);
        break;
    case LOOM_VALUE_EDGES:
        loom_edges_add(out, at);
        break;
    case LOOM_VALUE_BORDER:
        loom_border_add(out, at);
        break;
    case LOOM_VALUE_PLACE:
        loom_place_add(out, at);
        break;
    default:
        loom_length_add(out, at);
        break;
    }
    loom_strbuf_add_char(out, '"');
}

static void add_value(loom_strbuf *out, const loom_recipe_field *field, const loom_recipe *recipe)
{
    const int64_t value = loom_recipe_field_value(field, recipe);

    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        loom_strbuf_add_str(out, value != 0 ? "true" : "false");
        break;
    case LOOM_VALUE_KEYWORD:
        add_word(out, field, value);
        break;
    case LOOM_VALUE_FORMAT:
        add_formats(out, recipe);
        break;
    case LOOM_VALUE_METADATA:
    case LOOM_VALUE_EXTRACT:
    case LOOM_VALUE_RATIO:
    case LOOM_VALUE_EDGES:
    case LOOM_VALUE_BORDER:
    case LOOM_VALUE_LENGTH:
    case LOOM_VALUE_PLACE:
        add_list(out, field, recipe);
        break;
    case LOOM_VALUE_FILE:
        loom_recipe_file_add(out, loom_recipe_field_at(field, recipe));
        break;
    case LOOM_VALUE_TEXT:
        loom_text_add(out, loom_recipe_field_at(field, recipe));
        break;
    case LOOM_VALUE_ANGLE:
        add_real(out, *(const double *)loom_recipe_field_at(field, recipe));
        break;
    case LOOM_VALUE_REAL: {
        const double real = *(const double *)loom_recipe_field_at(field, recipe);
        if (real < 0)
            loom_strbuf_add_str(out, "true");
        else
            add_real(out, real);
        break;
    }
    case LOOM_VALUE_COLOUR:
        add_colour(out, loom_recipe_field_at(field, recipe));
        break;
    case LOOM_VALUE_SIZES:
        add_sizes(out, recipe);
        break;
    default:
        loom_strbuf_add_format(out, "%" PRId64, value);
        break;
    }
}

char *loom_recipe_to_json(const loom_recipe *recipe)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    loom_strbuf_add_char(&out, '{');
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        if (loom_recipe_field_is_default(field, recipe))
            continue;
        loom_strbuf_add_format(&out, "%s\"%s\":", out.size > 1 ? "," : "", field->name);
        add_value(&out, field, recipe);
    }
    loom_strbuf_add_char(&out, '}');
    return loom_strbuf_take(&out);
}
