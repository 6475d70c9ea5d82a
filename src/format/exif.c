#include "format/exif.h"

#include "format/exif_walk.h"

enum {
    TAG_INDEX = 0x0001, /* of the interoperability directory */
    TAG_ORIENTATION = 0x0112,
    TAG_X_RESOLUTION = 0x011A,
    TAG_Y_RESOLUTION = 0x011B,
    TAG_RESOLUTION_UNIT = 0x0128,
    TAG_ARTIST = 0x013B,
    TAG_COPYRIGHT = 0x8298,
    TAG_TAKEN = 0x9003,     /* DateTimeOriginal */
    TAG_DIGITIZED = 0x9004, /* DateTimeDigitized */
    TAG_COLOUR_SPACE = 0xA001
};
enum { SRGB = 1 };                 /* a ColorSpace */
enum { INCH = 2, CENTIMETRE = 3 }; /* a ResolutionUnit */

int loom_exif_orientation(const unsigned char *tiff, size_t size)
{
    loom_exif s;
    loom_exif_directory d;

    if (!loom_exif_main(&s, tiff, size, &d))
        return 1;
    const size_t at = loom_exif_find(&s, &d, TAG_ORIENTATION);
    const uint32_t value = at > 0 ? loom_exif_value(&s, at) : 1;
    return value >= 1 && value <= 8 ? (int)value : 1;
}

uint32_t loom_exif_dpi(const unsigned char *tiff, size_t size)
{
    loom_exif s;
    loom_exif_directory d;

    if (!loom_exif_main(&s, tiff, size, &d))
        return 0;
    const size_t unit_at = loom_exif_find(&s, &d, TAG_RESOLUTION_UNIT);
    const size_t at = loom_exif_find(&s, &d, TAG_X_RESOLUTION);
    const uint32_t unit = unit_at > 0 ? loom_exif_value(&s, unit_at) : INCH;
    if (at == 0 || (unit != INCH && unit != CENTIMETRE) ||
        loom_get16(tiff + at + 2, s.big) != LOOM_EXIF_RATIONAL ||
        loom_get32(tiff + at + 4, s.big) != 1)
        return 0;
    const loom_exif_range value = loom_exif_range_of(&s, at);
    const uint64_t denominator = value.size == 8 ? loom_get32(tiff + value.from + 4, s.big) : 0;
    if (denominator == 0)
        return 0;
    const uint64_t per_inch =
        loom_get32(tiff + value.from, s.big) * (unit == INCH ? UINT64_C(1000) : UINT64_C(2540));
    const uint64_t dpi = (per_inch + denominator / 2) / denominator;
    return dpi <= UINT32_MAX ? (uint32_t)dpi : 0;
}

static bool put_rational(const loom_exif *s, unsigned char *tiff, size_t at, uint32_t number,
                         uint32_t denominator)
{
    const loom_exif_range value = at > 0 ? loom_exif_range_of(s, at) : (loom_exif_range){0, 0};

    if (value.size != 8 || loom_get16(tiff + at + 2, s->big) != LOOM_EXIF_RATIONAL)
        return false;
    loom_put32(tiff + value.from, s->big, number);
    loom_put32(tiff + value.from + 4, s->big, denominator);
    return true;
}

bool loom_exif_put_dpi(unsigned char *tiff, size_t size, uint32_t dpi)
{
    loom_exif s;
    loom_exif_directory d;

    if (!loom_exif_main(&s, tiff, size, &d) ||
        !put_rational(&s, tiff, loom_exif_find(&s, &d, TAG_X_RESOLUTION), dpi, 1000))
        return false;
    (void)put_rational(&s, tiff, loom_exif_find(&s, &d, TAG_Y_RESOLUTION), dpi, 1000);
    const size_t unit = loom_exif_find(&s, &d, TAG_RESOLUTION_UNIT);
    if (unit > 0 && loom_get16(tiff + unit + 2, s.big) == LOOM_EXIF_SHORT)
        loom_put16(tiff + unit + 8, s.big, INCH);
    return true;
}

uint32_t loom_exif_block_dpi(loom_bytes block)
{
    const loom_bytes tiff =
        LOOM_BYTES_HAVE(block, 0, "Exif\0\0") ? loom_bytes_from(block, 6) : block;

    return loom_exif_dpi(tiff.data, tiff.size);
}

/* The directory that an entry of another directory points to. */
static bool find_directory(const loom_exif *s, const loom_exif_directory *d, unsigned tag,
                           loom_exif_directory *found)
{
    const size_t at = loom_exif_find(s, d, tag);

    return at > 0 && loom_exif_directory_at(s, loom_exif_value(s, at), found);
}

bool loom_exif_is_adobe_rgb(const unsigned char *tiff, size_t size)
{
    loom_exif s;
    loom_exif_directory d, exif, interop;

    if (!loom_exif_main(&s, tiff, size, &d) || !find_directory(&s, &d, LOOM_EXIF_TAG_EXIF, &exif) ||
        !find_directory(&s, &exif, LOOM_EXIF_TAG_INTEROP, &interop))
        return false;
    const size_t space = loom_exif_find(&s, &exif, TAG_COLOUR_SPACE);
    const size_t index = loom_exif_find(&s, &interop, TAG_INDEX);
    return index > 0 && loom_get16(tiff + index + 2, s.big) == LOOM_EXIF_ASCII &&
           loom_get32(tiff + index + 4, s.big) == 4 && memcmp(tiff + index + 8, "R03", 4) == 0 &&
           !(space > 0 && loom_exif_value(&s, space) == SRGB);
}

bool loom_exif_says_more(const unsigned char *tiff, size_t size)
{
    loom_exif s;
    loom_exif_directory d;

    return !loom_exif_main(&s, tiff, size, &d) || d.count > 1 ||
           (d.count == 1 && loom_exif_tag(&s, d.first) != TAG_ORIENTATION);
}

/* ---- names --------------------------------------------------------------- */

typedef struct text {
    const unsigned char *data;
    uint32_t size; /* with its NUL; 0: none */
} text;

static text text_in(const loom_exif *s, const loom_exif_directory *d, unsigned tag)
{
    const text none = {NULL, 0};
    const size_t at = loom_exif_find(s, d, tag);

    if (at == 0 || loom_get16(s->data + at + 2, s->big) != LOOM_EXIF_ASCII)
        return none;
    const uint32_t length = loom_get32(s->data + at + 4, s->big);
    const size_t from = length <= 4 ? at + 8 : loom_get32(s->data + at + 8, s->big);
    if (from > s->size || s->size - from < length)
        return none;
    return (text){s->data + from, length};
}

static text find_text(const unsigned char *tiff, size_t size, unsigned tag)
{
    loom_exif s;
    loom_exif_directory d;

    return loom_exif_main(&s, tiff, size, &d) ? text_in(&s, &d, tag) : (text){NULL, 0};
}

bool loom_exif_has_names(const unsigned char *tiff, size_t size)
{
    return find_text(tiff, size, TAG_ARTIST).size > 0 ||
           find_text(tiff, size, TAG_COPYRIGHT).size > 0;
}

/* Takes the day from "2024:05:01 12:33:44"; cameras without a clock write spaces or zeros. */
static bool read_day(text stamp, char day[LOOM_EXIF_DAY])
{
    static const char pattern[] = "dddd:dd:dd ";

    if (stamp.size < sizeof pattern)
        return false;
    for (size_t i = 0; pattern[i] != '\0'; i++)
        if (pattern[i] == 'd' ? stamp.data[i] < '0' || stamp.data[i] > '9'
                              : stamp.data[i] != (unsigned char)pattern[i])
            return false;
    const int month = (stamp.data[5] - '0') * 10 + stamp.data[6] - '0';
    const int number = (stamp.data[8] - '0') * 10 + stamp.data[9] - '0';
    if (month < 1 || month > 12 || number < 1 || number > 31)
        return false;
    memcpy(day, stamp.data, LOOM_EXIF_DAY - 1);
    day[4] = day[7] = '-';
    day[LOOM_EXIF_DAY - 1] = '\0';
    return true;
}

bool loom_exif_day(const unsigned char *tiff, size_t size, char day[LOOM_EXIF_DAY])
{
    loom_exif s;
    loom_exif_directory d, exif;

    return loom_exif_main(&s, tiff, size, &d) &&
           find_directory(&s, &d, LOOM_EXIF_TAG_EXIF, &exif) &&
           (read_day(text_in(&s, &exif, TAG_TAKEN), day) ||
            read_day(text_in(&s, &exif, TAG_DIGITIZED), day));
}

static void add_entry(loom_strbuf *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    unsigned char entry[LOOM_EXIF_ENTRY];

    loom_put16(entry, false, tag);
    loom_put16(entry + 2, false, type);
    loom_put32(entry + 4, false, count);
    loom_put32(entry + 8, false, value);
    loom_strbuf_add(out, entry, sizeof entry);
}

/* The same in both directions (TIFF 6.0 section 8). *behind: the position for two rationals. */
static void add_dpi(loom_strbuf *out, uint32_t *behind)
{
    add_entry(out, TAG_X_RESOLUTION, LOOM_EXIF_RATIONAL, 1, *behind);
    add_entry(out, TAG_Y_RESOLUTION, LOOM_EXIF_RATIONAL, 1, *behind + 8);
    add_entry(out, TAG_RESOLUTION_UNIT, LOOM_EXIF_SHORT, 1, INCH);
    *behind += 16;
}

static void add_rational(loom_strbuf *out, uint32_t number)
{
    unsigned char bytes[8];

    loom_put32(bytes, false, number);
    loom_put32(bytes + 4, false, 1);
    loom_strbuf_add(out, bytes, sizeof bytes);
}

/* *behind: the position for the next text that does not fit into its entry. */
static void add_text(loom_strbuf *out, unsigned tag, const text *t, uint32_t *behind)
{
    unsigned char short_text[4] = {0};

    if (t->size == 0)
        return;
    if (t->size <= sizeof short_text) {
        memcpy(short_text, t->data, t->size);
        add_entry(out, tag, LOOM_EXIF_ASCII, t->size, loom_le32(short_text));
        return;
    }
    add_entry(out, tag, LOOM_EXIF_ASCII, t->size, *behind);
    *behind += t->size;
}

void loom_exif_add_names(loom_strbuf *out, const unsigned char *tiff, size_t size, int orientation,
                         uint32_t dpi)
{
    const text names[] = {find_text(tiff, size, TAG_ARTIST), find_text(tiff, size, TAG_COPYRIGHT)};
    const unsigned count = 1u + (dpi > 0 ? 3 : 0) + (names[0].size > 0) + (names[1].size > 0);
    uint32_t behind = LOOM_EXIF_HEADER + 2 + count * LOOM_EXIF_ENTRY + 4;
    const unsigned char entries[2] = {(unsigned char)count, 0};

    loom_strbuf_add(out, "II*\0\10\0\0\0", LOOM_EXIF_HEADER);
    loom_strbuf_add(out, entries, sizeof entries);
    add_entry(out, TAG_ORIENTATION, LOOM_EXIF_SHORT, 1, (uint32_t)orientation);
    if (dpi > 0)
        add_dpi(out, &behind);
    add_text(out, TAG_ARTIST, &names[0], &behind);
    add_text(out, TAG_COPYRIGHT, &names[1], &behind);
    loom_strbuf_add(out, "\0\0\0", 4);
    for (size_t i = 0; dpi > 0 && i < 2; i++)
        add_rational(out, dpi);
    for (size_t i = 0; i < 2; i++)
        if (names[i].size > 4)
            loom_strbuf_add(out, names[i].data, names[i].size);
}
