#include "engine/vips/png_source.h"

#include "engine/codec/png_read.h"

enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */

typedef struct source {
    loom_png_reader *reader;
    bool *gave_up;
} source;

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    const source *s = b;
    const VipsRect *area = &out->valid;
    const size_t pixel = loom_png_reader_channels(s->reader);

    VipsPel *line = VIPS_REGION_ADDR_TOPLEFT(out);

    (void)sequence, (void)a, (void)stop;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        const unsigned char *row = (uint32_t)y == loom_png_reader_at(s->reader) && !*s->gave_up
                                       ? loom_png_reader_next(s->reader)
                                       : NULL;
        if (row == NULL) {
            *s->gave_up = true;
            return -1;
        }
        memcpy(line, row + pixel * (size_t)area->left, pixel * (size_t)area->width);
        line += VIPS_REGION_LSKIP(out);
    }
    return 0;
}

static void on_close(VipsImage *image, source *s)
{
    (void)image;
    loom_png_reader_free(s->reader);
}

static bool is_alike(const VipsImage *image, const loom_png_reader *reader)
{
    return (uint32_t)vips_image_get_width(image) == loom_png_reader_width(reader) &&
           (uint32_t)vips_image_get_height(image) == loom_png_reader_height(reader) &&
           (unsigned)vips_image_get_bands(image) == loom_png_reader_channels(reader) &&
           vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
           vips_image_get_coding(image) == VIPS_CODING_NONE;
}

VipsImage *loom_vips_png(VipsImage *opened, const unsigned char *file, size_t size, bool *gave_up)
{
    loom_png_reader *reader = loom_png_reader_create(file, size);
    VipsImage *rows = NULL, *sequential = NULL;

    if (reader == NULL || !is_alike(opened, reader)) {
        loom_png_reader_free(reader);
        return NULL;
    }
    rows = vips_image_new();
    source *s = VIPS_NEW(rows, source); /* freed with the image */
    if (s == NULL) {
        loom_png_reader_free(reader);
        g_object_unref(rows);
        return NULL;
    }
    *s = (source){reader, gave_up};
    *gave_up = false;
    (void)g_signal_connect(rows, "close", G_CALLBACK(on_close), s);
    if (vips_image_pipelinev(rows, VIPS_DEMAND_STYLE_THINSTRIP, opened, NULL) ||
        vips_image_generate(rows, NULL, generate, NULL, NULL, s) ||
        vips_sequential(rows, &sequential, "tile_height", STRIP_ROWS, NULL))
        sequential = NULL;
    g_object_unref(rows);
    return sequential;
}
