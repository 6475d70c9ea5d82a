#include "format/tiff_directory.h"

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

/* Makes the directory at an offset the current one. */
static bool enter(loom_tiff_directory *t, uint64_t at)
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
    return enter(t, word(t, file.data + offset, offset));
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
    return *last || enter(t, next);
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

/* Bytes of a value of an unsigned type, or of one that serves as such; 0: another. */
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

bool loom_tiff_values_of(const loom_tiff_directory *t, uint64_t i, loom_tiff_values *values)
{
    const unsigned char *entry = entry_at(t, i);
    const unsigned offset = t->wide ? 8 : 4, width = width_of(loom_tiff_type(t, i));
    const unsigned char *field = entry + 4 + offset;
    const uint64_t count = word(t, entry + 4, offset);

    if (width == 0)
        return true; /* not a type that these tags have: the decoder will complain */
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
