/* TIFF 6.0, section 2, and BigTIFF: a directory of entries, each a tag with values. */
#include "image/integrity_tiff.h"

#include "base/bytes.h"
#include <stdbool.h>

typedef struct tiff {
    const unsigned char *data;
    size_t size;
    bool big_endian, wide; /* wide: BigTIFF, offsets of 8 bytes */
} tiff;

enum { TAG_BITS = 258, TAG_STRIP_OFFSETS = 273, TAG_STRIP_COUNTS = 279, TAG_COLOUR_MAP = 320 };
enum { TAG_TILE_OFFSETS = 324, TAG_TILE_COUNTS = 325, TAG_SAMPLE_FORMAT = 339 };
enum { TAG_JPEG_TABLES = 347 };

/* The array of a tag. */
typedef struct values {
    const unsigned char *at; /* NULL: not there */
    uint64_t count;
    unsigned width; /* bytes each: 1, 2, 4 or 8 */
} values;

static bool inside(const tiff *t, uint64_t at, uint64_t length)
{
    return at <= t->size && length <= t->size - at;
}

static uint64_t word(const tiff *t, const unsigned char *p, unsigned width)
{
    switch (width) {
    case 8:
        return loom_get64(p, t->big_endian);
    case 4:
        return loom_get32(p, t->big_endian);
    case 2:
        return loom_get16(p, t->big_endian);
    default:
        return *p;
    }
}

/* The values of a directory entry at `entry`; false when they lie beyond the end. */
static bool read_values(const tiff *t, const unsigned char *entry, values *v)
{
    const unsigned offset = t->wide ? 8 : 4, type = loom_get16(entry + 2, t->big_endian);
    const unsigned char *field = entry + 4 + offset;
    const unsigned width = type == 1 || type == 7    ? 1
                           : type == 3               ? 2
                           : type == 4 || type == 13 ? 4
                           : type == 16              ? 8
                                                     : 0;
    const uint64_t count = word(t, entry + 4, offset);

    if (width == 0)
        return true; /* not a type that these tags have: the decoder will complain */
    if (count > t->size)
        return false;
    if (count * width <= offset) {
        *v = (values){field, count, width};
        return true;
    }
    const uint64_t at = word(t, field, offset);
    if (!inside(t, at, count * width))
        return false;
    *v = (values){t->data + at, count, width};
    return true;
}

/* Whether each piece of pixel data lies within the file. */
static bool pieces_inside(const tiff *t, const values *offsets, const values *counts)
{
    if (offsets->at == NULL || counts->at == NULL || offsets->count != counts->count)
        return true; /* damaged perhaps, but not cut */
    for (uint64_t i = 0; i < offsets->count; i++) {
        const uint64_t at = word(t, offsets->at + i * offsets->width, offsets->width);
        const uint64_t length = word(t, counts->at + i * counts->width, counts->width);
        if (!inside(t, at, length))
            return false;
    }
    return true;
}

/*
 * Whether all that the entry says of the pixels is there: offsets and byte counts go to those two,
 * and of the other tags without which there is no picture the values must lie within the file.
 */
static bool read_entry(const tiff *t, const unsigned char *entry, values *offsets, values *counts)
{
    values other;

    switch (loom_get16(entry, t->big_endian)) {
    case TAG_STRIP_OFFSETS:
    case TAG_TILE_OFFSETS:
        return read_values(t, entry, offsets);
    case TAG_STRIP_COUNTS:
    case TAG_TILE_COUNTS:
        return read_values(t, entry, counts);
    case TAG_BITS:
    case TAG_COLOUR_MAP:
    case TAG_SAMPLE_FORMAT:
    case TAG_JPEG_TABLES:
        return read_values(t, entry, &other);
    default:
        return true;
    }
}

loom_integrity loom_integrity_tiff(const unsigned char *data, size_t size)
{
    if (size < 16)
        return LOOM_INTEGRITY_CUT;
    const bool big_endian = data[0] == 'M';
    const tiff t = {data, size, big_endian, loom_get16(data + 2, big_endian) == 43};
    const unsigned offset = t.wide ? 8 : 4, head = t.wide ? 8 : 2, entry = t.wide ? 20 : 12;
    const uint64_t at = word(&t, data + offset, offset);
    values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};

    if (!inside(&t, at, head))
        return LOOM_INTEGRITY_CUT;
    const uint64_t entries = word(&t, data + at, head);
    if (entries > size || !inside(&t, at + head, entries * entry))
        return LOOM_INTEGRITY_CUT;
    for (uint64_t i = 0; i < entries; i++)
        if (!read_entry(&t, data + at + head + i * entry, &offsets, &counts))
            return LOOM_INTEGRITY_CUT;
    return pieces_inside(&t, &offsets, &counts) ? LOOM_INTEGRITY_WHOLE : LOOM_INTEGRITY_CUT;
}
