#include "engine/vips/strip.h"

#include <stdint.h>

enum {
    WIDTH_MIN = 256, /* px: below, setting zimg up takes as long as it spares */
    MADE_MIN = 16    /* px: below, all is edge, which zimg mirrors and libvips repeats */
};

bool loom_vips_strip_can(VipsImage *image, int width, loom_kernel kernel)
{
    return vips_image_get_format(image) == VIPS_FORMAT_UCHAR &&
           vips_image_get_bands(image) <= LOOM_STRIP_BANDS && width >= MADE_MIN &&
           loom_resizer_has_kernel(kernel);
}

bool loom_vips_strip_pays(VipsImage *image)
{
    return vips_image_get_width(image) >= WIDTH_MIN;
}

bool loom_vips_strip_init(loom_vips_strip *strip)
{
    strip->resizer = loom_resizer_create();
    return strip->resizer != NULL;
}

void loom_vips_strip_release(loom_vips_strip *strip)
{
    loom_resizer_free(strip->resizer);
    for (int i = 0; i < LOOM_STRIP_BANDS; i++) {
        loom_plane_release(&strip->from[i]);
        loom_plane_release(&strip->to[i]);
    }
}

bool loom_vips_strip_reserve(loom_vips_strip *strip, const VipsImage *image)
{
    for (int i = 0; i < image->Bands; i++) /* as many rows as ever: one graph for all strips */
        if (!loom_plane_reserve(&strip->from[i], (uint32_t)image->Xsize * 2, LOOM_STRIP_ROWS))
            return false;
    return true;
}

bool loom_vips_strip_narrow(loom_vips_strip *strip, int bands, double across, int width,
                            loom_kernel kernel)
{
    for (int i = 0; i < bands; i++)
        if (loom_resizer_narrow(strip->resizer, &strip->from[i], across, kernel, (uint32_t)width,
                                &strip->to[i]) != LOOM_OK)
            return false;
    return true;
}
