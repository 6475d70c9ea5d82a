/* Sets the fields of a recipe from words of options and requests. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/text.h"
#include <imgloom/parse.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- colours ------------------------------------------------------------- */

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The digits after '#': 3 of four bits, or 6 or 8. */
static bool parse_hex_colour(const char *digits, loom_colour *colour)
{
    uint8_t channel[4] = {0, 0, 0, 255};
    size_t length = strlen(digits);

    if (length != 3 && length != 6 && length != 8)
        return false;
    size_t width = length == 3 ? 1 : 2; /* digits a channel */
    for (size_t i = 0; i < length / width; i++) {
        int high = hex_value(digits[i * width]), low = hex_value(digits[i * width + width - 1]);
        if (high < 0 || low < 0)
            return false;
        channel[i] = (uint8_t)(high * 16 + low);
    }
    *colour = (loom_colour){channel[0], channel[1], channel[2], channel[3]};
    return true;
}

loom_status loom_colour_parse(const char *word, loom_colour *colour, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];

    if (word[0] == '#' ? parse_hex_colour(word + 1, colour) : loom_colour_by_name(word, colour))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "'%s' is not a colour: #rgb, #rrggbb, #rrggbbaa or a CSS colour name",
                          loom_text_show(shown, word));
}

/* ---- sizes --------------------------------------------------------------- */

/* A side in pixels replaces a percentage, and vice versa; either replaces several sizes. */
static loom_status set_side(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                            loom_error *err)
{
    uint64_t side;
    loom_status status =
        loom_parse_count(word, (uint64_t)field->low, (uint64_t)field->high, &side, err);

    if (status != LOOM_OK)
        return status;
    if (recipe->size_count > 1)
        loom_recipe_field_reset(loom_recipe_field_get(LOOM_RECIPE_SIZES), recipe);
    if (field == loom_recipe_field_get(LOOM_RECIPE_PERCENT))
        recipe->sizes[0] = (loom_size){0, 0, 0};
    recipe->sizes[0].percent = 0;
    loom_recipe_field_store(field, recipe, (int64_t)side);
    return LOOM_OK;
}

/* ---- the other kinds ----------------------------------------------------- */

/* JSON has words for a flag, and a request may use them. */
static loom_status parse_flag(const char *word, bool *flag, loom_error *err)
{
    static const char *const words[] = {"true", "1", "false", "0"};
    size_t index = 0;

    const loom_status status =
        word == NULL ? LOOM_OK
                     : loom_word_parse(word, "a flag", words, LOOM_COUNT(words), &index, err);
    *flag = index < 2;
    return status;
}

/* For the field itself, or for its option, which sets the opposite of the default. */
static loom_status set_flag(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                            bool by_name, loom_error *err)
{
    bool flag;
    const loom_status status = parse_flag(word, &flag, err);

    if (status == LOOM_OK)
        loom_recipe_field_store(field, recipe, flag == (by_name || !field->initial));
    return status;
}

/* The keyword for which the word is a synonym, or the word itself. */
static const char *find_keyword(const loom_recipe_field *field, const char *word)
{
    for (const char *const *pair = field->synonyms; pair != NULL && *pair != NULL; pair += 2)
        if (loom_ascii_casecmp(word, pair[0]) == 0)
            return pair[1];
    return word;
}

static loom_status set_keyword(loom_recipe *recipe, const loom_recipe_field *field,
                               const char *word, loom_error *err)
{
    const size_t first = (size_t)field->low;
    size_t index;

    const loom_status status = loom_word_parse(
        word != NULL ? find_keyword(field, word) : field->implied, field->noun,
        field->keywords + first, loom_recipe_field_keywords(field) - first, &index, err);
    if (status == LOOM_OK)
        loom_recipe_field_store(field, recipe, (int64_t)(first + index));
    return status;
}

static loom_status set_number(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                              loom_error *err)
{
    uint64_t number;
    loom_status status =
        loom_parse_count(word != NULL ? word : field->implied, (uint64_t)field->low,
                         (uint64_t)field->high, &number, err);

    if (status == LOOM_OK)
        loom_recipe_field_store(field, recipe, (int64_t)number);
    return status;
}

static loom_status set_bytes(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                             loom_error *err)
{
    uint64_t bytes;
    loom_status status = loom_parse_bytes(word, &bytes, err);

    if (status == LOOM_OK && bytes > INT64_MAX)
        status = loom_parse_count(word, 0, INT64_MAX, &bytes, err);
    if (status == LOOM_OK)
        loom_recipe_field_store(field, recipe, (int64_t)bytes);
    return status;
}

double loom_rotation_normalise(double degrees)
{
    double rest = fmod(degrees, 360);

    if (rest < 0)
        rest += 360;
    return rest > 0 && rest < 360 ? rest : 0; /* -0 is 0, and a tiny negative plus 360 is 360 */
}

static loom_status set_angle(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                             loom_error *err)
{
    double degrees;
    loom_status status = loom_parse_decimal(word, (double)field->high, &degrees, err);

    if (status == LOOM_OK)
        *(double *)loom_recipe_field_place(field, recipe) = loom_rotation_normalise(degrees);
    return status;
}

/* N or, where the row says so, P%; or the word for LOOM_AUTO. */
static loom_status set_real(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                            loom_error *err)
{
    const size_t length = word != NULL ? strlen(word) : 0;
    const bool percent = field->percent && length > 0 && word[length - 1] == '%';
    char number[LOOM_SHOWN_SIZE], shown[LOOM_SHOWN_SIZE];
    double value = LOOM_AUTO;
    loom_status status = LOOM_OK;

    if (word != NULL && (field->implied == NULL || loom_ascii_casecmp(word, field->implied) != 0)) {
        (void)snprintf(number, sizeof number, "%.*s", (int)(length - percent), word);
        status = length < sizeof number ? loom_parse_decimal(number, 100000, &value, NULL)
                                        : LOOM_ERR_USAGE;
        value = percent ? value / 100 : value;
        if (status == LOOM_OK && (value < 0 || !loom_real_is_valid(field, value)))
            status = LOOM_ERR_USAGE;
    }
    if (status != LOOM_OK)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is not %s: %s",
                              loom_text_show(shown, word), field->noun, field->allowed);
    *(double *)loom_recipe_field_place(field, recipe) = value;
    return LOOM_OK;
}

static loom_status parse_format(const loom_recipe_field *field, const char *word,
                                loom_format *parsed, loom_error *err)
{
    static const char same[] = "same";
    const char *words[LOOM_FORMAT_COUNT];
    size_t count = 0, unused;
    loom_format format = loom_format_by_name(word);
    bool as_input = loom_ascii_casecmp(word, same) == 0;

    if (as_input || loom_format_get(format)->writable) {
        *parsed = as_input ? LOOM_FORMAT_SAME : format;
        return LOOM_OK;
    }
    for (unsigned i = 0; i < LOOM_FORMAT_COUNT; i++)
        if (loom_format_get((loom_format)i)->writable)
            words[count++] = loom_format_get((loom_format)i)->name;
    words[count++] = same;
    return loom_word_parse(word, field->noun, words, count, &unused, err);
}

static bool has_format(const loom_format *formats, unsigned count, loom_format format)
{
    for (unsigned i = 0; i < count; i++)
        if (formats[i] == format)
            return true;
    return false;
}

static loom_status set_formats(loom_recipe *recipe, const loom_recipe_field *field,
                               const char *word, loom_error *err)
{
    loom_format formats[LOOM_FORMATS_MAX] = {LOOM_FORMAT_SAME};
    char item[LOOM_SHOWN_SIZE];
    unsigned count = 0;

    for (const char *at = word;; at++) {
        const size_t length = strcspn(at, ",");
        (void)snprintf(item, sizeof item, "%.*s",
                       (int)(length < sizeof item ? length : sizeof item - 1), at);
        if (count == LOOM_FORMATS_MAX)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "more than %u formats are given", LOOM_FORMATS_MAX);
        if (parse_format(field, item, &formats[count], err) != LOOM_OK)
            return LOOM_ERR_USAGE;
        if (has_format(formats, count, formats[count]))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' is given twice",
                                  item);
        count++;
        at += length;
        if (*at == '\0')
            break;
    }
    loom_recipe_field_reset(field, recipe);
    recipe->format = formats[0];
    if (count > 1) {
        memcpy(recipe->formats, formats, count * sizeof *formats);
        recipe->format_count = count;
    }
    return LOOM_OK;
}

static loom_status set_colour(loom_recipe *recipe, const loom_recipe_field *field, const char *word,
                              loom_error *err)
{
    const loom_status status = loom_colour_parse(word, loom_recipe_field_place(field, recipe), err);

    if (status == LOOM_OK)
        *loom_recipe_field_given(field, recipe) = true;
    return status;
}

static loom_status refuse_missing(const char *name, loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "'%s' needs a value", name);
}

loom_status loom_recipe_field_set(const loom_recipe_field *field, loom_recipe *recipe,
                                  const char *word, loom_error *err)
{
    if (word == NULL && field->kind != LOOM_VALUE_FLAG && field->implied == NULL)
        return refuse_missing(field->name, err);
    switch (field->kind) {
    case LOOM_VALUE_FLAG:
        return set_flag(recipe, field, word, false, err);
    case LOOM_VALUE_KEYWORD:
        return set_keyword(recipe, field, word, err);
    case LOOM_VALUE_NUMBER:
        return set_number(recipe, field, word, err);
    case LOOM_VALUE_BYTES:
        return set_bytes(recipe, field, word, err);
    case LOOM_VALUE_REAL:
        return set_real(recipe, field, word, err);
    case LOOM_VALUE_ANGLE:
        return set_angle(recipe, field, word, err);
    case LOOM_VALUE_COLOUR:
        return set_colour(recipe, field, word, err);
    case LOOM_VALUE_FORMAT:
        return set_formats(recipe, field, word, err);
    case LOOM_VALUE_METADATA:
        return loom_metadata_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_EXTRACT:
        return loom_extract_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_RATIO:
        return loom_ratio_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_EDGES:
        return loom_edges_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_BORDER:
        return loom_border_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_LENGTH:
        return loom_length_parse(field, word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_PLACE:
        return loom_place_parse(word, loom_recipe_field_place(field, recipe), err);
    case LOOM_VALUE_FILE:
        return loom_recipe_file_set(loom_recipe_field_place(field, recipe), word, err);
    case LOOM_VALUE_TEXT:
        return loom_text_set(loom_recipe_field_place(field, recipe), word, err);
    case LOOM_VALUE_SIDE:
        return set_side(recipe, field, word, err);
    default:
        return loom_sizes_set(recipe, word, err);
    }
}

/* A spelling without an argument is a flag. */
static loom_status check_spelling(const loom_recipe_spelling *spelling, const char *word,
                                  bool *wanted, loom_error *err)
{
    char shown[LOOM_SHOWN_SIZE];
    loom_fit said;

    *wanted = true;
    if (spelling->argument == NULL)
        return parse_flag(word, wanted, err);
    if (word == NULL)
        return refuse_missing(spelling->option, err);
    if (loom_sizes_say_fit(word, &said) && said == LOOM_FIT_FILL)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "'%s' stretches the picture, which '%s' does not",
                              loom_text_show(shown, word), spelling->option);
    return LOOM_OK;
}

loom_status loom_recipe_spelling_set(const loom_recipe_spelling *spelling, loom_recipe *recipe,
                                     const char *word, loom_error *err)
{
    loom_recipe made = *recipe;
    bool wanted;

    if (check_spelling(spelling, word, &wanted, err) != LOOM_OK)
        return LOOM_ERR_USAGE;
    for (unsigned i = 0; i < spelling->count && wanted; i++) {
        const loom_recipe_field *field = loom_recipe_field_get(spelling->sets[i].field);
        const char *own = spelling->sets[i].word;
        const loom_status status = loom_recipe_field_set(field, &made, own ? own : word, err);
        if (status != LOOM_OK)
            return status;
    }
    *recipe = made;
    return LOOM_OK;
}

static const loom_recipe_spelling *find_spelling(const char *name)
{
    const loom_recipe_spelling *spelling = NULL;

    for (unsigned n = 0; (spelling = loom_recipe_spelling_get(n)) != NULL; n++)
        if (strcmp(spelling->option, name) == 0)
            break;
    return spelling;
}

loom_status loom_recipe_refuse_name(const char *name, loom_error *err)
{
    const char *names[LOOM_RECIPE_COUNT];
    char shown[LOOM_SHOWN_SIZE];

    for (unsigned n = 0; n < LOOM_RECIPE_COUNT; n++)
        names[n] = loom_recipe_field_get((loom_recipe_field_id)n)->name;
    const int near = loom_word_nearest(name, names, LOOM_RECIPE_COUNT);
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "a recipe has no field '%s'%s%s%s",
                          loom_text_show(shown, name), near >= 0 ? "; did you mean " : "",
                          near >= 0 ? names[near] : "", near >= 0 ? "?" : "");
}

loom_status loom_recipe_set(loom_recipe *recipe, const char *name, const char *word,
                            loom_error *err)
{
    const loom_recipe_field *field = loom_recipe_field_by_name(name);
    const loom_recipe_spelling *spelling = find_spelling(name);

    if (field == NULL && spelling == NULL)
        return loom_recipe_refuse_name(name, err);
    if (spelling != NULL)
        return loom_recipe_spelling_set(spelling, recipe, word, err);
    if (field->kind == LOOM_VALUE_FLAG && strcmp(name, field->name) == 0)
        return set_flag(recipe, field, word, true, err);
    return loom_recipe_field_set(field, recipe, word, err);
}
