/* What libvips and libtiff leave to do of a TIFF. */
#include "format/tiff.h"
#include "base/array.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include <stdio.h>
#include <string.h>

#define LIBTIFF "libtiff.so.6"

/* ---- what it complains of ------------------------------------------------- */

/*
 * Beginnings of the functions' names that read directories, of all pages: where what they complain
 * of matters, the picture cannot be opened. All others read pixels.
 */
static const char *const of_directories[] = {
    "TIFFReadDirectory",
    "TIFFReadCustomDirectory",
    "TIFFReadDirEntry",
    "ReadDirEntry",
    "TIFFFetch",
    "_TIFF",
    "TIFFAdvanceDirectory",
    "TIFFSetDirectory",
    "TIFFSetField",
    "TIFFVSetField",
    "TIFFMergeFieldInfo",
    "TIFFClientOpen",
    "TIFFNumberOfDirectories",
    "MissingRequired",
    "EstimateStripByteCounts",
    "EvaluateIFDdatasize",
    "ChopUpSingle",
    "allocChoppedUp",
    "setExtraSamples",
    "JPEGFixupTags",
    "TIFFScanlineSize",
    "TIFFRasterScanlineSize",
    "TIFFStripSize",
    "TIFFVStripSize",
    "TIFFTileSize",
    "TIFFVTileSize",
    "TIFFTileRowSize",
};

/* Beginnings of what is said while pixels are read, and is not about them. */
static const char *const harmless[] = {
    "Old-style LZW codes, convert file",
    "Too large strip byte count", /* it reads no more than it needs */
    "Too large tile byte count",
    "JPEG strip size exceeds expected dimensions", /* the last strip is as high as the others */
    "Premature end of JPEG file", /* its end marker; where pixels lack, more is said */
};

static bool begins_with_any(const char *text, const char *const *beginnings, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(text, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

/*
 * `module` is a function of libtiff, or the name that libvips gives to the file: then a warning is
 * about a directory.
 */
static bool is_of_pixels(bool error, const char *module, const char *text)
{
    if (begins_with_any(text, harmless, LOOM_COUNT(harmless)) || module == NULL)
        return false;
    if (strcmp(module, "source input") == 0)
        return error;
    return !begins_with_any(module, of_directories, LOOM_COUNT(of_directories));
}

LOOM_PRINTF(3, 0)
static void complain(bool error, const char *module, const char *format, va_list args)
{
    char text[LOOM_VIPS_COMPLAINT];

    if (format == NULL)
        return;
    (void)vsnprintf(text, sizeof text, format, args);
    loom_vips_log_complaint(is_of_pixels(error, module, text), error, text);
}

LOOM_PRINTF(3, 0)
static void on_warning(void *file, const char *module, const char *format, va_list args)
{
    (void)file;
    complain(false, module, format, args);
}

LOOM_PRINTF(3, 0)
static void on_error(void *file, const char *module, const char *format, va_list args)
{
    (void)file;
    complain(true, module, format, args);
}

/* TIFFErrorHandlerExt of <tiffio.h>: those that libvips leaves to others. */
typedef void (*handler)(void *, const char *, const char *, va_list);

static int (*is_configured)(uint16_t); /* written once, at the start */

void loom_vips_tiff_start(void)
{
    handler (*const set_warning)(handler) =
        (handler(*)(handler))loom_vips_library_symbol(LIBTIFF, "TIFFSetWarningHandlerExt");
    handler (*const set_error)(handler) =
        (handler(*)(handler))loom_vips_library_symbol(LIBTIFF, "TIFFSetErrorHandlerExt");

    is_configured = (int (*)(uint16_t))loom_vips_library_symbol(LIBTIFF, "TIFFIsCODECConfigured");
    if (set_warning == NULL || set_error == NULL)
        return; /* another libtiff: its warnings come without the functions' names */
    (void)set_warning(on_warning);
    (void)set_error(on_error);
}

/* ---- what it lacks -------------------------------------------------------- */

/* libvips 8.16 takes larger tiles of small pictures for damage. */
static bool is_tile_too_large(loom_bytes file)
{
    enum { STEP = 256 };
    loom_tiff_directory t;
    loom_tiff_pieces pieces;

    if (vips_version(0) * 1000 + vips_version(1) < 8016 || !loom_tiff_first(&t, file) ||
        !loom_tiff_pieces_of(&t, &pieces) || !pieces.tiled)
        return false;
    const uint64_t side = pieces.width > pieces.height ? pieces.width : pieces.height;
    const uint64_t limit = (2 * side + STEP - 1) / STEP * STEP;
    return pieces.piece_width > limit || pieces.piece_height > limit;
}

bool loom_vips_tiff_lacks(loom_bytes file, const char **reason)
{
    const uint64_t compression = loom_tiff_compression(file);

    if (is_configured != NULL && compression <= UINT16_MAX &&
        !is_configured((uint16_t)compression)) {
        *reason = "its compression is not in this build of libtiff";
        return true;
    }
    if (is_tile_too_large(file)) {
        *reason = "its tiles are far larger than the picture";
        return true;
    }
    return false;
}

/* ---- its samples ---------------------------------------------------------- */

static bool take_bands(VipsImage **image, int first, int count)
{
    VipsImage *made = NULL;

    return loom_vips_step(image, &made, vips_extract_band(*image, &made, first, "n", count, NULL));
}

/* Colours and alpha, which do not stand together. */
static bool join_alpha(VipsImage **image, const loom_tiff_samples *samples)
{
    VipsImage *alpha = NULL, *joined = NULL;

    if (vips_extract_band(*image, &alpha, samples->alpha, NULL))
        return false;
    const bool ok = take_bands(image, 0, (int)samples->colours) &&
                    loom_vips_step(image, &joined, vips_bandjoin2(*image, alpha, &joined, NULL));
    g_object_unref(alpha);
    return ok;
}

/* ---- CIE L*a*b* ------------------------------------------------------------ */

/* Of 8 bits: libvips has ten for L, of which it fills eight. */
static bool unpack_lab(VipsImage **image)
{
    static double scale[] = {1023.0 / 1020, 1, 1}, none[] = {0, 0, 0};
    VipsImage *lab = NULL, *full = NULL;

    return loom_vips_step(image, &lab, vips_LabQ2Lab(*image, &lab, NULL)) &&
           loom_vips_step(image, &full, vips_linear(*image, &full, scale, none, 3, NULL));
}

/* From D50, which is that of ICC profiles and of who writes such TIFFs, to D65 (Bradford). */
static bool adapt(VipsImage **image)
{
    const double d50[] = {96.4212, 100, 82.5188};
    VipsImage *xyz = NULL, *adapted = NULL, *tagged = NULL;
    VipsArrayDouble *white = vips_array_double_new(d50, 3);
    VipsImage *matrix =
        vips_image_new_matrixv(3, 3, 0.9555766, -0.0230393, 0.0631636, -0.0282895, 1.0099416,
                               0.0210077, 0.0122982, -0.0204830, 1.3299098);
    const bool ok =
        matrix != NULL &&
        loom_vips_step(image, &xyz, vips_Lab2XYZ(*image, &xyz, "temp", white, NULL)) &&
        loom_vips_step(image, &adapted, vips_recomb(*image, &adapted, matrix, NULL)) &&
        loom_vips_step(image, &tagged,
                       vips_copy(*image, &tagged, "interpretation", VIPS_INTERPRETATION_XYZ, NULL));
    if (matrix != NULL)
        g_object_unref(matrix);
    vips_area_unref(VIPS_AREA(white));
    return ok;
}

static bool make_srgb(VipsImage **image)
{
    const bool packed = vips_image_get_coding(*image) == VIPS_CODING_LABQ;
    VipsImage *lab = NULL, *linear = NULL, *encoded = NULL;

    return (packed ? unpack_lab(image)
                   : loom_vips_step(image, &lab, vips_LabS2Lab(*image, &lab, NULL))) &&
           adapt(image) && loom_vips_step(image, &linear, vips_XYZ2scRGB(*image, &linear, NULL)) &&
           loom_vips_step(image, &encoded,
                          vips_scRGB2sRGB(*image, &encoded, "depth", packed ? 8 : 16, NULL));
}

bool loom_vips_end_tiff(VipsImage **image, loom_bytes file)
{
    loom_tiff_samples samples;

    if (vips_image_get_coding(*image) == VIPS_CODING_LABQ ||
        vips_image_get_interpretation(*image) == VIPS_INTERPRETATION_LABS)
        return make_srgb(image);

    if (!loom_tiff_samples_of(file, &samples) || vips_image_get_bands(*image) != (int)samples.count)
        return true; /* a palette, or what is not judged here */
    const unsigned wanted = samples.colours + (samples.alpha >= 0);
    if (wanted == samples.count)
        return true;
    if (samples.alpha > (int)samples.colours)
        return join_alpha(image, &samples);
    return take_bands(image, 0, (int)wanted);
}
