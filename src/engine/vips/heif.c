#include "engine/vips/heif.h"

#include "base/array.h"
#include "engine/vips/ops.h"

/*
 * libheif's metadata are memory of the very image they come with, and gone with it although other
 * images share them: replaced by blobs that are counted.
 */
static void own_blobs(VipsImage *image)
{
    static const char *const names[] = {VIPS_META_ICC_NAME, VIPS_META_EXIF_NAME,
                                        VIPS_META_XMP_NAME};
    const void *data;
    size_t size;

    for (size_t i = 0; i < LOOM_COUNT(names); i++)
        if (vips_image_get_typeof(image, names[i]) != 0 &&
            !vips_image_get_blob(image, names[i], &data, &size))
            vips_image_set_blob_copy(image, names[i], data, size);
}

/*
 * libvips shifts samples of 10 or 12 bits up to 16, so that white is 65472 and alpha never full:
 * scaled to the whole range.
 */
static bool widen(VipsImage **image)
{
    VipsImage *made = NULL;
    int bits;

    if (vips_image_get_format(*image) != VIPS_FORMAT_USHORT ||
        vips_image_get_typeof(*image, "heif-bitdepth") == 0 ||
        vips_image_get_int(*image, "heif-bitdepth", &bits) || bits <= 8 || bits >= 16)
        return true;
    const double white = ((1 << bits) - 1) << (16 - bits);
    return loom_vips_step(image, &made, vips_linear1(*image, &made, 65535 / white, 0.5, NULL)) &&
           loom_vips_step(image, &made, vips_cast_ushort(*image, &made, NULL));
}

/*
 * The container turns and mirrors, which is part of decoding (ISO/IEC 23008-12, 6.5.1), and EXIF
 * has no say. libvips knows that, but takes the orientation out of EXIF anew when the block is set.
 */
bool loom_vips_heif_end(VipsImage **image, bool premultiplied)
{
    own_blobs(*image);
    vips_autorot_remove_angle(*image);
    return widen(image) && (!premultiplied || !vips_image_hasalpha(*image) ||
                            loom_vips_end_premultiplied(image, vips_image_get_format(*image)));
}
