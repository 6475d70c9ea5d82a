#include "format/exif.h"

#include "base/bytes.h"
#include <string.h>

enum { HEADER = 8, ENTRY = 12, TYPE_ASCII = 2, TYPE_SHORT = 3, TYPE_LONG = 4 };
enum {
    TAG_STRIPS = 0x0111,
    TAG_ORIENTATION = 0x0112,
    TAG_ARTIST = 0x013B,
    TAG_THUMBNAIL = 0x0201,
    TAG_THUMBNAIL_SIZE = 0x0202,
    TAG_COPYRIGHT = 0x8298,
    TAG_EXIF = 0x8769,
    TAG_WIDTH = 0xA002,
    TAG_HEIGHT = 0xA003
};

/* A TIFF structure (TIFF 6.0, section 2), and one of its directories. */
typedef struct structure {
    const unsigned char *data;
    size_t size;
    bool big; /* big-endian */
} structure;

typedef struct directory {
    size_t first, count; /* where its entries begin, and how many of them are there whole */
    bool whole;          /* all are, and the link to the next directory */
} directory;

static bool open_structure(structure *s, const unsigned char *tiff, size_t size)
{
    *s = (structure){tiff, size, size > 0 && tiff[0] == 'M'};
    return size >= HEADER && (memcmp(tiff, "II*", 4) == 0 || memcmp(tiff, "MM\0*", 4) == 0);
}

static bool open_directory(const structure *s, size_t at, directory *d)
{
    if (at > s->size || s->size - at < 2)
        return false;
    const size_t wanted = loom_get16(s->data + at, s->big), fit = (s->size - at - 2) / ENTRY;

    *d = (directory){.first = at + 2, .count = wanted < fit ? wanted : fit};
    d->whole = wanted == d->count && s->size - d->first - wanted * ENTRY >= 4;
    return true;
}

static bool open_main(structure *s, const unsigned char *tiff, size_t size, directory *d)
{
    return open_structure(s, tiff, size) && open_directory(s, loom_get32(tiff + 4, s->big), d);
}

/* Where the first entry of the tag stands; 0: not there. */
static size_t find(const structure *s, const directory *d, unsigned tag)
{
    for (size_t i = 0; i < d->count; i++)
        if (loom_get16(s->data + d->first + i * ENTRY, s->big) == tag)
            return d->first + i * ENTRY;
    return 0;
}

/* The value of an entry; 0 where it is no single number. */
static uint32_t value_of(const structure *s, size_t at)
{
    const unsigned char *entry = s->data + at;

    if (loom_get32(entry + 4, s->big) != 1)
        return 0;
    switch (loom_get16(entry + 2, s->big)) {
    case TYPE_SHORT:
        return loom_get16(entry + 8, s->big);
    case TYPE_LONG:
        return loom_get32(entry + 8, s->big);
    default:
        return 0;
    }
}

int loom_exif_orientation(const unsigned char *tiff, size_t size)
{
    structure s;
    directory d;

    if (!open_main(&s, tiff, size, &d))
        return 1;
    const size_t at = find(&s, &d, TAG_ORIENTATION);
    const uint32_t value = at > 0 ? value_of(&s, at) : 1;
    return value >= 1 && value <= 8 ? (int)value : 1;
}

/* ---- true of another picture --------------------------------------------- */

/* Writes a number in the place of the one that the entry has. */
static bool set(unsigned char *tiff, const structure *s, size_t at, uint32_t value)
{
    unsigned char *entry = tiff + at;
    const unsigned type = loom_get16(entry + 2, s->big);

    if (loom_get32(entry + 4, s->big) != 1 || (type == TYPE_SHORT && value > UINT16_MAX))
        return false;
    if (type == TYPE_SHORT)
        loom_put16(entry + 8, s->big, value);
    else if (type == TYPE_LONG)
        loom_put32(entry + 8, s->big, value);
    return type == TYPE_SHORT || type == TYPE_LONG;
}

/* The directory behind the main one is the thumbnail's (Exif 2.32, 4.5.2). */
static bool drop_thumbnail(unsigned char *tiff, size_t *size)
{
    structure s;
    directory d, thumbnail;

    if (!open_main(&s, tiff, *size, &d) || !d.whole)
        return false;
    unsigned char *link = tiff + d.first + d.count * ENTRY;
    const size_t at = loom_get32(link, s.big);
    if (at == 0)
        return true;
    if (at < HEADER || !open_directory(&s, at, &thumbnail) ||
        find(&s, &thumbnail, TAG_STRIPS) > 0) /* it is not a JPEG */
        return false;
    const size_t start = find(&s, &thumbnail, TAG_THUMBNAIL);
    const size_t length = find(&s, &thumbnail, TAG_THUMBNAIL_SIZE);
    const size_t from = start > 0 ? value_of(&s, start) : 0;
    const size_t bytes = length > 0 ? value_of(&s, length) : 0;
    if (bytes > 0 && (from < HEADER || from > s.size || s.size - from < bytes))
        return false;
    memset(tiff + from, 0, bytes);
    memset(tiff + thumbnail.first - 2, 0, 2 + thumbnail.count * ENTRY);
    loom_put32(link, s.big, 0);
    if (bytes > 0 && from + bytes == s.size)
        *size = from;
    return true;
}

bool loom_exif_refresh(unsigned char *tiff, size_t *size, int orientation, uint32_t width,
                       uint32_t height)
{
    structure s;
    directory d, exif;

    if (!drop_thumbnail(tiff, size) || !open_main(&s, tiff, *size, &d) || !d.whole)
        return false;
    const size_t turned = find(&s, &d, TAG_ORIENTATION), more = find(&s, &d, TAG_EXIF);
    if (turned > 0 ? !set(tiff, &s, turned, (uint32_t)orientation) : orientation != 1)
        return false;
    if (more == 0)
        return true;
    if (!open_directory(&s, value_of(&s, more), &exif))
        return false;
    const size_t across = find(&s, &exif, TAG_WIDTH), down = find(&s, &exif, TAG_HEIGHT);
    return (across == 0 || set(tiff, &s, across, width)) &&
           (down == 0 || set(tiff, &s, down, height));
}

/* ---- names --------------------------------------------------------------- */

typedef struct text {
    const unsigned char *data;
    uint32_t size; /* with its NUL; 0: none */
} text;

static text find_text(const unsigned char *tiff, size_t size, unsigned tag)
{
    const text none = {NULL, 0};
    structure s;
    directory d;

    if (!open_main(&s, tiff, size, &d))
        return none;
    const size_t at = find(&s, &d, tag);
    if (at == 0 || loom_get16(tiff + at + 2, s.big) != TYPE_ASCII)
        return none;
    const uint32_t length = loom_get32(tiff + at + 4, s.big);
    const size_t from = length <= 4 ? at + 8 : loom_get32(tiff + at + 8, s.big);
    if (from > size || size - from < length)
        return none;
    return (text){tiff + from, length};
}

bool loom_exif_has_names(const unsigned char *tiff, size_t size)
{
    return find_text(tiff, size, TAG_ARTIST).size > 0 ||
           find_text(tiff, size, TAG_COPYRIGHT).size > 0;
}

static void add_entry(loom_strbuf *out, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    unsigned char entry[ENTRY];

    loom_put16(entry, false, tag);
    loom_put16(entry + 2, false, type);
    loom_put32(entry + 4, false, count);
    loom_put32(entry + 8, false, value);
    loom_strbuf_add(out, entry, sizeof entry);
}

/* *behind: where the next text goes that does not fit into its entry. */
static void add_text(loom_strbuf *out, unsigned tag, const text *t, uint32_t *behind)
{
    unsigned char short_text[4] = {0};

    if (t->size == 0)
        return;
    if (t->size <= sizeof short_text) {
        memcpy(short_text, t->data, t->size);
        add_entry(out, tag, TYPE_ASCII, t->size, loom_le32(short_text));
        return;
    }
    add_entry(out, tag, TYPE_ASCII, t->size, *behind);
    *behind += t->size;
}

void loom_exif_add_names(loom_strbuf *out, const unsigned char *tiff, size_t size, int orientation)
{
    const text names[] = {find_text(tiff, size, TAG_ARTIST), find_text(tiff, size, TAG_COPYRIGHT)};
    const unsigned count = 1u + (names[0].size > 0) + (names[1].size > 0);
    uint32_t behind = HEADER + 2 + count * ENTRY + 4;
    const unsigned char entries[2] = {(unsigned char)count, 0};

    loom_strbuf_add(out, "II*\0\10\0\0\0", HEADER);
    loom_strbuf_add(out, entries, sizeof entries);
    add_entry(out, TAG_ORIENTATION, TYPE_SHORT, 1, (uint32_t)orientation);
    add_text(out, TAG_ARTIST, &names[0], &behind);
    add_text(out, TAG_COPYRIGHT, &names[1], &behind);
    loom_strbuf_add(out, "\0\0\0", 4);
    for (size_t i = 0; i < 2; i++)
        if (names[i].size > 4)
            loom_strbuf_add(out, names[i].data, names[i].size);
}
