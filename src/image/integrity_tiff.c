#include "image/integrity_tiff.h"

#include "image/tiff.h"

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

loom_integrity loom_integrity_tiff(const unsigned char *data, size_t size)
{
    loom_tiff_values offsets = {NULL, 0, 0}, counts = {NULL, 0, 0};
    loom_tiff t;

    if (!loom_tiff_open(&t, data, size))
        return LOOM_INTEGRITY_CUT;
    for (uint64_t i = 0; i < t.count; i++)
        if (!read_entry(&t, i, &offsets, &counts))
            return LOOM_INTEGRITY_CUT;
    return pieces_inside(&t, &offsets, &counts) ? LOOM_INTEGRITY_WHOLE : LOOM_INTEGRITY_CUT;
}
