#include <imgloom/format.h>

#include "base/text.h"
#include <string.h>

/*
 * Longest sides, px: libjpeg's JPEG_MAX_DIMENSION, WebP's 14 bits, GIF's 16 bits, what the AV1
 * encoders take; where the format itself has no limit that matters, libvips' VIPS_MAX_COORD.
 */
enum { JPEG_SIDE = 65500, WEBP_SIDE = 16383, GIF_SIDE = 65535, AVIF_SIDE = 16384 };
enum { VIPS_SIDE = 10000000 };

static const loom_format_info table[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_UNKNOWN] = {.format = LOOM_FORMAT_UNKNOWN,
                             .name = "unknown",
                             .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_JPEG] = {.format = LOOM_FORMAT_JPEG,
                          .name = "jpeg",
                          .extensions = {"jpg", "jpeg", "jpe", "jfif"},
                          .same_as = LOOM_FORMAT_JPEG,
                          .writable = true,
                          .quality = 80,
                          .max_side = JPEG_SIDE},
    [LOOM_FORMAT_PNG] = {.format = LOOM_FORMAT_PNG,
                         .name = "png",
                         .extensions = {"png"},
                         .same_as = LOOM_FORMAT_PNG,
                         .writable = true,
                         .alpha = true,
                         .deep = true,
                         .max_side = VIPS_SIDE},
    [LOOM_FORMAT_WEBP] = {.format = LOOM_FORMAT_WEBP,
                          .name = "webp",
                          .extensions = {"webp"},
                          .same_as = LOOM_FORMAT_WEBP,
                          .writable = true,
                          .alpha = true,
                          .quality = 80,
                          .max_side = WEBP_SIDE},
    [LOOM_FORMAT_GIF] = {.format = LOOM_FORMAT_GIF,
                         .name = "gif",
                         .extensions = {"gif"},
                         .same_as = LOOM_FORMAT_GIF,
                         .writable = true,
                         .alpha = true,
                         .max_side = GIF_SIDE},
    [LOOM_FORMAT_TIFF] = {.format = LOOM_FORMAT_TIFF,
                          .name = "tiff",
                          .extensions = {"tif", "tiff"},
                          .same_as = LOOM_FORMAT_TIFF,
                          .writable = true,
                          .alpha = true,
                          .deep = true,
                          .max_side = VIPS_SIDE},
    [LOOM_FORMAT_AVIF] = {.format = LOOM_FORMAT_AVIF,
                          .name = "avif",
                          .extensions = {"avif"},
                          .same_as = LOOM_FORMAT_AVIF,
                          .writable = true,
                          .alpha = true,
                          .quality = 50,
                          .max_side = AVIF_SIDE},
    [LOOM_FORMAT_HEIC] = {.format = LOOM_FORMAT_HEIC,
                          .name = "heic",
                          .extensions = {"heic", "heif"},
                          .same_as = LOOM_FORMAT_JPEG},
    [LOOM_FORMAT_BMP] = {.format = LOOM_FORMAT_BMP,
                         .name = "bmp",
                         .extensions = {"bmp", "dib"},
                         .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_TGA] = {.format = LOOM_FORMAT_TGA,
                         .name = "tga",
                         .extensions = {"tga"},
                         .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_PSD] = {.format = LOOM_FORMAT_PSD,
                         .name = "psd",
                         .extensions = {"psd"},
                         .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_PNM] = {.format = LOOM_FORMAT_PNM,
                         .name = "pnm",
                         .extensions = {"pnm", "pbm", "pgm", "ppm"},
                         .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_HDR] = {.format = LOOM_FORMAT_HDR,
                         .name = "hdr",
                         .extensions = {"hdr"},
                         .same_as = LOOM_FORMAT_PNG},
    [LOOM_FORMAT_JXL] = {.format = LOOM_FORMAT_JXL,
                         .name = "jxl",
                         .extensions = {"jxl"},
                         .same_as = LOOM_FORMAT_JXL,
                         .untrusted = true,
                         .writable = true,
                         .alpha = true,
                         .quality = 75,
                         .max_side = VIPS_SIDE},
    [LOOM_FORMAT_SVG] = {.format = LOOM_FORMAT_SVG,
                         .name = "svg",
                         .extensions = {"svg", "svgz"},
                         .same_as = LOOM_FORMAT_PNG,
                         .untrusted = true},
    [LOOM_FORMAT_JP2] = {.format = LOOM_FORMAT_JP2,
                         .name = "jp2",
                         .extensions = {"jp2"},
                         .same_as = LOOM_FORMAT_PNG,
                         .untrusted = true},
    /* Told by its content, so that it can be named; read by nothing here. */
    [LOOM_FORMAT_PDF] = {.format = LOOM_FORMAT_PDF, .name = "pdf", .same_as = LOOM_FORMAT_PNG},
};

const loom_format_info *loom_format_get(loom_format format)
{
    return &table[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];
}

loom_format loom_format_by_name(const char *name)
{
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const char *extension = table[i].extensions[0];
        if (loom_ascii_casecmp(name, table[i].name) == 0 ||
            (extension != NULL && loom_ascii_casecmp(name, extension) == 0))
            return table[i].format;
    }
    return LOOM_FORMAT_UNKNOWN;
}

loom_format loom_format_by_path(const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');

    if (dot == NULL || dot == name)
        return LOOM_FORMAT_UNKNOWN;
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++)
        for (const char *const *e = table[i].extensions; *e != NULL; e++)
            if (loom_ascii_casecmp(dot + 1, *e) == 0)
                return table[i].format;
    return LOOM_FORMAT_UNKNOWN;
}
