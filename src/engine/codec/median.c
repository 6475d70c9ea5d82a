#include "engine/codec/filter.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { STOP_ROWS = 4, MAX = 65535, WINDOW_MAX = LOOM_MEDIAN_MAX * LOOM_MEDIAN_MAX };

/* Rows of the picture as 16 bits, alpha premultiplied: the last `window` of them. */
typedef struct strip {
    const loom_picture *picture;
    unsigned window;
    uint16_t *rows; /* owned */
    size_t row;     /* samples in one */
} strip;

static size_t first_of(const strip *s, uint32_t y)
{
    return s->row * y;
}

/* As 16 bits, whatever the picture has. */
static unsigned load(const loom_picture *picture, size_t at)
{
    return loom_picture_sample(picture, at) * (MAX / loom_picture_max(picture));
}

static void store(const loom_picture *picture, size_t at, unsigned value)
{
    const unsigned scale = MAX / loom_picture_max(picture);

    loom_picture_set_sample(picture, at, (value + scale / 2) / scale);
}

static uint16_t *row_at(const strip *s, uint32_t y)
{
    return s->rows + s->row * (y % s->window);
}

static void take_row(const strip *s, uint32_t y)
{
    const unsigned channels = s->picture->channels;
    const bool alpha = loom_picture_has_alpha(s->picture);
    uint16_t *to = row_at(s, y);

    for (size_t i = 0; i < s->row; i++)
        to[i] = (uint16_t)load(s->picture, first_of(s, y) + i);
    for (size_t i = 0; alpha && i < s->row; i++)
        if (i % channels < channels - 1) {
            const uint64_t opacity = to[i - i % channels + channels - 1];
            to[i] = (uint16_t)((to[i] * opacity + MAX / 2) / MAX);
        }
}

/* ---- the median of a window ---------------------------------------------- */

/*
 * The samples of a channel within the window about (x, y), kept sorted: from one px to the next a
 * column goes and another comes.
 */
typedef struct sorted {
    uint16_t values[WINDOW_MAX];
    size_t count;
} sorted;

/* The index of the first value that is no less. */
static size_t place_of(const sorted *s, uint16_t value)
{
    size_t low = 0, high = s->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;
        if (s->values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(sorted *s, uint16_t value)
{
    const size_t at = place_of(s, value);

    memmove(s->values + at + 1, s->values + at, (s->count - at) * sizeof *s->values);
    s->values[at] = value;
    s->count++;
}

static void drop(sorted *s, uint16_t value)
{
    const size_t at = place_of(s, value);

    s->count--;
    memmove(s->values + at, s->values + at + 1, (s->count - at) * sizeof *s->values);
}

static uint32_t nearest(int64_t at, uint32_t side)
{
    return at < 0 ? 0 : at < side ? (uint32_t)at : side - 1;
}

/* Adds a column of the window's rows, or takes it away. */
static void change_column(const strip *s, const uint16_t *const *rows, int64_t x, unsigned channel,
                          bool add, sorted *values)
{
    const size_t at = (size_t)nearest(x, s->picture->width) * s->picture->channels + channel;

    for (unsigned i = 0; i < s->window; i++) {
        if (add)
            insert(values, rows[i][at]);
        else
            drop(values, rows[i][at]);
    }
}

/* The sample of a colour that was multiplied by the alpha at `at`, which is the new one. */
static unsigned divided(const strip *s, unsigned value, size_t at)
{
    const uint64_t opacity = load(s->picture, at);
    const uint64_t whole = opacity > 0 ? ((uint64_t)value * MAX + opacity / 2) / opacity : 0;

    return (unsigned)(whole < MAX ? whole : MAX);
}

static void make_channel(const strip *s, const uint16_t *const *rows, unsigned channel, uint32_t y)
{
    const int64_t reach = s->window / 2;
    const unsigned channels = s->picture->channels;
    const bool divides = loom_picture_has_alpha(s->picture) && channel + 1 < channels;
    sorted values = {.count = 0};

    for (int64_t x = -reach; x < reach; x++)
        change_column(s, rows, x, channel, true, &values);
    for (uint32_t x = 0; x < s->picture->width; x++) {
        change_column(s, rows, x + reach, channel, true, &values);
        const size_t px = first_of(s, y) + (size_t)x * channels;
        const unsigned median = values.values[values.count / 2];
        store(s->picture, px + channel, divides ? divided(s, median, px + channels - 1) : median);
        change_column(s, rows, x - reach, channel, false, &values);
    }
}

/* The row is written over: rows above it and itself are in the strip. */
static void make_row(const strip *s, uint32_t y)
{
    const uint16_t *rows[LOOM_MEDIAN_MAX];
    const int64_t reach = s->window / 2;

    for (unsigned i = 0; i < s->window; i++)
        rows[i] = row_at(s, nearest((int64_t)y + i - reach, s->picture->height));
    for (unsigned c = s->picture->channels; c-- > 0;) /* alpha first */
        make_channel(s, rows, c, y);
}

loom_status loom_picture_median(loom_picture *picture, unsigned window, const loom_cancel *cancel)
{
    strip s = {.picture = picture, .window = window};
    loom_status status = LOOM_OK;
    uint32_t taken = 0;

    if (!loom_size_mul(picture->width, picture->channels, &s.row))
        return LOOM_ERR_OUT_OF_MEMORY;
    s.rows = loom_alloc_array(s.row, window * sizeof *s.rows);
    if (s.rows == NULL)
        return LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < picture->height && status == LOOM_OK; y++) {
        for (; taken < picture->height && taken <= (uint64_t)y + window / 2; taken++)
            take_row(&s, taken);
        make_row(&s, y);
        if (y % STOP_ROWS == 0)
            status = loom_cancel_check(cancel);
    }
    free(s.rows);
    return status;
}
