#include "engine/vips/formats.h"

#include "base/array.h"
#include "engine/codec/decoder.h"
#include "engine/codec/png.h"
#include "engine/vips/heif.h"
#include "engine/vips/library.h"
#include "engine/vips/ops.h"
#include "engine/vips/png_late.h"
#include "engine/vips/tiff.h"
#include "format/box.h"
#include "format/heif.h"
#include "format/jpeg_meta.h"
#include "format/webp.h"
#include <stdio.h>
#include <string.h>

#include <jconfig.h> /* for LIBJPEG_TURBO_VERSION: the library has no call for it */
#include <libdeflate.h>

#define TEXT_OF(x) TEXT(x)
#define TEXT(x)    #x

/* ---- savers -------------------------------------------------------------- */

/* The recipe's effort within an encoder's range, or what we use without one. */
static int effort(const loom_recipe *recipe, int usual, int min, int max)
{
    if (recipe->effort < 0)
        return usual;
    return recipe->effort < min ? min : recipe->effort > max ? max : recipe->effort;
}

/*
 * libvips takes EXIF apart to write it anew, which garbles maker notes and what libexif does not
 * know, and adds to it. So files are written without, and get their metadata here. `put` appends
 * the file with them to a string, as loom_jpeg_meta_insert does.
 */
static int put_metadata(const loom_vips_save *save,
                        bool (*put)(loom_bytes, const loom_meta *, loom_strbuf *), void **data,
                        size_t *size)
{
    loom_strbuf out = LOOM_STRBUF_INIT;

    const bool made = put((loom_bytes){*data, *size}, save->meta, &out);
    if (!made && !out.failed) {
        *save->lost = true; /* a library's file that is other than those we know */
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

static int save_png(VipsImage *image, const loom_vips_save *save, void **data, size_t *size)
{
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
    /* WebP has no 4:4:4; its sharper conversion to 4:2:0 is the nearest. */
    if (vips_webpsave_buffer(image, data, size, "Q", save->quality > 0 ? save->quality : 75,
                             "lossless", save->recipe->lossless, "effort",
                             effort(save->recipe, 4, 0, 6), "smart_subsample",
                             save->recipe->chroma == LOOM_CHROMA_444, "strip", save->strip, NULL))
        return -1;
    /* libvips 8.14 writes EXIF, with the resolution, whatever it is told. */
    *size = loom_webp_drop_metadata(*data, *size);
    return loom_meta_is_empty(save->meta) ? 0
                                          : put_metadata(save, loom_webp_put_metadata, data, size);
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
    /* Below 5 libvips 8.14 asks for a distance that libjxl refuses, and gets the default's. */
    const int quality = save->quality == 0 ? 75 : save->quality < 5 ? 5 : save->quality;

    return vips_jxlsave_buffer(image, data, size, "Q", quality, "lossless", save->recipe->lossless,
                               "effort", effort(save->recipe, 7, 3, 9), "strip", save->strip, NULL);
}

/* ---- the names of codecs ------------------------------------------------- */

enum { VERSION_SIZE = 32, NAME_SIZE = 128 };

/* Written once by loom_vips_formats_start, then only read. */
static char vips_number[VERSION_SIZE];
static char jpeg[NAME_SIZE], png[NAME_SIZE], webp[NAME_SIZE], tiff[NAME_SIZE], heif[NAME_SIZE];
static char png_read[NAME_SIZE + 32], png_written[NAME_SIZE + 32];
static char cgif[NAME_SIZE], jxl[NAME_SIZE];
static char rsvg[NAME_SIZE], jp2[NAME_SIZE];

/* "LIBRARY VERSION, libvips X". A version text ends at its first line. */
static void name_codec(char name[NAME_SIZE], const char *library, const char *version)
{
    const int length = version != NULL ? (int)strcspn(version, "\n") : 0;

    (void)snprintf(name, NAME_SIZE, "%s%s%.*s, libvips %s", library, length > 0 ? " " : "", length,
                   length > 0 ? version : "", vips_number);
}

static const char *tiff_version(void)
{
    static const char prefix[] = "LIBTIFF, Version ";
    const char *(*const call)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libtiff.so.6", "TIFFGetVersion");
    const char *text = call != NULL ? call() : NULL;

    if (text != NULL && strncmp(text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    return text;
}

static const char *webp_version(char text[VERSION_SIZE])
{
    int (*const call)(void) =
        (int (*)(void))loom_vips_library_symbol("libwebp.so.7", "WebPGetEncoderVersion");

    if (call == NULL)
        return NULL;
    const int v = call(); /* 0xMMmmpp */
    (void)snprintf(text, VERSION_SIZE, "%d.%d.%d", v >> 16 & 255, v >> 8 & 255, v & 255);
    return text;
}

/* libvips is built with the one or the other. */
static void name_png(void)
{
    const char *(*const spng_version)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libspng.so.0", "spng_version_string");
    const char *(*const png_version)(const void *) =
        (const char *(*)(const void *))loom_vips_library_symbol("libpng16.so.16",
                                                                "png_get_libpng_ver");

    if (spng_version != NULL)
        name_codec(png, "libspng", spng_version());
    else
        name_codec(png, "libpng", png_version != NULL ? png_version(NULL) : NULL);
    (void)snprintf(png_read, sizeof png_read, "ISA-L, %s", png);
    (void)snprintf(png_written, sizeof png_written, "libdeflate %s, %s", LIBDEFLATE_VERSION_STRING,
                   png);
}

static void name_codecs(void)
{
    const char *(*const heif_version)(void) =
        (const char *(*)(void))loom_vips_library_symbol("libheif.so.1", "heif_get_version");
    char text[VERSION_SIZE];

    (void)snprintf(vips_number, sizeof vips_number, "%d.%d.%d", vips_version(0), vips_version(1),
                   vips_version(2));
    name_codec(jpeg, "libjpeg-turbo", TEXT_OF(LIBJPEG_TURBO_VERSION));
    name_png();
    name_codec(webp, "libwebp", webp_version(text));
    name_codec(tiff, "libtiff", tiff_version());
    name_codec(heif, "libheif", heif_version != NULL ? heif_version() : NULL);
    name_codec(cgif, "cgif", NULL);
    name_codec(jxl, "libjxl", NULL);
    name_codec(rsvg, "librsvg", NULL);
    name_codec(jp2, "OpenJPEG", NULL);
}

/* ---- the table ----------------------------------------------------------- */

/* The loaders all have this shape; libvips' sniffing calls (…_find_load) are never used. */
typedef int (*loader)(VipsSource *, VipsImage **, ...);

/* What libvips has for a format. */
static const struct {
    const char *load_operation, *family; /* the loader's; `family`: with all its relatives */
    loader load;
    const char *decoder;        /* what reads it, for `imgloom formats`; likewise `encoder` */
    const char *save_operation; /* NULL: it is not written */
    int (*save)(VipsImage *, const loom_vips_save *, void **, size_t *);
    const char *encoder;
} formats[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {"jpegload_source", "VipsForeignLoadJpeg", vips_jpegload_source, jpeg,
                          "jpegsave_buffer", save_jpeg, jpeg},
    [LOOM_FORMAT_PNG] = {"pngload_source", "VipsForeignLoadPng", vips_pngload_source, png_read,
                         "pngsave_buffer", save_png, png_written},
    [LOOM_FORMAT_WEBP] = {"webpload_source", "VipsForeignLoadWebp", vips_webpload_source, webp,
                          "webpsave_buffer", save_webp, webp},
    [LOOM_FORMAT_GIF] = {NULL, NULL, NULL, NULL, "gifsave_buffer", save_gif, cgif},
    [LOOM_FORMAT_TIFF] = {"tiffload_source", "VipsForeignLoadTiff", vips_tiffload_source, tiff,
                          "tiffsave_buffer", save_tiff, tiff},
    [LOOM_FORMAT_AVIF] = {"heifload_source", "VipsForeignLoadHeif", vips_heifload_source, heif,
                          "heifsave_buffer", save_avif, heif},
    [LOOM_FORMAT_HEIC] = {"heifload_source", "VipsForeignLoadHeif", vips_heifload_source, heif,
                          NULL, NULL, NULL},
    [LOOM_FORMAT_JXL] = {"jxlload_source", "VipsForeignLoadJxl", vips_jxlload_source, jxl,
                         "jxlsave_buffer", save_jxl, jxl},
    [LOOM_FORMAT_SVG] = {"svgload_source", "VipsForeignLoadSvg", vips_svgload_source, rsvg, NULL,
                         NULL, NULL},
    [LOOM_FORMAT_JP2] = {"jp2kload_source", "VipsForeignLoadJp2k", vips_jp2kload_source, jp2, NULL,
                         NULL, NULL},
};

static bool has_operation(const char *name)
{
    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

/* What pictures of the format are coded as, where libheif has that in plug-ins; 0: it is no HEIF.
 */
static uint32_t heif_coding(loom_format format)
{
    return format == LOOM_FORMAT_AVIF   ? LOOM_FOURCC("av01")
           : format == LOOM_FORMAT_HEIC ? LOOM_FOURCC("hvc1")
                                        : 0;
}

bool loom_vips_reads(loom_format format)
{
    return format < LOOM_FORMAT_COUNT && has_operation(formats[format].load_operation) &&
           loom_vips_heif_decodes(heif_coding(format));
}

bool loom_vips_writes(loom_format format)
{
    return format < LOOM_FORMAT_COUNT && has_operation(formats[format].save_operation) &&
           loom_vips_heif_encodes(heif_coding(format));
}

loom_codec_info loom_vips_codec(loom_format format)
{
    loom_codec_info info = {format, NULL, NULL, NULL};
    const loom_decoder *decoder = loom_decoder_of(format);

    if (decoder != NULL)
        info.reader = decoder->name;
    else if (loom_vips_reads(format))
        info.reader = formats[format].decoder;
    if (loom_vips_writes(format))
        info.writer = formats[format].encoder;
    else if (format == LOOM_FORMAT_AVIF && has_operation(formats[format].save_operation))
        info.lacks = "libheif has no AV1 encoder (package libheif-plugin-aomenc)";
    return info;
}

const char *loom_vips_version(void)
{
    return vips_number;
}

/* ---- opening and saving -------------------------------------------------- */

void loom_vips_formats_start(bool allow_untrusted)
{
    name_codecs();
    vips_block_untrusted_set(TRUE);
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (int i = 0; i < LOOM_FORMAT_COUNT; i++)
        if (formats[i].family != NULL &&
            (allow_untrusted || !loom_format_get((loom_format)i)->untrusted))
            vips_operation_block_set(formats[i].family, FALSE);
    vips_operation_block_set("VipsForeignSaveJxl", FALSE); /* untrusted as its loader is */
}

/* libvips' `truncated` refuses damage of some formats too; what is cut short we know without it. */
static VipsFailOn vips_fail_on(loom_fail_on fail_on)
{
    switch (fail_on) {
    case LOOM_FAIL_ON_NONE:
    case LOOM_FAIL_ON_TRUNCATED:
        return VIPS_FAIL_ON_NONE;
    case LOOM_FAIL_ON_WARNING:
        return VIPS_FAIL_ON_WARNING;
    default:
        return VIPS_FAIL_ON_ERROR;
    }
}

VipsImage *loom_vips_open(loom_format format, const void *data, size_t size,
                          const loom_vips_load *load)
{
    const loader call = format < LOOM_FORMAT_COUNT ? formats[format].load : NULL;
    const VipsFailOn fail_on = vips_fail_on(load->fail_on);
    VipsImage *image = NULL;
    int failed;

    if (!loom_vips_reads(format))
        return NULL;
    VipsSource *source = vips_source_new_from_memory(data, size);
    if (source == NULL)
        return NULL;
    if (load->shrink > 1)
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                      "shrink", load->shrink, NULL);
    else if (loom_container_of(format)->drawing)
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, "scale",
                      load->scale, NULL);
    else if (load->frames)
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, "n", -1,
                      NULL);
    else
        failed = call(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
    g_object_unref(source); /* the image holds its own reference */
    if (failed)
        return NULL;
    if (format == LOOM_FORMAT_PNG)
        loom_vips_png_late(image, (loom_bytes){data, size});
    const bool is_heif = format == LOOM_FORMAT_AVIF || format == LOOM_FORMAT_HEIC;
    if ((is_heif && !loom_vips_heif_end(&image)) ||
        (format == LOOM_FORMAT_TIFF && !loom_vips_tiff_end(&image, (loom_bytes){data, size})) ||
        (load->premultiplied && vips_image_hasalpha(image) &&
         !loom_vips_end_premultiplied(&image, vips_image_get_format(image)))) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}

int loom_vips_save_buffer(loom_format format, VipsImage *image, const loom_vips_save *save,
                          void **data, size_t *size)
{
    return formats[format].save(image, save, data, size);
}
