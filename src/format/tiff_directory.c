#include "format/tiff.h"

static uint64_t word(const loom_tiff_directory *t, const unsigned char *p, unsigned width)
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

bool loom_tiff_inside(const loom_tiff_directory *t, uint64_t at, uint64_t length)
{
    return at <= t->file.size && length <= t->file.size - at;
}

bool loom_tiff_enter(loom_tiff_directory *t, uint64_t at)
{
    const unsigned head = t->wide ? 8 : 2, entry = t->wide ? 20 : 12;

    if (!loom_tiff_inside(t, at, head))
        return false;
    const uint64_t count = word(t, t->file.data + at, head);
    if (count > t->file.size || !loom_tiff_inside(t, at + head, count * entry))
        return false;
    t->count = count;
    t->entries = t->file.data + at + head;
    return true;
}

bool loom_tiff_first(loom_tiff_directory *t, loom_bytes file)
{
    if (file.size < 16)
        return false;
    *t = (loom_tiff_directory){.file = file, .big_endian = file.data[0] == 'M'};
    t->wide = loom_get16(file.data + 2, t->big_endian) == 43;
    const unsigned offset = t->wide ? 8 : 4;
    return loom_tiff_enter(t, word(t, file.data + offset, offset));
}

bool loom_tiff_next(loom_tiff_directory *t, bool *last)
{
    const unsigned offset = t->wide ? 8 : 4, entry = t->wide ? 20 : 12;
    const uint64_t at = (uint64_t)(t->entries - t->file.data) + t->count * entry;

    *last = !loom_tiff_inside(t, at, offset);
    if (*last)
        return false;
    const uint64_t next = word(t, t->file.data + at, offset);
    *last = next == 0;
    return *last || loom_tiff_enter(t, next);
}

static const unsigned char *entry_at(const loom_tiff_directory *t, uint64_t i)
{
    return t->entries + i * (t->wide ? 20 : 12);
}

unsigned loom_tiff_tag(const loom_tiff_directory *t, uint64_t i)
{
    return loom_get16(entry_at(t, i), t->big_endian);
}

unsigned loom_tiff_type(const loom_tiff_directory *t, uint64_t i)
{
    return loom_get16(entry_at(t, i) + 2, t->big_endian);
}

/* Bytes of a value of an unsigned type, or a compatible one; 0: another type. */
static unsigned width_of(unsigned type)
{
    switch (type) {
    case 1: /* BYTE */
    case 7: /* UNDEFINED */
        return 1;
    case 3: /* SHORT */
        return 2;
    case 4:  /* LONG */
    case 13: /* IFD */
        return 4;
    case 16: /* LONG8 */
        return 8;
    default:
        return 0;
    }
}

bool loom_tiff_locate(const loom_tiff_directory *t, uint64_t i, unsigned width,
                      loom_tiff_values *values)
{
    const unsigned char *entry = entry_at(t, i);
    const unsigned offset = t->wide ? 8 : 4;
    const unsigned char *field = entry + 4 + offset;
    const uint64_t count = word(t, entry + 4, offset);

    if (count > t->file.size)
        return false;
    if (count * width <= offset) {
        *values = (loom_tiff_values){field, count, width};
        return true;
    }
    const uint64_t at = word(t, field, offset);
    if (!loom_tiff_inside(t, at, count * width))
        return false;
    *values = (loom_tiff_values){t->file.data + at, count, width};
    return true;
}

bool loom_tiff_values_of(const loom_tiff_directory *t, uint64_t i, loom_tiff_values *values)
{
    const unsigned width = width_of(loom_tiff_type(t, i));

    return width == 0 || /* not a type for these tags: the decoder will report it */
           loom_tiff_locate(t, i, width, values);
}

uint64_t loom_tiff_value(const loom_tiff_directory *t, const loom_tiff_values *values, uint64_t i)
{
    return word(t, values->at + i * values->width, values->width);
}

bool loom_tiff_entry(const loom_tiff_directory *t, unsigned tag, uint64_t *i)
{
    for (*i = 0; *i < t->count; ++*i)
        if (loom_tiff_tag(t, *i) == tag)
            return true;
    return false;
}

bool loom_tiff_find(const loom_tiff_directory *t, unsigned tag, loom_tiff_values *values)
{
    uint64_t i;

    *values = (loom_tiff_values){NULL, 0, 0};
    return !loom_tiff_entry(t, tag, &i) || loom_tiff_values_of(t, i, values);
}

bool loom_tiff_number(const loom_tiff_directory *t, unsigned tag, uint32_t otherwise,
                      uint32_t *number)
{
    loom_tiff_values values;

    if (!loom_tiff_find(t, tag, &values))
        return false;
    const uint64_t value =
        values.at != NULL && values.count > 0 ? loom_tiff_value(t, &values, 0) : otherwise;
    *number = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
    return true;
}

/* ---- fields -------------------------------------------------------------- */

/* Tags with one value per sample, if all values are equal. */
static bool is_of_samples(unsigned tag)
{
    return tag == LOOM_TIFF_BITS || tag == LOOM_TIFF_SAMPLE_FORMAT || tag == LOOM_TIFF_COMPRESSION;
}

/* BYTE, SHORT, LONG and LONG8. */
static bool is_usual(unsigned type)
{
    return type == 1 || type == 3 || type == 4 || type == 16;
}

/* *values is empty if the tag is missing. */
static loom_tiff_reading find_usual(const loom_tiff_directory *t, unsigned tag,
                                    loom_tiff_values *values)
{
    uint64_t i;

    *values = (loom_tiff_values){NULL, 0, 0};
    if (!loom_tiff_entry(t, tag, &i))
        return LOOM_TIFF_READ;
    if (!is_usual(loom_tiff_type(t, i)))
        return LOOM_TIFF_UNUSUAL;
    return loom_tiff_values_of(t, i, values) ? LOOM_TIFF_READ : LOOM_TIFF_CUT;
}

loom_tiff_reading loom_tiff_read_field(const loom_tiff_directory *t, unsigned tag,
                                       uint64_t otherwise, loom_tiff_field *field)
{
    loom_tiff_values values;
    const loom_tiff_reading found = find_usual(t, tag, &values);

    *field = (loom_tiff_field){otherwise, 0};
    if (found != LOOM_TIFF_READ || values.at == NULL)
        return found;
    if (values.count == 0 || (values.count > 1 && !is_of_samples(tag)))
        return LOOM_TIFF_UNUSUAL;
    *field = (loom_tiff_field){loom_tiff_value(t, &values, 0), values.count};
    for (uint64_t v = 1; v < values.count; v++)
        if (loom_tiff_value(t, &values, v) != field->value)
            return LOOM_TIFF_UNUSUAL;
    return LOOM_TIFF_READ;
}

static loom_tiff_reading read_extras(const loom_tiff_directory *t, loom_tiff_fields *k)
{
    loom_tiff_values values;
    const loom_tiff_reading found = find_usual(t, LOOM_TIFF_EXTRA_SAMPLES, &values);

    if (found != LOOM_TIFF_READ)
        return found;
    if (values.count > LOOM_TIFF_EXTRAS_MAX)
        return LOOM_TIFF_UNUSUAL;
    k->extras.count = values.count;
    for (uint64_t v = 0; v < values.count; v++) {
        const uint64_t value = loom_tiff_value(t, &values, v);
        k->extra[v] = value < 255 ? (unsigned char)value : 255;
    }
    return LOOM_TIFF_READ;
}

loom_tiff_reading loom_tiff_read_fields(const loom_tiff_directory *t, loom_tiff_fields *k,
                                        unsigned *last)
{
    const struct {
        unsigned tag;
        uint64_t otherwise; /* TIFF 6.0: the default, or a value that no file has */
        loom_tiff_field *to;
    } tags[] = {
        {LOOM_TIFF_COMPRESSION, 1, &k->compression},
        {LOOM_TIFF_BITS, 1, &k->bits},
        {LOOM_TIFF_SAMPLES, 1, &k->samples},
        {LOOM_TIFF_SAMPLE_FORMAT, 1, &k->numbers},
        {LOOM_TIFF_PHOTOMETRIC, 0, &k->colours},
        {LOOM_TIFF_PREDICTOR, 1, &k->predictor},
        {LOOM_TIFF_PLANES, 1, &k->planes},
        {LOOM_TIFF_FILL_ORDER, 1, &k->order},
        {LOOM_TIFF_INKS, 1, &k->inks},
        {LOOM_TIFF_SUBFILE, 0, &k->subfile},
        {LOOM_TIFF_OLD_SUBFILE, 1, &k->old_subfile},
        {LOOM_TIFF_TILE_WIDTH, 0, &k->tile_width},
        {LOOM_TIFF_TILE_HEIGHT, 0, &k->tile_height},
        {LOOM_TIFF_T4_OPTIONS, 0, &k->t4},
        {LOOM_TIFF_T6_OPTIONS, 0, &k->t6},
        {LOOM_TIFF_INDEXED, 0, &k->indexed},
        {LOOM_TIFF_DATA_TYPE, 2, &k->type}, /* unsigned */
        {LOOM_TIFF_DEPTH, 1, &k->depth},
    };

    *k = (loom_tiff_fields){.tiled = false};
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        const loom_tiff_reading read =
            loom_tiff_read_field(t, tags[i].tag, tags[i].otherwise, tags[i].to);
        *last = tags[i].tag;
        if (read != LOOM_TIFF_READ)
            return read;
    }
    k->tiled = k->tile_width.count > 0 || k->tile_height.count > 0;
    *last = LOOM_TIFF_EXTRA_SAMPLES;
    return read_extras(t, k);
}

bool loom_tiff_are_rationals(const loom_tiff_directory *t, unsigned tag, const double *expected,
                             unsigned count)
{
    enum { RATIONAL = 5, SIZE = 8 };
    loom_tiff_values values;
    uint64_t i;

    if (!loom_tiff_entry(t, tag, &i))
        return true;
    if (loom_tiff_type(t, i) != RATIONAL || !loom_tiff_locate(t, i, SIZE, &values) ||
        values.count != count)
        return false;
    for (unsigned v = 0; v < count; v++) {
        const unsigned char *p = values.at + (size_t)v * SIZE;
        const double numerator = loom_get32(p, t->big_endian);
        const double denominator = loom_get32(p + 4, t->big_endian);
        const double off = numerator - expected[v] * denominator;
        if (denominator == 0 || off > denominator / 1000 || off < -denominator / 1000)
            return false;
    }
    return true;
}
