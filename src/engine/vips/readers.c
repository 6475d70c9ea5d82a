/* Our own readers, whose rows or pictures become libvips images. */
#include "engine/codec/jpeg_guard.h"
#include "engine/codec/png.h"
#include "engine/codec/webp_read.h"
#include "engine/verdict.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"

enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */

typedef struct rows {
    loom_png_reader *png; /* or the other */
    loom_jpeg_reader *jpeg;
    size_t pixel; /* bytes */
} rows;

/* NULL: it is not the next row, or there is none. */
static const unsigned char *take_row(const rows *s, uint32_t y)
{
    if (s->png != NULL)
        return y == loom_png_reader_at(s->png) ? loom_png_reader_next(s->png) : NULL;
    return y == loom_jpeg_reader_at(s->jpeg) ? loom_jpeg_reader_next(s->jpeg) : NULL;
}

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    const rows *s = b;
    const VipsRect *area = &out->valid;
    VipsPel *line = VIPS_REGION_ADDR_TOPLEFT(out);

    (void)sequence, (void)a, (void)stop;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        const unsigned char *row = take_row(s, (uint32_t)y);
        if (row == NULL)
            return -1;
        memcpy(line, row + s->pixel * (size_t)area->left, s->pixel * (size_t)area->width);
        line += VIPS_REGION_LSKIP(out);
    }
    return 0;
}

/* Sets the header fields that libvips may interpret differently. */
static void set_header(VipsImage *image, uint32_t width, uint32_t height, unsigned channels,
                       bool deep)
{
    image->Xsize = (int)width;
    image->Ysize = (int)height;
    image->Bands = (int)channels;
    image->BandFmt = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    image->Coding = VIPS_CODING_NONE;
    if (channels <= 2)
        image->Type = deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    else
        image->Type = deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

/* Turns the image into a sequence, which then owns it. */
static VipsImage *sequence_of(VipsImage *image, const rows *s)
{
    rows *kept = VIPS_NEW(image, rows); /* freed with the image */
    VipsImage *sequential = NULL;

    if (kept != NULL)
        *kept = *s;
    if (kept == NULL || vips_image_generate(image, NULL, generate, NULL, NULL, kept) ||
        vips_sequential(image, &sequential, "tile_height", STRIP_ROWS, NULL))
        sequential = NULL;
    g_object_unref(image);
    return sequential;
}

static VipsImage *begin(VipsImage *opened)
{
    VipsImage *image = vips_image_new();

    if (!vips_image_pipelinev(image, VIPS_DEMAND_STYLE_THINSTRIP, opened, NULL))
        return image;
    g_object_unref(image);
    return NULL;
}

/*
 * An image to be read once, from top to bottom, with the resolution and metadata of `opened`. The
 * reader must outlive the reading. NULL: libvips fails.
 */
static VipsImage *png_rows(VipsImage *opened, loom_png_reader *reader)
{
    const unsigned channels = loom_png_reader_channels(reader);
    const unsigned depth = loom_png_reader_depth(reader);
    VipsImage *image = begin(opened);

    if (image == NULL)
        return NULL;
    set_header(image, loom_png_reader_width(reader), loom_png_reader_height(reader), channels,
               depth == 2);
    return sequence_of(image, &(rows){.png = reader, .pixel = (size_t)channels * depth});
}

static VipsImage *jpeg_rows(VipsImage *opened, loom_jpeg_reader *reader)
{
    const unsigned channels = loom_jpeg_reader_channels(reader);
    VipsImage *image = begin(opened);

    if (image == NULL)
        return NULL;
    set_header(image, loom_jpeg_reader_width(reader), loom_jpeg_reader_height(reader), channels,
               false);
    if (channels == 4)
        image->Type = VIPS_INTERPRETATION_CMYK;
    return sequence_of(image, &(rows){.jpeg = reader, .pixel = channels});
}

/* ---- instead of libvips -------------------------------------------------- */

static bool is_alike(VipsImage *a, VipsImage *b)
{
    return vips_image_get_width(a) == vips_image_get_width(b) &&
           vips_image_get_height(a) == vips_image_get_height(b) &&
           vips_image_get_bands(a) == vips_image_get_bands(b) &&
           vips_image_get_format(a) == vips_image_get_format(b);
}

/* The picture in memory, with the fields of libvips' image that the rest of the lane needs. */
VipsImage *loom_vips_read_webp(loom_vips_source *source, const loom_lane_job *job)
{
    VipsImage *opened = source->image;

    if (job->animated ||
        !loom_webp_decode(job->input.data, job->input.size, &source->decoded.picture))
        return NULL;
    VipsImage *ours = loom_vips_wrap(&source->decoded.picture);
    if (ours == NULL || !is_alike(ours, opened)) {
        if (ours != NULL)
            g_object_unref(ours);
        loom_picture_release(&source->decoded.picture);
        return NULL;
    }
    loom_vips_copy_block(opened, VIPS_META_ICC_NAME, ours);
    return ours;
}

VipsImage *loom_vips_read_jpeg(loom_vips_source *source, const loom_lane_job *job)
{
    source->jpeg = loom_jpeg_reader_create(job, source->shrink);
    VipsImage *ours = source->jpeg != NULL ? jpeg_rows(source->image, source->jpeg) : NULL;

    if (ours != NULL && is_alike(ours, source->image))
        return ours;
    if (ours != NULL)
        g_object_unref(ours);
    loom_jpeg_reader_free(source->jpeg);
    source->jpeg = NULL;
    return NULL;
}

VipsImage *loom_vips_read_png(loom_vips_source *source, const loom_lane_job *job)
{
    source->png = loom_png_reader_create(job->input.data, job->input.size);
    VipsImage *ours = source->png != NULL ? png_rows(source->image, source->png) : NULL;

    if (ours == NULL) {
        loom_png_reader_free(source->png);
        source->png = NULL;
    }
    return ours;
}

/* ---- verdicts ------------------------------------------------------------ */

loom_status loom_vips_explain(const loom_lane_job *job, loom_error *err)
{
    char text[LOOM_VIPS_ERROR_TEXT];

    loom_vips_error_take(text);
    return loom_verdict_on_failure(job, text, err);
}

static loom_status judge_jpeg(const loom_lane_job *job, const loom_jpeg_reader *reader,
                              bool decoded, loom_error *err)
{
    if (!decoded && !reader->failed)
        return loom_vips_explain(job, err);
    vips_error_clear(); /* it only says that our rows have ended */
    return loom_jpeg_verdict(&reader->guard, decoded, err);
}

loom_status loom_vips_judge_rows(loom_vips_source *source, const loom_lane_job *job, bool decoded,
                                 loom_error *err)
{
    const loom_status status = source->jpeg != NULL ? judge_jpeg(job, source->jpeg, decoded, err)
                               : decoded
                                   ? loom_png_verdict(job, loom_png_reader_faults(source->png), err)
                                   : loom_vips_explain(job, err);

    loom_png_reader_free(source->png);
    loom_jpeg_reader_free(source->jpeg);
    source->png = NULL;
    source->jpeg = NULL;
    return status;
}
