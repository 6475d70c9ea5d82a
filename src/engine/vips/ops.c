#include "engine/vips/ops.h"

#include "engine/vips/messages.h"

bool loom_vips_step(VipsImage **image, VipsImage **made, int failed)
{
    if (failed)
        return false;
    g_object_unref(*image);
    *image = *made;
    *made = NULL;
    return true;
}

bool loom_vips_end_premultiplied(VipsImage **image, VipsBandFormat format)
{
    VipsImage *made = NULL;

    return loom_vips_step(image, &made, vips_unpremultiply(*image, &made, NULL)) &&
           loom_vips_step(image, &made, vips_rint(*image, &made, NULL)) &&
           loom_vips_step(image, &made, vips_cast(*image, &made, format, NULL));
}

bool loom_vips_to_picture(VipsImage *image, loom_picture *picture)
{
    size_t size;
    void *data = vips_image_write_to_memory(image, &size);

    if (data == NULL)
        return false;
    *picture = (loom_picture){
        .width = (uint32_t)vips_image_get_width(image),
        .height = (uint32_t)vips_image_get_height(image),
        .channels = (unsigned)vips_image_get_bands(image),
        .depth = vips_image_get_format(image) == VIPS_FORMAT_USHORT ? 2 : 1,
        .data = data,
        .cmyk = vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK,
    };
    return true;
}

static VipsInterpretation interpretation(const loom_picture *picture)
{
    if (picture->cmyk)
        return VIPS_INTERPRETATION_CMYK;
    if (picture->channels <= 2)
        return picture->depth == 2 ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_B_W;
    return picture->depth == 2 ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB;
}

VipsImage *loom_vips_wrap(const loom_picture *picture)
{
    const size_t bytes =
        loom_picture_bytes(picture->width, picture->height, picture->channels, picture->depth);
    VipsImage *tagged = NULL;

    VipsImage *memory = vips_image_new_from_memory(
        picture->data, bytes, (int)picture->width, (int)picture->height, (int)picture->channels,
        picture->depth == 2 ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR);
    if (memory == NULL)
        return NULL;
    int failed = vips_copy(memory, &tagged, "interpretation", interpretation(picture), NULL);
    g_object_unref(memory);
    return failed ? NULL : tagged;
}

typedef struct watch {
    const loom_cancel *cancel;
    uint64_t ticket;
} watch;

/* Runs on a libvips thread, for every strip or tile that is computed. */
static int generate(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    VipsRegion *in = sequence;
    const watch *w = b;
    const VipsRect *area = &out->valid;

    (void)a, (void)stop;
    const uint64_t before = loom_vips_log_adopt(w->ticket);
    bool failed = loom_cancel_check(w->cancel) != LOOM_OK || vips_region_prepare(in, area) ||
                  vips_region_region(out, in, area, area->left, area->top);
    (void)loom_vips_log_adopt(before);
    return failed ? -1 : 0;
}

VipsImage *loom_vips_watch(VipsImage *in, const loom_cancel *cancel, uint64_t ticket)
{
    VipsImage *out = vips_image_new();
    watch *w = VIPS_NEW(out, watch); /* freed with the image */

    if (w != NULL)
        *w = (watch){cancel, ticket};
    g_object_ref(in); /* a pipeline does not hold its input: `out` must */
    vips_object_local(out, in);
    if (w == NULL || vips_image_pipelinev(out, VIPS_DEMAND_STYLE_ANY, in, NULL) ||
        vips_image_generate(out, vips_start_one, generate, vips_stop_one, in, w)) {
        g_object_unref(out);
        return NULL;
    }
    return out;
}

VipsImage *loom_vips_wrap_watched(const loom_picture *picture, const loom_cancel *cancel,
                                  uint64_t ticket)
{
    VipsImage *image = loom_vips_wrap(picture), *watched = NULL;

    if (image != NULL) {
        watched = loom_vips_watch(image, cancel, ticket);
        g_object_unref(image);
    }
    return watched;
}

loom_bytes loom_vips_block(VipsImage *image, const char *name)
{
    const void *data;
    size_t size;

    if (vips_image_get_typeof(image, name) == 0 || vips_image_get_blob(image, name, &data, &size))
        return (loom_bytes){NULL, 0};
    return (loom_bytes){data, size};
}

void loom_vips_copy_block(VipsImage *from, const char *name, VipsImage *to)
{
    const loom_bytes block = loom_vips_block(from, name);

    if (block.data != NULL)
        vips_image_set_blob_copy(to, name, block.data, block.size);
}

VipsPel *loom_vips_pixel_at(const VipsRegion *region, int left, int y)
{
    const int pixel = region->im->Bands * (region->im->BandFmt == VIPS_FORMAT_USHORT ? 2 : 1);

    return region->data + (ptrdiff_t)(y - region->valid.top) * region->bpl +
           (ptrdiff_t)(left - region->valid.left) * pixel;
}
