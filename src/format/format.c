#include <imgloom/format.h>

#include "base/array.h"
#include "base/text.h"
#include "format/container.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Each is in its file, NAME.c. */
extern const loom_container loom_container_jpeg, loom_container_png, loom_container_webp,
    loom_container_gif, loom_container_tiff, loom_container_avif, loom_container_heic,
    loom_container_bmp, loom_container_tga, loom_container_psd, loom_container_pnm,
    loom_container_hdr, loom_container_jxl, loom_container_svg, loom_container_jp2,
    loom_container_pdf;

static const loom_container nothing = {.sniff = NULL};

/*
 * Max sides, px: WebP's 14 bits, GIF's 16 bits, the limit of the AV1 encoders; libvips'
 * VIPS_MAX_COORD for formats without a relevant limit.
 */
enum { WEBP_SIDE = 16383, GIF_SIDE = 65535, AVIF_SIDE = 16384 };
enum { VIPS_SIDE = 10000000 };

/* A format: its public row, and its container. */
static const struct row {
    loom_format_info info;
    const loom_container *container;
} table[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_UNKNOWN] =
        {{.format = LOOM_FORMAT_UNKNOWN, .name = "unknown", .same_as = LOOM_FORMAT_PNG}, &nothing},
    [LOOM_FORMAT_JPEG] = {{.format = LOOM_FORMAT_JPEG,
                           .name = "jpeg",
                           .extensions = {"jpg", "jpeg", "jpe", "jfif"},
                           .same_as = LOOM_FORMAT_JPEG,
                           .writable = true,
                           .choices =
                               LOOM_CHOICE_QUALITY | LOOM_CHOICE_PROGRESSIVE | LOOM_CHOICE_CHROMA,
                           .quality = 80,
                           .max_side = LOOM_JPEG_SIDE_MAX},
                          &loom_container_jpeg},
    [LOOM_FORMAT_PNG] = {{.format = LOOM_FORMAT_PNG,
                          .name = "png",
                          .extensions = {"png"},
                          .same_as = LOOM_FORMAT_PNG,
                          .writable = true,
                          .choices = LOOM_CHOICE_EFFORT | LOOM_CHOICE_PROGRESSIVE,
                          .always_lossless = true,
                          .alpha = true,
                          .deep = true,
                          .max_side = VIPS_SIDE},
                         &loom_container_png},
    [LOOM_FORMAT_WEBP] = {{.format = LOOM_FORMAT_WEBP,
                           .name = "webp",
                           .extensions = {"webp"},
                           .same_as = LOOM_FORMAT_WEBP,
                           .writable = true,
                           .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS |
                                      LOOM_CHOICE_EFFORT | LOOM_CHOICE_CHROMA,
                           .alpha = true,
                           .animation = true,
                           .quality = 80,
                           .max_side = WEBP_SIDE},
                          &loom_container_webp},
    [LOOM_FORMAT_GIF] = {{.format = LOOM_FORMAT_GIF,
                          .name = "gif",
                          .extensions = {"gif"},
                          .same_as = LOOM_FORMAT_GIF,
                          .writable = true,
                          .choices = LOOM_CHOICE_EFFORT | LOOM_CHOICE_PROGRESSIVE,
                          .alpha = true,
                          .animation = true,
                          .max_side = GIF_SIDE},
                         &loom_container_gif},
    [LOOM_FORMAT_TIFF] = {{.format = LOOM_FORMAT_TIFF,
                           .name = "tiff",
                           .extensions = {"tif", "tiff"},
                           .same_as = LOOM_FORMAT_TIFF,
                           .writable = true,
                           .always_lossless = true,
                           .alpha = true,
                           .deep = true,
                           .max_side = VIPS_SIDE},
                          &loom_container_tiff},
    [LOOM_FORMAT_AVIF] = {{.format = LOOM_FORMAT_AVIF,
                           .name = "avif",
                           .extensions = {"avif"},
                           .same_as = LOOM_FORMAT_AVIF,
                           .writable = true,
                           .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS |
                                      LOOM_CHOICE_EFFORT | LOOM_CHOICE_CHROMA,
                           .alpha = true,
                           .quality = 50,
                           .max_side = AVIF_SIDE},
                          &loom_container_avif},
    [LOOM_FORMAT_HEIC] = {{.format = LOOM_FORMAT_HEIC,
                           .name = "heic",
                           .extensions = {"heic", "heif", "hif"},
                           .same_as = LOOM_FORMAT_JPEG},
                          &loom_container_heic},
    [LOOM_FORMAT_BMP] = {{.format = LOOM_FORMAT_BMP,
                          .name = "bmp",
                          .extensions = {"bmp", "dib"},
                          .same_as = LOOM_FORMAT_PNG},
                         &loom_container_bmp},
    [LOOM_FORMAT_TGA] = {{.format = LOOM_FORMAT_TGA,
                          .name = "tga",
                          .extensions = {"tga"},
                          .same_as = LOOM_FORMAT_PNG},
                         &loom_container_tga},
    [LOOM_FORMAT_PSD] = {{.format = LOOM_FORMAT_PSD,
                          .name = "psd",
                          .extensions = {"psd", "psb"},
                          .same_as = LOOM_FORMAT_PNG},
                         &loom_container_psd},
    [LOOM_FORMAT_PNM] = {{.format = LOOM_FORMAT_PNM,
                          .name = "pnm",
                          .extensions = {"pnm", "pbm", "pgm", "ppm"},
                          .same_as = LOOM_FORMAT_PNG},
                         &loom_container_pnm},
    [LOOM_FORMAT_HDR] = {{.format = LOOM_FORMAT_HDR,
                          .name = "hdr",
                          .extensions = {"hdr"},
                          .same_as = LOOM_FORMAT_PNG},
                         &loom_container_hdr},
    [LOOM_FORMAT_JXL] = {{.format = LOOM_FORMAT_JXL,
                          .name = "jxl",
                          .extensions = {"jxl"},
                          .same_as = LOOM_FORMAT_JXL,
                          .untrusted = true,
                          .writable = true,
                          .choices =
                              LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS | LOOM_CHOICE_EFFORT,
                          .alpha = true,
                          .quality = 75,
                          .max_side = VIPS_SIDE},
                         &loom_container_jxl},
    [LOOM_FORMAT_SVG] = {{.format = LOOM_FORMAT_SVG,
                          .name = "svg",
                          .extensions = {"svg", "svgz"},
                          .same_as = LOOM_FORMAT_PNG,
                          .untrusted = true},
                         &loom_container_svg},
    [LOOM_FORMAT_JP2] = {{.format = LOOM_FORMAT_JP2,
                          .name = "jp2",
                          .extensions = {"jp2", "j2k", "jpc"},
                          .same_as = LOOM_FORMAT_PNG,
                          .untrusted = true},
                         &loom_container_jp2},
    /* Identified by its content, so that messages can name it; nothing reads it. */
    [LOOM_FORMAT_PDF] = {{.format = LOOM_FORMAT_PDF, .name = "pdf", .same_as = LOOM_FORMAT_PNG},
                         &loom_container_pdf},
};

static const struct row *row_of(loom_format format)
{
    return &table[(unsigned)format < LOOM_FORMAT_COUNT ? format : LOOM_FORMAT_UNKNOWN];
}

const loom_container *loom_container_of(loom_format format)
{
    return row_of(format)->container;
}

/* ---- by name ------------------------------------------------------------- */

const loom_format_info *loom_format_get(loom_format format)
{
    return &row_of(format)->info;
}

loom_format loom_format_by_name(const char *name)
{
    for (unsigned i = LOOM_FORMAT_UNKNOWN + 1; i < LOOM_FORMAT_COUNT; i++) {
        const loom_format_info *info = &table[i].info;
        if (loom_ascii_casecmp(name, info->name) == 0 ||
            (info->extensions[0] != NULL && loom_ascii_casecmp(name, info->extensions[0]) == 0))
            return info->format;
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
        for (const char *const *e = table[i].info.extensions; *e != NULL; e++)
            if (loom_ascii_casecmp(dot + 1, *e) == 0)
                return table[i].info.format;
    return LOOM_FORMAT_UNKNOWN;
}

/* ---- by content ---------------------------------------------------------- */

/*
 * Magic numbers first. The brands of HEIF follow four arbitrary bytes, and the signatures of the
 * last three are short.
 */
static const loom_format sniff_order[] = {
    LOOM_FORMAT_JPEG, LOOM_FORMAT_PNG,  LOOM_FORMAT_GIF, LOOM_FORMAT_WEBP, LOOM_FORMAT_TIFF,
    LOOM_FORMAT_PSD,  LOOM_FORMAT_HDR,  LOOM_FORMAT_JXL, LOOM_FORMAT_JP2,  LOOM_FORMAT_PDF,
    LOOM_FORMAT_AVIF, LOOM_FORMAT_HEIC, LOOM_FORMAT_BMP, LOOM_FORMAT_PNM,  LOOM_FORMAT_SVG};

_Static_assert(LOOM_COUNT(sniff_order) == LOOM_FORMAT_COUNT - 2, "all but UNKNOWN and TGA");

loom_format loom_format_sniff(const void *bytes, size_t size)
{
    const loom_bytes file = {bytes, size};

    for (size_t i = 0; i < LOOM_COUNT(sniff_order) && size > 0; i++)
        if (loom_container_of(sniff_order[i])->sniff(file))
            return sniff_order[i];
    return LOOM_FORMAT_UNKNOWN;
}

loom_format loom_format_detect(loom_bytes file, const char *path)
{
    const loom_format format = loom_format_sniff(file.data, file.size);

    return format != LOOM_FORMAT_UNKNOWN ? format : loom_format_by_name_alone(path);
}

loom_format loom_format_by_name_alone(const char *path)
{
    const loom_format named = loom_format_by_path(path);

    return loom_container_of(named)->sniff == NULL ? named : LOOM_FORMAT_UNKNOWN;
}

bool loom_format_header(loom_format format, loom_bytes file, loom_header *header)
{
    const loom_container *container = loom_container_of(format);

    *header = (loom_header){.format = format, .orientation = 1, .frames = 1, .scans = 1};
    return container->header != NULL && container->header(file, header) && header->width > 0 &&
           header->height > 0;
}

size_t loom_format_header_size(loom_format format, loom_bytes start)
{
    const loom_container *container = loom_container_of(format);

    return container->header_size != NULL ? container->header_size(start) : start.size;
}

bool loom_format_unsupported(loom_format format, loom_bytes file,
                             char reason[LOOM_UNSUPPORTED_REASON])
{
    const loom_container *container = loom_container_of(format);

    return container->unsupported != NULL && container->unsupported(file, reason);
}

const loom_kind *loom_format_kind(loom_format format, size_t n)
{
    const loom_kind *kind = loom_container_of(format)->kinds;

    if (kind == NULL)
        return NULL;
    while (n > 0 && kind->aspect != NULL) {
        kind++;
        n--;
    }
    return kind->aspect != NULL ? kind : NULL;
}

bool loom_kind_refuse(const loom_kind *kinds, const char *aspect, uint64_t value,
                      char reason[LOOM_UNSUPPORTED_REASON])
{
    for (const loom_kind *k = kinds; k->aspect != NULL; k++) {
        if (k->value != value || strcmp(k->aspect, aspect) != 0)
            continue;
        if (!k->read)
            (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s: %s", aspect, k->name);
        return !k->read;
    }
    (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s: number %" PRIu64 ", which is not known",
                   aspect, value);
    return true;
}

loom_status loom_header_broken(loom_error *err, const char *what)
{
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE, "the header is damaged: %s",
                          what);
}

bool loom_unsupported_set(char reason[LOOM_UNSUPPORTED_REASON], const char *text)
{
    (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s", text);
    return true;
}

const char *loom_format_mend(loom_format format, unsigned char *data, size_t size,
                             loom_edits *edits)
{
    const loom_container *container = loom_container_of(format);

    return container->mend != NULL ? container->mend(data, size, edits) : NULL;
}

bool loom_format_is_only_read(loom_format format, loom_bytes file)
{
    const loom_container *container = loom_container_of(format);

    return container->needs_mending != NULL && !container->needs_mending(file);
}

loom_integrity loom_format_check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    const loom_container *container = loom_container_of(header->format);

    *missing_end = (loom_bytes){NULL, 0};
    return container->check != NULL ? container->check(file, header, missing_end)
                                    : LOOM_INTEGRITY_WHOLE;
}
