#include "engine/vips/savers.h"

#include "engine/codec/png_write.h"
#include "format/jpeg_edit.h"
#include "format/webp.h"

/* The recipe's effort within an encoder's range, or what we use without one. */
static int effort(const loom_recipe *recipe, int usual, int min, int max)
{
    if (recipe->effort < 0)
        return usual;
    return recipe->effort < min ? min : recipe->effort > max ? max : recipe->effort;
}

/*
 * libvips 8.14 writes EXIF of its own making, with the resolution, into JPEG whenever it writes any
 * metadata at all, and into WebP always. Where none was asked for, it is taken out again.
 */
static bool has_exif(VipsImage *image)
{
    return vips_image_get_typeof(image, VIPS_META_EXIF_NAME) != 0;
}

static int save_jpeg(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    int failed =
        vips_jpegsave_buffer(image, data, size, "Q", save->quality, "optimize_coding", TRUE,
                             "interlace", save->recipe->progressive, "subsample_mode",
                             save->recipe->chroma == LOOM_CHROMA_444 ? VIPS_FOREIGN_SUBSAMPLE_OFF
                                                                     : VIPS_FOREIGN_SUBSAMPLE_ON,
                             "strip", save->strip, NULL);
    if (!failed && !has_exif(image))
        *size = loom_jpeg_drop_exif(*data, *size);
    return failed;
}

static int write_png(const loom_vips_save *save, const void *chunks, size_t chunks_size,
                     void **data, size_t *size)
{
    if (loom_png_write(save->picture, save->recipe->effort, chunks, chunks_size, data, size))
        return 0;
    *save->no_memory = true; /* libvips' chunks are well-formed */
    return -1;
}

static int save_png(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    const bool ours = !save->recipe->progressive && loom_png_writes(save->picture);
    void *chunks = NULL;
    size_t chunks_size = 0;

    if (ours && save->strip)
        return write_png(save, NULL, 0, data, size);
    if (!ours)
        return vips_pngsave_buffer(image, data, size, "compression", effort(save->recipe, 6, 0, 9),
                                   "interlace", save->recipe->progressive, "strip", save->strip,
                                   NULL);
    /* Which metadata become which chunks is libvips' affair. */
    if (vips_pngsave_buffer(image, &chunks, &chunks_size, "compression", 0, NULL))
        return -1;
    const int failed = write_png(save, chunks, chunks_size, data, size);
    g_free(chunks);
    return failed;
}

static int save_webp(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    /* WebP has no 4:4:4; its sharper conversion to 4:2:0 is the nearest. */
    int failed = vips_webpsave_buffer(
        image, data, size, "Q", save->quality > 0 ? save->quality : 75, "lossless",
        save->recipe->lossless, "effort", effort(save->recipe, 4, 0, 6), "smart_subsample",
        save->recipe->chroma == LOOM_CHROMA_444, "strip", save->strip, NULL);
    if (!failed && !has_exif(image) && vips_image_get_typeof(image, VIPS_META_XMP_NAME) == 0)
        *size = loom_webp_drop_metadata(*data, *size);
    return failed;
}

static int save_gif(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    return vips_gifsave_buffer(image, data, size, "bitdepth", 8, "effort",
                               effort(save->recipe, 7, 1, 10), "interlace",
                               save->recipe->progressive, "strip", save->strip, NULL);
}

static int save_tiff(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    return vips_tiffsave_buffer(image, data, size, "compression", VIPS_FOREIGN_TIFF_COMPRESSION_LZW,
                                "predictor", VIPS_FOREIGN_TIFF_PREDICTOR_HORIZONTAL, "strip",
                                save->strip, NULL);
}

/* libvips' own defaults are HEVC and, for 16-bit pixels, 12 bits. */
static int save_avif(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    return vips_heifsave_buffer(
        image, data, size, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1, "Q",
        save->quality > 0 ? save->quality : 50, "lossless", save->recipe->lossless, "effort",
        effort(save->recipe, 4, 0, 9), "bitdepth", 8, "subsample_mode",
        save->recipe->chroma == LOOM_CHROMA_420 ? VIPS_FOREIGN_SUBSAMPLE_ON
                                                : VIPS_FOREIGN_SUBSAMPLE_OFF,
        "strip", save->strip, NULL);
}

static int save_jxl(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    /* Below 5 libvips 8.14 asks for a distance that libjxl refuses, and gets the default's. */
    const int quality = save->quality == 0 ? 75 : save->quality < 5 ? 5 : save->quality;

    return vips_jxlsave_buffer(image, data, size, "Q", quality, "lossless", save->recipe->lossless,
                               "effort", effort(save->recipe, 7, 3, 9), "strip", save->strip, NULL);
}

static const struct {
    const char *operation;
    int (*save)(VipsImage *, const loom_vips_save *, void **, size_t *);
} savers[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {"jpegsave_buffer", save_jpeg},
    [LOOM_FORMAT_PNG] = {"pngsave_buffer", save_png},
    [LOOM_FORMAT_WEBP] = {"webpsave_buffer", save_webp},
    [LOOM_FORMAT_GIF] = {"gifsave_buffer", save_gif},
    [LOOM_FORMAT_TIFF] = {"tiffsave_buffer", save_tiff},
    [LOOM_FORMAT_AVIF] = {"heifsave_buffer", save_avif},
    [LOOM_FORMAT_JXL] = {"jxlsave_buffer", save_jxl},
};

bool loom_vips_writes(loom_format format)
{
    const char *name = format < LOOM_FORMAT_COUNT ? savers[format].operation : NULL;

    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

int loom_vips_save_buffer(loom_format format, VipsImage *image, const loom_vips_save *save,
                          void **data, size_t *size)
{
    return savers[format].save(image, save, data, size);
}
