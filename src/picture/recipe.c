/* Checks the ranges and combinations of a recipe's values. */
#include "picture/recipe_fields.h"

#include "base/array.h"
#include "base/error.h"
#include <inttypes.h>
#include <stdlib.h>

/* ---- sizes --------------------------------------------------------------- */

static loom_status check_size(const loom_size *size, loom_error *err)
{
    if (size->width > LOOM_SIDE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a width of %u is not from 1 to %u", (unsigned)size->width,
                              LOOM_SIDE_MAX);
    if (size->height > LOOM_SIDE_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a height of %u is not from 1 to %u", (unsigned)size->height,
                              LOOM_SIDE_MAX);
    if (size->percent > LOOM_PERCENT_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% is not from 1%% to %u%%", (unsigned)size->percent,
                              LOOM_PERCENT_MAX);
    if (size->percent > 0 && (size->width > 0 || size->height > 0))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a size of %u%% cannot be combined with a width or height",
                              (unsigned)size->percent);
    return LOOM_OK;
}

static bool is_same_size(const loom_size *a, const loom_size *b)
{
    return a->width == b->width && a->height == b->height && a->percent == b->percent;
}

/* Refuses a size that occurs earlier in the list: their outputs would have the same name. */
static loom_status check_repeated(const loom_recipe *recipe, unsigned index, loom_error *err)
{
    for (unsigned i = 0; i < index; i++)
        if (is_same_size(&recipe->sizes[i], &recipe->sizes[index]))
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "sizes number %u and %u are the same", i + 1, index + 1);
    return LOOM_OK;
}

static loom_status check_sizes(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (recipe->size_count < 1 || recipe->size_count > LOOM_SIZES_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a number of %u sizes is not from 1 to %u", recipe->size_count,
                              LOOM_SIZES_MAX);
    for (unsigned i = 0; i < recipe->size_count && status == LOOM_OK; i++)
        if ((status = check_size(&recipe->sizes[i], err)) == LOOM_OK)
            status = check_repeated(recipe, i, err);
    return status;
}

/* ---- the picture --------------------------------------------------------- */

static loom_status check_angle(const loom_recipe_field *field, double degrees, loom_error *err)
{
    if (degrees >= 0 && degrees < 360) /* NaN is refused, too */
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "a %s of %g is not from 0 to less than 360", field->name, degrees);
}

static loom_status check_real(const loom_recipe *recipe, const loom_recipe_field *field,
                              loom_error *err)
{
    const double value = *(const double *)loom_recipe_field_at(field, recipe);

    if (loom_recipe_field_is_default(field, recipe) || loom_real_is_valid(field, value))
        return LOOM_OK; /* NaN is neither */
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "the recipe's '%s' is not a number from %g to %g", field->name,
                          (double)field->low / 100, (double)field->high / 100);
}

static bool is_valid_part(const loom_recipe_field *field, const void *at)
{
    switch (field->kind) {
    case LOOM_VALUE_EXTRACT:
        return loom_extract_is_valid(at);
    case LOOM_VALUE_RATIO:
        return loom_ratio_is_valid(at);
    case LOOM_VALUE_EDGES:
        return loom_edges_are_valid(at);
    case LOOM_VALUE_BORDER:
        return loom_border_is_valid(at);
    case LOOM_VALUE_LENGTH:
        return loom_length_is_valid(field, at);
    case LOOM_VALUE_PLACE:
        return loom_place_is_valid(at);
    case LOOM_VALUE_FILE:
        return loom_recipe_file_is_valid(at);
    case LOOM_VALUE_TEXT:
        return loom_text_is_valid(at);
    default:
        return true;
    }
}

static loom_status check_part(const loom_recipe *recipe, const loom_recipe_field *field,
                              loom_error *err)
{
    if (loom_recipe_field_is_default(field, recipe) ||
        is_valid_part(field, loom_recipe_field_at(field, recipe)))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "the recipe's '%s' is not %s",
                          field->name, field->allowed);
}

/* Checks values that a program sets directly, not by a word. */
static loom_status check_range(const loom_recipe *recipe, const loom_recipe_field *field,
                               loom_error *err)
{
    const int64_t value = loom_recipe_field_value(field, recipe);

    if (field->kind == LOOM_VALUE_KEYWORD && value >= (int64_t)loom_recipe_field_keywords(field))
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "there is no %s number %" PRId64, field->name, value);
    if (field->kind == LOOM_VALUE_METADATA && (value & ~(int64_t)LOOM_METADATA_BITS) != 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "there is no %s number %" PRId64, field->name, value);
    if (field->kind == LOOM_VALUE_REAL)
        return check_real(recipe, field, err);
    if (field->kind == LOOM_VALUE_ANGLE)
        return check_angle(field, *(const double *)loom_recipe_field_at(field, recipe), err);
    if (field->kind != LOOM_VALUE_NUMBER && field->kind != LOOM_VALUE_BYTES)
        return check_part(recipe, field, err);
    const bool beyond = field->kind == LOOM_VALUE_BYTES &&
                        *(const uint64_t *)loom_recipe_field_at(field, recipe) > INT64_MAX;
    if (!beyond && (value == field->initial || (value >= field->low && value <= field->high)))
        return LOOM_OK;
    return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                          "the recipe's '%s' is not from %" PRId64 " to %" PRId64, field->name,
                          field->low, field->high);
}

static loom_status check_ranges(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = LOOM_OK;

    for (unsigned i = 0; i < LOOM_RECIPE_COUNT && status == LOOM_OK; i++)
        status = check_range(recipe, loom_recipe_field_get((loom_recipe_field_id)i), err);
    return status;
}

/* What says how to do a thing that is not asked for would do nothing. */
static loom_status check_manners(const loom_recipe *recipe, loom_error *err)
{
    static const struct {
        loom_recipe_field_id how, what;
    } pairs[] = {{LOOM_RECIPE_TRIM_BACKGROUND, LOOM_RECIPE_TRIM},
                 {LOOM_RECIPE_EXTEND_WITH, LOOM_RECIPE_EXTEND},
                 {LOOM_RECIPE_BORDER_COLOUR, LOOM_RECIPE_BORDER},
                 {LOOM_RECIPE_WATERMARK_POSITION, LOOM_RECIPE_WATERMARK},
                 {LOOM_RECIPE_WATERMARK_SIZE, LOOM_RECIPE_WATERMARK},
                 {LOOM_RECIPE_WATERMARK_OPACITY, LOOM_RECIPE_WATERMARK},
                 {LOOM_RECIPE_WATERMARK_BLEND, LOOM_RECIPE_WATERMARK},
                 {LOOM_RECIPE_FONT, LOOM_RECIPE_TEXT},
                 {LOOM_RECIPE_TEXT_POSITION, LOOM_RECIPE_TEXT},
                 {LOOM_RECIPE_TEXT_SIZE, LOOM_RECIPE_TEXT},
                 {LOOM_RECIPE_TEXT_COLOUR, LOOM_RECIPE_TEXT},
                 {LOOM_RECIPE_TEXT_OUTLINE, LOOM_RECIPE_TEXT},
                 {LOOM_RECIPE_TEXT_BACKGROUND, LOOM_RECIPE_TEXT}};
    const uint64_t needs = loom_recipe_needs(recipe);

    for (size_t i = 0; i < LOOM_COUNT(pairs); i++)
        if ((needs & LOOM_RECIPE_BIT(pairs[i].how)) != 0 &&
            (needs & LOOM_RECIPE_BIT(pairs[i].what)) == 0)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "%s is of no use without %s",
                                  loom_recipe_field_get(pairs[i].how)->option,
                                  loom_recipe_field_get(pairs[i].what)->option);
    return LOOM_OK;
}

/* A hash alone says which content it was, but not where there is one. */
static loom_status check_files(const loom_recipe *recipe, loom_error *err)
{
    if (recipe->watermark.hashed && recipe->watermark.path[0] == '\0')
        return loom_usage(err, "the recipe's watermark has a hash, but no path");
    return LOOM_OK;
}

static loom_status check_picture(const loom_recipe *recipe, loom_error *err)
{
    const bool by_content =
        recipe->position == LOOM_POSITION_ENTROPY || recipe->position == LOOM_POSITION_ATTENTION;

    if (by_content && recipe->aspect.width > 0)
        return loom_error_set(
            err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
            "the position %s is for the fit cover: an aspect keeps the centre or a side",
            loom_recipe_field_keyword(LOOM_RECIPE_POSITION, recipe->position));
    if (by_content && recipe->fit != LOOM_FIT_COVER)
        return loom_error_set(
            err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
            "the position %s selects the part that a crop keeps, so it needs the fit cover, not %s",
            loom_recipe_field_keyword(LOOM_RECIPE_POSITION, recipe->position),
            loom_recipe_field_keyword(LOOM_RECIPE_FIT, recipe->fit));
    if (!recipe->auto_orient && (recipe->rotation > 0 || recipe->flip || recipe->flop))
        return loom_usage(err, "a rotation, flip or flop needs auto-orientation, because it starts "
                               "from the upright picture");
    if (recipe->median != 0 && recipe->median % 2 == 0)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a median of %d has no middle: the number must be odd",
                              recipe->median);
    if (!recipe->auto_orient && (recipe->extract.width.value > 0 || recipe->aspect.width > 0))
        return loom_usage(err, "an extract or aspect needs auto-orientation, because it is a part "
                               "of the upright picture");
    return LOOM_OK;
}

/* ---- the output ---------------------------------------------------------- */

/* What the encoders are told: what leaves no loss or quality, and what a quality is searched for.
 */
static loom_status check_quality(const loom_recipe *recipe, loom_error *err)
{
    if (recipe->lossless && recipe->chroma == LOOM_CHROMA_420)
        return loom_usage(
            err, "lossless cannot be combined with a chroma of 420, which loses colour samples");
    if (recipe->lossless && recipe->near_lossless >= 0)
        return loom_usage(err, "lossless and near-lossless cannot be combined");
    if (recipe->near_lossless >= 0 && recipe->chroma == LOOM_CHROMA_420)
        return loom_usage(err, "near-lossless cannot be combined with a chroma of 420, which loses "
                               "colour samples");
    if ((recipe->lossless || recipe->near_lossless >= 0) && recipe->max_bytes > 0)
        return loom_usage(
            err,
            "lossless cannot be combined with a file size limit: there is no quality to search");
    if ((recipe->lossless || recipe->near_lossless >= 0) && recipe->ssim > 0)
        return loom_usage(
            err, "lossless cannot be combined with a similarity: there is no quality to search");
    if (recipe->max_bytes > 0 && recipe->ssim > 0)
        return loom_usage(err, "a file size limit and a similarity cannot be combined: each of "
                               "them is what the quality is searched for");
    return LOOM_OK;
}

static bool has_choice(loom_format format, const loom_recipe_field *field)
{
    const loom_format_info *info = loom_format_get(format);

    return format == LOOM_FORMAT_SAME || field->choice == 0 ||
           (info->choices & field->choice) != 0 ||
           (field->choice == LOOM_CHOICE_LOSSLESS && info->always_lossless);
}

/* Whether a format has it. The option lossless is a promise, so that all of them must have it. */
static bool any_has_choice(const loom_recipe *recipe, const loom_recipe_field *field,
                           const loom_format_info **lacking)
{
    const unsigned count = loom_recipe_formats(recipe);
    unsigned have = 0;

    for (unsigned i = 0; i < count; i++) {
        const loom_format format = loom_recipe_format_at(recipe, i);
        if (has_choice(format, field))
            have++;
        else
            *lacking = loom_format_get(format);
    }
    return field->choice == LOOM_CHOICE_LOSSLESS ? have == count : have > 0;
}

/* Refuses options that explicit formats do not have. */
static loom_status check_choices(const loom_recipe *recipe, loom_error *err)
{
    for (unsigned i = 0; i < LOOM_RECIPE_COUNT; i++) {
        const loom_recipe_field *field = loom_recipe_field_get((loom_recipe_field_id)i);
        const loom_format_info *lacking = NULL;
        if (loom_recipe_field_is_default(field, recipe) || any_has_choice(recipe, field, &lacking))
            continue;
        char *formats = loom_choice_formats(field->choice);
        const loom_status status =
            loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is an option of %s, not of %s",
                           field->option != NULL ? field->option : field->name,
                           formats != NULL ? formats : "others", lacking->name);
        free(formats);
        return status;
    }
    return LOOM_OK;
}

static loom_status check_format(const loom_recipe *recipe, loom_format format, loom_error *err)
{
    const loom_format_info *info = loom_format_get(format);

    if (format == LOOM_FORMAT_SAME)
        return LOOM_OK;
    if ((unsigned)format >= LOOM_FORMAT_COUNT || !info->writable)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE, "%s is not an output format",
                              info->name);
    if (recipe->background_given && recipe->background.alpha < 255 && !info->alpha)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a background that is not opaque needs a format with alpha, and %s "
                              "has none",
                              info->name);
    return LOOM_OK;
}

/* All frames, or one, are decoded for all formats. `same` holds the frames of what has some. */
static loom_status check_frames(const loom_recipe *recipe, loom_error *err)
{
    const loom_format first = loom_recipe_format_at(recipe, 0);
    const bool held = first == LOOM_FORMAT_SAME || loom_format_get(first)->animation;

    for (unsigned i = 1; recipe->animated && i < loom_recipe_formats(recipe); i++) {
        const loom_format format = loom_recipe_format_at(recipe, i);
        if ((format == LOOM_FORMAT_SAME || loom_format_get(format)->animation) != held)
            return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                                  "%s and %s cannot be made at once of an animated picture: one "
                                  "holds its frames, the other does not",
                                  loom_recipe_format_name(first), loom_recipe_format_name(format));
    }
    return LOOM_OK;
}

static loom_status check_formats(const loom_recipe *recipe, loom_error *err)
{
    const unsigned count = loom_recipe_formats(recipe);
    loom_status status = LOOM_OK;

    if (recipe->format_count > LOOM_FORMATS_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "a number of %u formats is more than %u", recipe->format_count,
                              LOOM_FORMATS_MAX);
    if (recipe->size_count * count > LOOM_SIZES_MAX)
        return loom_error_set(err, LOOM_ERR_USAGE, LOOM_STAGE_NONE,
                              "%u sizes in %u formats are more than %u outputs", recipe->size_count,
                              count, LOOM_SIZES_MAX);
    for (unsigned i = 0; i < count && status == LOOM_OK; i++)
        status = check_format(recipe, loom_recipe_format_at(recipe, i), err);
    return status == LOOM_OK ? check_frames(recipe, err) : status;
}

static loom_status check_output(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = check_formats(recipe, err);

    if (status == LOOM_OK)
        status = check_quality(recipe, err);
    return status == LOOM_OK ? check_choices(recipe, err) : status;
}

loom_status loom_recipe_check(const loom_recipe *recipe, loom_error *err)
{
    loom_status status = check_ranges(recipe, err);

    if (status == LOOM_OK)
        status = check_sizes(recipe, err);
    if (status == LOOM_OK)
        status = check_picture(recipe, err);
    if (status == LOOM_OK)
        status = check_manners(recipe, err);
    if (status == LOOM_OK)
        status = check_files(recipe, err);
    if (status == LOOM_OK)
        status = check_output(recipe, err);
    return status;
}
