#include "engine/vips/codecs.h"

#include "engine/codec/stb_decoder.h"
#include "engine/vips/load.h"
#include "engine/vips/savers.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include <jconfig.h> /* for LIBJPEG_TURBO_VERSION: the library has no call for it */
#include <libdeflate.h>

#define TEXT_OF(x) TEXT(x)
#define TEXT(x)    #x

enum { VERSION_SIZE = 32, NAME_SIZE = 128 };

/* Written once by loom_codecs_start, then only read. */
static char vips_number[VERSION_SIZE];
static char jpeg[NAME_SIZE], png[NAME_SIZE], webp[NAME_SIZE], tiff[NAME_SIZE], heif[NAME_SIZE];
static char png_read[NAME_SIZE + 32], png_written[NAME_SIZE + 32];
static char nsgif[NAME_SIZE], cgif[NAME_SIZE], jxl[NAME_SIZE];
static char rsvg[NAME_SIZE], jp2[NAME_SIZE];

/*
 * The codecs are libvips' dependencies, not ours, so they are asked at run time, where they are
 * loaded already. NULL where that is not so.
 */
static void *symbol(const char *library, const char *name)
{
    void *handle = dlopen(library, RTLD_LAZY | RTLD_NOLOAD);
    void *found = handle != NULL ? dlsym(handle, name) : NULL;

    if (handle != NULL)
        (void)dlclose(handle); /* gives back our reference; the library stays */
    return found;
}

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
        (const char *(*)(void))symbol("libtiff.so.6", "TIFFGetVersion");
    const char *text = call != NULL ? call() : NULL;

    if (text != NULL && strncmp(text, prefix, sizeof prefix - 1) == 0)
        text += sizeof prefix - 1;
    return text;
}

static const char *webp_version(char text[VERSION_SIZE])
{
    int (*const call)(void) = (int (*)(void))symbol("libwebp.so.7", "WebPGetEncoderVersion");

    if (call == NULL)
        return NULL;
    const int v = call(); /* 0xMMmmpp */
    (void)snprintf(text, VERSION_SIZE, "%d.%d.%d", v >> 16 & 255, v >> 8 & 255, v & 255);
    return text;
}

void loom_codecs_start(void)
{
    const char *(*const png_version)(const void *) =
        (const char *(*)(const void *))symbol("libpng16.so.16", "png_get_libpng_ver");
    const char *(*const heif_version)(void) =
        (const char *(*)(void))symbol("libheif.so.1", "heif_get_version");
    char text[VERSION_SIZE];

    (void)snprintf(vips_number, sizeof vips_number, "%d.%d.%d", vips_version(0), vips_version(1),
                   vips_version(2));
    name_codec(jpeg, "libjpeg-turbo", TEXT_OF(LIBJPEG_TURBO_VERSION));
    name_codec(png, "libpng", png_version != NULL ? png_version(NULL) : NULL);
    (void)snprintf(png_read, sizeof png_read, "ISA-L, %s", png);
    (void)snprintf(png_written, sizeof png_written, "libdeflate %s, %s", LIBDEFLATE_VERSION_STRING,
                   png);
    name_codec(webp, "libwebp", webp_version(text));
    name_codec(tiff, "libtiff", tiff_version());
    name_codec(heif, "libheif", heif_version != NULL ? heif_version() : NULL);
    name_codec(nsgif, "libnsgif", NULL);
    name_codec(cgif, "cgif", NULL);
    name_codec(jxl, "libjxl", NULL);
    name_codec(rsvg, "librsvg", NULL);
    name_codec(jp2, "OpenJPEG", NULL);
}

loom_codec_info loom_codecs_get(loom_format format)
{
    static const struct {
        const char *reader, *writer;
    } names[LOOM_FORMAT_COUNT] = {
        [LOOM_FORMAT_JPEG] = {jpeg, jpeg}, [LOOM_FORMAT_PNG] = {png_read, png_written},
        [LOOM_FORMAT_WEBP] = {webp, webp}, [LOOM_FORMAT_GIF] = {nsgif, cgif},
        [LOOM_FORMAT_TIFF] = {tiff, tiff}, [LOOM_FORMAT_AVIF] = {heif, heif},
        [LOOM_FORMAT_HEIC] = {heif, NULL}, [LOOM_FORMAT_JXL] = {jxl, jxl},
        [LOOM_FORMAT_SVG] = {rsvg, NULL},  [LOOM_FORMAT_JP2] = {jp2, NULL},
    };
    loom_codec_info info = {format, NULL, NULL};

    if (format <= LOOM_FORMAT_UNKNOWN || format >= LOOM_FORMAT_COUNT)
        return info;
    if (loom_stb_reads(format))
        info.reader = "stb_image " STB_IMAGE_VERSION;
    else if (loom_vips_reads(format))
        info.reader = names[format].reader;
    if (loom_vips_writes(format))
        info.writer = names[format].writer;
    return info;
}

const char *loom_codecs_vips_version(void)
{
    return vips_number;
}
