#include "engine/vips/formats.h"

#include "engine/codec/jpeg_guard.h"
#include "engine/codec/png.h"
#include "engine/codec/ssim.h"
#include "engine/codec/tiff.h"
#include "engine/codec/webp_write.h"
#include "engine/vips/parts.h"
#include "format/box.h"
#include "format/gif.h"
#include "format/heif.h"
#include "format/jpeg_meta.h"
#include "format/webp.h"
#include <stdio.h>
#include <string.h>

#include <libdeflate.h>

/* ---- savers -------------------------------------------------------------- */

/* The recipe's effort, limited to the encoder's range, or our default. */
static int effort(const loom_recipe *recipe, int usual, int min, int max)
{
    if (recipe->effort < 0)
        return usual;
    return recipe->effort < min ? min : recipe->effort > max ? max : recipe->effort;
}

/*
 * libvips parses EXIF and writes it again, which damages maker notes and tags unknown to libexif,
 * and adds tags. So files are written without metadata, and get it here. `put` appends the file
 * with its metadata to a string, as loom_jpeg_meta_insert does.
 */
static int put_metadata(const loom_vips_save *save,
                        bool (*put)(loom_bytes, const loom_meta *, loom_strbuf *), void **data,
                        size_t *size)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    const bool made = put((loom_bytes){*data, *size}, save->meta, &out);
    if (!made && !out.failed) {
        *save->lost = true; /* the library wrote a file of unknown structure */
        loom_strbuf_release(&out);
        return 0;
    }
    g_free(*data);
    *data = NULL;
    if (!made) {
        *save->no_memory = true;
        loom_strbuf_release(&out);
        return -1;
    }
    *size = out.size;
    *data = loom_strbuf_take(&out);
    return 0;
}

static int save_jpeg(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (vips_jpegsave_buffer(image, data, size, "Q", save->quality, "optimize_coding", TRUE,
                             "interlace", save->recipe->progressive, "subsample_mode",
                             save->recipe->chroma == LOOM_CHROMA_444 ? VIPS_FOREIGN_SUBSAMPLE_OFF
                                                                     : VIPS_FOREIGN_SUBSAMPLE_ON,
                             "strip", save->strip, NULL))
        return -1;
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_jpeg_meta_insert, data, size);
}

static int write_png(const loom_vips_save *save, void **data, size_t *size)
{
    loom_strbuf chunks = LOOM_STRBUF_INIT;

    const bool made =
        loom_png_meta_add(save->meta, &chunks) &&
        loom_png_write(save->picture, save->recipe->effort, loom_meta_bytes(&chunks), data, size);
    loom_strbuf_release(&chunks);
    *save->no_memory = *save->no_memory || !made;
    return made ? 0 : -1;
}

/* Whether a PNG has a palette, as was asked for: libvips ignores that where it cannot make one. */
static bool has_palette(const unsigned char *file, size_t size)
{
    enum { COLOUR_TYPE = 25, INDEXED = 3 };

    return size > COLOUR_TYPE && file[COLOUR_TYPE] == INDEXED;
}

static int save_palette_png(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    static const int bits[] = {
        [LOOM_PALETTE_2] = 1, [LOOM_PALETTE_4] = 2, [LOOM_PALETTE_16] = 4, [LOOM_PALETTE_256] = 8};

    if (vips_pngsave_buffer(image, data, size, "compression", effort(save->recipe, 6, 0, 9),
                            "interlace", save->recipe->progressive, "palette", TRUE, "bitdepth",
                            bits[save->recipe->palette], "strip", save->strip, NULL))
        return -1;
    if (!has_palette(*data, *size)) {
        vips_error("imgloom", "this libvips makes no palettes");
        g_free(*data);
        *data = NULL;
        return -1;
    }
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_png_meta_insert, data, size);
}

static int save_png(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (save->recipe->palette != LOOM_PALETTE_NONE)
        return save_palette_png(image, save, data, size);
    if (!save->recipe->progressive && loom_png_writes(save->picture))
        return write_png(save, data, size);
    if (vips_pngsave_buffer(image, data, size, "compression", effort(save->recipe, 6, 0, 9),
                            "interlace", save->recipe->progressive, "strip", save->strip, NULL))
        return -1;
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_png_meta_insert, data, size);
}

static int save_webp(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    const int near = save->recipe->near_lossless;
    const int quality = save->quality > 0 ? save->quality : 75;

    /* libvips takes the quality for the level of near-lossless. WebP has no 4:4:4; its sharper
     * conversion to 4:2:0 comes closest. */
    if (vips_webpsave_buffer(image, data, size, "Q", near >= 0 ? near : quality, "near_lossless",
                             near >= 0, "lossless", save->recipe->lossless, "effort",
                             loom_webp_effort(save->recipe), "smart_subsample",
                             save->recipe->chroma == LOOM_CHROMA_444, "strip", save->strip, NULL))
        return -1;
    /* libvips 8.14 always writes EXIF, with the resolution. */
    *size = loom_webp_drop_metadata(*data, *size);
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_webp_put_metadata, data, size);
}

static int save_gif(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    if (vips_gifsave_buffer(image, data, size, "bitdepth", 8, "effort",
                            effort(save->recipe, 7, 1, 10), "interlace", save->recipe->progressive,
                            "strip", save->strip, NULL))
        return -1;
    /* Where the palette has room, cgif names a transparent colour: later frames may use it. */
    if (!vips_image_hasalpha(image))
        loom_gif_name_no_alpha(*data, *size);
    return 0;
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
    if (vips_heifsave_buffer(image, data, size, "compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1,
                             "Q", save->quality > 0 ? save->quality : 50, "lossless",
                             save->recipe->lossless, "effort", effort(save->recipe, 4, 0, 9),
                             "bitdepth", 8, "subsample_mode",
                             save->recipe->chroma == LOOM_CHROMA_420 ? VIPS_FOREIGN_SUBSAMPLE_ON
                                                                     : VIPS_FOREIGN_SUBSAMPLE_OFF,
                             "strip", save->strip, NULL))
        return -1;
    return save->strip && loom_meta_is_empty(save->meta)
               ? 0
               : put_metadata(save, loom_heif_put_metadata, data, size);
}

static int save_jxl(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
    /* Below 5, libvips 8.14 requests a distance that libjxl refuses, and gets the default instead.
     */
    const int quality = save->quality == 0 ? 75 : save->quality < 5 ? 5 : save->quality;

    return vips_jxlsave_buffer(image, data, size, "Q", quality, "lossless", save->recipe->lossless,
                               "effort", effort(save->recipe, 7, 3, 9), "strip", save->strip, NULL);
}

/* ---- the libraries' names ------------------------------------------------ */

/* A version text ends at its first line; NULL: unknown. */
static void put_name(char text[LOOM_VIPS_NAME], const char *library, const char *version)
{
    const int length = version != NULL ? (int)strcspn(version, "\n") : 0;

    (void)snprintf(text, LOOM_VIPS_NAME, "%s%s%.*s", library, length > 0 ? " " : "", length,
                   length > 0 ? version : "");
}

static void name_tiff(char text[LOOM_VIPS_NAME])
{
    static const char prefix[] = "LIBTIFF, Version ";
    const char *(*const call)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libtiff.so.6", "TIFFGetVersion");
    const char *version = call != NULL ? call() : NULL;

    if (version != NULL && strncmp(version, prefix, sizeof prefix - 1) == 0)
        version += sizeof prefix - 1;
    put_name(text, "libtiff", version);
}

static void name_webp(char text[LOOM_VIPS_NAME])
{
    int (*const call)(void) =
        (int (*)(void))loom_vips_library_symbol("libwebp.so.7", "WebPGetEncoderVersion");
    const int v = call != NULL ? call() : 0; /* 0xMMmmpp */
    char version[32];

    (void)snprintf(version, sizeof version, "%d.%d.%d", v >> 16 & 255, v >> 8 & 255, v & 255);
    put_name(text, "libwebp", call != NULL ? version : NULL);
}

static void name_heif(char text[LOOM_VIPS_NAME])
{
    const char *(*const call)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libheif.so.1", "heif_get_version");

    put_name(text, "libheif", call != NULL ? call() : NULL);
}

/* libvips is built with one or the other. */
static void name_png(char text[LOOM_VIPS_NAME])
{
    const char *(*const spng_version)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libspng.so.0", "spng_version_string");
    const char *(*const png_version)(const void *) =
        (const char *(*)(const void *))loom_vips_library_symbol("libpng16.so.16",
                                                                "png_get_libpng_ver");

    if (spng_version != NULL)
        put_name(text, "libspng", spng_version());
    else
        put_name(text, "libpng", png_version != NULL ? png_version(NULL) : NULL);
}

/* ---- the table ----------------------------------------------------------- */

#ifdef LOOM_JPEG_DECODER /* else this build has none of its own */
#define JPEG_READER "imgloom"
#else
#define JPEG_READER NULL
#endif

_Static_assert((int)LOOM_TIFF_TILES_WORDS <= (int)LOOM_VIPS_DAMAGE, "what `recheck` has room for");

static const loom_vips_format formats[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {.load_operation = "jpegload_source",
                          .family = "VipsForeignLoadJpeg",
                          .load = vips_jpegload_source,
                          .library = loom_jpeg_library,
                          .lane_reader = JPEG_READER,
                          .lane_writer = "imgloom",
                          .read = loom_vips_read_jpeg,
                          .save_operation = "jpegsave_buffer",
                          .save = save_jpeg,
                          .read_luma = loom_luma_read_jpeg},
    [LOOM_FORMAT_PNG] = {.load_operation = "pngload_source",
                         .family = "VipsForeignLoadPng",
                         .load = vips_pngload_source,
                         .name = name_png,
                         .reader = LOOM_PNG_READER_NAME,
                         .writer = "libdeflate " LIBDEFLATE_VERSION_STRING,
                         .settle = loom_png_settle_job,
                         .end = loom_vips_end_png,
                         .read = loom_vips_read_png,
                         .save_operation = "pngsave_buffer",
                         .save = save_png},
    [LOOM_FORMAT_WEBP] = {.load_operation = "webpload_source",
                          .family = "VipsForeignLoadWebp",
                          .load = vips_webpload_source,
                          .name = name_webp,
                          .settle = loom_vips_settle_webp,
                          .read = loom_vips_read_webp,
                          .save_operation = "webpsave_buffer",
                          .save = save_webp,
                          .read_luma = loom_luma_read_webp},
    [LOOM_FORMAT_GIF] = {.save_operation = "gifsave_buffer", .save = save_gif, .library = "cgif"},
    [LOOM_FORMAT_TIFF] = {.load_operation = "tiffload_source",
                          .family = "VipsForeignLoadTiff",
                          .load = vips_tiffload_source,
                          .name = name_tiff,
                          .lacks = loom_vips_tiff_lacks,
                          .settle = loom_vips_settle_tiff,
                          .end = loom_vips_end_tiff,
                          .recheck = loom_tiff_tiles_damaged,
                          .save_operation = "tiffsave_buffer",
                          .save = save_tiff,
                          .writes = LOOM_VIPS_WRITES_PROFILE | LOOM_VIPS_WRITES_XMP |
                                    LOOM_VIPS_WRITES_ORIENTATION},
    [LOOM_FORMAT_AVIF] = {.load_operation = "heifload_source",
                          .family = "VipsForeignLoadHeif",
                          .load = vips_heifload_source,
                          .name = name_heif,
                          .coding = LOOM_FOURCC("av01"),
                          .end = loom_vips_end_heif,
                          .save_operation = "heifsave_buffer",
                          .save = save_avif,
                          .no_encoder =
                              "libheif has no AV1 encoder (package libheif-plugin-aomenc)",
                          .writes = LOOM_VIPS_WRITES_PROFILE},
    [LOOM_FORMAT_HEIC] = {.load_operation = "heifload_source",
                          .family = "VipsForeignLoadHeif",
                          .load = vips_heifload_source,
                          .name = name_heif,
                          .coding = LOOM_FOURCC("hvc1"),
                          .end = loom_vips_end_heif},
    [LOOM_FORMAT_JXL] = {.load_operation = "jxlload_source",
                         .family = "VipsForeignLoadJxl",
                         .load = vips_jxlload_source,
                         .library = "libjxl",
                         .settle = loom_vips_settle_jxl,
                         .end = loom_vips_end_jxl,
                         .save_operation = "jxlsave_buffer",
                         .save_family = "VipsForeignSaveJxl",
                         .save = save_jxl,
                         .changes_samples = true,
                         .writes = LOOM_VIPS_WRITES_PROFILE},
    [LOOM_FORMAT_SVG] = {.load_operation = "svgload_source",
                         .family = "VipsForeignLoadSvg",
                         .load = vips_svgload_source,
                         .library = "librsvg"},
    [LOOM_FORMAT_JP2] = {.load_operation = "jp2kload_source",
                         .family = "VipsForeignLoadJp2k",
                         .load = vips_jp2kload_source,
                         .library = "OpenJPEG"},
};

const loom_vips_format *loom_vips_format_of(loom_format format)
{
    return &formats[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];
}
