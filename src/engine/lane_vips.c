/*
 * The vips lane: libvips (and stb_image for what libvips does not read) in three steps. The
 * picture is decoded, resized and brought to sRGB in one streaming pass into memory; it is then
 * small, and what is left is done there; at last it is encoded into memory. So nothing but the
 * encoder runs on libvips' writer threads, and the file is written by us.
 */
#include "engine/lane.h"
#include "engine/vips_encode.h"
#include "engine/vips_pipeline.h"

static bool accepts(const loom_probe *probe, const loom_recipe *recipe)
{
    (void)probe, (void)recipe;
    return true;
}

/* Padding of a picture that has alpha, or of one to which the background gives it. */
static loom_status pad(loom_lane_job *job, loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *geometry = &job->geometry;
    const bool keeps_alpha = loom_format_get(job->outcome->format)->alpha;
    loom_colour fill = recipe->background;
    loom_status status = LOOM_OK;

    if (geometry->width == picture->width && geometry->height == picture->height)
        return LOOM_OK;
    if (!recipe->background_given && keeps_alpha && loom_picture_has_alpha(picture))
        fill.alpha = 0;
    const bool coloured = fill.red != fill.green || fill.green != fill.blue;
    if (fill.alpha < 255 && keeps_alpha)
        status = loom_picture_add_alpha(picture, err);
    if (status == LOOM_OK && coloured && recipe->grayscale == LOOM_GRAYSCALE_NONE)
        status = loom_picture_add_colour(picture, err);
    return status != LOOM_OK ? status
                             : loom_picture_pad(picture, geometry->width, geometry->height,
                                                geometry->left, geometry->top, fill, err);
}

/* Grayscale goes first: it commutes with the others, and leaves them less to do. */
static loom_status finish(loom_lane_job *job, loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;

    if (recipe->grayscale != LOOM_GRAYSCALE_NONE)
        loom_picture_to_luma(picture);
    loom_status status = loom_picture_turn(picture, job->geometry.turn, err);
    if (status == LOOM_OK)
        status = pad(job, picture, err);
    if (status == LOOM_OK && !loom_format_get(job->outcome->format)->alpha &&
        loom_picture_has_alpha(picture)) {
        if (recipe->background.alpha < 255 && recipe->background_given)
            loom_outcome_warn(job->outcome,
                              "the background's alpha was dropped: %s has no transparency",
                              loom_format_get(job->outcome->format)->name);
        loom_picture_flatten(picture, recipe->background);
    }
    return status;
}

static loom_status run(loom_lane_job *job, loom_error *err)
{
    loom_picture picture = {0};
    loom_status status = loom_vips_render(job, &picture, err);

    if (status == LOOM_OK)
        status = finish(job, &picture, err);
    if (status == LOOM_OK)
        status = loom_vips_encode(job, &picture, err);
    loom_picture_release(&picture);
    return status;
}

const loom_lane loom_lane_vips = {"vips", accepts, run};
