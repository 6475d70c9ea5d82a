/* Truevision TGA 2.0, and its predecessor. It has no magic number. */
#include "format/raster.h"

#include "format/container.h"

enum { HEADER = 18, FOOTER = 26, EXTENSION = 495, CODED = 8 };

/* ---- what is known ------------------------------------------------------- */

static const loom_kind kinds[] = {
    {"image type", LOOM_TGA_INDEXED, true, "indexed"},
    {"image type", LOOM_TGA_COLOUR, true, "colour"},
    {"image type", LOOM_TGA_GRAY, true, "gray"},
    {"image type", LOOM_TGA_INDEXED | CODED, true, "indexed, run-length coded"},
    {"image type", LOOM_TGA_COLOUR | CODED, true, "colour, run-length coded"},
    {"image type", LOOM_TGA_GRAY | CODED, true, "gray, run-length coded"},
    {"image type", 0, false, "no picture"},
    {"image type", 32, false, "Huffman coding"},
    {"image type", 33, false, "Huffman coding in four passes"},
    {"colour map", 0, true, "none"},
    {"colour map", 1, true, "present, even if unused"},
    {"bits of an index", 8, true, "8"},
    {"bits of an index", 16, true, "16"},
    {"bits of a colour", 15, true, "15"},
    {"bits of a colour", 16, true, "16"},
    {"bits of a colour", 24, true, "24"},
    {"bits of a colour", 32, true, "32"},
    {"bits of a gray", 8, true, "8"},
    {"bits of a gray", 16, true, "16, 8 of them alpha"},
    {"alpha of 16 bits", 0, true, "none"},
    {"alpha of 16 bits", 1, true, "1"},
    {"alpha of 32 bits", 0, true, "none"},
    {"alpha of 32 bits", 8, true, "8"},
    {"alpha of gray", 8, true, "8"},
    {"attributes", LOOM_TGA_NOT_SAID, true, "unspecified"},
    {"attributes", LOOM_TGA_NO_ALPHA, true, "no alpha"},
    {"attributes", LOOM_TGA_UNDEFINED, true, "undefined, ignored"},
    {"attributes", LOOM_TGA_RETAINED, true, "undefined but retained, ignored"},
    {"attributes", LOOM_TGA_ALPHA, true, "alpha"},
    {"attributes", LOOM_TGA_PREMULTIPLIED, true, "premultiplied alpha"},
    {"rows", 0, true, "in sequence"},
    {"rows", 1, false, "interleaved in two"},
    {"rows", 2, false, "interleaved in four"},
    {NULL, 0, false, NULL}};

/* ---- the header ---------------------------------------------------------- */

static unsigned attributes_meaning(loom_bytes file)
{
    if (file.size < HEADER + FOOTER ||
        !LOOM_BYTES_HAVE(file, file.size - 18, "TRUEVISION-XFILE.\0"))
        return LOOM_TGA_NOT_SAID;
    const uint32_t at = loom_le32(file.data + file.size - FOOTER);
    if (at < HEADER || at > file.size || file.size - at < EXTENSION)
        return LOOM_TGA_NOT_SAID;
    return file.data[at + EXTENSION - 1];
}

/* False: it is cut off. */
static bool read_fields(loom_bytes file, loom_tga *tga)
{
    const unsigned char *p = file.data;

    if (file.size < HEADER)
        return false;
    *tga = (loom_tga){.type = p[2] >= CODED && p[2] < 2 * CODED ? p[2] - CODED : p[2],
                      .coded = p[2] >= CODED && p[2] < 2 * CODED,
                      .map_type = p[1],
                      .first = loom_le16(p + 3),
                      .colours = loom_le16(p + 5),
                      .map_bits = p[7],
                      .width = loom_le16(p + 12),
                      .height = loom_le16(p + 14),
                      .bits = p[16],
                      .attributes = p[17] & 15,
                      .from_right = (p[17] & 0x10) != 0,
                      .from_top = (p[17] & 0x20) != 0,
                      .interleaving = p[17] >> 6,
                      .meaning = attributes_meaning(file)};
    const size_t map = HEADER + (size_t)p[0];
    const size_t bytes = tga->map_type == 1 ? (size_t)tga->colours * ((tga->map_bits + 7) / 8) : 0;
    tga->map = map < file.size ? p + map : p + file.size;
    tga->pixels = map + bytes;
    return true;
}

loom_status loom_tga_read_header(loom_bytes file, loom_tga *tga, loom_error *err)
{
    if (!read_fields(file, tga) || (tga->type == LOOM_TGA_INDEXED && tga->pixels > file.size))
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short within its header");
    if (tga->width == 0 || tga->height == 0)
        return loom_header_broken(err, "it gives no size");
    if (tga->type == LOOM_TGA_INDEXED && (tga->map_type != 1 || tga->colours == 0))
        return loom_header_broken(err, "an indexed picture has a colour map");
    return LOOM_OK;
}

bool loom_tga_has_alpha(const loom_tga *tga)
{
    const unsigned bits = tga->type == LOOM_TGA_INDEXED ? tga->map_bits : tga->bits;

    return tga->attributes > 0 && (bits == 16 || bits == 32) &&
           (tga->meaning == LOOM_TGA_NOT_SAID || tga->meaning == LOOM_TGA_ALPHA ||
            tga->meaning == LOOM_TGA_PREMULTIPLIED);
}

static bool read_header(loom_bytes file, loom_header *header)
{
    loom_tga tga;

    if (loom_tga_read_header(file, &tga, NULL) != LOOM_OK)
        return false;
    header->width = tga.width;
    header->height = tga.height;
    header->binding = true;
    return true;
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    loom_tga tga;

    if (loom_tga_read_header(file, &tga, NULL) != LOOM_OK)
        return;
    const unsigned bits = tga.type == LOOM_TGA_INDEXED ? tga.map_bits : tga.bits;
    const bool short_colours = tga.type != LOOM_TGA_GRAY && bits < 24;
    *traits =
        (loom_traits){loom_presence_of(loom_tga_has_alpha(&tga)), short_colours ? 5 : 8, 1, 0};
}

static bool refuse_samples(const loom_tga *tga, char reason[LOOM_UNSUPPORTED_REASON])
{
    const bool indexed = tga->type == LOOM_TGA_INDEXED;
    const unsigned bits = indexed ? tga->map_bits : tga->bits;

    if (tga->type == LOOM_TGA_GRAY)
        return loom_kind_refuse(kinds, "bits of a gray", bits, reason) ||
               (bits == 16 && loom_kind_refuse(kinds, "alpha of gray", tga->attributes, reason));
    if ((indexed && loom_kind_refuse(kinds, "bits of an index", tga->bits, reason)) ||
        loom_kind_refuse(kinds, "bits of a colour", bits, reason))
        return true;
    if (bits == 16)
        return loom_kind_refuse(kinds, "alpha of 16 bits", tga->attributes, reason);
    return bits == 32 && loom_kind_refuse(kinds, "alpha of 32 bits", tga->attributes, reason);
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_tga tga;

    if (!read_fields(file, &tga))
        return false;
    if (loom_kind_refuse(kinds, "image type", tga.type | (tga.coded ? CODED : 0U), reason) ||
        loom_kind_refuse(kinds, "colour map", tga.map_type, reason))
        return true;
    if (tga.type == LOOM_TGA_INDEXED && tga.map_type != 1)
        return false; /* damaged */
    return refuse_samples(&tga, reason) ||
           loom_kind_refuse(kinds, "rows", tga.interleaving, reason) ||
           loom_kind_refuse(kinds, "attributes", tga.meaning, reason);
}

const loom_container loom_container_tga = {.info = {.format = LOOM_FORMAT_TGA,
                                                    .name = "tga",
                                                    .extensions = {"tga"},
                                                    .same_as = LOOM_UNWRITTEN_AS},
                                           .sniff = NULL,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           .memory = {.plain = 40, .whole = 40}};
