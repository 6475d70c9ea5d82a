#include "engine/codec/resize.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "engine/codec/resize_axis.h"
#include "engine/codec/resize_sums.h"
#include <stdlib.h>
#include <string.h>

enum { STRIP = 16, CHANNELS_MAX = 4 };

/*
 * Rows of the source gather in a strip. Once it is full, its rows are added to the sums of all rows
 * in progress: those from `taken` on, below `begun`. Row y has slot y % slots.
 */
struct loom_rows {
    loom_rows_plan plan;
    bool deep; /* strip, slots and lines are of floats, else of uint8_t, int32_t and int16_t */
    loom_axis across, down;
    const loom_sums *by;
    size_t begin, count; /* of a row's samples those that are summed up: whole blocks */

    unsigned char *strip;
    size_t stride;            /* bytes of a row in it */
    uint32_t added, in_strip; /* rows of the source so far, and of these the ones in the strip */

    unsigned char *slots; /* sums from sample `begin` on; int16_t of 8-bit rows that are complete */
    size_t slot_size;     /* bytes */
    uint32_t slot_count, begun, taken;

    /* The row that is taken: the sums of each channel by itself, and what they make. */
    int16_t *lines[CHANNELS_MAX];
    uint8_t *made[CHANNELS_MAX];
    float *floats;
};

/* ---- which rows go into one ------------------------------------------------------------------ */

/* Rows of the source that must have been added for row y; weights of 0 take none beyond the last.
 */
static uint32_t need_of(const loom_axis *down, uint32_t y)
{
    const uint64_t end = down->firsts[y] + (uint64_t)down->used;

    return end < down->end ? (uint32_t)end : down->end;
}

/* The most rows in progress: a strip is added while the first of them lacks one row at least. */
static uint32_t count_slots(const loom_axis *down)
{
    uint32_t last = 0, max = 1;

    for (uint32_t y = 0; y < down->key.to; y++) {
        const uint64_t end = (uint64_t)need_of(down, y) + STRIP - 1;
        while (last + 1 < down->key.to && down->firsts[last + 1] < end)
            last++;
        max = last - y + 1 > max ? last - y + 1 : max;
    }
    return max;
}

static uint32_t summed_up(const loom_rows *rows)
{
    return rows->added - rows->in_strip;
}

bool loom_rows_is_ready(const loom_rows *rows)
{
    return need_of(&rows->down, rows->taken) <= summed_up(rows);
}

/* ---- adding ---------------------------------------------------------------------------------- */

static unsigned char *slot_of(const loom_rows *rows, uint32_t y)
{
    return rows->slots + rows->slot_size * (y % rows->slot_count);
}

/* Adds rows first..end-1 of the source, which are in the strip, to those of row y. */
static void add_to(const loom_rows *rows, uint32_t y, uint32_t first, uint32_t end, bool is_new)
{
    const loom_axis *down = &rows->down;
    const int16_t *weights = down->weights + y * down->taps + (first - down->firsts[y]);
    const size_t size = rows->deep ? sizeof(float) : sizeof(uint8_t);
    const unsigned char *sources[STRIP];
    int16_t even[STRIP] = {0}; /* an odd row more has a weight of 0 */
    const uint32_t count = end - first;
    void *slot = slot_of(rows, y);

    for (uint32_t i = 0; i < STRIP; i++) {
        const uint32_t row = first + (i < count ? i : 0) - summed_up(rows);
        sources[i] = rows->strip + rows->stride * row + rows->begin * size;
        even[i] = i < count ? weights[i] : 0;
    }
    if (rows->deep)
        loom_floats_add(sources, even, count, rows->count, is_new, slot);
    else
        rows->by->rows(sources, even, count + count % 2, rows->count, is_new ? NULL : slot,
                       end < need_of(down, y) ? slot : NULL, slot);
}

static void add_strip(loom_rows *rows)
{
    const loom_axis *down = &rows->down;
    const uint32_t from = summed_up(rows), to = rows->added;

    for (uint32_t y = rows->taken; y < down->key.to && down->firsts[y] < to; y++) {
        const uint32_t first = down->firsts[y] > from ? down->firsts[y] : from;
        const uint32_t need = need_of(down, y), end = need < to ? need : to;
        const bool is_new = y == rows->begun;
        if (is_new)
            rows->begun++;
        if (first < end)
            add_to(rows, y, first, end, is_new);
    }
    rows->in_strip = 0;
}

void loom_rows_add(loom_rows *rows, const void *row)
{
    const loom_rows_plan *plan = &rows->plan;
    const uint32_t at = rows->added++;

    if (at < rows->down.begin || at >= rows->down.end)
        return;
    unsigned char *to = rows->strip + rows->stride * rows->in_strip++;
    if (rows->deep)
        loom_floats_read(row, plan->width, plan->channels, plan->depth, plan->alpha, (void *)to);
    else
        memcpy(to, row, (size_t)plan->width * plan->channels);
    if (rows->in_strip == STRIP || at + 1 == rows->down.end)
        add_strip(rows);
}

/* ---- taking ---------------------------------------------------------------------------------- */

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* The sums of each channel of the px that are taken, from *from on. */
ALWAYS_INLINE void split(const loom_rows *rows, const int16_t *from, unsigned channels)
{
    const uint32_t first = rows->across.begin, count = rows->across.end - first;

    for (unsigned c = 0; c < channels; c++) {
        int16_t *to = rows->lines[c] + first;
        for (uint32_t x = 0; x < count; x++)
            to[x] = from[(size_t)x * channels + c];
    }
}

ALWAYS_INLINE void join(const loom_rows *rows, uint8_t *to, unsigned channels)
{
    for (unsigned c = 0; c < channels; c++) {
        const uint8_t *from = rows->made[c];
        for (uint32_t x = 0; x < rows->plan.to_width; x++)
            to[(size_t)x * channels + c] = from[x];
    }
}

static void take_plain(const loom_rows *rows, const int16_t *sums, uint8_t *to)
{
    const loom_axis *across = &rows->across;
    const unsigned channels = rows->plan.channels;

    if (channels == 3) /* which the compiler then knows */
        split(rows, sums, 3);
    else
        split(rows, sums, channels);
    for (unsigned c = 0; c < channels; c++)
        rows->by->samples(rows->lines[c], across->firsts, across->weights,
                          across->taps / LOOM_SUMS_TAPS, across->key.to, LOOM_SUMS_HALF,
                          rows->made[c]);
    if (channels == 3)
        join(rows, to, 3);
    else
        join(rows, to, channels);
}

void loom_rows_take(loom_rows *rows, void *to)
{
    const loom_rows_plan *plan = &rows->plan;
    const size_t first = (size_t)rows->across.begin * plan->channels - rows->begin;
    const void *slot = slot_of(rows, rows->taken++);

    if (!rows->deep) {
        take_plain(rows, (const int16_t *)slot + first, to);
        return;
    }
    loom_floats_across((const float *)slot + first, &rows->across, plan->channels, rows->floats);
    loom_floats_write(rows->floats, plan->to_width, plan->channels, plan->depth, plan->alpha, to);
}

/* ---- the whole ------------------------------------------------------------------------------- */

void loom_rows_restart(loom_rows *rows)
{
    rows->added = rows->in_strip = rows->begun = rows->taken = 0;
}

void loom_rows_free(loom_rows *rows)
{
    if (rows == NULL)
        return;
    loom_axis_release(&rows->across);
    loom_axis_release(&rows->down);
    free(rows->strip);
    free(rows->slots);
    free(rows->floats);
    for (unsigned c = 0; c < CHANNELS_MAX; c++) {
        free(rows->lines[c]);
        free(rows->made[c]);
    }
    free(rows);
}

static bool make_axes(loom_rows *rows)
{
    const loom_rows_plan *p = &rows->plan;
    const loom_axis_key across = {.from = p->width,
                                  .to = p->to_width,
                                  .start = p->part.x,
                                  .extent = p->part.width,
                                  .high = p->width,
                                  .repeats = true,
                                  .kernel = p->kernel,
                                  .scale = 1};
    const loom_axis_key down = {.from = p->height,
                                .to = p->to_height,
                                .start = p->part.y,
                                .extent = p->part.height,
                                .high = p->height,
                                .repeats = true,
                                .kernel = p->kernel,
                                .scale = 1};

    return loom_axis_make(&rows->across, &across) && loom_axis_make(&rows->down, &down);
}

/* Each with some behind it that weights of 0 are multiplied with. */
static bool make_lines(loom_rows *rows)
{
    const loom_rows_plan *p = &rows->plan;

    if (rows->deep) {
        rows->floats = loom_alloc_array(p->to_width, p->channels * sizeof *rows->floats);
        return rows->floats != NULL;
    }
    for (unsigned c = 0; c < p->channels; c++) {
        rows->lines[c] = calloc(p->width + rows->across.taps, sizeof *rows->lines[c]);
        rows->made[c] = malloc(p->to_width);
        if (rows->lines[c] == NULL || rows->made[c] == NULL)
            return false;
    }
    return true;
}

/* Rows are as long as whole blocks of their samples, and of the taps that go beyond them. */
static bool make_room(loom_rows *rows)
{
    const size_t block = LOOM_SUMS_BLOCK, channels = rows->plan.channels;
    const size_t size = rows->deep ? sizeof(float) : sizeof(uint8_t);
    size_t samples, behind, slots;

    if (!loom_size_mul(rows->plan.width, channels, &samples) ||
        !loom_size_mul(rows->across.taps, channels, &behind) ||
        !loom_size_add(samples, behind + block, &samples) ||
        !loom_size_mul(samples, size, &rows->stride) ||
        !loom_size_mul(samples, sizeof(int32_t), &rows->slot_size))
        return false;
    rows->begin = rows->across.begin * channels / block * block;
    rows->count = (rows->across.end * channels - rows->begin + block - 1) / block * block;
    rows->slot_count = count_slots(&rows->down);
    if (!loom_size_mul(rows->slot_size, rows->slot_count, &slots))
        return false;
    rows->strip = calloc(STRIP, rows->stride);
    rows->slots = calloc(1, slots);
    return rows->strip != NULL && rows->slots != NULL;
}

loom_rows *loom_rows_create(const loom_rows_plan *plan)
{
    loom_rows *rows = calloc(1, sizeof *rows);

    if (rows == NULL)
        return NULL;
    rows->plan = *plan;
    rows->deep = plan->alpha || plan->depth == 2;
    rows->by = loom_sums_for(loom_cpu_features());
    if (make_axes(rows) && make_room(rows) && make_lines(rows))
        return rows;
    loom_rows_free(rows);
    return NULL;
}
