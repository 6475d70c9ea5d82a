#include "engine/vips/row_source.h"

enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */

typedef struct source {
    loom_png_reader *png; /* or the other */
    loom_jpeg_reader *jpeg;
    size_t pixel; /* bytes */
} source;

/* NULL: it is not the one that comes next, or there is none. */
static const unsigned char *take_row(const source *s, uint32_t y)
{
    if (s->png != NULL)
        return y == loom_png_reader_at(s->png) ? loom_png_reader_next(s->png) : NULL;
    return y == loom_jpeg_reader_at(s->jpeg) ? loom_jpeg_reader_next(s->jpeg) : NULL;
}

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    const source *s = b;
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

/* What libvips may see otherwise is ours to say. */
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

/* Of the image, which then belongs to what is returned. */
static VipsImage *sequence_of(VipsImage *image, const source *s)
{
    source *kept = VIPS_NEW(image, source); /* freed with the image */
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

VipsImage *loom_vips_png_rows(VipsImage *opened, loom_png_reader *reader)
{
    const unsigned channels = loom_png_reader_channels(reader);
    const unsigned depth = loom_png_reader_depth(reader);
    VipsImage *image = begin(opened);

    if (image == NULL)
        return NULL;
    set_header(image, loom_png_reader_width(reader), loom_png_reader_height(reader), channels,
               depth == 2);
    return sequence_of(image, &(source){.png = reader, .pixel = (size_t)channels * depth});
}

VipsImage *loom_vips_jpeg_rows(VipsImage *opened, loom_jpeg_reader *reader)
{
    const unsigned channels = loom_jpeg_reader_channels(reader);
    VipsImage *image = begin(opened);

    if (image == NULL)
        return NULL;
    set_header(image, loom_jpeg_reader_width(reader), loom_jpeg_reader_height(reader), channels,
               false);
    if (channels == 4)
        image->Type = VIPS_INTERPRETATION_CMYK;
    return sequence_of(image, &(source){.jpeg = reader, .pixel = channels});
}
