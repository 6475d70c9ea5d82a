/* Corrections to HEIF and AVIF pictures from libvips, and the abilities of its libheif. */
#include "base/array.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include "format/box.h"
#include <pthread.h>

/*
 * libheif's metadata belongs to the image it comes with, and disappears with it although other
 * images share it: replaced by reference-counted blobs.
 */
static void own_blobs(VipsImage *image)
{
    static const char *const names[] = {VIPS_META_ICC_NAME, VIPS_META_EXIF_NAME,
                                        VIPS_META_XMP_NAME};

    for (size_t i = 0; i < LOOM_COUNT(names); i++)
        loom_vips_copy_block(image, names[i], image);
}

/*
 * libvips shifts samples of 10 or 12 bits up to 16, so white is 65472 and alpha is never full:
 * scales them to the whole range.
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
 * The container's rotation and mirroring is part of decoding (ISO/IEC 23008-12, 6.5.1), and the
 * EXIF orientation is ignored. libvips does so, but reads the orientation from EXIF again when the
 * block is set.
 */
bool loom_vips_end_heif(VipsImage **image, loom_bytes file)
{
    (void)file;
    own_blobs(*image);
    vips_autorot_remove_angle(*image);
    return widen(image);
}

/* ---- its codecs ----------------------------------------------------------- */

static const char library[] = "libheif.so.1";

/* Since libheif 1.13, which loads plug-ins then; it counts how often. */
static void load_plugins(void)
{
    struct heif_error {
        int code, subcode;
        const char *message;
    };
    struct heif_error (*const init)(void *) =
        (struct heif_error(*)(void *))loom_vips_library_symbol(library, "heif_init");

    if (init != NULL)
        (void)init(NULL);
}

static bool has_codec(const char *question, uint32_t coding)
{
    enum { HEIF_HEVC = 1, HEIF_AV1 = 4 }; /* enum heif_compression_format */
    static pthread_once_t loaded = PTHREAD_ONCE_INIT;
    const int format = coding == LOOM_FOURCC("av01")   ? HEIF_AV1
                       : coding == LOOM_FOURCC("hvc1") ? HEIF_HEVC
                                                       : 0;

    if (format == 0)
        return true;
    (void)pthread_once(&loaded, load_plugins);
    int (*const has)(int) = (int (*)(int))loom_vips_library_symbol(library, question);
    return has == NULL || has(format) != 0;
}

bool loom_vips_heif_decodes(uint32_t coding)
{
    return has_codec("heif_have_decoder_for_format", coding);
}

bool loom_vips_heif_encodes(uint32_t coding)
{
    return has_codec("heif_have_encoder_for_format", coding);
}
