#include "format/integrity_tiff.h"

#include "format/tiff.h"

enum { MOST_PAGES = 10000 }; /* that are looked at: their chain may be a ring */

/* Whether each piece of pixel data lies within the file. */
static bool pieces_inside(const loom_tiff *t, const loom_tiff_values *offsets,
                          const loom_tiff_values *counts)
{
    if (offsets->at == NULL || counts->at == NULL || offsets->count != counts->count)
        return true; /* damaged perhaps, but not cut */
    for (uint64_t i = 0; i < offsets->count; i++)
        if (!loom_tiff_inside(t, loom_tiff_value(t, offsets, i), loom_tiff_value(t, counts, i)))
            return false;
    return true;
}

/*
 * Whether all that the entry says of the pixels is there: offsets and byte counts go to those two,
 * and of the other tags without which there is no picture the values must lie within the file.
 */
static bool read_entry(const loom_tiff *t, uint64_t i, loom_tiff_values *offsets,
                       loom_tiff_values *counts)
{
    loom_tiff_values other;

    switch (loom_tiff_tag(t, i)) {
    case LOOM_TIFF_STRIP_OFFSETS:
    case LOOM_TIFF_TILE_OFFSETS:
        return loom_tiff_values_of(t, i, offsets);
    case LOOM_TIFF_STRIP_COUNTS:
    case LOOM_TIFF_TILE_COUNTS:
        return loom_tiff_values_of(t, i, counts);
    case LOOM_TIFF_BITS:
    case LOOM_TIFF_COLOUR_MAP:
    case LOOM_TIFF_SAMPLE_FORMAT:
    case LOOM_TIFF_JPEG_TABLES:
        return loom_tiff_values_of(t, i, &other);
    default:
        return true;
    }
}

/* Whether what the directory names lies within the file; *seen counts what was looked at. */
static bool page_inside(const loom_tiff *t, uint64_t *seen)
{
    loom_tiff_values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};

    for (uint64_t i = 0; i < t->count; i++)
        if (!read_entry(t, i, &offsets, &counts))
            return false;
    *seen += t->count + offsets.count;
    return pieces_inside(t, &offsets, &counts);
}

loom_integrity loom_integrity_tiff(const unsigned char *data, size_t size)
{
    bool last = false;
    uint64_t seen = 0; /* entries and pieces: no more than bytes, unless pages lie in one another */
    loom_tiff t;

    if (!loom_tiff_open(&t, data, size))
        return LOOM_INTEGRITY_CUT;
    for (unsigned page = 0; page < MOST_PAGES && seen <= size && !last; page++) {
        if (!page_inside(&t, &seen))
            return LOOM_INTEGRITY_CUT;
        if (!loom_tiff_next(&t, &last)) /* the last number of a single page is its end marker */
            return last && page == 0 ? LOOM_INTEGRITY_NO_END : LOOM_INTEGRITY_CUT;
    }
    return LOOM_INTEGRITY_WHOLE;
}
