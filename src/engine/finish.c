#include "engine/finish.h"

#include "base/error.h"
#include "engine/codec/filter.h"
#include "picture/picture.h"
#include "picture/recipe_fields.h"

/* The recipe's background. Pictures convert a colour to luma themselves, but not to luminance. */
static loom_colour background(const loom_recipe *recipe)
{
    loom_colour colour = recipe->background;

    if (recipe->grayscale == LOOM_GRAYSCALE_LUMINANCE && !recipe->tint_given)
        colour.red = colour.green = colour.blue = loom_colour_luminance(colour);
    return colour;
}

/* The background in a format without alpha: blended with black. */
static loom_colour on_black(loom_colour colour)
{
    return (loom_colour){(uint8_t)((colour.red * colour.alpha + 127) / 255),
                         (uint8_t)((colour.green * colour.alpha + 127) / 255),
                         (uint8_t)((colour.blue * colour.alpha + 127) / 255), 255};
}

static bool is_coloured(loom_colour colour)
{
    return colour.red != colour.green || colour.green != colour.blue;
}

loom_colour loom_finish_fill(const loom_recipe *recipe, loom_format format,
                             const loom_picture *picture)
{
    loom_colour fill = background(recipe);

    if (!loom_format_get(format)->alpha)
        return on_black(fill);
    if (!recipe->background_given && loom_picture_has_alpha(picture))
        fill.alpha = 0;
    return fill;
}

loom_status loom_finish_make_room(loom_picture *picture, const loom_recipe *recipe,
                                  loom_colour fill, loom_error *err)
{
    loom_status status = LOOM_OK;

    if (fill.alpha < 255)
        status = loom_picture_add_alpha(picture, err);
    if (status == LOOM_OK && is_coloured(fill) && recipe->grayscale == LOOM_GRAYSCALE_NONE)
        status = loom_picture_add_colour(picture, err);
    return status;
}

static void make_gray(loom_picture *picture, const loom_recipe *recipe)
{
    if (recipe->grayscale == LOOM_GRAYSCALE_LUMINANCE)
        loom_picture_to_luminance(picture);
    else if (recipe->grayscale == LOOM_GRAYSCALE_LUMA)
        loom_picture_to_luma(picture);
}

static loom_status pad(loom_picture *picture, const loom_recipe *recipe,
                       const loom_geometry *geometry, loom_colour fill, loom_error *err)
{
    if (geometry->inner_width == picture->width && geometry->inner_height == picture->height)
        return LOOM_OK;
    loom_status status = loom_finish_make_room(picture, recipe, fill, err);
    return status != LOOM_OK
               ? status
               : loom_picture_pad(picture, geometry->inner_width, geometry->inner_height,
                                  geometry->left, geometry->top, fill, err);
}

static loom_status extend(loom_picture *picture, const loom_recipe *recipe, loom_colour fill,
                          loom_error *err)
{
    const loom_edges e = recipe->extend;

    if (loom_edges_are_none(&e))
        return LOOM_OK;
    if (recipe->extend_with != LOOM_EXTEND_BACKGROUND)
        return loom_picture_extend(picture, e, recipe->extend_with, err);
    const loom_status status = loom_finish_make_room(picture, recipe, fill, err);
    return status != LOOM_OK
               ? status
               : loom_picture_pad(picture, picture->width + e.left + e.right,
                                  picture->height + e.top + e.bottom, e.left, e.top, fill, err);
}

/* Its colour counts whatever the picture is. */
static loom_status add_border(loom_picture *picture, const loom_recipe *recipe, loom_format format,
                              loom_error *err)
{
    const loom_edges b = recipe->border;
    const bool alpha = loom_format_get(format)->alpha;
    const loom_colour colour = alpha ? recipe->border_colour : on_black(recipe->border_colour);
    loom_status status = LOOM_OK;

    if (loom_edges_are_none(&b))
        return LOOM_OK;
    if (colour.alpha < 255)
        status = loom_picture_add_alpha(picture, err);
    if (status == LOOM_OK && is_coloured(colour))
        status = loom_picture_add_colour(picture, err);
    return status != LOOM_OK
               ? status
               : loom_picture_pad(picture, picture->width + b.left + b.right,
                                  picture->height + b.top + b.bottom, b.left, b.top, colour, err);
}

static loom_status round_corners(loom_picture *picture, loom_length radius, loom_error *err)
{
    const uint32_t shorter = picture->width < picture->height ? picture->width : picture->height;
    const double px =
        radius.percent ? (double)shorter * radius.value / LOOM_LENGTH_WHOLE : radius.value;

    return radius.value == 0 ? LOOM_OK : loom_picture_round(picture, px, err);
}

/* Lays what the recipe says around the picture. */
static loom_status frame(const loom_lane_output *output, const loom_recipe *recipe,
                         loom_colour fill, loom_picture *picture, loom_error *err)
{
    loom_status status = pad(picture, recipe, &output->geometry, fill, err);

    if (status == LOOM_OK)
        status = extend(picture, recipe, fill, err);
    if (status == LOOM_OK)
        status = add_border(picture, recipe, output->task->format, err);
    return status == LOOM_OK ? round_corners(picture, recipe->radius, err) : status;
}

/* For formats without alpha. */
static void flatten(const loom_lane_output *output, const loom_recipe *recipe,
                    loom_picture *picture)
{
    const loom_geometry *g = &output->geometry;
    const loom_format_info *info = loom_format_get(output->task->format);
    const bool shows = loom_picture_has_alpha(picture) || g->angle != 0 ||
                       g->width != g->part.width || g->height != g->part.height;

    if (info->alpha)
        return;
    if (shows && recipe->background.alpha < 255)
        loom_outcome_warn(output->outcome, "%s has no alpha: the background was blended with black",
                          info->name);
    loom_picture_flatten(picture, on_black(background(recipe)));
}

/* Says why a filter ended: the job must stop, or memory is out. */
static loom_status explain(const loom_lane_job *job, loom_status status, loom_error *err)
{
    if (status == LOOM_OK || loom_lane_check_stop(job, LOOM_STAGE_TRANSFORM, err) != LOOM_OK)
        return status;
    return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "to filter the picture");
}

static loom_status filter(const loom_lane_job *job, const loom_geometry *geometry,
                          loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_cancel *cancel = job->job->cancel;
    loom_status status = LOOM_OK;

    if (recipe->median > 0)
        status = loom_picture_median(picture, (unsigned)recipe->median, cancel);
    if (status == LOOM_OK && recipe->blur > 0)
        status = loom_picture_blur(picture, recipe->blur, cancel);
    if (status == LOOM_OK)
        status = loom_picture_sharpen(picture, loom_unsharp_of(recipe, geometry), cancel);
    return explain(job, status, err);
}

/* The picture alone, without what is laid around it. */
static loom_status change(const loom_lane_job *job, const loom_lane_output *output,
                          loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    loom_status status = filter(job, &output->geometry, picture, err);

    if (status == LOOM_OK && loom_tone_is_asked(recipe))
        status = loom_picture_set_tone(picture, recipe, err);
    if (status != LOOM_OK)
        return status;
    make_gray(picture, recipe); /* before padding, with which it commutes: fewer pixels */
    return recipe->tint_given ? loom_picture_tint(picture, recipe->tint, err) : LOOM_OK;
}

/* Of a PNG that has 16 bits without it: palettes hold 8, and libvips would clip the others. */
static bool has_palette(const loom_recipe *recipe, loom_format format)
{
    return recipe->palette != LOOM_PALETTE_NONE &&
           (loom_format_get(format)->choices & LOOM_CHOICE_PALETTE) != 0;
}

loom_status loom_finish_picture(const loom_lane_job *job, const loom_lane_output *output,
                                loom_colour fill, loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    loom_status status = change(job, output, picture, err);

    if (status == LOOM_OK)
        status = frame(output, recipe, fill, picture, err);
    if (status == LOOM_OK)
        flatten(output, recipe, picture);
    if (status == LOOM_OK)
        status = loom_layers_lay(job, output, picture, err);
    if (status == LOOM_OK && has_palette(recipe, output->task->format))
        loom_picture_drop_depth(picture);
    return status;
}
