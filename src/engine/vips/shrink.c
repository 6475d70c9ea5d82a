#include "engine/vips/shrink.h"

#include "engine/vips/ops.h"
#include "engine/vips/strip.h"
#include "picture/shrink_rows.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* What a thread makes it with. */
typedef struct sequence {
    VipsRegion *in;
    loom_shrink_rows mix;
    uint16_t *row; /* one that came out of it */
    loom_vips_strip strip;
} sequence;

bool loom_vips_can_shrink(VipsImage *image, const loom_vips_shrink *how)
{
    const int width = vips_image_get_width(image), height = vips_image_get_height(image);
    const bool partial = how->across > width || how->down > height;

    return loom_vips_strip_can(image, how->width, how->kernel) &&
           (partial || loom_vips_strip_pays(image)) && !vips_image_hasalpha(image) &&
           how->width <= width && how->height <= height;
}

/* ---- rows ---------------------------------------------------------------- */

static inline void split(const uint16_t *from, int width, int bands, loom_plane *planes, uint32_t y)
{
    for (int i = 0; i < bands; i++) {
        uint16_t *to = (uint16_t *)(void *)loom_plane_row(&planes[i], y);
        for (int x = 0; x < width; x++)
            to[x] = from[x * bands + i];
    }
}

static inline void join(const loom_plane *planes, uint32_t y, int left, int width, int bands,
                        VipsPel *to)
{
    for (int i = 0; i < bands; i++) {
        const uint16_t *from = (const uint16_t *)(const void *)loom_plane_row(&planes[i], y) + left;
        for (int x = 0; x < width; x++)
            to[x * bands + i] = loom_shrink_rows_round(from[x]);
    }
}

static void split_row(const uint16_t *from, int width, int bands, loom_plane *planes, uint32_t y)
{
    if (bands == 3) /* with a number of bands that the compiler knows */
        split(from, width, 3, planes, y);
    else
        split(from, width, bands, planes, y);
}

static void join_row(const loom_plane *planes, uint32_t y, const VipsRect *area, int bands,
                     VipsPel *to)
{
    if (bands == 3)
        join(planes, y, area->left, area->width, 3, to);
    else
        join(planes, y, area->left, area->width, bands, to);
}

/* ---- strips -------------------------------------------------------------- */

/* The next row that is made, read as much of the image as it takes. */
static bool make_row(sequence *s)
{
    const VipsImage *in = s->in->im;

    while (!loom_shrink_rows_is_ready(&s->mix)) {
        const int top = (int)s->mix.added, left_over = in->Ysize - top;
        const VipsRect wanted = {0, top, in->Xsize, VIPS_MIN(LOOM_STRIP_ROWS, left_over)};
        if (vips_region_prepare(s->in, &wanted))
            return false;
        loom_shrink_rows_add(&s->mix, loom_vips_pixel_at(s->in, 0, top), s->in->bpl,
                             (uint32_t)wanted.height);
    }
    loom_shrink_rows_take(&s->mix, s->row);
    return true;
}

static bool make_strip(const loom_vips_shrink *how, sequence *s, VipsRegion *out, int top, int rows)
{
    const int width = s->in->im->Xsize, bands = s->in->im->Bands;

    if (!loom_vips_strip_reserve(&s->strip, s->in->im))
        return false;
    for (int y = 0; y < rows; y++) {
        if (!make_row(s))
            return false;
        split_row(s->row, width, bands, s->strip.from, (uint32_t)y);
    }
    if (!loom_vips_strip_narrow(&s->strip, bands, how->across, how->width, how->kernel))
        return false;
    VipsPel *to = loom_vips_pixel_at(out, out->valid.left, top);
    for (int y = 0; y < rows; y++, to += out->bpl)
        join_row(s->strip.to, (uint32_t)y, &out->valid, bands, to);
    return true;
}

static int generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
    const int end = VIPS_RECT_BOTTOM(&out->valid);
    sequence *s = seq;

    (void)a, (void)stop;
    if (s->mix.taken > (uint32_t)out->valid.top)
        loom_shrink_rows_restart(&s->mix);
    while (s->mix.taken < (uint32_t)out->valid.top) /* a part is wanted, with nothing above it */
        if (!make_row(s))
            return -1;
    for (int y = out->valid.top; y < end; y += LOOM_STRIP_ROWS)
        if (!make_strip(b, s, out, y, VIPS_MIN(LOOM_STRIP_ROWS, end - y)))
            return -1;
    return 0;
}

static int end_sequence(void *seq, void *a, void *b)
{
    sequence *s = seq;

    (void)a, (void)b;
    if (s->in != NULL)
        g_object_unref(s->in);
    loom_shrink_rows_release(&s->mix);
    free(s->row);
    loom_vips_strip_release(&s->strip);
    g_free(s);
    return 0;
}

static void *start_sequence(VipsImage *out, void *a, void *b)
{
    const VipsImage *in = a;
    const loom_vips_shrink *how = b;
    const size_t samples = (size_t)in->Xsize * (size_t)in->Bands;
    sequence *s = g_try_new0(sequence, 1);

    (void)out;
    if (s == NULL)
        return NULL;
    s->in = vips_region_new(a);
    s->row = calloc(samples, sizeof *s->row);
    if (s->in != NULL && s->row != NULL && loom_vips_strip_init(&s->strip) &&
        loom_shrink_rows_init(&s->mix, how->kernel, (uint32_t)in->Ysize, how->down,
                              (uint32_t)how->height, samples, LOOM_STRIP_ROWS))
        return s;
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
