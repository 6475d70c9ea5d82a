/*
 * HEIF (ISO/IEC 23008-12), with pictures coded as AV1 (AVIF) or HEVC (HEIC): boxes, of which "meta"
 * gives the positions of the items ("iloc", ISO/IEC 14496-12, 8.11.3) and their sizes.
 */
#include "format/heif.h"
#include "format/box.h"
#include "format/container.h"
#include "format/exif.h"
#include <inttypes.h>
#include <stdio.h>

/* ---- brands -------------------------------------------------------------- */

typedef enum coding { CODING_NONE, CODING_AV1, CODING_HEVC } coding;

static bool brand_in(const unsigned char *brand, const char *brands)
{
    for (; *brands != '\0'; brands += 4)
        if (memcmp(brand, brands, 4) == 0)
            return true;
    return false;
}

/*
 * The major brand decides if it names a coding. mif1 and msf1 do not; then the compatible brands
 * decide.
 */
static coding coding_of(loom_bytes file)
{
    static const char avif[] = "avifavis", heic[] = "heicheixhevchevxheimheis", any[] = "mif1msf1";
    bool has_avif = false, has_heif = false;

    if (file.size < 12 || !LOOM_BYTES_HAVE(file, 4, "ftyp"))
        return CODING_NONE;
    size_t box = loom_be32(file.data);
    if (box == 0 || box > file.size) /* 0: to the end of the file */
        box = file.size;
    if (box < 12)
        return CODING_NONE;
    const unsigned char *major = file.data + 8;
    if (brand_in(major, avif))
        return CODING_AV1;
    if (brand_in(major, heic))
        return CODING_HEVC;
    has_heif = brand_in(major, any);
    for (size_t at = 16; at + 4 <= box; at += 4) { /* after the minor version */
        const unsigned char *brand = file.data + at;
        has_avif = has_avif || brand_in(brand, avif);
        has_heif = has_heif || brand_in(brand, heic) || brand_in(brand, any);
    }
    if (has_avif)
        return CODING_AV1;
    return has_heif ? CODING_HEVC : CODING_NONE;
}

static bool sniff_avif(loom_bytes file)
{
    return coding_of(file) == CODING_AV1;
}

static bool sniff_heic(loom_bytes file)
{
    return coding_of(file) == CODING_HEVC;
}

/* ---- the header ---------------------------------------------------------- */

/* A profile, if present, takes precedence. */
static void read_picture(loom_bytes file, loom_bytes meta, loom_header *header)
{
    loom_heif_picture picture;

    loom_heif_picture_read(file, meta, &picture);
    header->coding = picture.coding;
    header->premultiplied = picture.premultiplied;
    header->gray = picture.gray;
    if (picture.has_codes && !picture.has_icc)
        header->colour = (loom_colour_words){.kind = LOOM_COLOUR_CODES,
                                             .primaries = picture.primaries,
                                             .transfer = picture.transfer};
}

/*
 * Takes the largest spatial extent ("ispe"), which is that of the picture in files that we wrote.
 * In other files it may be that of tiles, or of the picture before it is cropped and turned: a
 * decoder must find out.
 */
static bool read_header(loom_bytes file, loom_header *header)
{
    loom_bytes meta, properties, container;

    if (!loom_box_find_full(file, "meta", &meta))
        return false;
    read_picture(file, meta, header);
    if (loom_box_find(meta, "iprp", &properties) != LOOM_BOX_FOUND ||
        loom_box_find(properties, "ipco", &container) != LOOM_BOX_FOUND)
        return false;
    for (loom_bytes rest = container, extent; loom_box_find_full(rest, "ispe", &extent);) {
        if (extent.size < 8)
            return false;
        const uint32_t width = loom_be32(extent.data), height = loom_be32(extent.data + 4);
        if ((uint64_t)width * height > (uint64_t)header->width * header->height) {
            header->width = width;
            header->height = height;
        }
        rest = loom_bytes_from(rest, (size_t)(extent.data + extent.size - rest.data));
    }
    return true;
}

/* A film beside the picture has frames that are not counted. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_heif_picture picture;
    loom_bytes meta, film;

    if (!loom_box_find_full(file, "meta", &meta))
        return;
    loom_heif_picture_read(file, meta, &picture);
    if (!picture.found)
        return;
    const loom_bytes exif = loom_heif_exif(file);
    traits->dpi = loom_exif_dpi(exif.data, exif.size);
    traits->alpha = loom_presence_of(picture.has_alpha);
    traits->bits = picture.bits;
    traits->frames = loom_box_find(file, "moov", &film) == LOOM_BOX_FOUND ? 0 : 1;
}

/* ---- whether all items are there ----------------------------------------- */

/* Whether the extents that are file offsets lie within its `size` bytes. */
static loom_integrity check_items(loom_bytes iloc, size_t size)
{
    loom_heif_extent extent;
    loom_heif_iloc walk;

    if (!loom_heif_iloc_begin(&walk, iloc))
        return LOOM_INTEGRITY_WHOLE; /* damaged, or newer than this */
    while (loom_heif_iloc_next(&walk, &extent))
        if (!walk.elsewhere && walk.method == 0 &&
            (extent.overflows || extent.at + extent.length > size))
            return LOOM_INTEGRITY_CUT;
    return LOOM_INTEGRITY_WHOLE;
}

static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    loom_bytes meta, iloc, moov;

    (void)header;
    (void)missing_end; /* there is no end marker */
    if (loom_box_find(file, "meta", &meta) == LOOM_BOX_CUT)
        return loom_box_find(file, "moov", &moov) == LOOM_BOX_FOUND
                   ? LOOM_INTEGRITY_WHOLE /* a video only: the decoder must find out */
                   : LOOM_INTEGRITY_CUT;
    if (meta.data == NULL || meta.size < 4)
        return LOOM_INTEGRITY_WHOLE;
    return loom_box_find(loom_bytes_from(meta, 4), "iloc", &iloc) == LOOM_BOX_FOUND
               ? check_items(iloc, file.size)
               : LOOM_INTEGRITY_WHOLE;
}

/* ---- kinds --------------------------------------------------------------- */

#define CODING(type, read, name)                                                                   \
    {                                                                                              \
        "coding", LOOM_FOURCC(type), read, name                                                    \
    }
#define DERIVATION(type, read, name)                                                               \
    {                                                                                              \
        "derivation", LOOM_FOURCC(type), read, name                                                \
    }

/*
 * The matrix coefficients and the range follow ITU-T H.273. libheif 1.15 and later do not expand
 * gray and RGB of limited range, and support YCgCo with 8 bits only.
 */
static const loom_kind kinds[] = {
    CODING("av01", true, "AV1"),
    CODING("hvc1", true, "HEVC"),
    CODING("hev1", false, "HEVC with in-band parameter sets"),
    CODING("lhv1", false, "layered HEVC"),
    CODING("avc1", false, "AVC"),
    CODING("vvc1", false, "VVC"),
    CODING("evc1", false, "EVC"),
    CODING("jpeg", false, "JPEG"),
    CODING("j2k1", false, "JPEG 2000"),
    CODING("j2ki", false, "JPEG 2000"),
    CODING("jxl1", false, "JPEG XL"),
    CODING("unci", false, "uncompressed"),
    CODING("uncv", false, "uncompressed"),
    CODING("mski", false, "a mask"),
    CODING("Exif", false, "metadata, no picture"),
    CODING("mime", false, "a document, no picture"),
    CODING("uri ", false, "a link to another resource, no picture"),
    DERIVATION("grid", true, "a grid of tiles"),
    DERIVATION("iden", true, "another picture, rotated or cropped"),
    DERIVATION("iovl", true, "an overlay of pictures"),
    DERIVATION("tmap", false, "a tone-mapped picture"),
    {"bits a sample", 8, true, "8"},
    {"bits a sample", 10, true, "10"},
    {"bits a sample", 12, true, "12"},
    {"matrix coefficients", 0, true, "RGB"},
    {"matrix coefficients", 1, true, "Rec. 709"},
    {"matrix coefficients", 2, true, "unspecified: Rec. 601"},
    {"matrix coefficients", 4, true, "FCC"},
    {"matrix coefficients", 5, true, "Rec. 601"},
    {"matrix coefficients", 6, true, "Rec. 601"},
    {"matrix coefficients", 7, true, "SMPTE 240M"},
    {"matrix coefficients", 8, false, "YCgCo"},
    {"matrix coefficients", 9, true, "Rec. 2020"},
    {"matrix coefficients", 10, false, "Rec. 2020 with constant luminance"},
    {"matrix coefficients", 11, false, "SMPTE 2085"},
    {"matrix coefficients", 12, true, "derived from the primaries"},
    {"matrix coefficients", 13, false, "derived from the primaries, with constant luminance"},
    {"matrix coefficients", 14, false, "ICtCp"},
    {"turns of alpha", 0, true, "same as the colours"},
    {"turns of alpha", 1, false, "different from the colours"},
    {"range of gray", 0, false, "limited"},
    {"range of gray", 1, true, "full"},
    {"range of RGB", 0, false, "limited"},
    {"range of RGB", 1, true, "full"},
    {NULL, 0, false, NULL},
};

/* Types without a row are shown by their four characters. */
static bool refuse_type(const char *aspect, uint32_t type, char reason[LOOM_UNSUPPORTED_REASON])
{
    char name[5] = {0};

    if (!loom_kind_refuse(kinds, aspect, type, reason))
        return false;
    for (int i = 0; i < 4; i++) {
        name[i] = (char)(type >> (24 - 8 * i));
        if (name[i] < ' ' || name[i] > '~')
            return true;
    }
    if (strstr(reason, "number") != NULL)
        (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "%s: \"%s\", which is not known", aspect,
                       name);
    return true;
}

/* A video, whose pictures are not searched. */
static bool is_film(loom_bytes file)
{
    loom_bytes box;

    return loom_box_find(file, "meta", &box) != LOOM_BOX_FOUND &&
           loom_box_find(file, "moov", &box) == LOOM_BOX_FOUND;
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_heif_picture p;
    loom_bytes meta;

    if (is_film(file))
        return loom_unsupported_set(reason, "a video without a still picture");
    if (!loom_box_find_full(file, "meta", &meta))
        return false;
    loom_heif_picture_read(file, meta, &p);
    if (!p.found)
        return false; /* damaged */
    if (p.mixed)
        return loom_unsupported_set(reason, "tiles with different codings");
    if (p.has_alpha && loom_kind_refuse(kinds, "turns of alpha", p.alpha_apart, reason))
        return true;
    if ((p.derived != 0 && refuse_type("derivation", p.derived, reason)) ||
        (p.coding != 0 && refuse_type("coding", p.coding, reason)) ||
        (p.bits != 0 && loom_kind_refuse(kinds, "bits a sample", p.bits, reason)))
        return true;
    if (p.mirrored && p.bits > 8) /* libheif 1.15 mirrors 8-bit pictures only */
        return loom_unsupported_set(reason, "a mirrored picture of more than 8 bits");
    if (!p.has_codes)
        return false;
    if (p.gray)
        return loom_kind_refuse(kinds, "range of gray", p.full_range, reason);
    return loom_kind_refuse(kinds, "matrix coefficients", p.matrix, reason) ||
           (p.matrix == 0 && loom_kind_refuse(kinds, "range of RGB", p.full_range, reason));
}

enum { AVIF_SIDE_MAX = 16384 }; /* px: the limit of the AV1 encoders */

const loom_container loom_container_avif = {
    .info = {.format = LOOM_FORMAT_AVIF,
             .name = "avif",
             .extensions = {"avif"},
             .same_as = LOOM_FORMAT_AVIF,
             .writable = true,
             .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS | LOOM_CHOICE_EFFORT |
                        LOOM_CHOICE_CHROMA,
             .alpha = true,
             .quality = 50,
             .max_side = AVIF_SIDE_MAX},
    .sniff = sniff_avif,
    .header = read_header,
    .traits = read_traits,
    .unsupported = is_unsupported,
    .check = check,
    .exif = loom_heif_exif,
    .kinds = kinds,
    .in_module = true,
    /* Readers use only the container's rotation: ISO/IEC 23008-12, 6.5.1. */
    .held = {.exif = true, .xmp = true, .profile = true, .media_type = "image/avif"},
    /* Planes at full size, and RGB. */
    .memory = {.plain = 130, .whole = 130, .by_depth = true, .encoded = 540}};
const loom_container loom_container_heic = {
    .info = {.format = LOOM_FORMAT_HEIC,
             .name = "heic",
             .extensions = {"heic", "heif", "hif"},
             .same_as = LOOM_PHOTOGRAPH_AS},
    .sniff = sniff_heic,
    .header = read_header,
    .traits = read_traits,
    .unsupported = is_unsupported,
    .check = check,
    .exif = loom_heif_exif,
    .kinds = kinds,
    .in_module = true,
    /* Planes at full size, and RGB. */
    .memory = {.plain = 130, .whole = 130, .by_depth = true}};
