/* Walking through the TIFF structure of an EXIF block (TIFF 6.0, section 2; Exif 2.32, 4.6). */
#ifndef LOOM_FORMAT_EXIF_WALK_H
#define LOOM_FORMAT_EXIF_WALK_H

#include "base/bytes.h"

enum { LOOM_EXIF_HEADER = 8, LOOM_EXIF_ENTRY = 12 }; /* bytes */

enum { LOOM_EXIF_TAG_EXIF = 0x8769, LOOM_EXIF_TAG_INTEROP = 0xA005 }; /* of directories */

enum {
    LOOM_EXIF_ASCII = 2,
    LOOM_EXIF_SHORT = 3,
    LOOM_EXIF_LONG = 4,
    LOOM_EXIF_RATIONAL = 5,
    LOOM_EXIF_IFD = 13
};

typedef struct loom_exif {
    const unsigned char *data;
    size_t size;
    bool big; /* big-endian */
} loom_exif;

typedef struct loom_exif_directory {
    size_t first, count; /* position of its entries, and the number of complete ones */
    bool all;            /* all are complete */
    bool linked;         /* and the link to the next directory follows them */
} loom_exif_directory;

static inline bool loom_exif_open(loom_exif *s, const unsigned char *tiff, size_t size)
{
    *s = (loom_exif){tiff, size, size > 0 && tiff[0] == 'M'};
    return size >= LOOM_EXIF_HEADER &&
           (memcmp(tiff, "II*", 4) == 0 || memcmp(tiff, "MM\0*", 4) == 0);
}

static inline bool loom_exif_directory_at(const loom_exif *s, size_t at, loom_exif_directory *d)
{
    if (at > s->size || s->size - at < 2)
        return false;
    const size_t wanted = loom_get16(s->data + at, s->big);
    const size_t fit = (s->size - at - 2) / LOOM_EXIF_ENTRY;

    *d = (loom_exif_directory){.first = at + 2, .count = wanted < fit ? wanted : fit};
    d->all = wanted == d->count;
    d->linked = d->all && s->size - d->first - wanted * LOOM_EXIF_ENTRY >= 4;
    return true;
}

static inline bool loom_exif_main(loom_exif *s, const unsigned char *tiff, size_t size,
                                  loom_exif_directory *d)
{
    return loom_exif_open(s, tiff, size) &&
           loom_exif_directory_at(s, loom_get32(tiff + 4, s->big), d);
}

static inline unsigned loom_exif_tag(const loom_exif *s, size_t entry)
{
    return loom_get16(s->data + entry, s->big);
}

/* The position of the first entry with the tag; 0: none. */
static inline size_t loom_exif_find(const loom_exif *s, const loom_exif_directory *d, unsigned tag)
{
    for (size_t i = 0; i < d->count; i++)
        if (loom_exif_tag(s, d->first + i * LOOM_EXIF_ENTRY) == tag)
            return d->first + i * LOOM_EXIF_ENTRY;
    return 0;
}

/* The value of an entry; 0 if it is not a single integer. */
static inline uint32_t loom_exif_value(const loom_exif *s, size_t at)
{
    const unsigned char *entry = s->data + at;
    const unsigned type = loom_get16(entry + 2, s->big);

    if (loom_get32(entry + 4, s->big) != 1)
        return 0;
    if (type == LOOM_EXIF_SHORT)
        return loom_get16(entry + 8, s->big);
    return type == LOOM_EXIF_LONG || type == LOOM_EXIF_IFD ? loom_get32(entry + 8, s->big) : 0;
}

/*
 * The position of an entry's value, and the number of its bytes in the block. Size 0: the value is
 * in the entry itself, or its type is unknown, or none of it is in the block.
 */
typedef struct loom_exif_range {
    size_t from, size;
} loom_exif_range;

static inline loom_exif_range loom_exif_range_of(const loom_exif *s, size_t at)
{
    static const unsigned char sizes[] = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4};
    const unsigned type = loom_get16(s->data + at + 2, s->big);
    const uint64_t count = loom_get32(s->data + at + 4, s->big);
    const uint64_t size = type < sizeof sizes ? count * sizes[type] : 0;
    const size_t from = loom_get32(s->data + at + 8, s->big);

    if (size <= 4 || from >= s->size)
        return (loom_exif_range){0, 0};
    return (loom_exif_range){from, size < s->size - from ? (size_t)size : s->size - from};
}

#endif
