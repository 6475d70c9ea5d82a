#include "engine/vips/formats.h"

#include "engine/codec/decoder.h"
#include "engine/codec/tiff.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include "format/box.h"
#include <stdio.h>
#include <string.h>

#include <jconfig.h> /* for LIBJPEG_TURBO_VERSION: the library has no call for it */
#include <libdeflate.h>

#define TEXT_OF(x) TEXT(x)
#define TEXT(x)    #x

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

_Static_assert((int)LOOM_TIFF_TILES_WORDS <= (int)LOOM_VIPS_DAMAGE, "what `recheck` has room for");

static const loom_vips_format formats[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_JPEG] = {.load_operation = "jpegload_source",
                          .family = "VipsForeignLoadJpeg",
                          .load = vips_jpegload_source,
                          .decoder = jpeg,
                          .read = loom_vips_read_jpeg,
                          .save_operation = "jpegsave_buffer",
                          .save = loom_vips_save_jpeg,
                          .encoder = jpeg},
    [LOOM_FORMAT_PNG] = {.load_operation = "pngload_source",
                         .family = "VipsForeignLoadPng",
                         .load = vips_pngload_source,
                         .decoder = png_read,
                         .settle = loom_vips_settle_png,
                         .end = loom_vips_end_png,
                         .read = loom_vips_read_png,
                         .save_operation = "pngsave_buffer",
                         .save = loom_vips_save_png,
                         .encoder = png_written},
    [LOOM_FORMAT_WEBP] = {.load_operation = "webpload_source",
                          .family = "VipsForeignLoadWebp",
                          .load = vips_webpload_source,
                          .decoder = webp,
                          .settle = loom_vips_settle_webp,
                          .read = loom_vips_read_webp,
                          .save_operation = "webpsave_buffer",
                          .save = loom_vips_save_webp,
                          .encoder = webp},
    [LOOM_FORMAT_GIF] = {.save_operation = "gifsave_buffer",
                         .save = loom_vips_save_gif,
                         .encoder = cgif},
    [LOOM_FORMAT_TIFF] = {.load_operation = "tiffload_source",
                          .family = "VipsForeignLoadTiff",
                          .load = vips_tiffload_source,
                          .decoder = tiff,
                          .lacks = loom_vips_tiff_lacks,
                          .settle = loom_vips_settle_tiff,
                          .end = loom_vips_end_tiff,
                          .recheck = loom_tiff_tiles_damaged,
                          .save_operation = "tiffsave_buffer",
                          .save = loom_vips_save_tiff,
                          .encoder = tiff,
                          .writes = LOOM_VIPS_WRITES_PROFILE | LOOM_VIPS_WRITES_XMP |
                                    LOOM_VIPS_WRITES_ORIENTATION},
    [LOOM_FORMAT_AVIF] = {.load_operation = "heifload_source",
                          .family = "VipsForeignLoadHeif",
                          .load = vips_heifload_source,
                          .decoder = heif,
                          .coding = LOOM_FOURCC("av01"),
                          .end = loom_vips_end_heif,
                          .save_operation = "heifsave_buffer",
                          .save = loom_vips_save_avif,
                          .encoder = heif,
                          .no_encoder =
                              "libheif has no AV1 encoder (package libheif-plugin-aomenc)",
                          .writes = LOOM_VIPS_WRITES_PROFILE},
    [LOOM_FORMAT_HEIC] = {.load_operation = "heifload_source",
                          .family = "VipsForeignLoadHeif",
                          .load = vips_heifload_source,
                          .decoder = heif,
                          .coding = LOOM_FOURCC("hvc1"),
                          .end = loom_vips_end_heif},
    [LOOM_FORMAT_JXL] = {.load_operation = "jxlload_source",
                         .family = "VipsForeignLoadJxl",
                         .load = vips_jxlload_source,
                         .decoder = jxl,
                         .settle = loom_vips_settle_jxl,
                         .save_operation = "jxlsave_buffer",
                         .save = loom_vips_save_jxl,
                         .encoder = jxl,
                         .writes = LOOM_VIPS_WRITES_PROFILE},
    [LOOM_FORMAT_SVG] = {.load_operation = "svgload_source",
                         .family = "VipsForeignLoadSvg",
                         .load = vips_svgload_source,
                         .decoder = rsvg},
    [LOOM_FORMAT_JP2] = {.load_operation = "jp2kload_source",
                         .family = "VipsForeignLoadJp2k",
                         .load = vips_jp2kload_source,
                         .decoder = jp2},
};

const loom_vips_format *loom_vips_format_of(loom_format format)
{
    return &formats[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];
}

static bool has_operation(const char *name)
{
    return name != NULL && vips_type_find("VipsOperation", name) != 0;
}

bool loom_vips_reads(loom_format format)
{
    const loom_vips_format *row = loom_vips_format_of(format);

    return has_operation(row->load_operation) && loom_vips_heif_decodes(row->coding);
}

static bool writes(const loom_vips_format *row)
{
    return has_operation(row->save_operation) && loom_vips_heif_encodes(row->coding);
}

loom_codec_info loom_vips_codec(loom_format format)
{
    loom_codec_info info = {format, NULL, NULL, NULL};
    const loom_vips_format *row = loom_vips_format_of(format);
    const loom_decoder *decoder = loom_decoder_of(format);

    if (decoder != NULL)
        info.reader = decoder->name;
    else if (loom_vips_reads(format))
        info.reader = row->decoder;
    if (writes(row))
        info.writer = row->encoder;
    else if (has_operation(row->save_operation))
        info.lacks = row->no_encoder;
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
    const loom_vips_format *row = loom_vips_format_of(format);
    const VipsFailOn fail_on = vips_fail_on(load->fail_on);
    VipsImage *image = NULL;
    int failed;

    if (!loom_vips_reads(format))
        return NULL;
    VipsSource *source = vips_source_new_from_memory(data, size);
    if (source == NULL)
        return NULL;
    if (load->shrink > 1)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "shrink", load->shrink, NULL);
    else if (loom_container_of(format)->drawing)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "scale", load->scale, NULL);
    else if (load->frames)
        failed = row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on,
                           "n", -1, NULL);
    else
        failed =
            row->load(source, &image, "access", VIPS_ACCESS_SEQUENTIAL, "fail_on", fail_on, NULL);
    g_object_unref(source); /* the image holds its own reference */
    if (failed)
        return NULL;
    if ((row->end != NULL && !row->end(&image, (loom_bytes){data, size})) ||
        (load->premultiplied && vips_image_hasalpha(image) &&
         !loom_vips_end_premultiplied(&image, vips_image_get_format(image)))) {
        g_object_unref(image);
        return NULL;
    }
    return image;
}
