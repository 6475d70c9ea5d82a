/* Corrections to JPEG XL pictures from libvips. */
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"

bool loom_vips_end_jxl(VipsImage **image, loom_bytes file)
{
    const bool gray = vips_image_get_bands(*image) <= 2;
    double scale[] = {65535}, half[] = {0.5};
    VipsImage *made = NULL;

    (void)file;
    if (vips_image_get_format(*image) != VIPS_FORMAT_FLOAT)
        return true;
    return loom_vips_step(image, &made, vips_linear(*image, &made, scale, half, 1, NULL)) &&
           loom_vips_step(image, &made, vips_cast_ushort(*image, &made, NULL)) &&
           loom_vips_step(image, &made,
                          vips_copy(*image, &made, "interpretation",
                                    gray ? VIPS_INTERPRETATION_GREY16 : VIPS_INTERPRETATION_RGB16,
                                    NULL));
}
