#include "engine/vips/shrink_across.h"

#include "engine/vips/ops.h"
#include "engine/vips/strip.h"
#include <stddef.h>
#include <stdint.h>

/* What is to be done; freed with the image that it makes. */
typedef struct task {
    int width;
    loom_kernel kernel;
} task;

/* What a thread does it with. */
typedef struct sequence {
    VipsRegion *in;
    loom_vips_strip strip;
} sequence;

bool loom_vips_can_shrink_across(VipsImage *image, int width, loom_kernel kernel)
{
    return loom_vips_strip_can(image, width, kernel) && loom_vips_strip_pays(image) &&
           vips_image_hasalpha(image) && width < vips_image_get_width(image);
}

/* ---- rows ---------------------------------------------------------------- */

static inline void split(const VipsPel *from, int width, int bands, loom_plane *planes, uint32_t y)
{
    for (int i = 0; i < bands; i++) {
        uint16_t *to = (uint16_t *)(void *)loom_plane_row(&planes[i], y);
        for (int x = 0; x < width; x++) {
            const unsigned alpha = from[x * bands + bands - 1];
            to[x] = (uint16_t)(i == bands - 1 ? alpha * 255 : from[x * bands + i] * alpha);
        }
    }
}

static inline void join(const loom_plane *planes, uint32_t y, int left, int width, int bands,
                        uint16_t *to)
{
    for (int i = 0; i < bands; i++) {
        const uint16_t *from = (const uint16_t *)(const void *)loom_plane_row(&planes[i], y) + left;
        for (int x = 0; x < width; x++)
            to[x * bands + i] = from[x];
    }
}

static void split_row(const VipsPel *from, int width, int bands, loom_plane *planes, uint32_t y)
{
    if (bands == 4) /* each with a number of bands that the compiler knows */
        split(from, width, 4, planes, y);
    else
        split(from, width, 2, planes, y);
}

static void join_row(const loom_plane *planes, uint32_t y, const VipsRect *area, int bands,
                     uint16_t *to)
{
    if (bands == 4)
        join(planes, y, area->left, area->width, 4, to);
    else
        join(planes, y, area->left, area->width, 2, to);
}

/* ---- strips -------------------------------------------------------------- */

static int narrow_strip(const task *t, sequence *s, VipsRegion *out, int top, int rows)
{
    const int from_width = s->in->im->Xsize, bands = s->in->im->Bands;
    const VipsRect wanted = {0, top, from_width, rows};

    if (vips_region_prepare(s->in, &wanted) || !loom_vips_strip_reserve(&s->strip, s->in->im))
        return -1;
    for (int y = 0; y < rows; y++)
        split_row(loom_vips_pixel_at(s->in, 0, top + y), from_width, bands, s->strip.from,
                  (uint32_t)y);
    if (!loom_vips_strip_narrow(&s->strip, bands, from_width, t->width, t->kernel))
        return -1;
    VipsPel *to = out->data + (ptrdiff_t)(top - out->valid.top) * out->bpl;
    for (int y = 0; y < rows; y++, to += out->bpl)
        join_row(s->strip.to, (uint32_t)y, &out->valid, bands, (uint16_t *)(void *)to);
    return 0;
}

static int generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
    const int end = VIPS_RECT_BOTTOM(&out->valid);

    (void)a, (void)stop;
    for (int y = out->valid.top; y < end; y += LOOM_STRIP_ROWS)
        if (narrow_strip(b, seq, out, y, VIPS_MIN(LOOM_STRIP_ROWS, end - y)))
            return -1;
    return 0;
}

static int end_sequence(void *seq, void *a, void *b)
{
    sequence *s = seq;

    (void)a, (void)b;
    if (s->in != NULL)
        g_object_unref(s->in);
    loom_vips_strip_release(&s->strip);
    g_free(s);
    return 0;
}

static void *start_sequence(VipsImage *out, void *a, void *b)
{
    sequence *s = g_try_new0(sequence, 1);

    (void)out;
    if (s == NULL)
        return NULL;
    s->in = vips_region_new(a);
    if (s->in != NULL && loom_vips_strip_init(&s->strip))
        return s;
    (void)end_sequence(s, a, b);
    return NULL;
}

VipsImage *loom_vips_shrink_across(VipsImage *image, int width, loom_kernel kernel)
{
    VipsImage *out = vips_image_new();
    task *t = VIPS_NEW(out, task);

    g_object_ref(image); /* a pipeline does not hold its input: `out` must */
    vips_object_local(out, image);
    if (t != NULL && !vips_image_pipelinev(out, VIPS_DEMAND_STYLE_FATSTRIP, image, NULL)) {
        *t = (task){width, kernel};
        out->Xsize = width;
        out->BandFmt = VIPS_FORMAT_USHORT;
        if (!vips_image_generate(out, start_sequence, generate, end_sequence, image, t))
            return out;
    }
    g_object_unref(out);
    return NULL;
}

/* ---- and back ------------------------------------------------------------ */

static void divide_row(const uint16_t *from, VipsPel *to, int width, int bands)
{
    for (int x = 0; x < width; x++, from += bands, to += bands) {
        const uint32_t alpha = from[bands - 1]; /* 255 times what it was */
        for (int i = 0; i < bands - 1; i++) {
            const uint32_t value = alpha > 0 ? (from[i] * 255u + alpha / 2) / alpha : 0;
            to[i] = (VipsPel)(value < 255 ? value : 255);
        }
        const uint32_t plain = (alpha + 127) / 255;
        to[bands - 1] = (VipsPel)(plain < 255 ? plain : 255);
    }
}

static int generate_divided(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
    VipsRegion *in = seq;
    const VipsRect *area = &out->valid;

    (void)a, (void)b, (void)stop;
    if (vips_region_prepare(in, area))
        return -1;
    VipsPel *to = out->data;
    for (int y = area->top; y < VIPS_RECT_BOTTOM(area); y++, to += out->bpl)
        divide_row((const uint16_t *)(const void *)loom_vips_pixel_at(in, area->left, y), to,
                   area->width, in->im->Bands);
    return 0;
}

VipsImage *loom_vips_unpremultiply(VipsImage *image)
{
    VipsImage *out = vips_image_new();

    g_object_ref(image);
    vips_object_local(out, image);
    if (!vips_image_pipelinev(out, VIPS_DEMAND_STYLE_THINSTRIP, image, NULL)) {
        out->BandFmt = VIPS_FORMAT_UCHAR;
        if (!vips_image_generate(out, vips_start_one, generate_divided, vips_stop_one, image, NULL))
            return out;
    }
    g_object_unref(out);
    return NULL;
}
