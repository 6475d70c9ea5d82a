#include <imgloom/format.h>

#include "base/bytes.h"
#include <string.h>

enum { SVG_WINDOW = 1000 }; /* how far into a file "<svg" is looked for */

typedef struct view {
    const unsigned char *data;
    size_t size;
} view;

static bool has_at(view v, size_t offset, const char *magic, size_t length)
{
    return offset <= v.size && length <= v.size - offset &&
           memcmp(v.data + offset, magic, length) == 0;
}

/* `magic` is a literal; a NUL within it counts. */
#define HAS_AT(v, offset, magic) has_at(v, offset, magic, sizeof(magic) - 1)
#define STARTS(v, magic)         HAS_AT(v, 0, magic)

static bool is_space(unsigned char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Magic numbers that need no second look. */
static loom_format sniff_magic(view v)
{
    if (STARTS(v, "\xFF\xD8\xFF"))
        return LOOM_FORMAT_JPEG;
    if (STARTS(v, "\x89PNG\r\n\x1A\n"))
        return LOOM_FORMAT_PNG;
    if (STARTS(v, "GIF87a") || STARTS(v, "GIF89a"))
        return LOOM_FORMAT_GIF;
    if (STARTS(v, "RIFF") && HAS_AT(v, 8, "WEBP"))
        return LOOM_FORMAT_WEBP;
    /* 42 is TIFF, 43 BigTIFF. */
    if (STARTS(v, "II*\0") || STARTS(v, "MM\0*") || STARTS(v, "II+\0") || STARTS(v, "MM\0+"))
        return LOOM_FORMAT_TIFF;
    if (STARTS(v, "8BPS"))
        return LOOM_FORMAT_PSD;
    if (STARTS(v, "#?RADIANCE\n") || STARTS(v, "#?RGBE\n"))
        return LOOM_FORMAT_HDR;
    /* A bare codestream, or the signature box of ISO/IEC 18181-2. */
    if (STARTS(v, "\xFF\x0A") || STARTS(v, "\0\0\0\x0CJXL \r\n\x87\n"))
        return LOOM_FORMAT_JXL;
    /* The same of ISO/IEC 15444-1. */
    if (STARTS(v, "\xFF\x4F\xFF\x51") || STARTS(v, "\0\0\0\x0CjP  \r\n\x87\n"))
        return LOOM_FORMAT_JP2;
    if (STARTS(v, "%PDF-"))
        return LOOM_FORMAT_PDF;
    return LOOM_FORMAT_UNKNOWN;
}

/* "BM" alone starts many a text: the size of the header that follows must be one that exists. */
static bool is_bmp(view v)
{
    if (!STARTS(v, "BM") || v.size < 18)
        return false;
    uint32_t header = loom_le32(v.data + 14);
    return header == 12 || (header >= 16 && header <= 124);
}

static bool is_pnm(view v)
{
    return v.size >= 3 && v.data[0] == 'P' && v.data[1] >= '1' && v.data[1] <= '6' &&
           (is_space(v.data[2]) || v.data[2] == '#');
}

static bool brand_in(const unsigned char *brand, const char *brands)
{
    for (; *brands != '\0'; brands += 4)
        if (memcmp(brand, brands, 4) == 0)
            return true;
    return false;
}

/*
 * HEIF files (ISO/IEC 23008-12) say by their brands how their pictures are coded. The major brand
 * decides where it names a coding; mif1 and msf1 do not, so then the compatible brands do.
 */
static loom_format sniff_brands(view v)
{
    static const char avif[] = "avifavis", heic[] = "heicheixhevchevxheimheis", any[] = "mif1msf1";
    bool has_avif = false, has_heif = false;

    if (v.size < 12 || !HAS_AT(v, 4, "ftyp"))
        return LOOM_FORMAT_UNKNOWN;
    size_t box = loom_be32(v.data);
    if (box == 0 || box > v.size) /* 0: to the end of the file */
        box = v.size;
    if (box < 12)
        return LOOM_FORMAT_UNKNOWN;
    const unsigned char *major = v.data + 8;
    if (brand_in(major, avif))
        return LOOM_FORMAT_AVIF;
    if (brand_in(major, heic))
        return LOOM_FORMAT_HEIC;
    has_heif = brand_in(major, any);
    for (size_t at = 16; at + 4 <= box; at += 4) { /* behind the minor version */
        has_avif = has_avif || brand_in(v.data + at, avif);
        has_heif = has_heif || brand_in(v.data + at, heic) || brand_in(v.data + at, any);
    }
    if (has_avif)
        return LOOM_FORMAT_AVIF;
    return has_heif ? LOOM_FORMAT_HEIC : LOOM_FORMAT_UNKNOWN;
}

/* Where `end` ends in `v` at or after `from`; 0 when it does not occur. */
static size_t skip_past(view v, size_t from, const char *end)
{
    size_t length = strlen(end);

    for (; from < v.size; from++)
        if (has_at(v, from, end, length))
            return from + length;
    return 0;
}

/* Where a document type declaration ends, with the entities it may define; 0: not here. */
static size_t skip_doctype(view v, size_t from)
{
    for (; from < v.size; from++) {
        if (v.data[from] == '>')
            return from + 1;
        if (v.data[from] == '[') {
            size_t inside = skip_past(v, from, "]");
            return inside > 0 ? skip_past(v, inside, ">") : 0;
        }
    }
    return 0;
}

static bool is_svg(view v)
{
    size_t at = STARTS(v, "\xEF\xBB\xBF") ? 3 : 0;

    if (v.size > SVG_WINDOW)
        v.size = SVG_WINDOW;
    while (at < v.size) {
        size_t next;
        if (is_space(v.data[at]))
            next = at + 1;
        else if (HAS_AT(v, at, "<!--"))
            next = skip_past(v, at + 4, "-->");
        else if (HAS_AT(v, at, "<?"))
            next = skip_past(v, at + 2, "?>");
        else if (HAS_AT(v, at, "<!DOCTYPE"))
            next = skip_doctype(v, at + 9);
        else
            break;
        if (next == 0)
            return false;
        at = next;
    }
    if (!HAS_AT(v, at, "<svg") || at + 4 >= v.size)
        return false;
    unsigned char c = v.data[at + 4]; /* <svgfoo> is something else; <svg:svg> is one */
    return is_space(c) || c == '>' || c == '/' || c == ':';
}

loom_format loom_format_sniff(const void *bytes, size_t size)
{
    view v = {bytes, size};

    if (size == 0)
        return LOOM_FORMAT_UNKNOWN;
    loom_format format = sniff_magic(v);
    if (format == LOOM_FORMAT_UNKNOWN)
        format = sniff_brands(v);
    if (format != LOOM_FORMAT_UNKNOWN)
        return format;
    if (is_bmp(v))
        return LOOM_FORMAT_BMP;
    if (is_pnm(v))
        return LOOM_FORMAT_PNM;
    return is_svg(v) ? LOOM_FORMAT_SVG : LOOM_FORMAT_UNKNOWN;
}
