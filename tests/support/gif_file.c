#include "support/gif_file.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>

void gif_put(gif_file *f, const void *bytes, size_t size)
{
    if (f->capacity - f->size < size) {
        f->capacity = 2 * f->capacity + size + 100;
        f->bytes = realloc(f->bytes, f->capacity);
        ck_assert_ptr_nonnull(f->bytes);
    }
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

static void put_byte(gif_file *f, unsigned value)
{
    const unsigned char byte = (unsigned char)value;

    if (value > 255)
        ck_abort_msg("%u is no byte", value);
    gif_put(f, &byte, 1);
}

static void put_short(gif_file *f, unsigned value)
{
    put_byte(f, value & 255);
    put_byte(f, value >> 8);
}

uint32_t gif_colour(unsigned i)
{
    return (255 - i) << 24 | (i * 5 & 255) << 16 | (i * 3 & 255) << 8 | 255;
}

/* What a table's size is in a flag byte. */
static unsigned size_flags(unsigned colours)
{
    unsigned bits = 0;

    while (2u << bits < colours)
        bits++;
    ck_assert_uint_eq(2u << bits, colours);
    return 0x80 | bits;
}

void gif_begin(gif_file *f, unsigned width, unsigned height, unsigned colours, unsigned background)
{
    *f = (gif_file){.bytes = NULL};
    gif_put(f, "GIF89a", 6);
    put_short(f, width);
    put_short(f, height);
    put_byte(f, colours > 0 ? size_flags(colours) : 0);
    put_byte(f, background);
    put_byte(f, 0);
    for (unsigned i = 0; i < colours; i++)
        for (unsigned shift = 24; shift > 0; shift -= 8)
            put_byte(f, gif_colour(i) >> shift & 255);
}

void gif_control(gif_file *f, unsigned disposal, int transparent, unsigned delay)
{
    gif_put(f, "\x21\xF9\x04", 3);
    put_byte(f, disposal << 2 | (transparent >= 0));
    put_short(f, delay);
    put_byte(f, transparent >= 0 ? (unsigned)transparent : 0);
    put_byte(f, 0);
}

void gif_loop(gif_file *f, unsigned again)
{
    gif_put(f, "\x21\xFF\x0BNETSCAPE2.0\x03\x01", 16);
    put_short(f, again);
    put_byte(f, 0);
}

/* ---- the encoder --------------------------------------------------------- */

typedef struct encoder {
    unsigned char *bytes; /* the codes, before they are cut into sub-blocks */
    size_t bits, capacity;
    unsigned code_size, width, next;
    /* The code for a string and one colour more; 0: there is none. Where single colours alone are
     * written it is not kept. */
    uint16_t longer[4096][256];
} encoder;

static void put_code(encoder *e, unsigned code)
{
    for (unsigned i = 0; i < e->width; i++, e->bits++) {
        if (e->bits / 8 >= e->capacity) /* Check's own assertions are slow */
            ck_abort_msg("no room for codes");
        if (code >> i & 1)
            e->bytes[e->bits / 8] |= (unsigned char)(1u << e->bits % 8);
    }
}

static void put_clear(encoder *e)
{
    put_code(e, 1u << e->code_size);
    e->next = (1u << e->code_size) + 2;
    e->width = e->code_size + 1;
}

/* A code for colours; the decoder's table is by one string behind the encoder's. */
static void put_string(encoder *e, unsigned code)
{
    put_code(e, code);
    if (e->next == 1u << e->width && e->width < 12)
        e->width++;
}

static void define(encoder *e, unsigned prefix, unsigned last)
{
    if (e->next < 4096)
        e->longer[prefix][last] = (uint16_t)e->next++;
}

static void encode_strings(encoder *e, const unsigned char *indices, size_t count, bool deferred)
{
    unsigned code = indices[0];

    for (size_t i = 1; i < count; i++) {
        const unsigned longer = e->longer[code][indices[i]];
        if (longer > 0) {
            code = longer;
            continue;
        }
        put_string(e, code);
        define(e, code, indices[i]);
        code = indices[i];
        if (e->next == 4096 && !deferred) {
            put_clear(e);
            memset(e->longer, 0, sizeof e->longer);
        }
    }
    put_string(e, code);
}

static void encode_literals(encoder *e, const unsigned char *indices, size_t count, bool each)
{
    for (size_t i = 0; i < count; i++) {
        if (each || e->next + 1 >= 1u << e->width)
            put_clear(e);
        put_string(e, indices[i]);
        e->next++;
    }
}

static void encode(encoder *e, const gif_picture *p, const unsigned char *indices, size_t count)
{
    e->next = (1u << e->code_size) + 2;
    e->width = e->code_size + 1;
    if (!p->no_clear)
        put_clear(e);
    if (count > 0 && p->coding <= GIF_DEFERRED)
        encode_strings(e, indices, count, p->coding == GIF_DEFERRED);
    else if (count > 0)
        encode_literals(e, indices, count, p->coding == GIF_CLEARS);
    if (!p->no_end)
        put_code(e, (1u << e->code_size) + 1);
}

/* ---- frames -------------------------------------------------------------- */

/* The rows as they come. */
static unsigned char *in_order(const gif_picture *p, size_t count)
{
    static const unsigned first[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    unsigned char *rows = calloc(count + 1, 1);
    size_t at = 0;

    ck_assert_ptr_nonnull(rows);
    if (p->indices == NULL)
        return rows;
    if (!p->interlaced)
        return memcpy(rows, p->indices, count);
    for (unsigned pass = 0; pass < 4; pass++)
        for (unsigned y = first[pass]; y < p->height; y += step[pass], at += p->width)
            memcpy(rows + at, p->indices + y * p->width, p->width);
    return rows;
}

static size_t add_data(gif_file *f, const gif_picture *p, unsigned code_size)
{
    const size_t all = (size_t)p->width * p->height, count = p->coded > 0 ? p->coded : all;
    const unsigned block = p->block > 0 ? p->block : 255;
    unsigned char *rows = in_order(p, count > all ? count : all);
    encoder *e = calloc(1, sizeof *e);

    ck_assert_ptr_nonnull(e);
    e->capacity = 3 * count + 100;
    e->bytes = calloc(e->capacity, 1);
    ck_assert_ptr_nonnull(e->bytes);
    e->code_size = code_size;
    encode(e, p, rows, count);
    const size_t bytes = (e->bits + 7) / 8;
    for (size_t at = 0; at < bytes; at += block) {
        const size_t size = bytes - at < block ? bytes - at : block;
        put_byte(f, (unsigned)size);
        gif_put(f, e->bytes + at, size);
    }
    put_byte(f, 0);
    free(e->bytes);
    free(e);
    free(rows);
    return bytes + (bytes + block - 1) / block;
}

size_t gif_add(gif_file *f, const gif_picture *p)
{
    unsigned code_size = p->code_size;
    const unsigned flags = p->table != NULL ? size_flags(p->colours) : 0;

    if (code_size == 0) {
        code_size = ((p->table != NULL ? flags : f->bytes[10]) & 7u) + 1;
        code_size = code_size < 2 ? 2 : code_size;
    }
    put_byte(f, 0x2C);
    put_short(f, p->left);
    put_short(f, p->top);
    put_short(f, p->width);
    put_short(f, p->height);
    put_byte(f, flags | (p->interlaced ? 0x40 : 0));
    if (p->table != NULL)
        gif_put(f, p->table, 3 * (size_t)p->colours);
    put_byte(f, code_size);
    return add_data(f, p, code_size);
}

void gif_end(gif_file *f)
{
    put_byte(f, 0x3B);
}

void gif_release(gif_file *f)
{
    free(f->bytes);
    f->bytes = NULL;
}
