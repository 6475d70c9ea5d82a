/*
 * Bitmaps of Windows (Microsoft, "Bitmap Storage": BITMAPCOREHEADER, BITMAPINFOHEADER, its V2 to
 * V5) and OS/2 (IBM, "OS/2 2.0 Presentation Manager Programming", BITMAPINFOHEADER2).
 */
#include "format/raster.h"

#include "format/container.h"

enum { FILE_HEADER = 14, CORE = 12, INFO = 40, V2 = 52, V3 = 56, OS2 = 64, V4 = 108, V5 = 124 };

/* Many texts begin with "BM", so the size of the header that follows must be a known one. */
static bool sniff(loom_bytes file)
{
    if (!LOOM_BYTES_HAVE(file, 0, "BM") || file.size < FILE_HEADER + 4)
        return false;
    const uint32_t header = loom_le32(file.data + FILE_HEADER);
    return header == CORE || (header >= 16 && header <= V5);
}

/* ---- what is known ------------------------------------------------------- */

/* The positions of a pixel's masks. */
enum { MASKS_APART, MASKS_WITH_GAPS, MASKS_OVERLAP, MASKS_BEYOND, MASKS_NONE };

enum { FROM_BOTTOM, FROM_TOP, CODED_FROM_TOP };

static const loom_kind kinds[] = {
    {"header", CORE, true, "OS/2 1 and Windows 2"},
    {"header", OS2, true, "OS/2 2"},
    {"header", INFO, true, "Windows 3"},
    {"header", V2, true, "Windows 3 with masks"},
    {"header", V3, true, "Windows 3 with masks and alpha"},
    {"header", V4, true, "Windows 4"},
    {"header", V5, true, "Windows 5"},
    {"coding", LOOM_BMP_RAW, true, "none"},
    {"coding", LOOM_BMP_RLE8, true, "8-bit run lengths"},
    {"coding", LOOM_BMP_RLE4, true, "4-bit run lengths"},
    {"coding", LOOM_BMP_RLE24, true, "24-bit run lengths"},
    {"coding", LOOM_BMP_MASKS, true, "masks"},
    {"coding", LOOM_BMP_ALPHA_MASKS, true, "masks with alpha"},
    {"coding", LOOM_BMP_JPEG, false, "a JPEG inside"},
    {"coding", LOOM_BMP_PNG, false, "a PNG inside"},
    {"coding", LOOM_BMP_CMYK, false, "CMYK"},
    {"coding", LOOM_BMP_CMYK_RLE8, false, "CMYK with 8-bit run lengths"},
    {"coding", LOOM_BMP_CMYK_RLE4, false, "CMYK with 4-bit run lengths"},
    {"coding", LOOM_BMP_HUFFMAN, false, "fax Huffman"},
    {"bits a pixel", 1, true, "1"},
    {"bits a pixel", 2, true, "2"},
    {"bits a pixel", 4, true, "4"},
    {"bits a pixel", 8, true, "8"},
    {"bits a pixel", 16, true, "16"},
    {"bits a pixel", 24, true, "24"},
    {"bits a pixel", 32, true, "32"},
    {"bits a pixel", 64, false, "64"},
    {"masks", MASKS_APART, true, "contiguous"},
    {"masks", MASKS_WITH_GAPS, false, "one with gaps"},
    {"masks", MASKS_OVERLAP, false, "overlapping"},
    {"masks", MASKS_BEYOND, false, "one beyond the bits of a pixel"},
    {"masks", MASKS_NONE, false, "none"},
    {"rows", FROM_BOTTOM, true, "bottom-up"},
    {"rows", FROM_TOP, true, "top-down"},
    {"rows", CODED_FROM_TOP, false, "run lengths, top-down"},
    {"colour space", LOOM_BMP_SRGB, true, "sRGB"},
    {"colour space", LOOM_BMP_WINDOWS, true, "the system's"},
    {"colour space", LOOM_BMP_CALIBRATED, true, "calibrated, with a warning"},
    {"colour space", LOOM_BMP_LINKED, true, "a linked profile, with a warning"},
    {"colour space", LOOM_BMP_EMBEDDED, true, "a profile"},
    {NULL, 0, false, NULL}};

static uint32_t mask_state(const loom_bmp *bmp)
{
    uint32_t seen = 0, state = MASKS_APART;

    for (unsigned i = 0; i < 4; i++) {
        const uint32_t mask = bmp->masks[i], lowest = mask & (0 - mask);
        if ((mask & (mask + lowest)) != 0)
            state = MASKS_WITH_GAPS;
        else if ((mask & seen) != 0)
            state = MASKS_OVERLAP;
        seen |= mask;
    }
    if (bmp->bits == 16 && seen > 0xFFFF)
        return MASKS_BEYOND;
    return (seen & ~bmp->masks[LOOM_BMP_ALPHA]) == 0 ? MASKS_NONE : state;
}

/* ---- the header ---------------------------------------------------------- */

/* A field of so many bytes; 0 if a shorter header does not have it. */
static uint32_t field(loom_bytes file, const loom_bmp *bmp, uint32_t at, unsigned bytes)
{
    const unsigned char *p = file.data + FILE_HEADER + at;

    if (at + bytes > bmp->header)
        return 0;
    return bytes == 4 ? loom_le32(p) : loom_le16(p);
}

/* OS/2 headers may end after any field; two of those sizes are Windows headers too. */
static uint32_t kind_of_header(uint32_t size)
{
    static const unsigned char ends[] = {16, 20, 24, 28, 32, 36, 42, 44, 46, 48, 60, 64};

    return size <= OS2 && memchr(ends, (int)size, sizeof ends) != NULL ? OS2 : size;
}

static void read_sizes(loom_bytes file, loom_bmp *bmp)
{
    const bool core = bmp->header == CORE;
    const uint32_t height = field(file, bmp, core ? 6 : 8, core ? 2 : 4);

    bmp->width = field(file, bmp, 4, core ? 2 : 4);
    bmp->from_top = !core && height > INT32_MAX;
    bmp->height = bmp->from_top ? 0 - height : height;
    bmp->planes = field(file, bmp, core ? 8 : 12, 2);
    bmp->bits = field(file, bmp, core ? 10 : 14, 2);
    bmp->coding = core ? LOOM_BMP_RAW : field(file, bmp, 16, 4);
    if (kind_of_header(bmp->header) == OS2 && bmp->coding > LOOM_BMP_RLE4)
        bmp->coding = bmp->coding <= 0xFF ? bmp->coding + LOOM_BMP_OS2 : UINT32_MAX;
}

/*
 * Reads the masks, which are in the header, or after a header that has no fields for them; *behind
 * is then the number of bytes after it. False: they are cut off.
 */
static bool read_masks(loom_bytes file, loom_bmp *bmp, size_t *behind)
{
    static const uint32_t masks_16[3] = {0x7C00, 0x3E0, 0x1F},
                          masks_32[3] = {0xFF0000, 0xFF00, 0xFF};
    const bool given = bmp->coding == LOOM_BMP_MASKS || bmp->coding == LOOM_BMP_ALPHA_MASKS;
    const bool behind_it = given && bmp->header == INFO;
    const bool alpha = bmp->header >= V3 || (behind_it && bmp->coding == LOOM_BMP_ALPHA_MASKS);
    const size_t count = alpha ? 4 : 3, at = FILE_HEADER + INFO;

    *behind = behind_it ? 4 * count : 0;
    if (given && file.size < at + 4 * count)
        return false;
    if (given)
        for (size_t i = 0; i < count; i++)
            bmp->masks[i] = loom_le32(file.data + at + 4 * i);
    else
        memcpy(bmp->masks, bmp->bits == 16 ? masks_16 : masks_32, sizeof masks_32);
    /* Microsoft's documentation makes only the other masks depend on the coding. */
    if (!given && bmp->bits == 32 && bmp->header >= V3 && field(file, bmp, 52, 4) == 0xFF000000)
        bmp->masks[LOOM_BMP_ALPHA] = 0xFF000000;
    return true;
}

/* Reads the entries before the start of the pixels or the end of the file. */
static void read_palette(loom_bytes file, loom_bmp *bmp, size_t at)
{
    const uint32_t used = field(file, bmp, 32, 4), offset = loom_le32(file.data + 10);
    const unsigned most = bmp->bits <= 8 ? 1U << bmp->bits : 0;
    const size_t end = offset > at && offset < file.size ? offset : file.size;
    const size_t room = (end - at) / (bmp->header == CORE ? 3 : 4);

    bmp->entry = bmp->header == CORE ? 3 : 4;
    bmp->table = file.data + at;
    bmp->colours = used > 0 && used < most ? used : most;
    bmp->colours = bmp->colours < room ? bmp->colours : (unsigned)room;
    /* Without an offset, the pixels follow the palette. */
    bmp->pixels = offset != 0 ? offset : at + (size_t)most * bmp->entry;
    if (offset == 0 && used > 0 && used < most)
        bmp->pixels = at + (size_t)used * bmp->entry;
}

/* ---- its colours --------------------------------------------------------- */

/*
 * Whether the header gives primaries (X, Y and Z as 2.30 fixed-point numbers) or gammas (16.16)
 * that differ from sRGB's. Many writers leave them 0.
 */
static bool has_other_primaries(loom_bytes file, const loom_bmp *bmp)
{
    static const double expected[3][2] = {{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}};
    bool given = false, other = false;

    for (uint32_t i = 0; i < 3; i++) {
        const double x = field(file, bmp, 60 + 12 * i, 4), y = field(file, bmp, 64 + 12 * i, 4);
        const double sum = x + y + field(file, bmp, 68 + 12 * i, 4);
        const double gamma = field(file, bmp, 96 + 4 * i, 4) / 65536.0;
        given = given || sum != 0 || gamma != 0;
        other = other || sum == 0 || x < (expected[i][0] - 0.01) * sum ||
                x > (expected[i][0] + 0.01) * sum || y < (expected[i][1] - 0.01) * sum ||
                y > (expected[i][1] + 0.01) * sum || gamma < 2.1 || gamma > 2.5;
    }
    return given && other;
}

static void read_colours(loom_bytes file, loom_bmp *bmp)
{
    bmp->space = LOOM_BMP_SRGB;
    if (bmp->header < V4)
        return;
    bmp->space = field(file, bmp, 56, 4);
    bmp->other_primaries = bmp->space == LOOM_BMP_CALIBRATED && has_other_primaries(file, bmp);
    if (bmp->space != LOOM_BMP_EMBEDDED)
        return;
    const uint64_t at = (uint64_t)FILE_HEADER + field(file, bmp, 112, 4);
    const uint32_t size = field(file, bmp, 116, 4);
    if (size > 0 && at <= file.size && size <= file.size - at)
        bmp->profile = (loom_bytes){file.data + at, size};
}

/* ---- all of it ----------------------------------------------------------- */

/* False: it is cut off. */
static bool read_fields(loom_bytes file, loom_bmp *bmp)
{
    size_t masks;

    *bmp = (loom_bmp){.header = 0};
    if (file.size < FILE_HEADER + CORE)
        return false;
    bmp->header = loom_le32(file.data + FILE_HEADER);
    if (bmp->header < CORE || bmp->header > file.size - FILE_HEADER)
        return false;
    read_sizes(file, bmp);
    if (!read_masks(file, bmp, &masks))
        return false;
    read_palette(file, bmp, FILE_HEADER + bmp->header + masks);
    read_colours(file, bmp);
    return true;
}

/* Whether the coding allows this number of bits. */
static bool suits(const loom_bmp *bmp)
{
    switch (bmp->coding) {
    case LOOM_BMP_RLE8:
        return bmp->bits == 8;
    case LOOM_BMP_RLE4:
        return bmp->bits == 4;
    case LOOM_BMP_RLE24:
        return bmp->bits == 24;
    case LOOM_BMP_MASKS:
        return bmp->bits == 16 || bmp->bits == 32;
    case LOOM_BMP_ALPHA_MASKS:
        return (bmp->bits == 16 || bmp->bits == 32) && bmp->header != V2;
    default:
        return true;
    }
}

loom_status loom_bmp_read_header(loom_bytes file, loom_bmp *bmp, loom_error *err)
{
    if (!read_fields(file, bmp))
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short within its header");
    if (bmp->width == 0 || bmp->width > INT32_MAX || bmp->height == 0 || bmp->height > INT32_MAX)
        return loom_header_broken(err, "it gives no size");
    if (bmp->planes != 1)
        return loom_header_broken(err, "a bitmap has one plane");
    if (!suits(bmp))
        return loom_header_broken(err, "this coding does not allow so many bits a pixel");
    if (bmp->pixels < (size_t)(bmp->table - file.data))
        return loom_header_broken(err, "the pixels begin within it");
    return LOOM_OK;
}

size_t loom_bmp_row_bytes(const loom_bmp *bmp)
{
    return (size_t)(((uint64_t)bmp->width * bmp->bits + 31) / 32 * 4);
}

static bool read_header(loom_bytes file, loom_header *header)
{
    loom_bmp bmp;

    if (loom_bmp_read_header(file, &bmp, NULL) != LOOM_OK)
        return false;
    header->width = bmp.width;
    header->height = bmp.height;
    header->binding = true;
    return true;
}

/* What run lengths leave out may be transparent. Masks may differ in width: the widest counts. */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    enum { X_PER_METRE = 24 };
    loom_bmp bmp;

    if (loom_bmp_read_header(file, &bmp, NULL) != LOOM_OK)
        return;
    const bool masked = bmp.bits == 16 || bmp.bits == 32;
    traits->bits = masked ? 0 : 8;
    for (unsigned i = 0; masked && i < 4; i++) {
        const uint32_t width = (uint32_t)__builtin_popcount(bmp.masks[i]);
        traits->bits = width > traits->bits ? width : traits->bits;
    }
    if (!loom_bmp_is_coded(&bmp))
        traits->alpha = loom_presence_of(masked && bmp.masks[LOOM_BMP_ALPHA] != 0);
    traits->frames = 1;
    if (bmp.header > CORE)
        traits->dpi = loom_traits_dpi(field(file, &bmp, X_PER_METRE, 4));
}

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_bmp bmp;

    if (!read_fields(file, &bmp))
        return false;
    const uint32_t rows = !bmp.from_top             ? FROM_BOTTOM
                          : loom_bmp_is_coded(&bmp) ? CODED_FROM_TOP
                                                    : FROM_TOP;
    return loom_kind_refuse(kinds, "header", kind_of_header(bmp.header), reason) ||
           loom_kind_refuse(kinds, "coding", bmp.coding, reason) ||
           loom_kind_refuse(kinds, "bits a pixel", bmp.bits, reason) ||
           ((bmp.bits == 16 || bmp.bits == 32) &&
            loom_kind_refuse(kinds, "masks", mask_state(&bmp), reason)) ||
           loom_kind_refuse(kinds, "rows", rows, reason) ||
           loom_kind_refuse(kinds, "colour space", bmp.space, reason);
}

const loom_container loom_container_bmp = {.info = {.format = LOOM_FORMAT_BMP,
                                                    .name = "bmp",
                                                    .extensions = {"bmp", "dib"},
                                                    .same_as = LOOM_UNWRITTEN_AS},
                                           .sniff = sniff,
                                           .header = read_header,
                                           .traits = read_traits,
                                           .unsupported = is_unsupported,
                                           .kinds = kinds,
                                           .memory = {.plain = 40, .whole = 40}};
