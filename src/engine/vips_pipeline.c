#include "engine/vips_pipeline.h"

#include "engine/stb_decoder.h"
#include "engine/vips_colour.h"
#include "engine/vips_load.h"
#include "engine/vips_log.h"
#include "engine/vips_picture.h"
#include <inttypes.h>

/*
 * How much smaller a JPEG is decoded: the largest of 1, 2, 4, 8 that leaves the resize something
 * to do. That is sharp's rule; a factor that equals the integer shrink is halved because libjpeg
 * rounds sizes down.
 */
static int jpeg_shrink(const loom_probe *probe, const loom_geometry *geometry)
{
    const uint32_t across = probe->width / geometry->resize_width;
    const uint32_t down = probe->height / geometry->resize_height;
    const uint32_t shrink = across < down ? across : down;
    int factor = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;

    return factor > 1 && (uint32_t)factor == shrink ? factor / 2 : factor;
}

/* ---- steps: each replaces *image; false when libvips fails -------------------------------- */

static bool replace(VipsImage **image, VipsImage **made, int failed)
{
    if (failed)
        return false;
    g_object_unref(*image);
    *image = *made;
    *made = NULL;
    return true;
}

static bool resize(VipsImage **image, const loom_geometry *geometry)
{
    const int width = (int)geometry->resize_width, height = (int)geometry->resize_height;
    VipsImage *made = NULL;

    /* Scales from the sizes wanted, so that the result is exact whatever the decoder shrank to. */
    int failed = vips_resize(*image, &made, (double)width / vips_image_get_width(*image), "vscale",
                             (double)height / vips_image_get_height(*image), NULL);
    return replace(image, &made, failed) && vips_image_get_width(*image) == width &&
           vips_image_get_height(*image) == height;
}

/* Resizes with alpha premultiplied, so that the colour of what is not seen cannot show. */
static bool resize_with_alpha(VipsImage **image, const loom_geometry *geometry)
{
    const VipsBandFormat format = vips_image_get_format(*image);
    VipsImage *made = NULL;

    return replace(image, &made, vips_premultiply(*image, &made, NULL)) &&
           resize(image, geometry) &&
           replace(image, &made, vips_unpremultiply(*image, &made, NULL)) &&
           replace(image, &made, vips_rint(*image, &made, NULL)) &&
           replace(image, &made, vips_cast(*image, &made, format, NULL));
}

static bool crop(VipsImage **image, const loom_rect *part)
{
    VipsImage *made = NULL;

    if (part->width == (uint32_t)vips_image_get_width(*image) &&
        part->height == (uint32_t)vips_image_get_height(*image))
        return true;
    return replace(image, &made,
                   vips_extract_area(*image, &made, (int)part->x, (int)part->y, (int)part->width,
                                     (int)part->height, NULL));
}

static bool transform(loom_lane_job *job, VipsImage **image)
{
    const loom_geometry *geometry = &job->geometry;
    const bool deep = loom_format_get(job->outcome->format)->deep;
    VipsImage *made = NULL;

    if (vips_image_get_coding(*image) != VIPS_CODING_NONE &&
        !replace(image, &made, vips_colourspace(*image, &made, VIPS_INTERPRETATION_sRGB, NULL)))
        return false;
    if ((uint32_t)vips_image_get_width(*image) != geometry->resize_width ||
        (uint32_t)vips_image_get_height(*image) != geometry->resize_height) {
        bool ok = vips_image_hasalpha(*image) ? resize_with_alpha(image, geometry)
                                              : resize(image, geometry);
        if (!ok)
            return false;
    }
    /* Colour comes after resize and crop, where there are fewer pixels of it. */
    return crop(image, &geometry->crop) && loom_vips_to_srgb(image, deep, job->outcome);
}

/* ---- verdict on damage ---------------------------------------------------------------------- */

/*
 * What is missing or damaged, although something was decoded: an error or a warning, as
 * --fail-on says. `missing`: pixel data is not all there.
 */
static loom_status judge(loom_lane_job *job, bool missing, bool damaged, loom_error *err)
{
    const loom_fail_on fail_on = job->job->settings->fail_on;
    const bool no_end = job->integrity != LOOM_INTEGRITY_WHOLE;

    if (missing || (damaged && no_end)) {
        if (fail_on >= LOOM_FAIL_ON_TRUNCATED)
            return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                                  "the file is cut short: picture data is missing");
        loom_outcome_warn(job->outcome, "the file is cut short: picture data is missing");
    } else if (damaged) {
        if (fail_on >= LOOM_FAIL_ON_ERROR)
            return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                                  "the picture data is damaged");
        loom_outcome_warn(job->outcome, "the picture data is damaged");
    } else if (no_end) {
        loom_outcome_warn(job->outcome, "the file lacks its end marker");
    }
    if (fail_on >= LOOM_FAIL_ON_WARNING && job->outcome->warning_count > 0)
        return loom_error_set(err, no_end ? LOOM_ERR_TRUNCATED : LOOM_ERR_CORRUPT,
                              LOOM_STAGE_DECODE, "the decoder complains (--fail-on warning): %s",
                              job->outcome->warnings[0]);
    return LOOM_OK;
}

/* Why nothing could be decoded, in our words: libvips' text may belong to another thread. */
static loom_status explain(loom_lane_job *job, loom_error *err)
{
    const loom_outcome *outcome = job->outcome;
    const char *first = outcome->warning_count > 0 ? outcome->warnings[0] : NULL;
    const char *colon = first != NULL ? ": " : "";
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_DECODE, err);

    vips_error_clear();
    if (stopped != LOOM_OK)
        return stopped;
    if (job->integrity != LOOM_INTEGRITY_WHOLE)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                              "the file is cut short: picture data is missing%s%s", colon,
                              first != NULL ? first : "");
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                          "the picture data is damaged%s%s", colon, first != NULL ? first : "");
}

/* ---- render --------------------------------------------------------------------------------- */

/* Computes the pipeline that ends in `image`. */
static bool to_memory(VipsImage *image, loom_picture *picture)
{
    size_t size;
    void *data = vips_image_write_to_memory(image, &size);

    if (data == NULL)
        return false;
    *picture = (loom_picture){
        .width = (uint32_t)vips_image_get_width(image),
        .height = (uint32_t)vips_image_get_height(image),
        .channels = (unsigned)vips_image_get_bands(image),
        .depth = vips_image_get_format(image) == VIPS_FORMAT_USHORT ? 2 : 1,
        .data = data,
    };
    return true;
}

/* Takes over the reference to `image`, and drops it: libjpeg's warnings come with that. */
static loom_status compute(loom_lane_job *job, VipsImage *image, uint64_t ticket,
                           loom_picture *picture, loom_error *err)
{
    bool ok = transform(job, &image);

    if (ok) {
        VipsImage *watched = loom_vips_watch(image, job->job->cancel, ticket);
        ok = watched != NULL && to_memory(watched, picture);
        if (watched != NULL)
            g_object_unref(watched);
    }
    g_object_unref(image);
    return ok ? LOOM_OK : explain(job, err);
}

static loom_status render_stb(loom_lane_job *job, uint64_t ticket, bool *past_end,
                              loom_picture *picture, loom_error *err)
{
    loom_picture pixels;
    loom_status status = loom_stb_decode(job->probe.format, &job->input, &pixels, past_end, err);

    if (status != LOOM_OK)
        return status;
    VipsImage *image = loom_vips_wrap(&pixels);
    status = image != NULL ? compute(job, image, ticket, picture, err) : explain(job, err);
    loom_picture_release(&pixels);
    return status;
}

static loom_status render_vips(loom_lane_job *job, uint64_t ticket, loom_picture *picture,
                               loom_error *err)
{
    const int shrink =
        job->probe.format == LOOM_FORMAT_JPEG ? jpeg_shrink(&job->probe, &job->geometry) : 1;
    VipsImage *image = loom_vips_open(job->probe.format, job->input.data, job->input.size,
                                      job->job->settings->fail_on, shrink);

    return image != NULL ? compute(job, image, ticket, picture, err) : explain(job, err);
}

loom_status loom_vips_render(loom_lane_job *job, loom_picture *picture, loom_error *err)
{
    loom_vips_log log;
    bool past_end = false;
    loom_status status;

    loom_vips_log_begin(&log, job->outcome);
    if (loom_stb_reads(job->probe.format))
        status = render_stb(job, log.ticket, &past_end, picture, err);
    else
        status = render_vips(job, log.ticket, picture, err);
    const bool damaged = loom_vips_log_damage(&log) > 0;
    loom_vips_log_end(&log);
    if (status != LOOM_OK)
        return status;
    /* A JPEG may lack no more than its end: libjpeg's warnings tell. The others never do. */
    const bool missing = past_end || job->integrity == LOOM_INTEGRITY_CUT;
    status = judge(job, missing, damaged, err);
    if (status != LOOM_OK)
        loom_picture_release(picture);
    return status;
}
