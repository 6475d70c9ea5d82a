#include "support/tiff_file.h"

#include "support/check.h"
#include "support/oracle_private.h"
#include "support/samples.h"
#include <stdlib.h>
#include <string.h>

enum { PALETTE = 3, SEPARATE = 2 };

unsigned tiff_top(const tiff_spec *spec)
{
    return spec->bits >= 16 ? 65535 : (1u << spec->bits) - 1;
}

unsigned tiff_sample(const tiff_spec *spec, uint32_t x, uint32_t y, unsigned sample)
{
    const unsigned value = x * 53 + y * 113 + sample * 71 + (x ^ y) * 2048;

    if (x == 0 && y == 0)
        return 0;
    if (x == 1 && y == 0)
        return tiff_top(spec);
    return (spec->bits > 8 ? value * 257 : value) & tiff_top(spec);
}

/* Associated alpha is at least the colour in it. */
static unsigned stored(const tiff_spec *spec, uint32_t x, uint32_t y, unsigned sample)
{
    const unsigned colours = spec->samples - spec->extra_count;

    for (unsigned i = 0; i < spec->extra_count && sample < colours; i++)
        if (spec->extras[i] == 1)
            return (unsigned)((uint64_t)tiff_sample(spec, x, y, sample) *
                              tiff_sample(spec, x, y, colours + i) / tiff_top(spec));
    return tiff_sample(spec, x, y, sample);
}

/* ---- pieces ---------------------------------------------------------------- */

typedef struct part {
    uint32_t x, y, width, height; /* of the picture, which it may pass */
    unsigned from, count;         /* samples */
} part;

static void put_bits(unsigned char *row, size_t *bit, unsigned value, unsigned bits)
{
    for (unsigned i = bits; i-- > 0; ++*bit)
        if (i < 32 && (value >> i & 1) != 0)
            row[*bit / 8] |= (unsigned char)(0x80 >> *bit % 8);
}

/* Others do not look at the field. */
static bool is_predicted(const tiff_spec *spec)
{
    const unsigned c = spec->compression;

    return spec->predictor == 2 && (c == 5 || c == 8 || c == 32946 || c == 34925 || c == 50000);
}

static unsigned difference(const tiff_spec *spec, const part *p, uint32_t x, uint32_t y, unsigned s)
{
    const unsigned value = x < spec->width && y < spec->height ? stored(spec, x, y, s) : 0;

    if (!is_predicted(spec) || x == p->x)
        return value;
    const unsigned left = x <= spec->width && y < spec->height ? stored(spec, x - 1, y, s) : 0;
    return (value - left) & tiff_top(spec);
}

static unsigned char *pack(const tiff_spec *spec, const part *p, size_t *size)
{
    const size_t row_size = ((size_t)p->width * p->count * spec->bits + 7) / 8;
    unsigned char *made = calloc(1, row_size * p->height + 1);

    ck_assert_ptr_nonnull(made);
    for (uint32_t y = 0; y < p->height; y++) {
        unsigned char *row = made + y * row_size;
        size_t bit = 0;
        for (uint32_t x = 0; x < p->width; x++)
            for (unsigned s = 0; s < p->count; s++) {
                unsigned value = difference(spec, p, p->x + x, p->y + y, p->from + s);
                if (spec->bits == 16 && !spec->big)
                    value = (value & 255) << 8 | value >> 8;
                put_bits(row, &bit, value, spec->bits);
            }
    }
    *size = row_size * p->height;
    return made;
}

static void reverse_bits(unsigned char *data, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        unsigned reversed = 0;
        for (int bit = 0; bit < 8; bit++)
            reversed |= ((unsigned)data[i] >> bit & 1u) << (7 - bit);
        data[i] = (unsigned char)reversed;
    }
}

static void add_piece(const tiff_spec *spec, const part *p, size_t number, loom_strbuf *out)
{
    const tiff_piece piece = {spec->compression, spec->t4, spec->photometric, spec->bits,
                              p->count,          p->width, p->height,         spec->order};
    size_t size, coded = 0;

    if (spec->pieces != NULL) {
        loom_strbuf_add(out, spec->pieces[number].data, spec->pieces[number].size);
        return;
    }
    unsigned char *packed = pack(spec, p, &size);
    unsigned char *code = tiff_code(&piece, packed, size, &coded);
    if (code == NULL) {
        if (spec->order == 2)
            reverse_bits(packed, size);
        loom_strbuf_add(out, packed, size);
    } else {
        loom_strbuf_add(out, code, coded);
    }
    free(packed);
    free(code);
}

/* ---- the file -------------------------------------------------------------- */

enum { PIECES = 256 };

typedef struct writer {
    const tiff_spec *spec;
    loom_strbuf out, entries;
    unsigned count;
    size_t offsets[PIECES], sizes[PIECES], pieces;
} writer;

static void put16(const tiff_spec *spec, loom_strbuf *out, unsigned value)
{
    if (spec->big)
        sample_be16(out, value);
    else
        sample_le16(out, value);
}

static void put32(const tiff_spec *spec, loom_strbuf *out, size_t value)
{
    if (spec->big)
        sample_be32(out, (uint32_t)value);
    else
        sample_le32(out, (uint32_t)value);
}

static void put_offset(const tiff_spec *spec, loom_strbuf *out, size_t value)
{
    if (spec->wide && spec->big)
        put32(spec, out, 0);
    put32(spec, out, value);
    if (spec->wide && !spec->big)
        put32(spec, out, 0);
}

/* An entry whose values are `size` bytes at `data`. */
static void put_entry(writer *w, unsigned tag, unsigned type, size_t count, const void *data,
                      size_t size)
{
    const size_t fits = w->spec->wide ? 8 : 4;

    put16(w->spec, &w->entries, tag);
    put16(w->spec, &w->entries, type);
    put_offset(w->spec, &w->entries, count);
    if (size <= fits) {
        loom_strbuf_add(&w->entries, data, size);
        for (size_t i = size; i < fits; i++)
            loom_strbuf_add_char(&w->entries, 0);
    } else {
        put_offset(w->spec, &w->entries, w->out.size);
        loom_strbuf_add(&w->out, data, size);
        if (w->out.size % 2 != 0)
            loom_strbuf_add_char(&w->out, 0);
    }
    w->count++;
}

/* SHORT (type 3) or LONG (type 4) values. */
static void put_numbers(writer *w, unsigned tag, unsigned type, const size_t *values, size_t count)
{
    loom_strbuf bytes = LOOM_STRBUF_INIT;

    for (size_t i = 0; i < count; i++) {
        if (type == 3)
            put16(w->spec, &bytes, (unsigned)values[i]);
        else
            put32(w->spec, &bytes, values[i]);
    }
    put_entry(w, tag, type, count, loom_strbuf_str(&bytes), bytes.size);
    loom_strbuf_release(&bytes);
}

static void put_number(writer *w, unsigned tag, unsigned type, size_t value)
{
    put_numbers(w, tag, type, &value, 1);
}

static void put_optional(writer *w, unsigned tag, unsigned value)
{
    if (value != 0)
        put_number(w, tag, 3, value);
}

static void put_pieces(writer *w)
{
    const tiff_spec *s = w->spec;
    const uint32_t rows = s->rows > 0 ? s->rows : s->height;
    const uint32_t across = s->tile > 0 ? s->tile : s->width, down = s->tile > 0 ? s->tile : rows;
    const unsigned planes = s->planes == SEPARATE ? s->samples : 1;

    for (unsigned plane = 0; plane < planes; plane++)
        for (uint32_t y = 0; y < s->height; y += down)
            for (uint32_t x = 0; x < s->width; x += across) {
                const uint32_t left = s->height - y;
                const part p = {x,
                                y,
                                across,
                                s->tile > 0 || left > down ? down : left,
                                planes > 1 ? plane : 0,
                                planes > 1 ? 1 : s->samples};
                ck_assert_uint_lt(w->pieces, PIECES);
                w->offsets[w->pieces] = w->out.size;
                add_piece(s, &p, w->pieces, &w->out);
                w->sizes[w->pieces] = w->out.size - w->offsets[w->pieces];
                w->pieces++;
                if (w->out.size % 2 != 0)
                    loom_strbuf_add_char(&w->out, 0);
            }
}

unsigned tiff_map(const tiff_spec *spec, unsigned channel, unsigned index)
{
    return (index * 40503u + (spec->plain_map ? 0 : channel * 9973u) + 300) & 65535;
}

static void put_map(writer *w)
{
    const size_t count = (size_t)tiff_top(w->spec) + 1;
    size_t *map = malloc(3 * count * sizeof *map);

    ck_assert_ptr_nonnull(map);
    for (unsigned c = 0; c < 3; c++)
        for (unsigned i = 0; i < count; i++)
            map[c * count + i] = tiff_map(w->spec, c, i);
    put_numbers(w, 320, 3, map, 3 * count);
    free(map);
}

static void put_samples(writer *w)
{
    const tiff_spec *s = w->spec;
    size_t bits[64], extras[TIFF_EXTRAS];

    ck_assert_uint_le(s->samples, 64);
    for (unsigned i = 0; i < s->samples; i++)
        bits[i] = s->bits;
    for (unsigned i = 0; i < s->extra_count; i++)
        extras[i] = s->extras[i];
    put_numbers(w, 258, 3, bits, s->samples);
    if (s->extra_count > 0)
        put_numbers(w, 338, 3, extras, s->extra_count);
}

static void put_more(writer *w)
{
    for (unsigned i = 0; i < w->spec->more_count; i++) {
        const tiff_more *m = &w->spec->more[i];
        if (m->data != NULL)
            put_entry(w, m->tag, m->type, m->count, m->data, m->size);
        else
            put_number(w, m->tag, m->type, m->value);
    }
}

static void put_directory(writer *w)
{
    const tiff_spec *s = w->spec;
    const bool tiled = s->tile > 0;

    put_number(w, 256, 4, s->width);
    put_number(w, 257, 4, s->height);
    put_samples(w);
    put_optional(w, 259, s->compression);
    if (s->photometric != TIFF_ABSENT)
        put_number(w, 262, 3, s->photometric);
    put_optional(w, 266, s->order);
    put_numbers(w, tiled ? 324 : 273, 4, w->offsets, w->pieces);
    put_optional(w, 274, s->orientation);
    put_number(w, 277, 3, s->samples);
    if (!tiled)
        put_number(w, 278, 4, s->rows > 0 ? s->rows : s->height);
    put_numbers(w, tiled ? 325 : 279, 4, w->sizes, w->pieces);
    put_optional(w, 284, s->planes);
    if (s->t4 != 0)
        put_number(w, 292, 4, s->t4);
    put_optional(w, 317, s->predictor);
    if (s->photometric == PALETTE && s->bits <= 16)
        put_map(w);
    if (tiled) {
        put_number(w, 322, 4, s->tile);
        put_number(w, 323, 4, s->tile);
    }
    put_optional(w, 339, s->format);
    put_more(w);
}

/* The entries, in the order of their tags. */
static void add_sorted(writer *w)
{
    const size_t size = w->spec->wide ? 20 : 12;

    for (unsigned tag = 0; tag < 65536; tag++)
        for (unsigned i = 0; i < w->count; i++) {
            const unsigned char *entry =
                (const unsigned char *)loom_strbuf_str(&w->entries) + i * size;
            const unsigned found = w->spec->big ? (unsigned)(entry[0] << 8 | entry[1])
                                                : (unsigned)(entry[1] << 8 | entry[0]);
            if (found == tag)
                loom_strbuf_add(&w->out, entry, size);
        }
}

void tiff_write(const char *path, const tiff_spec *spec)
{
    writer w = {.spec = spec};

    loom_strbuf_add(&w.out, spec->big ? "MM" : "II", 2);
    put16(spec, &w.out, spec->wide ? 43 : 42);
    if (spec->wide) {
        put16(spec, &w.out, 8);
        put16(spec, &w.out, 0);
    }
    const size_t first = w.out.size;
    put_offset(spec, &w.out, 0);
    put_pieces(&w);
    put_directory(&w);
    loom_strbuf at = LOOM_STRBUF_INIT;
    put_offset(spec, &at, w.out.size);
    ck_assert(!w.out.failed && !at.failed);
    memcpy(w.out.data + first, at.data, at.size);
    loom_strbuf_release(&at);
    if (spec->wide)
        put_offset(spec, &w.out, w.count);
    else
        put16(spec, &w.out, w.count);
    add_sorted(&w);
    put_offset(spec, &w.out, 0);
    loom_strbuf_release(&w.entries);
    sample_write(path, &w.out);
}
