#include "picture/plane.h"

#include "base/memory.h"
#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 8 };

bool loom_plane_reserve(loom_plane *plane, uint32_t width, uint32_t height)
{
    const size_t stride = ((size_t)width + LOOM_PLANE_ALIGN - 1) & ~(size_t)(LOOM_PLANE_ALIGN - 1);
    size_t bytes;

    if (!loom_size_mul(stride, height, &bytes)) {
        loom_plane_release(plane);
        return false;
    }
    if (bytes > plane->capacity) {
        loom_plane_release(plane);
        plane->data = aligned_alloc(LOOM_PLANE_ALIGN, bytes);
        if (plane->data == NULL)
            return false;
        plane->capacity = bytes;
    }
    plane->width = width;
    plane->height = height;
    plane->stride = stride;
    return true;
}

void loom_plane_release(loom_plane *plane)
{
    free(plane->data);
    *plane = (loom_plane){.data = NULL};
}

void loom_plane_trim(loom_plane *plane, size_t limit)
{
    if (plane->capacity > limit)
        loom_plane_release(plane);
}

/* ---- turning ------------------------------------------------------------- */

/* Transposes the eight rows of a block, each a number whose lowest byte comes first. */
static void transpose_block(uint64_t rows[BLOCK])
{
    static const uint64_t masks[] = {UINT64_C(0x00FF00FF00FF00FF), UINT64_C(0x0000FFFF0000FFFF),
                                     UINT64_C(0x00000000FFFFFFFF)};

    for (unsigned level = 0; level < 3; level++) {
        const unsigned step = 1u << level, shift = 8u << level;
        const uint64_t mask = masks[level];
        for (unsigned i = 0; i < BLOCK; i++)
            if ((i & step) == 0) {
                const uint64_t a = rows[i], b = rows[i + step];
                rows[i] = (a & mask) | ((b & mask) << shift);
                rows[i + step] = ((a >> shift) & mask) | (b & ~mask);
            }
    }
}

/*
 * How a turn reads samples: column x and row y of the result come from across(x) and down(y) of the
 * source. These run backwards if reversed, and are exchanged (row and column) if the turn swaps.
 */
typedef struct taking {
    const loom_plane *from;
    bool x_reversed, y_reversed;
    uint32_t width, height; /* of the result */
} taking;

static uint32_t along(uint32_t at, uint32_t length, bool reversed)
{
    return reversed ? length - 1 - at : at;
}

static void lay_rows(const taking *t, loom_plane *onto, uint32_t left, uint32_t top)
{
    for (uint32_t y = 0; y < t->height; y++) {
        const unsigned char *p = loom_plane_row(t->from, along(y, t->height, t->y_reversed));
        unsigned char *q = loom_plane_row(onto, top + y) + left;
        if (!t->x_reversed) {
            memcpy(q, p, t->width);
            continue;
        }
        for (uint32_t x = 0; x < t->width; x++)
            q[x] = p[t->width - 1 - x];
    }
}

/* Copies a block that is swapped; width and height may be less than BLOCK at the edges. */
static inline void lay_block(const taking *t, loom_plane *onto, uint32_t left, uint32_t top,
                             loom_rect at)
{
    uint64_t rows[BLOCK] = {0};
    const uint32_t y0 = along(at.y, t->height, t->y_reversed);
    const uint32_t first = t->y_reversed ? y0 + 1 - at.height : y0; /* source column */

    for (uint32_t i = 0; i < at.width; i++) {
        const unsigned char *p =
            loom_plane_row(t->from, along(at.x + i, t->width, t->x_reversed)) + first;
        memcpy(&rows[i], p, at.height);
    }
    for (uint32_t i = 0; i < BLOCK; i++)
        rows[i] = le64toh(rows[i]);
    transpose_block(rows);
    for (uint32_t i = 0; i < BLOCK; i++)
        rows[i] = htole64(rows[i]);
    for (uint32_t k = 0; k < at.height; k++) {
        memcpy(loom_plane_row(onto, top + at.y + k) + left + at.x,
               &rows[along(k, at.height, t->y_reversed)], at.width);
    }
}

/* The same for a whole block: constant sizes become single loads and stores. */
static void lay_whole_block(const taking *t, loom_plane *onto, uint32_t left, uint32_t top,
                            uint32_t x, uint32_t y)
{
    lay_block(t, onto, left, top, (loom_rect){x, y, BLOCK, BLOCK});
}

static void lay_swapped(const taking *t, loom_plane *onto, uint32_t left, uint32_t top)
{
    for (uint32_t y = 0; y < t->height; y += BLOCK) {
        const uint32_t height = t->height - y < BLOCK ? t->height - y : BLOCK;
        for (uint32_t x = 0; x < t->width; x += BLOCK) {
            const uint32_t width = t->width - x < BLOCK ? t->width - x : BLOCK;
            if (width == BLOCK && height == BLOCK)
                lay_whole_block(t, onto, left, top, x, y);
            else
                lay_block(t, onto, left, top, (loom_rect){x, y, width, height});
        }
    }
}

void loom_plane_lay(const loom_plane *from, loom_turn turn, loom_plane *onto, uint32_t left,
                    uint32_t top)
{
    const bool swaps = loom_turn_swaps(turn);
    const taking t = {
        .from = from,
        .x_reversed = (turn.quarters == 1 || turn.quarters == 2) != turn.flop,
        .y_reversed = turn.quarters >= 2,
        .width = swaps ? from->height : from->width,
        .height = swaps ? from->width : from->height,
    };

    if (swaps)
        lay_swapped(&t, onto, left, top);
    else
        lay_rows(&t, onto, left, top);
}

/* ---- edges, levels --------------------------------------------------------------- */

void loom_plane_fill_around(loom_plane *plane, loom_rect inside, uint8_t value)
{
    const uint32_t right = inside.x + inside.width, below = inside.y + inside.height;

    for (uint32_t y = 0; y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        if (y < inside.y || y >= below) {
            memset(row, value, plane->width);
        } else {
            memset(row, value, inside.x);
            memset(row + right, value, plane->width - right);
        }
    }
}

void loom_plane_mix(loom_plane *plane, loom_rect part, uint8_t value)
{
    for (uint32_t y = part.y; y < part.y + part.height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        for (uint32_t x = part.x; x < part.x + part.width; x++)
            row[x] = (unsigned char)((row[x] + value + 1) / 2);
    }
}

uint8_t loom_level_of(loom_levels levels, uint8_t sample)
{
    const double level = floor(sample * levels.scale + levels.offset + 0.5);

    return (uint8_t)(level < 0 ? 0 : level > 255 ? 255 : level);
}

void loom_plane_set_levels(loom_plane *plane, loom_levels levels)
{
    unsigned char table[256];

    for (unsigned i = 0; i < sizeof table; i++)
        table[i] = loom_level_of(levels, (uint8_t)i);
    for (uint32_t y = 0; y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        for (uint32_t x = 0; x < plane->width; x++)
            row[x] = table[row[x]];
    }
}

void loom_plane_extend(loom_plane *plane)
{
    const size_t more = (BLOCK - plane->width % BLOCK) % BLOCK;

    for (uint32_t y = 0; more > 0 && y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        memset(row + plane->width, row[plane->width - 1], more);
    }
}

/* ---- where its samples come from ----------------------------------------- */

/* The samples on one axis of the final plane that the picture's part covers. */
typedef struct axis {
    uint32_t first, count;
    uint32_t before, after; /* px by which they extend beyond it */
} axis;

static axis axis_of(uint32_t start, uint32_t length, uint32_t step)
{
    const uint32_t first = start / step, end = (start + length + step - 1) / step;

    return (axis){first, end - first, start - first * step, end * step - start - length};
}

/*
 * One axis of the source: *start and *extent in samples. `first`: where the part that is resized
 * begins, in samples.
 */
static void source_of(const axis *a, bool reversed, uint32_t crop, uint32_t step, double first,
                      double scale, double *start, double *extent)
{
    const double over = reversed ? a->after : a->before;

    *start = first + ((double)crop - over) * scale;
    *extent = (double)a->count * step * scale;
}

void loom_samples_inside(double start, double length, uint32_t *first, uint32_t *count)
{
    const double from = ceil(start), to = floor(start + length);

    *first = (uint32_t)(to > from ? from : floor(start));
    *count = (uint32_t)(to > from ? to - from : ceil(start + length) - floor(start));
}

/* All there are, if nothing is left out: a plane may have more than its picture. */
static loom_rect samples_of(const loom_geometry *g, loom_density density)
{
    const loom_rect s = g->source;
    loom_rect seen = LOOM_SEEN_ALL;

    if (!g->extracts)
        return seen;
    loom_samples_inside(s.x * density.x, s.width * density.x, &seen.x, &seen.width);
    loom_samples_inside(s.y * density.y, s.height * density.y, &seen.y, &seen.height);
    return seen;
}

loom_plane_map loom_plane_map_make(const loom_geometry *geometry, loom_density density,
                                   uint32_t step)
{
    const loom_geometry *g = geometry;
    const bool swaps = loom_turn_swaps(g->turn);
    const axis x = axis_of(g->left, g->part.width, step);
    const axis y = axis_of(g->top, g->part.height, step);
    /* The final axes that run against those of the stored picture. */
    const bool x_reversed = (g->turn.quarters == 1 || g->turn.quarters == 2) != g->turn.flop;
    const bool y_reversed = g->turn.quarters >= 2;
    /* Source samples for each px of the resized picture. */
    const double across = g->source.width * density.x / g->resize_width;
    const double down = g->source.height * density.y / g->resize_height;
    const double left = g->source.x * density.x, top = g->source.y * density.y;
    loom_plane_map map = {
        .width = (g->width + step - 1) / step,
        .height = (g->height + step - 1) / step,
        .seen = samples_of(g, density),
        .lies = {x.first, y.first, x.count, y.count},
        .made_width = swaps ? y.count : x.count,
        .made_height = swaps ? x.count : y.count,
        .mix_left = x.before > 0,
        .mix_top = y.before > 0,
        .mix_right = x.after > 0 && g->left + g->part.width<g->width, .mix_bottom = y.after> 0 &&
                     g->top + g->part.height < g->height,
    };

    source_of(swaps ? &y : &x, swaps ? y_reversed : x_reversed, g->crop.x, step, left, across,
              &map.source.x, &map.source.width);
    source_of(swaps ? &x : &y, swaps ? x_reversed : y_reversed, g->crop.y, step, top, down,
              &map.source.y, &map.source.height);
    return map;
}
