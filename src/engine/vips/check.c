/* The check of outputs, where libvips decodes: the input, and the output again. */
#include "engine/check.h"
#include "engine/codec/decoder.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"

enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */

/* ---- the kind of samples ------------------------------------------------- */

/* Sets the channels of an image whose samples a small picture can be made of. */
static bool is_plain(VipsImage *image, unsigned *depth, bool *cmyk)
{
    const VipsBandFormat format = vips_image_get_format(image);
    const int bands = vips_image_get_bands(image);

    *depth = format == VIPS_FORMAT_USHORT ? 2 : 1;
    *cmyk = false;
    if (format != VIPS_FORMAT_UCHAR && format != VIPS_FORMAT_USHORT)
        return false;
    switch (vips_image_guess_interpretation(image)) {
    case VIPS_INTERPRETATION_B_W:
    case VIPS_INTERPRETATION_GREY16:
        return bands <= 2;
    case VIPS_INTERPRETATION_sRGB:
    case VIPS_INTERPRETATION_RGB16:
        return bands == 3 || bands == 4;
    case VIPS_INTERPRETATION_CMYK:
        *cmyk = true;
        return bands == 4;
    default:
        return false;
    }
}

static bool begin(VipsImage *image, loom_small *small, uint32_t width, uint32_t height)
{
    unsigned depth;
    bool cmyk;

    if (!is_plain(image, &depth, &cmyk))
        return false;
    loom_small_begin(small, width, height, (unsigned)vips_image_get_bands(image), depth, cmyk);
    return true;
}

/* Adds the px of the region that lie in the part, of which the small picture is. */
static void add_region(loom_small *small, const loom_rect *part, const VipsRegion *region,
                       const VipsRect *area)
{
    const VipsRect wanted = {(int)part->x, (int)part->y, (int)part->width, (int)part->height};
    VipsRect in;

    vips_rect_intersectrect(area, &wanted, &in);
    if (vips_rect_isempty(&in))
        return;
    for (int y = in.top; y < VIPS_RECT_BOTTOM(&in); y++)
        loom_small_add(small, (uint32_t)(in.left - wanted.left), (uint32_t)(y - wanted.top),
                       (uint32_t)in.width, loom_vips_pixel_at(region, in.left, y));
}

/* Reads rows from the top on. False: libvips fails. */
static bool add_image(loom_small *small, const loom_rect *part, VipsImage *image, int rows)
{
    const int width = vips_image_get_width(image);
    VipsRegion *region = vips_region_new(image);
    bool ok = true;

    for (int y = 0; y < rows && ok; y += STRIP_ROWS) {
        const VipsRect strip = {0, y, width, VIPS_MIN(STRIP_ROWS, rows - y)};
        ok = !vips_region_prepare(region, &strip);
        if (ok)
            add_region(small, part, region, &strip);
    }
    g_object_unref(region);
    return ok;
}

/* ---- the input ----------------------------------------------------------- */

/* The small picture of the job's input, begun, and the part of the decoded image to add. */
static loom_small *begin_source(const loom_lane_job *job, VipsImage *image, int shrink,
                                loom_rect *part)
{
    const int frames = job->animated ? (int)job->header.frames : 1;
    const uint32_t width = (uint32_t)vips_image_get_width(image);
    const uint32_t height = (uint32_t)(vips_image_get_height(image) / frames);
    const bool drawing = loom_container_of(job->header.format)->drawing;
    const loom_density density = {drawing ? (double)width / job->header.width : 1.0 / shrink,
                                  drawing ? (double)height / job->header.height : 1.0 / shrink};
    loom_small *small = job->check != NULL && loom_vips_check_colours(job, image, NULL)
                            ? loom_check_source(job, density, width, height, part)
                            : NULL;

    return small != NULL && begin(image, small, part->width, part->height) ? small : NULL;
}

typedef struct tap {
    loom_small *small;
    loom_rect part;
} tap;

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    VipsRegion *in = sequence;
    const tap *t = b;
    const VipsRect *area = &out->valid;

    (void)a, (void)stop;
    if (vips_region_prepare(in, area) || vips_region_region(out, in, area, area->left, area->top))
        return -1;
    add_region(t->small, &t->part, in, area);
    return 0;
}

bool loom_vips_check_stream(const loom_lane_job *job, VipsImage **image, int shrink)
{
    loom_rect part;
    loom_small *small = begin_source(job, *image, shrink, &part);
    VipsImage *out = small != NULL ? vips_image_new() : NULL;

    if (small == NULL)
        return true;
    tap *t = VIPS_NEW(out, tap); /* freed with the image */
    vips_object_local(out, *image);
    if (t == NULL || vips_image_pipelinev(out, VIPS_DEMAND_STYLE_ANY, *image, NULL) ||
        vips_image_generate(out, vips_start_one, generate, vips_stop_one, *image, t)) {
        g_object_ref(*image);
        g_object_unref(out);
        return false;
    }
    *t = (tap){small, part};
    *image = out;
    return true;
}

bool loom_vips_check_memory(const loom_lane_job *job, VipsImage *image, int shrink)
{
    loom_rect part;
    loom_small *small = begin_source(job, image, shrink, &part);

    if (small == NULL)
        return true;
    const bool ok = add_image(small, &part, image, (int)(part.y + part.height));
    loom_vips_check_end(job, image);
    return ok;
}

/* ---- the output, again --------------------------------------------------- */

/* By the decoder of a format that libvips does not read. */
static loom_status read_decoded(const loom_decoder *decoder, const loom_lane_job *job,
                                loom_small *small, loom_reread *read, loom_error *err)
{
    const bool frames = job->header.frames > 1;
    loom_decoded decoded = {.delays = NULL};
    loom_error error = LOOM_ERROR_INIT;
    loom_status status = LOOM_OK;

    if (decoder->probe(&job->input, &job->header, &error) != LOOM_OK ||
        decoder->decode(&job->input, &job->header, frames, &decoded, &error) != LOOM_OK)
        return error.code == LOOM_ERR_OUT_OF_MEMORY
                   ? loom_error_set(err, error.code, LOOM_STAGE_ENCODE, "%s", error.message)
                   : loom_reread_damaged(err, error.message);
    if (decoded.missing || decoded.damage != NULL)
        status = loom_reread_damaged(err, decoded.damage);
    else
        loom_reread_picture(&decoded.picture, frames ? job->header.frames : 1, small, read);
    loom_decoded_release(&decoded);
    return status;
}

static loom_status explain(const loom_lane_job *job, loom_error *err)
{
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err);

    return stopped != LOOM_OK ? stopped
                              : loom_vips_error_set(err, LOOM_ERR_CHECK_FAILED, LOOM_STAGE_ENCODE,
                                                    "the output cannot be decoded again");
}

static bool read_image(const loom_lane_job *job, VipsImage *image, uint32_t frames,
                       loom_small *small, loom_reread *read, uint64_t ticket)
{
    VipsImage *watched = loom_vips_watch(image, job->job->cancel, ticket);
    const int height = vips_image_get_height(image);

    read->width = (uint32_t)vips_image_get_width(image);
    read->height = (uint32_t)height / frames;
    if (watched == NULL)
        return false;
    const loom_rect part = {0, 0, read->width, read->height};
    const bool ok =
        begin(image, small, part.width, part.height) && add_image(small, &part, watched, height);
    g_object_unref(watched);
    if (ok)
        loom_small_end(small);
    return ok;
}

static loom_status read_by_libvips(const loom_lane_job *job, loom_small *small, loom_reread *read,
                                   loom_error *err)
{
    const uint32_t frames = job->header.frames > 1 && loom_format_get(job->header.format)->animation
                                ? job->header.frames
                                : 1;
    const loom_vips_load load = {
        .fail_on = LOOM_FAIL_ON_ERROR, .shrink = 1, .scale = 1, .frames = frames > 1};
    loom_outcome own;
    loom_vips_log log;
    loom_status status = LOOM_OK;

    loom_outcome_init(&own);
    loom_vips_log_begin(&log, &own);
    VipsImage *image = loom_vips_open(job->header.format, job->input.data, job->input.size, &load);
    if (image == NULL || !read_image(job, image, frames, small, read, log.ticket) ||
        loom_vips_log_damage(&log) > 0)
        status = explain(job, err);
    if (image != NULL)
        g_object_unref(image);
    loom_vips_log_end(&log);
    loom_outcome_release(&own);
    return status;
}

loom_status loom_vips_reread(const loom_lane_job *job, loom_small *small, loom_reread *read,
                             loom_error *err)
{
    const loom_decoder *decoder = loom_decoder_of(job->header.format);

    return decoder != NULL ? read_decoded(decoder, job, small, read, err)
                           : read_by_libvips(job, small, read, err);
}
