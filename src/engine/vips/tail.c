#include "engine/vips/tail.h"

#include "engine/vips/ops.h"
#include <stdatomic.h>

bool loom_vips_tail_is(const loom_geometry *geometry)
{
    return geometry->crop.y + geometry->crop.height < geometry->resize_height;
}

/* libvips may compute several strips at once. */
static void record(atomic_int *next, int bottom)
{
    int known = atomic_load(next);

    while (bottom > known && !atomic_compare_exchange_weak(next, &known, bottom))
        continue;
}

static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    VipsRegion *in = sequence;
    loom_vips_tail *tail = b;
    const VipsRect *area = &out->valid;

    (void)a, (void)stop;
    record(&tail->next, VIPS_RECT_BOTTOM(area));
    return vips_region_prepare(in, area) || vips_region_region(out, in, area, area->left, area->top)
               ? -1
               : 0;
}

/* What the rest of the lane, and libvips when it places its caches, look at. */
static bool copy_meta(VipsImage *from, VipsImage *to)
{
    const void *profile;
    size_t size;

    if (vips_image_is_sequential(from))
        vips_image_set_int(to, VIPS_META_SEQUENTIAL, 1);
    if (vips_image_get_typeof(from, VIPS_META_ICC_NAME) == 0)
        return true;
    if (vips_image_get_blob(from, VIPS_META_ICC_NAME, &profile, &size))
        return false;
    vips_image_set_blob_copy(to, VIPS_META_ICC_NAME, profile, size);
    return true;
}

bool loom_vips_tail_open(loom_vips_tail *tail, VipsImage *stream)
{
    VipsImage *apart = vips_image_new();

    atomic_init(&tail->next, 0);
    vips_image_init_fields(apart, vips_image_get_width(stream), vips_image_get_height(stream),
                           vips_image_get_bands(stream), vips_image_get_format(stream),
                           vips_image_get_coding(stream), vips_image_get_interpretation(stream),
                           vips_image_get_xres(stream), vips_image_get_yres(stream));
    /* No pipeline from the one to the other: that is how libvips would find the stream. */
    if (!copy_meta(stream, apart) ||
        vips_image_pipelinev(apart, VIPS_DEMAND_STYLE_THINSTRIP, NULL) ||
        vips_image_generate(apart, vips_start_one, generate, vips_stop_one, stream, tail)) {
        g_object_unref(apart);
        return false;
    }
    tail->stream = stream;
    tail->image = apart;
    return true;
}

static bool read_on(VipsImage *stream, int from)
{
    enum { STRIP_ROWS = 16 };
    const int width = vips_image_get_width(stream), height = vips_image_get_height(stream);
    VipsRegion *region = vips_region_new(stream);
    bool ok = true;

    for (int y = from; y < height && ok; y += STRIP_ROWS) {
        const VipsRect strip = {0, y, width, height - y < STRIP_ROWS ? height - y : STRIP_ROWS};
        ok = !vips_region_prepare(region, &strip);
    }
    g_object_unref(region);
    return ok;
}

bool loom_vips_tail_read(loom_vips_tail *tail, const loom_cancel *cancel, uint64_t ticket)
{
    VipsImage *watched = loom_vips_watch(tail->stream, cancel, ticket);

    if (watched == NULL)
        return false;
    const bool ok = read_on(watched, atomic_load(&tail->next));
    g_object_unref(watched);
    return ok;
}
