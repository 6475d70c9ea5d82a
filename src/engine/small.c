#include "engine/small.h"

#include <math.h>
#include <string.h>

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* fmin and fmax, which heed NaN, are calls. */
static double least(double a, double b)
{
    return a < b ? a : b;
}

static double most(double a, double b)
{
    return a > b ? a : b;
}

/* Both divide whole numbers below 2^53 as doubles: exact, once cut off, and far faster. */

/* The first sample of cell `at` of an axis. */
static uint32_t edge(uint32_t at, uint32_t samples, uint32_t cells)
{
    return (uint32_t)((double)at * samples / cells);
}

/* The cell that the sample is in. */
static uint32_t cell_of(uint32_t sample, uint32_t samples, uint32_t cells)
{
    return (uint32_t)((((double)sample + 1) * cells - 1) / samples);
}

static void start_plane(loom_small_plane *plane, uint32_t across, uint32_t down)
{
    plane->across = across;
    plane->down = down;
    plane->columns = smaller(across, LOOM_SMALL_SIDE);
    plane->rows = smaller(down, LOOM_SMALL_SIDE);
    memset(plane->mean, 0, sizeof plane->mean);
    memset(plane->count, 0, sizeof plane->count);
}

static void make_flat(loom_small_plane *plane, float value)
{
    plane->across = plane->down = 0;
    plane->flat = value;
}

/* ---- rows ---------------------------------------------------------------- */

static bool has_alpha(const loom_small *small)
{
    return small->channels % 2 == 0 && !small->cmyk;
}

/* The plane that sums up a channel. */
static unsigned plane_of(const loom_small *small, unsigned channel)
{
    return has_alpha(small) && channel == small->channels - 1 ? 3 : channel;
}

void loom_small_begin(loom_small *small, uint32_t width, uint32_t height, unsigned channels,
                      unsigned depth, bool cmyk)
{
    small->channels = channels;
    small->depth = depth;
    small->cmyk = cmyk;
    small->known = false;
    for (unsigned i = 0; i < LOOM_SMALL_PLANES; i++)
        make_flat(&small->planes[i], i == 3 ? 255 : 0);
    for (unsigned i = 0; i < channels; i++)
        start_plane(&small->planes[plane_of(small, i)], width, height);
}

/* Adds up each channel of `count` px, colours weighted by alpha if there is any. */
#define SUM(type, max)                                                                             \
    do {                                                                                           \
        const type *p = pixels;                                                                    \
        const unsigned colours = alpha ? channels - 1 : channels;                                  \
        for (uint32_t i = 0; i < count; i++, p += channels) {                                      \
            const uint64_t weight = alpha ? p[channels - 1] : (max);                               \
            for (unsigned c = 0; c < colours; c++)                                                 \
                sums[c] += p[c] * weight;                                                          \
            weights += weight;                                                                     \
        }                                                                                          \
    } while (0)

static void sum_any(const void *pixels, uint32_t count, unsigned channels, unsigned depth,
                    bool alpha, double to[4])
{
    uint64_t sums[4] = {0}, weights = 0;

    if (depth == 2)
        SUM(uint16_t, 65535);
    else
        SUM(uint8_t, 255);
    const double max = depth == 2 ? 65535 : 255;
    for (unsigned c = 0; c < 4; c++)
        to[c] = (double)sums[c] / max;
    if (alpha)
        to[channels - 1] = (double)weights;
}

/* The same of bytes without alpha, which is what photographs have. */
static void sum_bytes(const uint8_t *p, uint32_t count, unsigned channels, double to[4])
{
    uint32_t a = 0, b = 0, c = 0; /* a cell of 2^24 px in a row is beyond any picture */

    if (channels == 1) {
        for (uint32_t i = 0; i < count; i++)
            a += p[i];
    } else {
        for (uint32_t i = 0; i < count; i++, p += 3) {
            a += p[0];
            b += p[1];
            c += p[2];
        }
    }
    to[0] = a;
    to[1] = b;
    to[2] = c;
}

static void add_run(loom_small *small, uint32_t cell, uint32_t count, const void *pixels)
{
    double sums[4] = {0};

    if (small->depth == 1 && (small->channels == 1 || small->channels == 3))
        sum_bytes(pixels, count, small->channels, sums);
    else
        sum_any(pixels, count, small->channels, small->depth, has_alpha(small), sums);
    for (unsigned i = 0; i < small->channels; i++) {
        loom_small_plane *plane = &small->planes[plane_of(small, i)];
        plane->mean[cell] += (float)sums[i];
        plane->count[cell] += count;
    }
}

void loom_small_add(loom_small *small, uint32_t x, uint32_t y, uint32_t count, const void *pixels)
{
    const loom_small_plane *first = &small->planes[0];
    const size_t pixel = (size_t)small->channels * small->depth;
    const uint32_t row = cell_of(y, first->down, first->rows) * LOOM_SMALL_SIDE;
    const unsigned char *p = pixels;

    while (count > 0) {
        const uint32_t column = cell_of(x, first->across, first->columns);
        const uint32_t end = edge(column + 1, first->across, first->columns);
        const uint32_t run = smaller(end - x, count);
        add_run(small, row + column, run, p);
        p += pixel * run;
        x += run;
        count -= run;
    }
}

/* ---- the end ------------------------------------------------------------- */

/* From R'G'B' to Y'CbCr, JFIF 1.02; both are linear, so are their means. */
static void to_ycc(loom_small *small, size_t i)
{
    float *r = &small->planes[0].mean[i], *g = &small->planes[1].mean[i];
    float *b = &small->planes[2].mean[i];
    const float y = 0.299F * *r + 0.587F * *g + 0.114F * *b;

    *g = (*b - y) * (0.5F / 0.886F);
    *b = (*r - y) * (0.5F / 0.701F);
    *r = y;
}

static void divide(loom_small_plane *plane, float scale)
{
    for (size_t i = 0; i < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; i++)
        if (plane->count[i] > 0)
            plane->mean[i] *= scale / (float)plane->count[i];
}

void loom_small_end(loom_small *small)
{
    const float scale = small->depth == 2 ? 255.0F / 65535 : 1;

    for (unsigned i = 0; i < small->channels; i++)
        divide(&small->planes[plane_of(small, i)], scale);
    if (small->channels >= 3 && !small->cmyk)
        for (size_t i = 0; i < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; i++)
            to_ycc(small, i);
    small->known = true;
}

/* ---- other colours ------------------------------------------------------- */

/* What the sums of a cell are to be divided by, for values of 0..255; 0: nothing has come. */
static double weight_of(const loom_small *small, size_t i)
{
    const double scale = small->depth == 2 ? 65535.0 / 255 : 1;
    const double count = small->planes[0].count[i];

    return has_alpha(small) ? small->planes[3].mean[i] / 255 : count * scale;
}

void loom_small_show(const loom_small *small, unsigned char *pixels)
{
    const double scale = small->depth == 2 ? 65535.0 / 255 : 1;
    const unsigned colours = has_alpha(small) ? small->channels - 1 : small->channels;

    for (size_t i = 0; i < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; i++, pixels += small->channels) {
        const double weight = weight_of(small, i);
        for (unsigned c = 0; c < colours; c++)
            pixels[c] =
                (unsigned char)(weight > 0 ? least(small->planes[c].mean[i] / weight + 0.5, 255)
                                           : 0);
        if (has_alpha(small))
            pixels[colours] =
                (unsigned char)(small->planes[0].count[i] > 0
                                    ? small->planes[3].mean[i] / scale / small->planes[0].count[i]
                                    : 0);
    }
}

void loom_small_recolour(loom_small *small, const loom_picture *picture)
{
    const bool alpha = has_alpha(small);
    const unsigned colours = picture->channels - (loom_picture_has_alpha(picture) ? 1 : 0);

    for (unsigned c = 1; c < colours; c++)
        if (small->planes[c].across == 0 || small->cmyk)
            memcpy(&small->planes[c], &small->planes[0], sizeof small->planes[c]);
    for (size_t i = 0; i < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; i++) {
        const size_t x = i % LOOM_SMALL_SIDE, y = i / LOOM_SMALL_SIDE;
        const unsigned char *pixel = picture->data + (y * picture->width + x) * picture->channels;
        const double weight = weight_of(small, i);
        for (unsigned c = 0; c < colours; c++)
            small->planes[c].mean[i] = (float)(pixel[c] * weight);
    }
    for (unsigned c = colours; c < 3; c++)
        make_flat(&small->planes[c], 0);
    if (!alpha)
        make_flat(&small->planes[3], 255);
    small->channels = colours + alpha;
    small->cmyk = false;
}

/* ---- planes -------------------------------------------------------------- */

enum { CHUNK = 1024, ROWS_MAX = 65535 / 255 }; /* so many rows fit into 16 bits */

/* Adds rows of a chunk to each other, column by column: a loop that becomes vectors. */
static void add_rows(const loom_plane *from, uint32_t x, uint32_t y, uint32_t rows, uint32_t count,
                     uint16_t columns[CHUNK])
{
    memset(columns, 0, sizeof *columns * count);
    for (uint32_t r = 0; r < rows; r++) {
        const unsigned char *row = loom_plane_row(from, y + r) + x;
        for (uint32_t i = 0; i < count; i++)
            columns[i] = (uint16_t)(columns[i] + row[i]);
    }
}

/* Adds at most ROWS_MAX rows, all of which lie in one row of cells. */
static void add_band(loom_small_plane *plane, const loom_plane *from, loom_rect part, uint32_t y,
                     uint32_t rows)
{
    const size_t first = (size_t)cell_of(y, plane->down, plane->rows) * LOOM_SMALL_SIDE;
    uint16_t columns[CHUNK];
    uint32_t column = 0, end = edge(1, plane->across, plane->columns);

    for (uint32_t x = 0; x < part.width; x += CHUNK) {
        const uint32_t count = smaller(part.width - x, CHUNK);
        add_rows(from, part.x + x, part.y + y, rows, count, columns);
        for (uint32_t i = 0; i < count;) {
            const uint32_t until = smaller(end - x, count);
            uint32_t sum = 0;
            plane->count[first + column] += rows * (until - i);
            for (; i < until; i++)
                sum += columns[i];
            plane->mean[first + column] += (float)sum;
            if (x + i == end)
                end = edge(++column + 1, plane->across, plane->columns);
        }
    }
}

static void add_plane(loom_small_plane *plane, const loom_plane *from, loom_rect part)
{
    start_plane(plane, part.width, part.height);
    for (uint32_t y = 0; y < part.height;) {
        const uint32_t end =
            edge(cell_of(y, plane->down, plane->rows) + 1, plane->down, plane->rows);
        const uint32_t rows = smaller(end - y, ROWS_MAX);
        add_band(plane, from, part, y, rows);
        y += rows;
    }
    divide(plane, 1);
}

void loom_small_of_planes(loom_small *small, const loom_plane planes[], const loom_rect parts[],
                          unsigned count)
{
    loom_small_begin(small, 1, 1, 0, 1, false);
    for (unsigned i = 0; i < count; i++)
        add_plane(&small->planes[i], &planes[i], parts[i]);
    for (unsigned i = 1; i < count; i++)
        for (size_t k = 0; k < LOOM_SMALL_SIDE * LOOM_SMALL_SIDE; k++)
            small->planes[i].mean[k] -= 128;
    small->channels = count;
    small->known = true;
}

/* ---- looking at it ------------------------------------------------------- */

/* The cells of an axis that a part of it touches, in samples. */
typedef struct span {
    double begin, end; /* samples */
    uint32_t first, last;
    uint32_t samples, cells;
} span;

static span span_of(double begin, double end, uint32_t samples, uint32_t cells)
{
    span s = {.samples = samples, .cells = cells};

    s.begin = least(most(begin, 0), 1) * samples;
    s.end = least(most(end, 0), 1) * samples;
    s.first = cell_of((uint32_t)least(floor(s.begin), samples - 1.0), samples, cells);
    s.last = cell_of((uint32_t)most(least(ceil(s.end) - 1, samples - 1.0), 0), samples, cells);
    s.last = s.last < s.first ? s.first : s.last;
    return s;
}

/* How many samples of each cell lie in the span. */
static void find_shares(const span *s, double shares[LOOM_SMALL_SIDE])
{
    double from = edge(s->first, s->samples, s->cells);

    for (uint32_t cell = s->first; cell <= s->last; cell++) {
        const double to = edge(cell + 1, s->samples, s->cells);
        shares[cell - s->first] = most(least(s->end, to) - most(s->begin, from), 0);
        from = to;
    }
}

static void see_mean(const loom_small_plane *plane, span x, span y, loom_small_view *view)
{
    double widths[LOOM_SMALL_SIDE], heights[LOOM_SMALL_SIDE];
    double sum = 0, weight = 0, missing = 0;

    find_shares(&x, widths);
    find_shares(&y, heights);
    for (uint32_t r = y.first; r <= y.last; r++)
        for (uint32_t c = x.first; c <= x.last; c++) {
            const size_t i = (size_t)r * LOOM_SMALL_SIDE + c;
            const double part = widths[c - x.first] * heights[r - y.first];
            if (plane->count[i] == 0) {
                missing += part;
                continue;
            }
            sum += part * plane->mean[i];
            weight += part;
        }
    view->known = weight > 3 * missing;
    view->mean = weight > 0 ? sum / weight : 0;
}

loom_small_view loom_small_see(const loom_small_plane *plane, loom_small_area area)
{
    loom_small_view view = {true, plane->flat, 1e9, 1e9};

    if (plane->across == 0)
        return view;
    see_mean(plane, span_of(area.left, area.right, plane->across, plane->columns),
             span_of(area.top, area.bottom, plane->down, plane->rows), &view);
    view.across = (area.right - area.left) * plane->columns;
    view.down = (area.bottom - area.top) * plane->rows;
    return view;
}

loom_small_range loom_small_range_of(const loom_small_plane *plane, loom_small_area area)
{
    const float none = plane->flat;
    loom_small_range range = {none, none};
    bool any = false;

    if (plane->across == 0)
        return range;
    const span x = span_of(area.left, area.right, plane->across, plane->columns);
    const span y = span_of(area.top, area.bottom, plane->down, plane->rows);
    for (uint32_t r = y.first; r <= y.last; r++)
        for (uint32_t c = x.first; c <= x.last; c++) {
            const size_t i = (size_t)r * LOOM_SMALL_SIDE + c;
            if (plane->count[i] == 0)
                continue;
            range.low = any ? least(range.low, plane->mean[i]) : plane->mean[i];
            range.high = any ? most(range.high, plane->mean[i]) : plane->mean[i];
            any = true;
        }
    return range;
}
