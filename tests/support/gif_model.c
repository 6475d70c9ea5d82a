#include "support/gif_model.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>

enum { MANY = 64 }; /* frames at most */

typedef struct file {
    const unsigned char *bytes;
    size_t size, at;
    bool ended; /* a byte was asked for that is not there */
} file;

static unsigned take(file *f)
{
    if (f->at < f->size)
        return f->bytes[f->at++];
    f->ended = true;
    return 0;
}

static unsigned take_short(file *f)
{
    const unsigned low = take(f);

    return take(f) << 8 | low;
}

/* Sub-blocks joined to one; *size bytes, to be freed. */
static unsigned char *take_blocks(file *f, size_t *size)
{
    unsigned char *joined = malloc(f->size + 1);

    ck_assert_ptr_nonnull(joined);
    *size = 0;
    for (unsigned n = take(f); n > 0 && !f->ended; n = take(f))
        while (n-- > 0 && f->at < f->size)
            joined[(*size)++] = f->bytes[f->at++];
    return joined;
}

typedef struct table {
    uint32_t colour[256];
    unsigned count;
} table;

static void take_table(file *f, unsigned flags, table *t)
{
    if ((flags & 0x80) == 0)
        return;
    t->count = 2u << (flags & 7);
    for (unsigned i = 0; i < t->count; i++) {
        t->colour[i] = 255;
        for (unsigned shift = 24; shift > 0; shift -= 8)
            t->colour[i] |= take(f) << shift;
    }
}

/* ---- LZW with whole strings ---------------------------------------------- */

typedef struct string {
    unsigned char *colours;
    size_t length;
} string;

static string copy_and_add(string s, unsigned char colour)
{
    string made = {malloc(s.length + 1), s.length + 1};

    if (made.colours == NULL) /* Check's own assertions are slow */
        ck_abort_msg("no memory");
    if (s.length > 0)
        memcpy(made.colours, s.colours, s.length);
    made.colours[s.length] = colour;
    return made;
}

/* Colours until `wanted` are there, in *out; what stops it before. */
static size_t unpack(const unsigned char *data, size_t size, unsigned code_size, size_t wanted,
                     unsigned char *out, bool *damaged)
{
    const unsigned clear = 1u << code_size;
    static string known[4097];
    unsigned count = clear + 2, width = code_size + 1;
    size_t made = 0, bit = 0;
    string before = {NULL, 0};
    bool clear_now = false;

    for (unsigned i = 0; i < clear; i++)
        known[i] = copy_and_add((string){NULL, 0}, (unsigned char)i);
    *damaged = false;
    while (made < wanted) {
        unsigned code = 0;
        if (clear_now) {
            for (unsigned i = clear + 2; i < count; i++)
                free(known[i].colours);
            count = clear + 2;
            width = code_size + 1;
            before.length = 0;
            clear_now = false;
        }
        if (bit + width > 8 * size)
            break;
        for (unsigned i = 0; i < width; i++, bit++)
            code |= ((unsigned)data[bit / 8] >> bit % 8 & 1) << i;
        if (code == clear + 1)
            break;
        if (code == clear) {
            clear_now = true;
            continue;
        }
        if ((code > 255 && code < clear) || code > count ||
            (code == count && (before.length == 0 || count == 4096))) {
            *damaged = true;
            break;
        }
        if (before.length > 0 && count < 4096) {
            const string first = code == count ? before : known[code];
            known[count++] = copy_and_add(before, first.colours[0]);
            if (count == 1u << width && width < 12)
                width++;
        }
        before = known[code];
        for (size_t i = 0; i < before.length && made < wanted; i++)
            out[made++] = before.colours[i];
    }
    for (unsigned i = 0; i < count; i++)
        if (i < clear || i > clear + 1)
            free(known[i].colours);
    return made;
}

/* ---- frames -------------------------------------------------------------- */

typedef struct frame {
    unsigned left, top, width, height, code_size, flags;
    table colours;
    int transparent;
} frame;

/* The row that comes as the n-th. */
static unsigned row_of(const frame *f, unsigned n)
{
    if ((f->flags & 0x40) == 0)
        return n;
    for (unsigned pass = 0; pass < 4; pass++)
        for (unsigned y = pass == 0 ? 0 : 8u >> pass; y < f->height;
             y += pass < 2 ? 8 : 16u >> pass)
            if (n-- == 0)
                return y;
    ck_abort_msg("no such row");
}

static bool is_seen(const gif_model *m, const frame *f, unsigned x, unsigned y)
{
    return f->left + x < m->width && f->top + y < m->height;
}

static void draw(gif_model *m, const frame *f, const unsigned char *data, size_t size,
                 uint32_t *canvas)
{
    const size_t all = (size_t)f->width * f->height;
    size_t wanted = 0;
    bool damaged;

    if (all == 0)
        m->missing = true;
    if (all == 0)
        return;
    for (unsigned n = 0; n < f->height; n++)
        for (unsigned x = 0; x < f->width; x++)
            if (is_seen(m, f, x, row_of(f, n)))
                wanted = (size_t)n * f->width + x + 1;
    if (f->code_size < (wanted > 1 ? 2 : 1) || f->code_size > 11) {
        m->damaged = true;
        return;
    }
    unsigned char *indices = malloc(wanted + 1);
    ck_assert_ptr_nonnull(indices);
    const size_t made = unpack(data, size, f->code_size, wanted, indices, &damaged);
    m->damaged = m->damaged || damaged;
    m->missing = m->missing || (made < wanted && !damaged);
    for (size_t i = 0; i < made; i++) {
        const unsigned x = (unsigned)(i % f->width), y = row_of(f, (unsigned)(i / f->width));
        if (!is_seen(m, f, x, y) || (int)indices[i] == f->transparent)
            continue;
        if (indices[i] >= f->colours.count)
            m->damaged = true; /* and is left as it is, below */
        if (indices[i] < f->colours.count)
            canvas[(size_t)(f->top + y) * m->width + f->left + x] = f->colours.colour[indices[i]];
    }
    free(indices);
}

static void dispose(const gif_model *m, const frame *f, unsigned disposal, const uint32_t *before,
                    uint32_t *canvas)
{
    for (unsigned y = 0; y < m->height; y++)
        for (unsigned x = 0; x < m->width; x++) {
            const size_t at = (size_t)y * m->width + x;
            const bool within =
                x >= f->left && x - f->left < f->width && y >= f->top && y - f->top < f->height;
            if (within && disposal == 2)
                canvas[at] = 0;
            if (disposal == 3 || disposal == 4)
                canvas[at] = before[at];
        }
}

/* ---- the file ------------------------------------------------------------ */

typedef struct control {
    unsigned flags, delay, transparent;
} control;

static const control no_control = {0, 10, 0};

/* Up to the next frame's descriptor; false: there is none. */
static bool find_frame(file *f, control *c, bool *strange)
{
    for (;;) {
        const unsigned kind = take(f), label = kind == 0x21 ? take(f) : 0;
        size_t size;
        if (kind == 0x2C && !f->ended)
            return true;
        *strange = !f->ended && kind != 0x3B && kind != 0x21;
        if (kind != 0x21 || f->ended)
            return false;
        const unsigned first = f->at < f->size ? f->bytes[f->at] : 0;
        const bool whole = first < f->size - f->at;
        unsigned char *data = take_blocks(f, &size);
        if (label == 1)
            *c = no_control;
        if (label == 0xF9 && first >= 4 && size >= 4)
            *c = (control){data[0], data[1] | (unsigned)data[2] << 8, data[3]};
        free(data);
        *strange = label == 0xF9 && first > 0 && first < 4 && whole;
        if (f->ended || *strange)
            return false;
    }
}

static bool take_frame(file *f, const control *c, const table *global, frame *made)
{
    made->left = take_short(f);
    made->top = take_short(f);
    made->width = take_short(f);
    made->height = take_short(f);
    made->flags = take(f);
    made->colours = *global;
    made->transparent = c->flags & 1 ? (int)c->transparent : -1;
    take_table(f, made->flags, &made->colours);
    made->code_size = take(f);
    return !f->ended;
}

/* The canvas, in place of what was there. */
static void set_size(gif_model *m, const frame *first)
{
    if (first->left + first->width > m->width)
        m->width = first->left + first->width;
    if (first->top + first->height > m->height)
        m->height = first->top + first->height;
    const size_t pixels = (size_t)m->width * m->height;
    ck_assert_uint_lt(pixels, 1000000);
    m->pixels = calloc(pixels * MANY + 1, sizeof *m->pixels);
    m->delays = calloc(MANY, sizeof *m->delays);
    ck_assert(m->pixels != NULL && m->delays != NULL);
}

gif_model gif_model_decode(const unsigned char *bytes, size_t size, bool all)
{
    file f = {bytes, size, 6, false};
    gif_model m = {.frames = 0};
    control c = no_control;
    table global = {.count = 0};
    bool strange = false;
    frame one;

    m.width = take_short(&f);
    m.height = take_short(&f);
    const unsigned flags = take(&f);
    f.at += 2;
    take_table(&f, flags, &global);
    uint32_t *canvas = NULL, *before = NULL;
    while ((all || m.frames == 0) && m.frames < MANY && find_frame(&f, &c, &strange) &&
           take_frame(&f, &c, &global, &one)) {
        if (m.frames == 0)
            set_size(&m, &one);
        const size_t pixels = (size_t)m.width * m.height;
        uint32_t *shown = m.pixels + pixels * m.frames;
        canvas = canvas != NULL ? canvas : calloc(pixels + 1, sizeof *canvas);
        before = before != NULL ? before : calloc(pixels + 1, sizeof *before);
        ck_assert(canvas != NULL && before != NULL);
        memcpy(before, canvas, pixels * sizeof *canvas);
        size_t data_size;
        unsigned char *data = take_blocks(&f, &data_size);
        draw(&m, &one, data, data_size, canvas);
        free(data);
        memcpy(shown, canvas, pixels * sizeof *canvas);
        m.delays[m.frames++] = c.delay;
        dispose(&m, &one, c.flags >> 2 & 7, before, canvas);
        c = no_control;
        if (f.ended)
            break;
    }
    m.damaged = m.damaged || (all && strange);
    free(canvas);
    free(before);
    return m;
}

void gif_model_release(gif_model *model)
{
    free(model->pixels);
    free(model->delays);
}
