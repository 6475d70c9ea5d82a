#include "engine/codec/resize.h"
#include "engine/vips/ops.h"
#include "engine/vips/steps.h"
#include <stdlib.h>
#include <string.h>

enum { CHANNELS_MAX = 4 };

/* The state of a thread. */
typedef struct sequence {
    VipsRegion *in;
    loom_rows *rows;
    uint32_t added, taken;
} sequence;

static bool is_deep(const VipsImage *image)
{
    return vips_image_get_format(image) == VIPS_FORMAT_USHORT;
}

static size_t pixel_size(const VipsImage *image)
{
    return (size_t)image->Bands * (is_deep(image) ? 2 : 1);
}

bool loom_vips_can_shrink(VipsImage *image, const loom_vips_shrink *how)
{
    return (is_deep(image) || vips_image_get_format(image) == VIPS_FORMAT_UCHAR) &&
           vips_image_get_bands(image) <= CHANNELS_MAX && loom_resize_has_kernel(how->kernel) &&
           how->width <= how->part.width && how->height <= how->part.height;
}

/* For loom_error_text_code: else the picture would count as damaged. */
static void report_shortage(void)
{
    vips_error("imgloom", "out of memory");
}

/* ---- rows ---------------------------------------------------------------- */

/* Has the region hold row y. */
static bool prepare(VipsRegion *in, int y)
{
    enum { STRIP_ROWS = 16 }; /* as libvips' own loaders */
    const VipsRect strip = {0, y, in->im->Xsize, VIPS_MIN(STRIP_ROWS, in->im->Ysize - y)};

    return (y >= in->valid.top && y < VIPS_RECT_BOTTOM(&in->valid)) ||
           !vips_region_prepare(in, &strip);
}

/* Adds rows of the image until the next one can be taken. */
static bool add_rows(sequence *s)
{
    while (!loom_rows_is_ready(s->rows)) {
        const int y = (int)s->added++;
        if (!prepare(s->in, y))
            return false;
        loom_rows_add(s->rows, loom_vips_pixel_at(s->in, 0, y));
    }
    return true;
}

/* The next row, or those of its px that the region has. */
static bool take_row(sequence *s, VipsRegion *out, unsigned char *row)
{
    const VipsRect *area = &out->valid;
    const size_t pixel = pixel_size(out->im);
    const uint32_t y = s->taken++;

    if (!add_rows(s))
        return false;
    loom_rows_take(s->rows, row);
    if (y >= (uint32_t)area->top)
        memcpy(loom_vips_pixel_at(out, area->left, (int)y), row + pixel * (size_t)area->left,
               pixel * (size_t)area->width);
    return true;
}

/* Rows above the region are made, too, and those below it stay to be made. */
static int generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
    const uint32_t end = (uint32_t)VIPS_RECT_BOTTOM(&out->valid);
    sequence *s = seq;
    unsigned char *row = malloc(pixel_size(out->im) * (size_t)out->im->Xsize);
    bool ok = row != NULL;

    (void)a, (void)b, (void)stop;
    if (row == NULL)
        report_shortage();
    if (s->taken > (uint32_t)out->valid.top) {
        loom_rows_restart(s->rows);
        s->added = s->taken = 0;
    }
    while (ok && s->taken < end)
        ok = take_row(s, out, row);
    free(row);
    return ok ? 0 : -1;
}

/* ---- the image ----------------------------------------------------------- */

static int end_sequence(void *seq, void *a, void *b)
{
    sequence *s = seq;

    (void)a, (void)b;
    if (s->in != NULL)
        g_object_unref(s->in);
    loom_rows_free(s->rows);
    g_free(s);
    return 0;
}

static void *start_sequence(VipsImage *out, void *a, void *b)
{
    VipsImage *in = a;
    const loom_vips_shrink *how = b;
    const loom_rows_plan plan = {.width = (uint32_t)in->Xsize,
                                 .height = (uint32_t)in->Ysize,
                                 .channels = (unsigned)in->Bands,
                                 .depth = is_deep(in) ? 2 : 1,
                                 .alpha = vips_image_hasalpha(in),
                                 .part = how->part,
                                 .to_width = (uint32_t)how->width,
                                 .to_height = (uint32_t)how->height,
                                 .kernel = how->kernel};
    sequence *s = g_try_new0(sequence, 1);

    (void)out;
    if (s == NULL) {
        report_shortage();
        return NULL;
    }
    s->in = vips_region_new(in);
    s->rows = loom_rows_create(&plan);
    if (s->in != NULL && s->rows != NULL)
        return s;
    report_shortage();
    (void)end_sequence(s, a, b);
    return NULL;
}

VipsImage *loom_vips_shrink_run(VipsImage *image, const loom_vips_shrink *how)
{
    VipsImage *out = vips_image_new();
    loom_vips_shrink *kept = VIPS_NEW(out, loom_vips_shrink); /* freed with the image */

    g_object_ref(image); /* a pipeline does not hold its input: `out` must */
    vips_object_local(out, image);
    if (kept != NULL && !vips_image_pipelinev(out, VIPS_DEMAND_STYLE_FATSTRIP, image, NULL)) {
        *kept = *how;
        out->Xsize = how->width;
        out->Ysize = how->height;
        if (!vips_image_generate(out, start_sequence, generate, end_sequence, image, kept))
            return out;
    }
    g_object_unref(out);
    return NULL;
}
