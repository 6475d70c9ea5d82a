#include "engine/vips/steps.h"

#include "engine/vips/colour.h"
#include "engine/vips/ops.h"
#include <math.h>

/* A constant in one version of libvips, and a function in another. */
static uint32_t coord_max(void)
{
    return (uint32_t)VIPS_MAX_COORD;
}

static VipsKernel kernel_of(loom_kernel kernel)
{
    switch (kernel) {
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

/* ---- enlarging ----------------------------------------------------------- */

/* One axis of an enlargement. */
typedef struct axis {
    double scale, shift; /* px x maps to x * scale + shift */
    uint32_t start;      /* of the part to make */
    uint32_t count;      /* px of the part */
} axis;

/*
 * Scales about pixel centres: the centre of pixel x, at x + 1/2, maps to (x + 1/2) * scale. Only
 * nearest scales about corners, as vips_resize does; a thousandth of a pixel keeps rounding from
 * selecting the previous sample.
 */
static axis axis_of(double scale, uint32_t start, uint32_t count, bool nearest)
{
    return (axis){scale, nearest ? -1e-3 : (scale - 1) / 2, start, count};
}

enum { FAR = 1000000 }; /* px: no libvips limits coordinates below this */

/*
 * Limits the `side` px of the source to those that the part needs: *first and *count. The axis is
 * then relative to *first.
 */
static void narrow(axis *a, int side, int *first, int *count)
{
    enum { MARGIN = 4 }; /* px: more than the reach of a kernel */
    const double begin = (a->start - a->shift) / a->scale - MARGIN;
    const double end = ((double)a->start + a->count - a->shift) / a->scale + MARGIN;

    *first = (int)fmin(fmax(floor(begin), 0), side - 1);
    *count = (int)fmin(fmax(ceil(end), *first + 1), side) - *first;
    const double lies = *first * a->scale, base = fmin(floor(lies), a->start);
    a->shift += lies - base;
    a->start -= (uint32_t)base;
}

static bool narrow_both(VipsImage **image, axis *x, axis *y)
{
    int left, top, width, height;
    VipsImage *made = NULL;

    narrow(x, vips_image_get_width(*image), &left, &width);
    narrow(y, vips_image_get_height(*image), &top, &height);
    return loom_vips_step(image, &made,
                          vips_extract_area(*image, &made, left, top, width, height, NULL));
}

/* Makes only the part. vips_resize, which is used in all other cases, is half a pixel off here. */
static bool enlarge(VipsImage **image, double across, double down, const loom_rect *part,
                    VipsKernel kernel)
{
    const bool nearest = kernel == VIPS_KERNEL_NEAREST;
    axis x = axis_of(across, part->x, part->width, nearest);
    axis y = axis_of(down, part->y, part->height, nearest);
    VipsImage *made = NULL;

    if ((part->x >= FAR || part->y >= FAR) && !narrow_both(image, &x, &y))
        return false;
    int area[4] = {(int)x.start, (int)y.start, (int)x.count, (int)y.count};
    VipsArrayInt *oarea = vips_array_int_new(area, 4);
    VipsInterpolate *interpolate = vips_interpolate_new(nearest                        ? "nearest"
                                                        : kernel == VIPS_KERNEL_LINEAR ? "bilinear"
                                                                                       : "bicubic");
    int failed = interpolate == NULL ||
                 vips_affine(*image, &made, across, 0.0, 0.0, down, "oarea", oarea, "odx", x.shift,
                             "ody", y.shift, "interpolate", interpolate, "extend", VIPS_EXTEND_COPY,
                             "premultiplied", TRUE, NULL);
    if (interpolate != NULL)
        g_object_unref(interpolate);
    vips_area_unref(VIPS_AREA(oarea));
    return loom_vips_step(image, &made, failed);
}

/* ---- resizing ------------------------------------------------------------ */

/* Whether libvips cannot represent such a picture, although it can make a part of it. */
static bool is_beyond_libvips(const loom_geometry *geometry)
{
    return geometry->resize_width >= coord_max() || geometry->resize_height >= coord_max();
}

/* Makes only the crop if no side shrinks; otherwise the whole picture. */
static bool resize(VipsImage **image, const loom_geometry *geometry, VipsKernel kernel)
{
    const int width = (int)geometry->resize_width, height = (int)geometry->resize_height;
    /* Scales from the requested sizes, so that the result is exact whatever the decoder has shrunk
     * to. */
    const double across = (double)width / vips_image_get_width(*image);
    const double down = (double)height / vips_image_get_height(*image);
    const bool larger = (across > 1 || down > 1) && kernel != VIPS_KERNEL_NEAREST;
    const loom_rect whole = {0, 0, geometry->resize_width, geometry->resize_height};
    VipsImage *made = NULL;

    if (across >= 1 && down >= 1 && (larger || is_beyond_libvips(geometry)))
        return enlarge(image, across, down, &geometry->crop, kernel);
    if (!loom_vips_step(image, &made,
                        vips_resize(*image, &made, larger ? fmin(across, 1) : across, "vscale",
                                    larger ? fmin(down, 1) : down, "kernel", kernel, NULL)))
        return false;
    if (larger && !enlarge(image, fmax(across, 1), fmax(down, 1), &whole, kernel))
        return false;
    return vips_image_get_width(*image) == width && vips_image_get_height(*image) == height;
}

/* Resizes with premultiplied alpha, so that the colour of invisible pixels has no effect. */
static bool resize_with_alpha(VipsImage **image, const loom_geometry *geometry, VipsKernel kernel)
{
    const VipsBandFormat format = vips_image_get_format(*image);
    VipsImage *made = NULL;

    return loom_vips_step(image, &made, vips_premultiply(*image, &made, NULL)) &&
           resize(image, geometry, kernel) && loom_vips_end_premultiplied(image, format);
}

/* Crops, unless the resize has done it. */
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

bool loom_vips_enlarge(VipsImage **image, uint32_t width, uint32_t height, const loom_rect *part,
                       loom_kernel kernel)
{
    const loom_geometry geometry = {.resize_width = width, .resize_height = height, .crop = *part};

    return (vips_image_hasalpha(*image) && kernel != LOOM_KERNEL_NEAREST
                ? resize_with_alpha(image, &geometry, kernel_of(kernel))
                : resize(image, &geometry, kernel_of(kernel))) &&
           crop(image, part);
}

static bool make_smaller(VipsImage **image, const loom_vips_shrink *how)
{
    VipsImage *made = loom_vips_shrink_run(*image, how);

    return loom_vips_step(image, &made, made == NULL);
}

/*
 * The part of the image, decoded `shrink` times smaller or, of a drawing, at any scale, that the
 * geometry uses. libvips drops the last sample of a side that does not shrink to a whole number.
 */
static loom_area part_of(VipsImage *image, const loom_lane_job *job, const loom_geometry *geometry,
                         int shrink)
{
    const double width = vips_image_get_width(image), height = vips_image_get_height(image);
    const bool drawing = loom_container_of(job->header.format)->drawing;
    const double across = drawing ? job->header.width / width : shrink;
    const double down = drawing ? job->header.height / height : shrink;
    const loom_rect s = geometry->source;

    if (!geometry->extracts && (drawing || shrink == 1))
        return (loom_area){0, 0, width, height};
    return (loom_area){s.x / across, s.y / down, s.width / across, s.height / down};
}

/* Drops the pixels beside the part, which may then reach over the edge by less than one. */
static bool extract(VipsImage **image, loom_area *part)
{
    const uint32_t width = (uint32_t)vips_image_get_width(*image);
    const uint32_t height = (uint32_t)vips_image_get_height(*image);
    loom_rect in;
    VipsImage *made = NULL;

    loom_samples_inside(part->x, part->width, &in.x, &in.width);
    loom_samples_inside(part->y, part->height, &in.y, &in.height);
    in.x = in.x < width ? in.x : width - 1; /* a decoder may have dropped the last one */
    in.y = in.y < height ? in.y : height - 1;
    in.width = in.width < width - in.x ? in.width : width - in.x;
    in.height = in.height < height - in.y ? in.height : height - in.y;
    part->x -= in.x;
    part->y -= in.y;
    return loom_vips_step(image, &made,
                          vips_extract_area(*image, &made, (int)in.x, (int)in.y, (int)in.width,
                                            (int)in.height, NULL));
}

/* Resizes in the most suitable way. Nearest copies samples unchanged: no premultiplying. */
static bool resize_as_suits(VipsImage **image, const loom_recipe *recipe,
                            const loom_geometry *geometry, loom_area part)
{
    const loom_vips_shrink how = {
        .part = part,
        .width = (int)geometry->resize_width,
        .height = (int)geometry->resize_height,
        .kernel = recipe->kernel,
    };
    const VipsKernel kernel = kernel_of(recipe->kernel);

    if (vips_image_get_width(*image) == how.width && vips_image_get_height(*image) == how.height)
        return true;
    if (loom_vips_can_shrink(*image, &how))
        return make_smaller(image, &how);
    return !vips_image_hasalpha(*image) || kernel == VIPS_KERNEL_NEAREST
               ? resize(image, geometry, kernel)
               : resize_with_alpha(image, geometry, kernel);
}

static bool transform(const loom_lane_job *job, const loom_lane_output *output, int shrink,
                      VipsImage **image)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *geometry = &output->geometry;
    loom_area part = part_of(*image, job, geometry, shrink);

    if ((geometry->extracts && !extract(image, &part)) ||
        !resize_as_suits(image, recipe, geometry, part))
        return false;
    /* Colour conversion comes after resize and crop, when there are fewer pixels. */
    return crop(image, &geometry->crop) &&
           loom_vips_convert_colour(image, recipe, output->task->format, job->common);
}

bool loom_vips_render(const loom_lane_job *job, const loom_lane_output *output, VipsImage *source,
                      int shrink, uint64_t ticket, loom_picture *picture)
{
    VipsImage *image = g_object_ref(source);
    bool ok = transform(job, output, shrink, &image);

    if (ok) {
        VipsImage *watched = loom_vips_watch(image, job->job->cancel, ticket);
        ok = watched != NULL && loom_vips_to_picture(watched, picture);
        if (watched != NULL)
            g_object_unref(watched);
    }
    g_object_unref(image);
    return ok;
}
