#include "engine/vips/png_source.h"

#include "engine/codec/png_text.h"
#include "engine/plugin.h"
#include "format/exif.h"

enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */

typedef struct source {
    loom_png_reader *reader;
    loom_png_faults *faults;
} source;

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    const source *s = b;
    const VipsRect *area = &out->valid;
    const size_t pixel =
        (size_t)loom_png_reader_channels(s->reader) * loom_png_reader_depth(s->reader);

    VipsPel *line = VIPS_REGION_ADDR_TOPLEFT(out);

    (void)sequence, (void)a, (void)stop;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++) {
        if ((uint32_t)y != loom_png_reader_at(s->reader))
            return -1;
        const unsigned char *row = loom_png_reader_next(s->reader);
        memcpy(line, row + pixel * (size_t)area->left, pixel * (size_t)area->width);
        line += VIPS_REGION_LSKIP(out);
    }
    *s->faults = *loom_png_reader_faults(s->reader);
    return 0;
}

static void on_close(VipsImage *image, source *s)
{
    (void)image;
    loom_png_reader_free(s->reader);
}

/* What libvips may see otherwise is ours to say. */
static void set_header(VipsImage *image, const loom_png_reader *reader)
{
    const unsigned channels = loom_png_reader_channels(reader);
    const bool deep = loom_png_reader_depth(reader) == 2, gray = channels <= 2;

    image->Xsize = (int)loom_png_reader_width(reader);
    image->Ysize = (int)loom_png_reader_height(reader);
    image->Bands = (int)channels;
    image->BandFmt = deep ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR;
    image->Coding = VIPS_CODING_NONE;
    if (gray)
        image->Type = deep ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    else
        image->Type = deep ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

VipsImage *loom_vips_png(VipsImage *opened, const unsigned char *file, size_t size,
                         loom_png_faults *faults)
{
    loom_png_reader *reader = loom_png_reader_create(file, size);
    VipsImage *rows = NULL, *sequential = NULL;

    if (reader == NULL)
        return NULL;
    rows = vips_image_new();
    source *s = VIPS_NEW(rows, source); /* freed with the image */
    if (s == NULL) {
        loom_png_reader_free(reader);
        g_object_unref(rows);
        return NULL;
    }
    *s = (source){reader, faults};
    (void)g_signal_connect(rows, "close", G_CALLBACK(on_close), s);
    if (vips_image_pipelinev(rows, VIPS_DEMAND_STYLE_THINSTRIP, opened, NULL)) {
        g_object_unref(rows);
        return NULL;
    }
    set_header(rows, reader);
    if (vips_image_generate(rows, NULL, generate, NULL, NULL, s) ||
        vips_sequential(rows, &sequential, "tile_height", STRIP_ROWS, NULL))
        sequential = NULL;
    g_object_unref(rows);
    return sequential;
}

/* ---- metadata behind the pixels --------------------------------------------- */

static void set_exif(VipsImage *image, const unsigned char *tiff, size_t size)
{
    if (vips_image_get_typeof(image, VIPS_META_EXIF_NAME) != 0)
        return;
    vips_image_set_blob_copy(image, VIPS_META_EXIF_NAME, tiff, size);
    vips_image_set_int(image, VIPS_META_ORIENTATION, loom_exif_orientation(tiff, size));
}

static void set_xmp(VipsImage *image, const loom_png_chunk *chunk)
{
    size_t size;
    unsigned char *text;

    if (vips_image_get_typeof(image, VIPS_META_XMP_NAME) != 0)
        return;
    text = loom_png_text_take(chunk, LOOM_METADATA_MAX, "XML:com.adobe.xmp", &size);
    if (text != NULL)
        vips_image_set_blob_copy(image, VIPS_META_XMP_NAME, text, size);
    free(text);
}

void loom_vips_png_late(VipsImage *image, loom_bytes file)
{
    bool pixels = false;
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
        pixels = pixels || loom_png_chunk_is(&chunk, "IDAT");
        if (pixels && loom_png_chunk_is(&chunk, "eXIf"))
            set_exif(image, chunk.start + 8, chunk.length);
        else if (pixels && loom_png_chunk_is(&chunk, "iTXt"))
            set_xmp(image, &chunk);
    }
}
