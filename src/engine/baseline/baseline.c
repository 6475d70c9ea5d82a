#include "engine/baseline/baseline.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { SIDE = LOOM_FDCT_SIDE, BLOCK = LOOM_FDCT_BLOCK, PLANES = 3 };

/* A strip: so many MCUs that stand side by side are transformed at once, to stay in the cache. */
enum { STRIP = LOOM_FDCT_BATCH, LINES = 2 /* of blocks, in an MCU */, STRIP_MAX = LINES * STRIP };

/* One component: its blocks are `width` x `height`; an MCU has `side` x `side` of them. */
typedef struct component {
    const loom_plane *plane;
    uint32_t width, height, side;
    unsigned kind; /* of its tables: 0 for luma, 1 for chroma */
    loom_fdct_table table;
    int last_dc;
    _Alignas(32) loom_fdct_block blocks[LINES][STRIP_MAX];
    uint64_t set[LINES][STRIP_MAX];
} component;

void loom_jpeg_buffer_release(loom_jpeg_buffer *buffer)
{
    free(buffer->data);
    loom_tokens_release(&buffer->tokens);
    *buffer = (loom_jpeg_buffer){.data = NULL};
}

void loom_jpeg_buffer_trim(loom_jpeg_buffer *buffer, size_t limit)
{
    if (buffer->capacity > limit || buffer->tokens.capacity > limit / sizeof *buffer->tokens.of)
        loom_jpeg_buffer_release(buffer);
}

/* ---- quantisation ---------------------------------------------------------- */

/* T.81, tables K.1 and K.2, in zigzag order. */
static const uint8_t usual_steps[LOOM_TOKENS_KINDS][BLOCK] = {
    {16, 11, 12,  14,  12,  10, 16, 14,  13,  14,  18,  17,  16, 19,  24,  40,
     26, 24, 22,  22,  24,  49, 35, 37,  29,  40,  58,  51,  61, 60,  57,  51,
     56, 55, 64,  72,  92,  78, 64, 68,  87,  69,  55,  56,  80, 109, 81,  87,
     95, 98, 103, 104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99},
    {17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99,
     99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
     99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99}};

/* As jpeg_set_quality has it, with what fits into a byte (force_baseline). */
static void make_steps(unsigned kind, int quality, uint8_t steps[BLOCK])
{
    const int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;

    for (unsigned k = 0; k < BLOCK; k++) {
        const int step = (usual_steps[kind][k] * percent + 50) / 100;
        steps[k] = (uint8_t)(step < 1 ? 1 : step > 255 ? 255 : step);
    }
}

/* ---- the scan -------------------------------------------------------------- */

static uint32_t blocks_of(uint32_t samples)
{
    return (samples + SIDE - 1) / SIDE;
}

/*
 * Transforms the blocks of up to STRIP MCUs from column `first` of row `row`, and names them to
 * `sources`, in an MCU's order (T.81, A.2.3). How many there are is returned.
 */
static size_t transform_strip(component *c, uint32_t row, uint32_t first,
                              loom_tokens_source *sources)
{
    const uint32_t left = c->width - first * c->side, wanted = STRIP * c->side;
    const uint32_t count = left < wanted ? left : wanted, bottom = c->plane->height - 1;
    size_t made = 0;

    for (uint32_t line = 0; line < c->side; line++) {
        const bool inside = row * c->side + line < c->height;
        const uint32_t y = (row * c->side + line) * SIDE;
        const uint8_t *rows[SIDE];
        for (uint32_t i = 0; i < SIDE; i++)
            rows[i] = loom_plane_row(c->plane, y + i < bottom ? y + i : bottom) +
                      (size_t)first * c->side * SIDE;
        if (inside)
            loom_fdct(rows, count, &c->table, c->blocks[line], c->set[line]);
        for (uint32_t x = 0; x < c->side; x++)
            sources[made++] = (loom_tokens_source){.blocks = c->blocks[line] + x,
                                                   .set = c->set[line] + x,
                                                   .step = c->side,
                                                   .end = inside && count > x ? count - x : 0,
                                                   .kind = c->kind,
                                                   .last_dc = &c->last_dc};
    }
    return made;
}

static void add_strip(const loom_baseline *picture, component components[PLANES], uint32_t row,
                      uint32_t first, uint32_t mcus, loom_tokens *tokens)
{
    loom_tokens_source sources[LINES * LINES + PLANES - 1];
    size_t count = 0;

    for (unsigned k = 0; k < picture->count; k++)
        count += transform_strip(&components[k], row, first, sources + count);
    loom_tokens_add(tokens, sources, count, mcus);
}

static loom_status add_blocks(const loom_baseline *picture, component components[PLANES],
                              loom_tokens *tokens)
{
    const uint32_t side = components[0].side, per_mcu = side * side + picture->count - 1;
    const uint32_t width = (components[0].width + side - 1) / side;
    const uint32_t height = (components[0].height + side - 1) / side;

    for (uint32_t y = 0; y < height; y++) {
        const loom_status status = loom_cancel_check(picture->cancel);
        if (status != LOOM_OK)
            return status;
        if (!loom_tokens_reserve(tokens, (size_t)width * per_mcu))
            return LOOM_ERR_OUT_OF_MEMORY;
        for (uint32_t x = 0; x < width; x += STRIP)
            add_strip(picture, components, y, x, width - x < STRIP ? width - x : STRIP, tokens);
    }
    return LOOM_OK;
}

/* ---- segments, in libjpeg's order ------------------------------------------ */

/* Of all segments that are written here: SOI, JFIF's, 2 DQT, SOF, 4 DHT, SOS. */
enum { SEGMENTS_MAX = 2 + 18 + 2 * (5 + BLOCK) + 19 + 4 * (5 + 16 + LOOM_HUFFMAN_SYMBOLS) + 14 };

static uint8_t *put(uint8_t *to, const void *bytes, size_t size)
{
    if (size > 0)
        memcpy(to, bytes, size);
    return to + size;
}

/* A marker, and the size of what follows it. */
static uint8_t *put_marker(uint8_t *to, unsigned marker, size_t size)
{
    const uint8_t bytes[] = {0xFF, (uint8_t)marker, (uint8_t)((size + 2) >> 8),
                             (uint8_t)((size + 2) & 0xFF)};

    return put(to, bytes, sizeof bytes);
}

static uint8_t *put_start(uint8_t *to)
{
    static const uint8_t jfif[] = {'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0}; /* 1.01 */

    to = put(to, "\xFF\xD8", 2);
    return put(put_marker(to, 0xE0, sizeof jfif), jfif, sizeof jfif);
}

static uint8_t *put_steps(uint8_t *to, uint8_t kind, const uint8_t steps[BLOCK])
{
    to = put(put_marker(to, 0xDB, 1 + BLOCK), &kind, 1);
    return put(to, steps, BLOCK);
}

static uint8_t *put_frame(uint8_t *to, const loom_baseline *picture, const component *components)
{
    const uint32_t width = picture->planes[0].width, height = picture->planes[0].height;
    const uint8_t start[] = {8,
                             (uint8_t)(height >> 8),
                             (uint8_t)(height & 0xFF),
                             (uint8_t)(width >> 8),
                             (uint8_t)(width & 0xFF),
                             (uint8_t)picture->count};

    to = put(put_marker(to, 0xC0, sizeof start + 3 * (size_t)picture->count), start, sizeof start);
    for (unsigned k = 0; k < picture->count; k++) {
        const uint8_t bytes[] = {(uint8_t)(k + 1), (uint8_t)(components[k].side * 0x11),
                                 (uint8_t)components[k].kind};
        to = put(to, bytes, sizeof bytes);
    }
    return to;
}

static uint8_t *put_codes(uint8_t *to, unsigned name, const loom_huffman *table)
{
    const uint8_t id = (uint8_t)name;
    size_t count = 0;

    for (unsigned bits = 1; bits <= LOOM_HUFFMAN_LONGEST; bits++)
        count += table->lengths[bits];
    to = put(put_marker(to, 0xC4, 1 + LOOM_HUFFMAN_LONGEST + count), &id, 1);
    return put(put(to, table->lengths + 1, LOOM_HUFFMAN_LONGEST), table->symbols, count);
}

static uint8_t *put_scan(uint8_t *to, unsigned count)
{
    const uint8_t number = (uint8_t)count;

    to = put(put_marker(to, 0xDA, 4 + 2 * (size_t)count), &number, 1);
    for (unsigned k = 0; k < count; k++) {
        const uint8_t bytes[] = {(uint8_t)(k + 1), k == 0 ? 0x00 : 0x11};
        to = put(to, bytes, sizeof bytes);
    }
    return put(to, "\x00\x3F\x00", 3); /* all coefficients, all bits */
}

/* ---- all of it ------------------------------------------------------------- */

static void set_up(component *c, const loom_baseline *picture, unsigned k,
                   uint8_t steps[LOOM_TOKENS_KINDS][BLOCK])
{
    c->plane = &picture->planes[k];
    c->width = blocks_of(c->plane->width);
    c->height = blocks_of(c->plane->height);
    c->side = picture->halved && k == 0 ? 2 : 1;
    c->kind = k == 0 ? 0 : 1;
    c->last_dc = 0;
    loom_fdct_table_make(steps[c->kind], &c->table);
}

static loom_status write_file(const loom_baseline *picture, const component *components,
                              uint8_t steps[LOOM_TOKENS_KINDS][BLOCK], loom_jpeg_buffer *buffer,
                              size_t *size)
{
    const unsigned kinds = picture->count == 1 ? 1 : LOOM_TOKENS_KINDS;
    loom_tokens_tables tables;
    void *data = buffer->data;
    size_t room;

    loom_tokens_make_tables(&buffer->tokens, &tables);
    if (!loom_size_add(SEGMENTS_MAX + 2, picture->segments.size, &room) ||
        !loom_size_add(room, loom_tokens_packed_max(&buffer->tokens, &tables), &room) ||
        !loom_grow(&data, &buffer->capacity, room, 1))
        return LOOM_ERR_OUT_OF_MEMORY;
    buffer->data = data;
    uint8_t *to = put_start(buffer->data);
    to = put(to, picture->segments.data, picture->segments.size);
    for (unsigned kind = 0; kind < kinds; kind++)
        to = put_steps(to, (uint8_t)kind, steps[kind]);
    to = put_frame(to, picture, components);
    for (unsigned kind = 0; kind < kinds; kind++) {
        to = put_codes(to, kind, &tables.dc[kind]);
        to = put_codes(to, 0x10 | kind, &tables.ac[kind]);
    }
    to = put_scan(to, picture->count);
    to = loom_tokens_pack(&buffer->tokens, &tables, to);
    to = put(to, "\xFF\xD9", 2);
    *size = (size_t)(to - buffer->data);
    return LOOM_OK;
}

loom_status loom_baseline_encode(const loom_baseline *picture, loom_jpeg_buffer *buffer,
                                 size_t *size)
{
    uint8_t steps[LOOM_TOKENS_KINDS][BLOCK];
    component components[PLANES];

    for (unsigned kind = 0; kind < LOOM_TOKENS_KINDS; kind++)
        make_steps(kind, picture->quality, steps[kind]);
    for (unsigned k = 0; k < picture->count; k++)
        set_up(&components[k], picture, k, steps);
    loom_tokens_reset(&buffer->tokens);
    const loom_status status = add_blocks(picture, components, &buffer->tokens);
    return status == LOOM_OK ? write_file(picture, components, steps, buffer, size) : status;
}
