#include "format/tiff.h"

#include "base/bytes.h"

static uint64_t word(const loom_tiff *t, const unsigned char *p, unsigned width)
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

bool loom_tiff_inside(const loom_tiff *tiff, uint64_t at, uint64_t length)
{
    return at <= tiff->size && length <= tiff->size - at;
}

/* Makes the directory at an offset the current one. */
static bool enter(loom_tiff *t, uint64_t at)
{
    const unsigned head = t->wide ? 8 : 2, entry = t->wide ? 20 : 12;

    if (!loom_tiff_inside(t, at, head))
        return false;
    const uint64_t count = word(t, t->data + at, head);
    if (count > t->size || !loom_tiff_inside(t, at + head, count * entry))
        return false;
    t->count = count;
    t->entries = t->data + at + head;
    return true;
}

bool loom_tiff_open(loom_tiff *tiff, const unsigned char *data, size_t size)
{
    if (size < 16)
        return false;
    const bool big_endian = data[0] == 'M';
    loom_tiff t = {data, size, big_endian, loom_get16(data + 2, big_endian) == 43, NULL, 0};
    const unsigned offset = t.wide ? 8 : 4;

    if (!enter(&t, word(&t, data + offset, offset)))
        return false;
    *tiff = t;
    return true;
}

bool loom_tiff_next(loom_tiff *tiff, bool *last)
{
    const unsigned offset = tiff->wide ? 8 : 4, entry = tiff->wide ? 20 : 12;
    const uint64_t at = (uint64_t)(tiff->entries - tiff->data) + tiff->count * entry;

    *last = !loom_tiff_inside(tiff, at, offset);
    if (*last)
        return false;
    const uint64_t next = word(tiff, tiff->data + at, offset);
    *last = next == 0;
    return *last || enter(tiff, next);
}

static const unsigned char *entry_at(const loom_tiff *t, uint64_t i)
{
    return t->entries + i * (t->wide ? 20 : 12);
}

unsigned loom_tiff_tag(const loom_tiff *tiff, uint64_t i)
{
    return loom_get16(entry_at(tiff, i), tiff->big_endian);
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

bool loom_tiff_values_of(const loom_tiff *tiff, uint64_t i, loom_tiff_values *values)
{
    const unsigned char *entry = entry_at(tiff, i);
    const unsigned offset = tiff->wide ? 8 : 4,
                   width = width_of(loom_get16(entry + 2, tiff->big_endian));
    const unsigned char *field = entry + 4 + offset;
    const uint64_t count = word(tiff, entry + 4, offset);

    if (width == 0)
        return true; /* not a type that these tags have: the decoder will complain */
    if (count > tiff->size)
        return false;
    if (count * width <= offset) {
        *values = (loom_tiff_values){field, count, width};
        return true;
    }
    const uint64_t at = word(tiff, field, offset);
    if (!loom_tiff_inside(tiff, at, count * width))
        return false;
    *values = (loom_tiff_values){tiff->data + at, count, width};
    return true;
}

uint64_t loom_tiff_value(const loom_tiff *tiff, const loom_tiff_values *values, uint64_t i)
{
    return word(tiff, values->at + i * values->width, values->width);
}

bool loom_tiff_find(const loom_tiff *tiff, unsigned tag, loom_tiff_values *values)
{
    *values = (loom_tiff_values){NULL, 0, 0};
    for (uint64_t i = 0; i < tiff->count && values->at == NULL; i++)
        if (loom_tiff_tag(tiff, i) == tag && !loom_tiff_values_of(tiff, i, values))
            return false;
    return true;
}
