#include "engine/finish.h"

/* The recipe's background. Pictures convert a colour to luma themselves, but not to luminance. */
static loom_colour background(const loom_recipe *recipe)
{
    loom_colour colour = recipe->background;

    if (recipe->grayscale == LOOM_GRAYSCALE_LUMINANCE)
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
    const bool coloured = fill.red != fill.green || fill.green != fill.blue;
    loom_status status = LOOM_OK;

    if (fill.alpha < 255)
        status = loom_picture_add_alpha(picture, err);
    if (status == LOOM_OK && coloured && recipe->grayscale == LOOM_GRAYSCALE_NONE)
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
    if (geometry->width == picture->width && geometry->height == picture->height)
        return LOOM_OK;
    loom_status status = loom_finish_make_room(picture, recipe, fill, err);
    return status != LOOM_OK ? status
                             : loom_picture_pad(picture, geometry->width, geometry->height,
                                                geometry->left, geometry->top, fill, err);
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

loom_status loom_finish_picture(const loom_lane_output *output, const loom_recipe *recipe,
                                loom_colour fill, loom_picture *picture, loom_error *err)
{
    make_gray(picture, recipe); /* before padding, with which it commutes: fewer pixels */
    const loom_status status = pad(picture, recipe, &output->geometry, fill, err);
    if (status == LOOM_OK)
        flatten(output, recipe, picture);
    return status;
}
