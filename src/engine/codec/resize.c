#include "engine/codec/resize.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "engine/codec/resize_axis.h"
#include "engine/codec/resize_sums.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AXES = 8,      /* a picture with colours has four: across and down, luma and chroma */
    STOP_ROWS = 16 /* rows from one look at `cancel` to the next */
};

typedef struct kept_axis {
    loom_axis axis;
    uint64_t last; /* when it was last used */
} kept_axis;

struct loom_resizer {
    kept_axis axes[AXES];
    uint64_t clock;
    const uint8_t **rows; /* that go into one */
    size_t rows_capacity;
    int16_t *sums; /* the row in between */
    size_t sums_capacity;
    int32_t base; /* loom_sum_samples */
};

loom_resizer *loom_resizer_create(void)
{
    return calloc(1, sizeof(loom_resizer));
}

void loom_resizer_free(loom_resizer *resizer)
{
    if (resizer == NULL)
        return;
    for (int i = 0; i < AXES; i++)
        loom_axis_release(&resizer->axes[i].axis);
    free(resizer->rows);
    free(resizer->sums);
    free(resizer);
}

/* ---- axes ---------------------------------------------------------------------------------- */

static bool is_same(const loom_axis_key *a, const loom_axis_key *b)
{
    return a->from == b->from && a->to == b->to && a->start == b->start && a->extent == b->extent &&
           a->low == b->low && a->high == b->high && a->repeats == b->repeats &&
           a->kernel == b->kernel && a->scale == b->scale;
}

/* The axis for the key. A new one replaces the least recently used. NULL: no memory. */
static const loom_axis *axis_for(loom_resizer *resizer, const loom_axis_key *key)
{
    kept_axis *oldest = &resizer->axes[0];

    for (kept_axis *a = resizer->axes; a < resizer->axes + AXES; a++) {
        if (a->axis.firsts != NULL && is_same(&a->axis.key, key)) {
            a->last = ++resizer->clock;
            return &a->axis;
        }
        if (a->last < oldest->last)
            oldest = a;
    }
    if (!loom_axis_make(&oldest->axis, key))
        return NULL;
    oldest->last = ++resizer->clock;
    return &oldest->axis;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Columns of the source that are summed up: whole blocks, which the room of its rows has. */
static uint32_t block_begin(const loom_axis *across)
{
    return across->begin / LOOM_SUMS_BLOCK * LOOM_SUMS_BLOCK;
}

static uint32_t block_end(const loom_axis *across)
{
    return (across->end + LOOM_SUMS_BLOCK - 1) / LOOM_SUMS_BLOCK * LOOM_SUMS_BLOCK;
}

/* Room for what a row takes; sums have some behind them that weights of 0 are multiplied with. */
static bool reserve(loom_resizer *resizer, const loom_axis *across, const loom_axis *down)
{
    const size_t samples = (size_t)block_end(across) + across->taps, had = resizer->sums_capacity;

    if (!loom_grow((void **)&resizer->rows, &resizer->rows_capacity, down->used,
                   sizeof *resizer->rows) ||
        !loom_grow((void **)&resizer->sums, &resizer->sums_capacity, samples,
                   sizeof *resizer->sums))
        return false;
    if (resizer->sums_capacity > had)
        memset(resizer->sums + had, 0, (resizer->sums_capacity - had) * sizeof(int16_t));
    return true;
}

static void make_row(loom_resizer *resizer, const loom_plane *from, const loom_axis *across,
                     const loom_axis *down, uint32_t y, uint8_t *to)
{
    const loom_sums *by = loom_sums_for(loom_cpu_features());
    const uint32_t begin = block_begin(across);

    for (uint32_t n = 0; n < down->used; n++) { /* beyond the last one the weights are 0 */
        const uint32_t row = down->firsts[y] + n, last = down->key.from - 1;
        resizer->rows[n] = loom_plane_row(from, row < last ? row : last) + begin;
    }
    by->rows(resizer->rows, down->weights + y * down->taps, down->used, block_end(across) - begin,
             NULL, NULL, resizer->sums + begin);
    by->samples(resizer->sums, across->firsts, across->weights, across->taps / LOOM_SUMS_TAPS,
                across->key.to, resizer->base, to);
}

/* ---- the whole ----------------------------------------------------------------------------- */

bool loom_resize_has_kernel(loom_kernel kernel)
{
    return kernel != LOOM_KERNEL_NEAREST;
}

/* Whether the part consists of whole samples of the plane at their own scale. */
static bool is_copy(const loom_plane *from, const loom_area *part, uint32_t width, uint32_t height)
{
    return part->width == width && part->height == height && part->x == floor(part->x) &&
           part->y == floor(part->y) && part->x >= 0 && part->y >= 0 &&
           part->x + width <= from->width && part->y + height <= from->height;
}

static void copy(const loom_plane *from, const loom_area *part, loom_levels levels, loom_plane *to)
{
    for (uint32_t y = 0; y < to->height; y++)
        memcpy(loom_plane_row(to, y), loom_plane_row(from, (uint32_t)part->y + y) + (size_t)part->x,
               to->width);
    if (levels.scale != 1 || levels.offset != 0)
        loom_plane_set_levels(to, levels);
}

/* Sets the edges of an axis: `length` samples from `first` on, or as many as it has. */
static void set_edges(loom_axis_key *key, uint32_t first, uint32_t length)
{
    key->low = first < key->from ? first : key->from - 1; /* a decoder may drop the last one */
    key->high = length < key->from - key->low ? key->low + length : key->from;
}

loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, const loom_resize *how,
                             const loom_cancel *cancel, loom_plane *to)
{
    const uint32_t width = how->width, height = how->height;
    const bool smaller = width < how->part.width || height < how->part.height;
    const loom_kernel kernel =
        smaller || how->kernel == LOOM_KERNEL_LINEAR ? how->kernel : LOOM_KERNEL_CUBIC;
    loom_axis_key key_across = {.from = from->width,
                                .to = width,
                                .start = how->part.x,
                                .extent = how->part.width,
                                .kernel = kernel,
                                .scale = how->levels.scale};
    loom_axis_key key_down = {.from = from->height,
                              .to = height,
                              .start = how->part.y,
                              .extent = how->part.height,
                              .kernel = kernel,
                              .scale = 1};

    set_edges(&key_across, how->seen.x, how->seen.width);
    set_edges(&key_down, how->seen.y, how->seen.height);
    if (!loom_plane_reserve(to, width, height))
        return LOOM_ERR_OUT_OF_MEMORY;
    if (is_copy(from, &how->part, width, height)) {
        copy(from, &how->part, how->levels, to);
        return LOOM_OK;
    }
    const loom_axis *across = axis_for(resizer, &key_across);
    const loom_axis *down = across != NULL ? axis_for(resizer, &key_down) : NULL;
    if (down == NULL || !reserve(resizer, across, down))
        return LOOM_ERR_OUT_OF_MEMORY;
    resizer->base = (int32_t)lround(how->levels.offset * (2 * LOOM_SUMS_HALF)) + LOOM_SUMS_HALF;
    for (uint32_t y = 0; y < height; y++) {
        const loom_status stopped = y % STOP_ROWS == 0 ? loom_cancel_check(cancel) : LOOM_OK;
        if (stopped != LOOM_OK)
            return stopped;
        make_row(resizer, from, across, down, y, loom_plane_row(to, y));
    }
    return LOOM_OK;
}
