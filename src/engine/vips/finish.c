#include "engine/vips/steps.h"

#include "engine/finish.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include <math.h>

/*
 * Update this number when the steps below, or another part of this lane, support a new field: the
 * lane declares that it supports all of them.
 */
_Static_assert(LOOM_RECIPE_COUNT == 62, "a field of the recipe that the vips lane does not know");

/* ---- steps that libvips does --------------------------------------------- */

/* The context of a step. */
typedef struct working {
    const loom_lane_job *job;
    uint64_t ticket; /* of the log */
} working;

/* Reports why libvips failed with the picture. */
static loom_status report_failure(const working *w, const loom_picture *picture, loom_error *err)
{
    const loom_status stopped = loom_lane_check_stop(w->job, LOOM_STAGE_TRANSFORM, err);

    return stopped != LOOM_OK
               ? stopped
               : loom_vips_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                                     "libvips cannot transform a picture of %ux%u px",
                                     picture->width, picture->height);
}

/* Replaces the picture by the result of `change` on it as an image. */
static loom_status with_vips(const working *w, loom_picture *picture,
                             bool (*change)(VipsImage **, const void *), const void *data,
                             loom_error *err)
{
    loom_picture made;
    VipsImage *image = loom_vips_wrap_watched(picture, w->job->job->cancel, w->ticket);
    bool ok = image != NULL && change(&image, data) && loom_vips_to_picture(image, &made);

    if (image != NULL)
        g_object_unref(image);
    if (!ok)
        return report_failure(w, picture, err);
    loom_picture_release(picture);
    *picture = made;
    return LOOM_OK;
}

typedef struct turning {
    const loom_geometry *geometry;
    loom_colour fill;
    const loom_picture *picture;
    uint32_t width, height; /* of the canvas, px */
    loom_rect part;         /* the part of it that is made */
} turning;

/* The fill as libvips needs it: a number per band, premultiplied if there is alpha. */
static VipsArrayDouble *background_of(const turning *t, bool premultiplied)
{
    const double scale = t->picture->depth == 2 ? 257 : 1;
    const double weight = premultiplied ? t->fill.alpha / 255.0 : 1;
    const uint8_t luma = loom_colour_luma(t->fill);
    const bool gray = t->picture->channels <= 2;
    double values[4] = {gray ? luma : t->fill.red, t->fill.green, t->fill.blue, 0};

    if (t->picture->cmyk) {
        for (int i = 0; i < 3; i++)
            values[i] = 255 - values[i];
    } else {
        for (int i = 0; i < 3; i++)
            values[i] *= scale * weight;
        values[gray ? 1 : 3] = t->fill.alpha * scale;
    }
    return vips_array_double_new(values, (int)t->picture->channels);
}

/*
 * One affine step that scales to the canvas and rotates about the centre, of which only a part is
 * made. Pixel centres are at whole numbers, so the centre of n pixels is (n - 1) / 2. Clockwise, y
 * downwards: x' = x cos - y sin, y' = x sin + y cos
 */
static int affine(VipsImage *in, VipsImage **out, const turning *t, bool premultiplied)
{
    const loom_geometry *g = t->geometry;
    const double width = vips_image_get_width(in), height = vips_image_get_height(in);
    const double radians = g->angle * VIPS_PI / 180, c = cos(radians), s = sin(radians);
    const double bounds_x = width * fabs(c) + height * fabs(s);
    const double bounds_y = width * fabs(s) + height * fabs(c);
    const double scale_x = t->width / bounds_x, scale_y = t->height / bounds_y;
    const double m[4] = {scale_x * c, -scale_x * s, scale_y * s, scale_y * c};
    const double mx = (width - 1) / 2, my = (height - 1) / 2;
    const double dx = (t->width - 1.0) / 2 - (m[0] * mx + m[1] * my);
    const double dy = (t->height - 1.0) / 2 - (m[2] * mx + m[3] * my);
    int area[4] = {(int)t->part.x, (int)t->part.y, (int)t->part.width, (int)t->part.height};

    VipsArrayInt *oarea = vips_array_int_new(area, 4);
    VipsArrayDouble *fill = background_of(t, premultiplied);
    VipsInterpolate *interpolate = vips_interpolate_new("bicubic");
    int failed = interpolate == NULL ||
                 vips_affine(in, out, m[0], m[1], m[2], m[3], "oarea", oarea, "odx", dx, "ody", dy,
                             "interpolate", interpolate, "background", fill, "extend",
                             VIPS_EXTEND_BACKGROUND, "premultiplied", premultiplied, NULL);
    if (interpolate != NULL)
        g_object_unref(interpolate);
    vips_area_unref(VIPS_AREA(oarea));
    vips_area_unref(VIPS_AREA(fill));
    return failed;
}

static bool turn_by_angle(VipsImage **image, const void *data)
{
    const turning *t = data;
    const VipsBandFormat format = vips_image_get_format(*image);
    VipsImage *made = NULL;

    if (!loom_picture_has_alpha(t->picture))
        return loom_vips_step(image, &made, affine(*image, &made, t, false));
    return loom_vips_step(image, &made, vips_premultiply(*image, &made, NULL)) &&
           loom_vips_step(image, &made, affine(*image, &made, t, true)) &&
           loom_vips_end_premultiplied(image, format);
}

typedef struct enlarging {
    const loom_geometry *geometry;
    loom_rect part;
    loom_kernel kernel;
} enlarging;

static bool enlarge(VipsImage **image, const void *data)
{
    const enlarging *e = data;
    const loom_geometry *g = e->geometry;

    return loom_vips_enlarge(image, g->canvas_width, g->canvas_height, &e->part, e->kernel);
}

/* ---- by content ---------------------------------------------------------- */

/* The canvas at the size in which the content is searched. */
static bool make_look(VipsImage **image, const loom_picture *picture, const loom_geometry *g,
                      loom_colour fill)
{
    const loom_rect whole = {0, 0, g->look_width, g->look_height};
    const turning t = {g, fill, picture, g->look_width, g->look_height, whole};

    if (g->angle == 0) /* it has that size */
        return true;
    if (!turn_by_angle(image, &t))
        return false;
    VipsImage *memory = vips_image_copy_memory(*image); /* it is read repeatedly */
    return loom_vips_step(image, &memory, memory == NULL);
}

/* Sets the position of the window: libvips leaves it in the offsets of its crop. */
static bool look(VipsImage *image, loom_position position, loom_rect *window)
{
    const VipsInteresting interesting =
        position == LOOM_POSITION_ENTROPY ? VIPS_INTERESTING_ENTROPY : VIPS_INTERESTING_ATTENTION;
    VipsImage *made = NULL;

    if (window->width == (uint32_t)vips_image_get_width(image) &&
        window->height == (uint32_t)vips_image_get_height(image))
        return true;
    if (vips_smartcrop(image, &made, (int)window->width, (int)window->height, "interesting",
                       interesting, NULL))
        return false;
    window->x = (uint32_t)-vips_image_get_xoffset(made);
    window->y = (uint32_t)-vips_image_get_yoffset(made);
    g_object_unref(made);
    return true;
}

/* Finds the part of the canvas with the relevant content. */
static loom_status find_part(const working *w, const loom_picture *picture,
                             const loom_geometry *geometry, loom_colour fill, loom_rect *part,
                             loom_error *err)
{
    loom_rect window = loom_geometry_window(geometry);
    VipsImage *image = loom_vips_wrap_watched(picture, w->job->job->cancel, w->ticket);
    const bool ok = image != NULL && make_look(&image, picture, geometry, fill) &&
                    look(image, w->job->job->recipe->position, &window);

    if (image != NULL)
        g_object_unref(image);
    if (!ok)
        return report_failure(w, picture, err);
    *part = loom_geometry_found(geometry, window);
    return LOOM_OK;
}

/* ---- the steps in their order -------------------------------------------- */

/* Rotates the picture, and makes the part of the canvas that is kept. */
static loom_status lay(const working *w, loom_picture *picture, const loom_geometry *geometry,
                       loom_colour fill, loom_error *err)
{
    const loom_geometry *g = geometry;
    const loom_recipe *recipe = w->job->job->recipe;
    loom_rect part = g->part;
    loom_status status = loom_picture_turn(picture, g->turn, err);

    if (status == LOOM_OK && g->angle != 0)
        status = loom_finish_make_room(picture, recipe, fill, err);
    if (status == LOOM_OK && g->by_content)
        status = find_part(w, picture, g, fill, &part, err);
    if (status != LOOM_OK)
        return status;
    if (g->angle != 0) {
        const turning t = {g, fill, picture, g->canvas_width, g->canvas_height, part};
        return with_vips(w, picture, turn_by_angle, &t, err);
    }
    if (picture->width == g->canvas_width && picture->height == g->canvas_height)
        return loom_picture_crop(picture, part, err);
    const enlarging e = {g, part, recipe->kernel};
    return with_vips(w, picture, enlarge, &e, err);
}

loom_status loom_vips_finish(const loom_lane_job *job, const loom_lane_output *output,
                             uint64_t ticket, loom_picture *picture, loom_error *err)
{
    const working w = {job, ticket};
    const loom_recipe *recipe = job->job->recipe;
    const loom_colour fill = loom_finish_fill(recipe, output->task->format, picture);
    const loom_status status = lay(&w, picture, &output->geometry, fill, err);

    return status == LOOM_OK ? loom_finish_picture(job, output, fill, picture, err) : status;
}
