#include "engine/vips/steps.h"

#include "engine/codec/resize.h"
#include "engine/vips/ops.h"
#include "picture/shrink_rows.h"
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum {
    WIDTH_MIN = 256, /* px: below it, setting up zimg costs as much as it saves */
    MADE_MIN = 16    /* px: below it, edges dominate, which zimg mirrors and libvips repeats */
};
enum { STRIP_ROWS = 16, STRIP_BANDS = 4 };

/* ---- a strip ------------------------------------------------------------- */

/*
 * A strip of an image on its way through zimg: rows of 8-bit samples stored in 16 bits, one plane
 * per channel. One per thread; zero at first.
 */
typedef struct strip {
    loom_narrower *narrower; /* NULL: could not be made */
    loom_plane from[STRIP_BANDS], to[STRIP_BANDS];
} strip;

/* Whether zimg can make such an image `width` px wide. */
static bool strip_can(VipsImage *image, int width, loom_kernel kernel)
{
    return vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
           vips_image_get_bands(image) <= STRIP_BANDS && width >= MADE_MIN &&
           loom_resize_has_kernel(kernel);
}

/* Whether the setup cost is worth it. */
static bool strip_pays(VipsImage *image)
{
    return vips_image_get_width(image) >= WIDTH_MIN;
}

/* Whether there is memory for the narrower; released in either case. */
static bool strip_init(strip *s)
{
    s->narrower = loom_narrower_create();
    return s->narrower != NULL;
}

static void strip_release(strip *s)
{
    loom_narrower_free(s->narrower);
    for (int i = 0; i < STRIP_BANDS; i++) {
        loom_plane_release(&s->from[i]);
        loom_plane_release(&s->to[i]);
    }
}

/* Allocates `from` for STRIP_ROWS rows of the image. False: out of memory. */
static bool strip_reserve(strip *s, const VipsImage *image)
{
    for (int i = 0; i < image->Bands; i++) /* a fixed height: one graph for all strips */
        if (!loom_plane_reserve(&s->from[i], (uint32_t)image->Xsize * 2, STRIP_ROWS))
            return false;
    return true;
}

/* Makes `to` from `from`: `width` px from `across` px, as loom_narrower_run. */
static bool strip_narrow(strip *s, int bands, double across, int width, loom_kernel kernel)
{
    for (int i = 0; i < bands; i++)
        if (loom_narrower_run(s->narrower, &s->from[i], across, kernel, (uint32_t)width,
                              &s->to[i]) != LOOM_OK)
            return false;
    return true;
}

/* ---- without alpha ------------------------------------------------------- */

/* The state of a thread. */
typedef struct sequence {
    VipsRegion *in;
    loom_shrink_rows mix;
    uint16_t *row; /* one that came out of it */
    strip strip;
} sequence;

bool loom_vips_can_shrink(VipsImage *image, const loom_vips_shrink *how)
{
    const int width = vips_image_get_width(image), height = vips_image_get_height(image);
    const bool partial = how->across > width || how->down > height;

    return strip_can(image, how->width, how->kernel) && (partial || strip_pays(image)) &&
           !vips_image_hasalpha(image) && how->width <= width && how->height <= height;
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

/* Makes the next row, reading as much of the image as it needs. */
static bool make_row(sequence *s)
{
    const VipsImage *in = s->in->im;

    while (!loom_shrink_rows_is_ready(&s->mix)) {
        const int top = (int)s->mix.added, left_over = in->Ysize - top;
        const VipsRect wanted = {0, top, in->Xsize, VIPS_MIN(STRIP_ROWS, left_over)};
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

    if (!strip_reserve(&s->strip, s->in->im))
        return false;
    for (int y = 0; y < rows; y++) {
        if (!make_row(s))
            return false;
        split_row(s->row, width, bands, s->strip.from, (uint32_t)y);
    }
    if (!strip_narrow(&s->strip, bands, how->across, how->width, how->kernel))
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
    while (s->mix.taken < (uint32_t)out->valid.top) /* rows above the requested part */
        if (!make_row(s))
            return -1;
    for (int y = out->valid.top; y < end; y += STRIP_ROWS)
        if (!make_strip(b, s, out, y, VIPS_MIN(STRIP_ROWS, end - y)))
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
    strip_release(&s->strip);
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
    if (s->in != NULL && s->row != NULL && strip_init(&s->strip) &&
        loom_shrink_rows_init(&s->mix, how->kernel, (uint32_t)in->Ysize, how->down,
                              (uint32_t)how->height, samples, STRIP_ROWS))
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

/* ---- with alpha ---------------------------------------------------------- */

/* The parameters; freed with the image that they make. */
typedef struct across {
    int width;
    loom_kernel kernel;
} across;

/* The state of a thread. */
typedef struct alpha_sequence {
    VipsRegion *in;
    strip strip;
} alpha_sequence;

bool loom_vips_can_shrink_across(VipsImage *image, int width, loom_kernel kernel)
{
    return strip_can(image, width, kernel) && strip_pays(image) && vips_image_hasalpha(image) &&
           width < vips_image_get_width(image);
}

static inline void alpha_split(const VipsPel *from, int width, int bands, loom_plane *planes,
                               uint32_t y)
{
    for (int i = 0; i < bands; i++) {
        uint16_t *to = (uint16_t *)(void *)loom_plane_row(&planes[i], y);
        for (int x = 0; x < width; x++) {
            const unsigned alpha = from[x * bands + bands - 1];
            to[x] = (uint16_t)(i == bands - 1 ? alpha * 255 : from[x * bands + i] * alpha);
        }
    }
}

static inline void alpha_join(const loom_plane *planes, uint32_t y, int left, int width, int bands,
                              uint16_t *to)
{
    for (int i = 0; i < bands; i++) {
        const uint16_t *from = (const uint16_t *)(const void *)loom_plane_row(&planes[i], y) + left;
        for (int x = 0; x < width; x++)
            to[x * bands + i] = from[x];
    }
}

static void alpha_split_row(const VipsPel *from, int width, int bands, loom_plane *planes,
                            uint32_t y)
{
    if (bands == 4) /* each with a number of bands that the compiler knows */
        alpha_split(from, width, 4, planes, y);
    else
        alpha_split(from, width, 2, planes, y);
}

static void alpha_join_row(const loom_plane *planes, uint32_t y, const VipsRect *area, int bands,
                           uint16_t *to)
{
    if (bands == 4)
        alpha_join(planes, y, area->left, area->width, 4, to);
    else
        alpha_join(planes, y, area->left, area->width, 2, to);
}

static int narrow_strip(const across *t, alpha_sequence *s, VipsRegion *out, int top, int rows)
{
    const int from_width = s->in->im->Xsize, bands = s->in->im->Bands;
    const VipsRect wanted = {0, top, from_width, rows};

    if (vips_region_prepare(s->in, &wanted) || !strip_reserve(&s->strip, s->in->im))
        return -1;
    for (int y = 0; y < rows; y++)
        alpha_split_row(loom_vips_pixel_at(s->in, 0, top + y), from_width, bands, s->strip.from,
                        (uint32_t)y);
    if (!strip_narrow(&s->strip, bands, from_width, t->width, t->kernel))
        return -1;
    VipsPel *to = out->data + (ptrdiff_t)(top - out->valid.top) * out->bpl;
    for (int y = 0; y < rows; y++, to += out->bpl)
        alpha_join_row(s->strip.to, (uint32_t)y, &out->valid, bands, (uint16_t *)(void *)to);
    return 0;
}

static int alpha_generate(VipsRegion *out, void *seq, void *a, void *b, gboolean *stop)
{
    const int end = VIPS_RECT_BOTTOM(&out->valid);

    (void)a, (void)stop;
    for (int y = out->valid.top; y < end; y += STRIP_ROWS)
        if (narrow_strip(b, seq, out, y, VIPS_MIN(STRIP_ROWS, end - y)))
            return -1;
    return 0;
}

static int alpha_end_sequence(void *seq, void *a, void *b)
{
    alpha_sequence *s = seq;

    (void)a, (void)b;
    if (s->in != NULL)
        g_object_unref(s->in);
    strip_release(&s->strip);
    g_free(s);
    return 0;
}

static void *alpha_start_sequence(VipsImage *out, void *a, void *b)
{
    alpha_sequence *s = g_try_new0(alpha_sequence, 1);

    (void)out;
    if (s == NULL)
        return NULL;
    s->in = vips_region_new(a);
    if (s->in != NULL && strip_init(&s->strip))
        return s;
    (void)alpha_end_sequence(s, a, b);
    return NULL;
}

VipsImage *loom_vips_shrink_across(VipsImage *image, int width, loom_kernel kernel)
{
    VipsImage *out = vips_image_new();
    across *t = VIPS_NEW(out, across);

    g_object_ref(image); /* a pipeline does not hold its input: `out` must */
    vips_object_local(out, image);
    if (t != NULL && !vips_image_pipelinev(out, VIPS_DEMAND_STYLE_FATSTRIP, image, NULL)) {
        *t = (across){width, kernel};
        out->Xsize = width;
        out->BandFmt = VIPS_FORMAT_USHORT;
        if (!vips_image_generate(out, alpha_start_sequence, alpha_generate, alpha_end_sequence,
                                 image, t))
            return out;
    }
    g_object_unref(out);
    return NULL;
}

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
