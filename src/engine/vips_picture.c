#include "engine/vips_picture.h"

#include "engine/vips_log.h"

static VipsInterpretation interpretation(const loom_picture *picture)
{
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
    loom_vips_log_adopt(w->ticket);
    if (loom_cancel_check(w->cancel) != LOOM_OK)
        return -1;
    if (vips_region_prepare(in, area))
        return -1;
    return vips_region_region(out, in, area, area->left, area->top);
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
