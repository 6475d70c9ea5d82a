#include "engine/vips_render.h"

#include "engine/vips_colour.h"
#include "engine/vips_ops.h"

static VipsKernel kernel_of(const loom_recipe *recipe)
{
    switch (recipe->kernel) {
    case LOOM_KERNEL_NEAREST:
        return VIPS_KERNEL_NEAREST;
    case LOOM_KERNEL_LINEAR:
        return VIPS_KERNEL_LINEAR;
    case LOOM_KERNEL_CUBIC:
        return VIPS_KERNEL_CUBIC;
    case LOOM_KERNEL_MITCHELL:
        return VIPS_KERNEL_MITCHELL;
    case LOOM_KERNEL_LANCZOS2:
        return VIPS_KERNEL_LANCZOS2;
    default:
        return VIPS_KERNEL_LANCZOS3;
    }
}

static bool resize(VipsImage **image, const loom_geometry *geometry, VipsKernel kernel)
{
    const int width = (int)geometry->resize_width, height = (int)geometry->resize_height;
    VipsImage *made = NULL;

    /* Scales from the sizes wanted, so that the result is exact whatever the decoder shrank to. */
    int failed =
        vips_resize(*image, &made, (double)width / vips_image_get_width(*image), "vscale",
                    (double)height / vips_image_get_height(*image), "kernel", kernel, NULL);
    return loom_vips_step(image, &made, failed) && vips_image_get_width(*image) == width &&
           vips_image_get_height(*image) == height;
}

/* Resizes with alpha premultiplied, so that the colour of what is not seen cannot show. */
static bool resize_with_alpha(VipsImage **image, const loom_geometry *geometry, VipsKernel kernel)
{
    const VipsBandFormat format = vips_image_get_format(*image);
    VipsImage *made = NULL;

    return loom_vips_step(image, &made, vips_premultiply(*image, &made, NULL)) &&
           resize(image, geometry, kernel) &&
           loom_vips_step(image, &made, vips_unpremultiply(*image, &made, NULL)) &&
           loom_vips_step(image, &made, vips_rint(*image, &made, NULL)) &&
           loom_vips_step(image, &made, vips_cast(*image, &made, format, NULL));
}

static bool crop(VipsImage **image, const loom_rect *part)
{
    VipsImage *made = NULL;

    if (part->width == (uint32_t)vips_image_get_width(*image) &&
        part->height == (uint32_t)vips_image_get_height(*image))
        return true;
    return loom_vips_step(image, &made,
                          vips_extract_area(*image, &made, (int)part->x, (int)part->y,
                                            (int)part->width, (int)part->height, NULL));
}

static bool transform(const loom_lane_job *job, const loom_lane_output *output, VipsImage **image)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *geometry = &output->geometry;
    const VipsKernel kernel = kernel_of(recipe);
    VipsImage *made = NULL;

    if (vips_image_get_coding(*image) != VIPS_CODING_NONE &&
        !loom_vips_step(image, &made,
                        vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL)))
        return false;
    if ((uint32_t)vips_image_get_width(*image) != geometry->resize_width ||
        (uint32_t)vips_image_get_height(*image) != geometry->resize_height) {
        /* Nearest takes samples as they are: nothing mixes, so nothing need be premultiplied. */
        bool ok = vips_image_hasalpha(*image) && kernel != VIPS_KERNEL_NEAREST
                      ? resize_with_alpha(image, geometry, kernel)
                      : resize(image, geometry, kernel);
        if (!ok)
            return false;
    }
    /* Colour comes after resize and crop, where there are fewer pixels of it. */
    return crop(image, &geometry->crop) &&
           loom_vips_convert_colour(image, recipe, output->task->format, job->common);
}

bool loom_vips_render(const loom_lane_job *job, const loom_lane_output *output, VipsImage *source,
                      uint64_t ticket, loom_picture *picture)
{
    VipsImage *image = g_object_ref(source);
    bool ok = transform(job, output, &image);

    if (ok) {
        VipsImage *watched = loom_vips_watch(image, job->job->cancel, ticket);
        ok = watched != NULL && loom_vips_to_picture(watched, picture);
        if (watched != NULL)
            g_object_unref(watched);
    }
    g_object_unref(image);
    return ok;
}
