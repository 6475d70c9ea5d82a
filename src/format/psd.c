/* PSD and PSB (Adobe Photoshop File Formats Specification). */
#include "format/raster.h"

#include "format/container.h"

enum { HEADER = 26, CHANNELS_MAX = 56 };
enum {
    RESOURCE_RESOLUTION = 1005,
    RESOURCE_THUMBNAIL_BGR = 1033,
    RESOURCE_THUMBNAIL = 1036,
    RESOURCE_PROFILE = 1039,
    RESOURCE_TRANSPARENT_INDEX = 1047,
    RESOURCE_VERSION = 1057
};

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "8BPS");
}

/* ---- what is known ------------------------------------------------------- */

static const loom_kind kinds[] = {{"version", 1, true, "PSD"},
                                  {"version", 2, true, "PSB"},
                                  {"colours", LOOM_PSD_BITMAP, true, "black and white"},
                                  {"colours", LOOM_PSD_GRAY, true, "gray"},
                                  {"colours", LOOM_PSD_INDEXED, true, "indexed"},
                                  {"colours", LOOM_PSD_RGB, true, "RGB"},
                                  {"colours", LOOM_PSD_CMYK, true, "CMYK"},
                                  {"colours", LOOM_PSD_MULTICHANNEL, false, "multichannel"},
                                  {"colours", LOOM_PSD_DUOTONE, false, "duotone"},
                                  {"colours", LOOM_PSD_LAB, false, "L*a*b*"},
                                  {"bits of black and white", 1, true, "1"},
                                  {"bits of an index", 8, true, "8"},
                                  {"bits of a colour", 8, true, "8"},
                                  {"bits of a colour", 16, true, "16"},
                                  {"bits of a colour", 32, false, "32, floating point"},
                                  {"picture of all layers", 1, true, "there"},
                                  {"picture of all layers", 0, false, "missing"},
                                  {"transparency of CMYK", 0, true, "none"},
                                  {"transparency of CMYK", 1, false, "there"},
                                  {"coding", LOOM_PSD_RAW, true, "none"},
                                  {"coding", LOOM_PSD_RLE, true, "PackBits"},
                                  {"coding", LOOM_PSD_ZIP, false, "ZIP"},
                                  {"coding", LOOM_PSD_ZIP_PREDICTED, false, "ZIP with prediction"},
                                  {NULL, 0, false, NULL}};

unsigned loom_psd_colours(unsigned mode)
{
    switch (mode) {
    case LOOM_PSD_BITMAP:
    case LOOM_PSD_GRAY:
    case LOOM_PSD_INDEXED:
        return 1;
    case LOOM_PSD_RGB:
        return 3;
    case LOOM_PSD_CMYK:
        return 4;
    default:
        return 0;
    }
}

/* ---- its sections -------------------------------------------------------- */

/* Reads a number of so many bytes. False: it is truncated. */
static bool take(loom_bytes *rest, unsigned bytes, uint64_t *number)
{
    if (rest->size < bytes)
        return false;
    *number = bytes == 8   ? loom_be64(rest->data)
              : bytes == 4 ? loom_be32(rest->data)
                           : loom_be16(rest->data);
    *rest = loom_bytes_from(*rest, bytes);
    return true;
}

/* Reads a section, which starts with its length in so many bytes. False: it is truncated. */
static bool take_section(loom_bytes *rest, unsigned bytes, loom_bytes *section)
{
    uint64_t length;

    if (!take(rest, bytes, &length) || length > rest->size)
        return false;
    *section = (loom_bytes){rest->data, (size_t)length};
    *rest = loom_bytes_from(*rest, (size_t)length);
    return true;
}

static void use_resource(unsigned id, loom_bytes data, loom_psd *psd)
{
    if (id == RESOURCE_PROFILE && data.size > 0)
        psd->profile = data;
    else if (id == RESOURCE_TRANSPARENT_INDEX && data.size >= 2)
        psd->transparent_index = loom_be16(data.data);
    else if (id == RESOURCE_RESOLUTION && data.size >= 4) /* px per inch, a 16.16 number */
        psd->dpi = (uint32_t)((loom_be32(data.data) * UINT64_C(1000) + 0x8000) >> 16);
    else if (id == RESOURCE_VERSION && data.size >= 5)
        psd->merged = data.data[4] != 0; /* after a version of four bytes */
}

/* Each has a signature, a number, a name and data; name and data are padded to two bytes. */
static bool next_resource(loom_bytes *rest, unsigned *id, loom_bytes *data)
{
    loom_bytes behind = *rest;

    if (rest->size < 8)
        return false;
    const size_t name = 1 + (size_t)rest->data[6], head = 6 + name + name % 2;
    if (head > rest->size)
        return false;
    *id = loom_be16(rest->data + 4);
    behind = loom_bytes_from(behind, head);
    if (!take_section(&behind, 4, data))
        return false;
    *rest = loom_bytes_from(behind, data->size % 2 == 1 && behind.size > 0 ? 1 : 0);
    return true;
}

static void read_resources(loom_bytes rest, loom_psd *psd)
{
    loom_bytes data;
    unsigned id;

    while (next_resource(&rest, &id, &data))
        use_resource(id, data, psd);
}

size_t loom_photoshop_drop_thumbnails(unsigned char *data, size_t size)
{
    static const char start[] = "Photoshop 3.0";
    const size_t from =
        size >= sizeof start && memcmp(data, start, sizeof start) == 0 ? sizeof start : 0;
    loom_bytes rest = {data + from, size - from}, content;
    size_t to = from;
    unsigned id;

    while (LOOM_BYTES_HAVE(rest, 0, "8BIM")) {
        const loom_bytes resource = rest;
        if (!next_resource(&rest, &id, &content))
            break;
        if (id == RESOURCE_THUMBNAIL_BGR || id == RESOURCE_THUMBNAIL)
            continue;
        memmove(data + to, resource.data, resource.size - rest.size);
        to += resource.size - rest.size;
    }
    memmove(data + to, rest.data, rest.size);
    return to + rest.size;
}

/* A negative number of layers means that the first channel after the colours is transparency. */
static void read_layer_count(loom_bytes layers, loom_psd *psd)
{
    if (layers.size >= 2 && loom_be16(layers.data) >= 0x8000)
        psd->transparent = true;
}

/* In PSB, the length of these blocks takes eight bytes. */
static unsigned length_bytes(loom_bytes block, const loom_psd *psd)
{
    static const char long_keys[] =
        "LMskLr16Lr32LayrMt16Mt32MtrnAlphFMskFEidFXidPxSDlnk2lnk3lnkEcinf";

    for (size_t i = 0; psd->version == 2 && i + 4 < sizeof long_keys; i += 4)
        if (memcmp(block.data + 4, long_keys + i, 4) == 0)
            return 8;
    return 4;
}

/* Pictures of more than 8 bits store their layers here. */
static void read_tagged_blocks(loom_bytes rest, loom_psd *psd)
{
    loom_bytes data;

    while (rest.size >= 12 &&
           (LOOM_BYTES_HAVE(rest, 0, "8BIM") || LOOM_BYTES_HAVE(rest, 0, "8B64"))) {
        const loom_bytes block = rest;
        rest = loom_bytes_from(rest, 8);
        if (!take_section(&rest, length_bytes(block, psd), &data))
            return;
        if (LOOM_BYTES_HAVE(block, 4, "Lr16") || LOOM_BYTES_HAVE(block, 4, "Layr"))
            read_layer_count(data, psd);
        else if (LOOM_BYTES_HAVE(block, 4, "Mt16") || LOOM_BYTES_HAVE(block, 4, "Mtrn"))
            psd->transparent = true;
        const size_t padding = (4 - data.size % 4) % 4;
        rest = loom_bytes_from(rest, padding < rest.size ? padding : rest.size);
    }
}

static void read_layers(loom_bytes section, loom_psd *psd)
{
    loom_bytes part;

    if (!take_section(&section, psd->version == 2 ? 8 : 4, &part))
        return;
    read_layer_count(part, psd);
    if (take_section(&section, 4, &part)) /* the mask of all layers */
        read_tagged_blocks(section, psd);
}

/* ---- the header ---------------------------------------------------------- */

/* False: it is cut off. */
static bool read_fields(loom_bytes file, loom_psd *psd)
{
    const unsigned char *p = file.data;
    loom_bytes resources, layers;
    uint64_t coding;

    *psd = (loom_psd){.merged = true, .transparent_index = -1};
    if (file.size < HEADER)
        return false;
    psd->version = loom_be16(p + 4);
    psd->channels = loom_be16(p + 12);
    psd->height = loom_be32(p + 14);
    psd->width = loom_be32(p + 18);
    psd->depth = loom_be16(p + 22);
    psd->mode = loom_be16(p + 24);
    loom_bytes rest = loom_bytes_from(file, HEADER);
    if (!take_section(&rest, 4, &psd->palette) || !take_section(&rest, 4, &resources))
        return false;
    read_resources(resources, psd);
    if (!take_section(&rest, psd->version == 2 ? 8 : 4, &layers))
        return false;
    read_layers(layers, psd);
    if (!take(&rest, 2, &coding))
        return false;
    psd->coding = (unsigned)coding;
    psd->pixels = file.size - rest.size;
    return true;
}

loom_status loom_psd_read_header(loom_bytes file, loom_psd *psd, loom_error *err)
{
    const bool whole = read_fields(file, psd);

    if (file.size >= HEADER && (psd->width == 0 || psd->height == 0))
        return loom_header_broken(err, "it gives no size");
    if (file.size >= HEADER && (psd->channels > CHANNELS_MAX || psd->channels == 0 ||
                                psd->channels < loom_psd_colours(psd->mode)))
        return loom_header_broken(err, "such colours have another number of channels");
    if (!whole)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short before its pixels");
    if (psd->mode == LOOM_PSD_INDEXED && psd->palette.size < 768)
        return loom_header_broken(err, "its palette is too short");
    psd->transparent = psd->transparent && psd->channels > loom_psd_colours(psd->mode);
    return LOOM_OK;
}

static bool read_header(loom_bytes file, loom_header *header)
{
    loom_psd psd;

    if (loom_psd_read_header(file, &psd, NULL) != LOOM_OK)
        return false;
    header->width = psd.width;
    header->height = psd.height;
    header->binding = true;
    header->pixel_bytes = psd.depth == 16 ? 8 : 4; /* at most */
    return true;
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_psd psd;

    if (loom_psd_read_header(file, &psd, NULL) != LOOM_OK)
        return;
    *traits = (loom_traits){loom_presence_of(psd.transparent || (psd.mode == LOOM_PSD_INDEXED &&
                                                                 psd.transparent_index >= 0)),
                            psd.depth, 1, psd.dpi};
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_psd psd;
    const bool whole = read_fields(file, &psd);

    if (file.size < HEADER)
        return false;
    const char *const bits = psd.mode == LOOM_PSD_BITMAP    ? "bits of black and white"
                             : psd.mode == LOOM_PSD_INDEXED ? "bits of an index"
                                                            : "bits of a colour";
    if (loom_kind_refuse(kinds, "version", psd.version, reason) ||
        loom_kind_refuse(kinds, "colours", psd.mode, reason) ||
        loom_kind_refuse(kinds, bits, psd.depth, reason) ||
        loom_kind_refuse(kinds, "picture of all layers", psd.merged, reason))
        return true;
    if (!whole)
        return false;
    const bool transparent = psd.transparent && psd.channels > loom_psd_colours(psd.mode);
    return (psd.mode == LOOM_PSD_CMYK &&
            loom_kind_refuse(kinds, "transparency of CMYK", transparent, reason)) ||
           loom_kind_refuse(kinds, "coding", psd.coding, reason);
}

const loom_container loom_container_psd = {.info = {.format = LOOM_FORMAT_PSD,
                                                    .name = "psd",
                                                    .extensions = {"psd", "psb"},
                                                    .same_as = LOOM_UNWRITTEN_AS},
                                           .sniff = sniff,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           .memory = {.plain = 40, .whole = 40, .by_depth = true}};
