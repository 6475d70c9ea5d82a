#include "engine/jpeg/codes.h"

#include "engine/jpeg/stream.h"
#include <stddef.h>

enum { LONGEST = 16, CODES = 256 };

/* ---- codes ------------------------------------------------------------------- */

/* False: the alphabet has no such symbol. */
static bool parse_symbol(loom_jpeg_code *code, unsigned symbol, loom_jpeg_alphabet alphabet)
{
    static const unsigned size_max[] = {
        [LOOM_JPEG_DC] = 11, [LOOM_JPEG_AC] = 10, [LOOM_JPEG_BANDS] = 10, [LOOM_JPEG_REFINE] = 1};
    const bool dc = alphabet == LOOM_JPEG_DC;
    const unsigned run = symbol >> 4, size = dc ? symbol : symbol & 15;

    code->size = (uint8_t)size;
    code->advance = (uint8_t)(dc ? 1 : run + 1);
    code->end = !dc && size == 0 && run < 15;
    return size <= size_max[alphabet] && !(alphabet == LOOM_JPEG_AC && code->end && run > 0);
}

bool loom_jpeg_codes_make(loom_jpeg_codes *codes, const loom_jpeg_dht *dht,
                          loom_jpeg_alphabet alphabet)
{
    uint32_t code = 0;
    unsigned n = 0;

    if (dht->bits == NULL)
        return false;
    for (unsigned length = 1; length <= LONGEST; length++) {
        codes->first[length] = (int)code - (int)n;
        for (unsigned i = dht->bits[length - 1]; i > 0; i--, n++, code++) {
            if (n == CODES || !parse_symbol(&codes->all[n], dht->values[n], alphabet))
                return false;
            codes->all[n].length = (uint8_t)length;
        }
        if (code >= UINT32_C(1) << length)
            return false;
        codes->last[length - 1] = (uint16_t)((code << (LONGEST - length)) - (code > 0));
        code <<= 1;
    }
    codes->count = n;
    return n > 0;
}

bool loom_jpeg_codes_fit(const loom_jpeg_codes *codes, unsigned low)
{
    for (unsigned i = 0; i < codes->count; i++)
        if (codes->all[i].size + low > 15)
            return false;
    return true;
}

const loom_jpeg_code *loom_jpeg_codes_find(const loom_jpeg_codes *codes, uint64_t window)
{
    const uint32_t top = (uint32_t)(window >> 48);
    unsigned length = 1;

    for (unsigned i = 0; i < LONGEST; i++)
        length += top > codes->last[i];
    if (length > LONGEST)
        return NULL;
    /*
     * Its first bits are beyond the last code that is shorter, and so not before the first of this
     * length; nor are they beyond the last of this length. (Before the first code of all `last` is
     * 0, and the window zeros: which is that code.) So the index is one of a code.
     */
    return &codes->all[(int)(top >> (LONGEST - length)) - codes->first[length]];
}

/* ---- look-ups ---------------------------------------------------------------- */

bool loom_jpeg_symbols_make(loom_jpeg_symbols *symbols, const loom_jpeg_dht *dht,
                            loom_jpeg_alphabet alphabet)
{
    if (!loom_jpeg_codes_make(&symbols->codes, dht, alphabet))
        return false;
    for (unsigned i = 0; i < LOOM_JPEG_LOOKUP_SIZE; i++) {
        const loom_jpeg_code *code =
            loom_jpeg_codes_find(&symbols->codes, (uint64_t)i << (64 - LOOM_JPEG_LOOKUP_BITS));
        const bool short_code = code != NULL && code->length <= LOOM_JPEG_LOOKUP_BITS;
        symbols->fast[i] = short_code ? *code : (loom_jpeg_code){.length = 0};
    }
    return true;
}

/* The symbols before the last one of a look-up. */
typedef struct prefix {
    unsigned bits, advance, count;
    int values[2];
    unsigned places[2];
} prefix;

static loom_jpeg_lookup pack(const prefix *p, const loom_jpeg_code *last)
{
    const unsigned advance = last->end ? p->advance : p->advance + last->advance;
    const unsigned place = last->end ? advance : advance - 1;
    const unsigned begin = p->bits + last->length;
    const uint8_t bytes[8] = {(uint8_t)(begin + last->size),
                              (uint8_t)advance,
                              p->count > 0 ? (uint8_t)p->values[0] : 0,
                              (uint8_t)(p->count > 0 ? p->places[0] : place),
                              p->count > 1 ? (uint8_t)p->values[1] : 0,
                              (uint8_t)(p->count > 1 ? p->places[1] : place),
                              (uint8_t)begin,
                              (uint8_t)((63 - last->size) | (last->end ? 128 : 0))};
    loom_jpeg_lookup packed = 0;

    for (unsigned i = 8; i-- > 0;)
        packed = packed << 8 | bytes[i];
    return packed;
}

static void fill(loom_jpeg_lookup *to, size_t count, loom_jpeg_lookup value)
{
    for (size_t i = 0; i < count; i++)
        to[i] = value;
}

/* A prefix that goes on by a symbol whose value is v, as it stands behind its code. */
static prefix extend(const prefix *p, const loom_jpeg_code *code, unsigned v)
{
    prefix more = *p;

    more.values[p->count] =
        code->size == 0 ? 0 : loom_jpeg_value((uint64_t)v << (64 - code->size), 63u - code->size);
    more.places[p->count] = p->advance + code->advance - 1;
    more.bits += (unsigned)code->length + code->size;
    more.advance += code->advance;
    more.count++;
    return more;
}

/*
 * Look-ups behind the symbols of p, one for each pattern of the bits that are left; `otherwise`
 * where they hold no whole code. Three deep at most.
 */
static void build(loom_jpeg_lookup *to, const loom_jpeg_codes *now, const loom_jpeg_codes *others,
                  const prefix *p, loom_jpeg_lookup otherwise)
{
    const unsigned left = LOOM_JPEG_LOOKUP_BITS - p->bits;
    size_t at = 0;

    /* The codes of up to `left` bits fill 2^left patterns at most: codes_make looks at that. */
    for (unsigned i = 0; i < now->count && now->all[i].length <= left; i++) {
        const loom_jpeg_code *c = &now->all[i];
        const unsigned rest = left - c->length;
        const size_t span = (size_t)1 << rest;
        const bool run = c->end && c->advance > 1;
        const loom_jpeg_lookup alone = run ? otherwise : pack(p, c);
        if (c->end || p->count == 2 || c->size > 7 || c->size >= rest) {
            fill(to + at, span, alone);
            at += span;
            continue;
        }
        for (unsigned v = 0; v < 1u << c->size; v++, at += span >> c->size) {
            const prefix more = extend(p, c, v);
            build(to + at, others, others, &more, alone);
        }
    }
    fill(to + at, ((size_t)1 << left) - at, otherwise);
}

void loom_jpeg_lookups_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE],
                            const loom_jpeg_codes *first, const loom_jpeg_codes *others)
{
    const prefix none = {.bits = 0};

    build(made, first, others, &none, (loom_jpeg_lookup)LOOM_JPEG_CLOSER << 8);
}
