#include "engine/codec/resize.h"

#include "base/cpu.h"
#include "base/memory.h"
#include "engine/codec/resize_sums.h"
#include "picture/kernel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    AXES = 8,      /* a picture with colours has four: across and down, luma and chroma */
    ONE = 1 << 14, /* a weight of 1 */
    STOP_ROWS = 16 /* rows from one look at `cancel` to the next */
};

/* What the weights of an axis depend on. */
typedef struct axis_key {
    uint32_t from, to;    /* samples */
    double start, extent; /* of the part */
    loom_kernel kernel;
} axis_key;

/* The weights of an axis: those of sample i are `taps` ones for the source from firsts[i] on. */
typedef struct axis {
    axis_key key;
    uint32_t *firsts; /* owned; NULL: unused */
    int16_t *weights; /* owned; a multiple of LOOM_SUMS_TAPS for each sample, 0 behind its own */
    size_t taps;
    size_t used;         /* of these by any sample, an even number */
    uint32_t begin, end; /* of the source that any sample takes */
    uint64_t last;       /* when it was last used */
} axis;

struct loom_resizer {
    axis axes[AXES];
    uint64_t clock;
    double
        *exact; /* room for the weights of a sample, before and after what is beside is folded in */
    size_t exact_capacity;
    const uint8_t **rows; /* that go into one */
    size_t rows_capacity;
    int16_t *sums; /* the row in between */
    size_t sums_capacity;
};

loom_resizer *loom_resizer_create(void)
{
    return calloc(1, sizeof(loom_resizer));
}

static void release_axis(axis *a)
{
    free(a->firsts);
    free(a->weights);
    *a = (axis){.firsts = NULL};
}

void loom_resizer_free(loom_resizer *resizer)
{
    if (resizer == NULL)
        return;
    for (int i = 0; i < AXES; i++)
        release_axis(&resizer->axes[i]);
    free(resizer->exact);
    free(resizer->rows);
    free(resizer->sums);
    free(resizer);
}

/* ---- weights ------------------------------------------------------------------------------- */

/* Source samples for each that is made, where that is more than one: so far a kernel is stretched.
 */
static double step_of(const axis_key *key)
{
    return fmax(key->extent / key->to, 1);
}

static double centre_of(const axis_key *key, uint32_t i)
{
    return key->start + (i + 0.5) * (key->extent / key->to);
}

/* What of the source the span is made of, once what lies beside is mirrored. */
static loom_kernel_span inside(const axis_key *key, loom_kernel_span span)
{
    loom_kernel_span found = {key->from, 0};

    for (int64_t at = span.first; at < span.end; at++) {
        const int64_t real = loom_kernel_mirror(at, key->from);
        found.first = real < found.first ? real : found.first;
        found.end = real >= found.end ? real + 1 : found.end;
    }
    return found;
}

/* In integers whose sum is exact: what rounding leaves of one goes to the next. */
static void round_weights(const double *exact, size_t count, int16_t *weights)
{
    double carried = 0;

    for (size_t i = 0; i < count; i++) {
        carried += exact[i] * ONE;
        weights[i] = (int16_t)lround(carried);
        carried -= weights[i];
    }
}

/* The weights of sample i; `exact` has room for those of its span, and for those inside. */
static void fill_sample(axis *a, uint32_t i, double *exact)
{
    const double centre = centre_of(&a->key, i), step = step_of(&a->key);
    const loom_kernel_span span = loom_kernel_span_at(a->key.kernel, centre, step);
    const loom_kernel_span in = inside(&a->key, span);
    const size_t count = in.end > in.first ? (size_t)(in.end - in.first) : 0; /* 1 at least */
    double *folded = exact + (span.end - span.first);

    loom_kernel_weights(a->key.kernel, span, centre, step, exact);
    for (size_t n = 0; n < count; n++)
        folded[n] = 0;
    for (int64_t at = span.first; at < span.end; at++)
        folded[loom_kernel_mirror(at, a->key.from) - in.first] += exact[at - span.first];
    round_weights(folded, count, a->weights + i * a->taps);
    a->firsts[i] = (uint32_t)in.first;
    a->used = count > a->used ? count : a->used;
    a->begin = in.first < a->begin ? (uint32_t)in.first : a->begin;
    a->end = in.end > a->end ? (uint32_t)in.end : a->end;
}

static bool build(loom_resizer *resizer, axis *a, const axis_key *key)
{
    const double span_max = 2 * loom_kernel_reach(key->kernel) * step_of(key) + 2;
    const size_t taps = ((size_t)span_max + LOOM_SUMS_TAPS - 1) / LOOM_SUMS_TAPS * LOOM_SUMS_TAPS;
    size_t weights;

    release_axis(a);
    if (!loom_size_mul(key->to, taps, &weights) ||
        !loom_grow((void **)&resizer->exact, &resizer->exact_capacity, 2 * taps,
                   sizeof *resizer->exact))
        return false;
    a->firsts = loom_alloc_array(key->to, sizeof *a->firsts);
    a->weights = calloc(weights, sizeof *a->weights);
    if (a->firsts == NULL || a->weights == NULL) {
        release_axis(a);
        return false;
    }
    a->key = *key;
    a->taps = taps;
    a->begin = key->from;
    for (uint32_t i = 0; i < key->to; i++)
        fill_sample(a, i, resizer->exact);
    a->used += a->used % 2;
    return true;
}

static bool is_same(const axis_key *a, const axis_key *b)
{
    return a->from == b->from && a->to == b->to && a->start == b->start && a->extent == b->extent &&
           a->kernel == b->kernel;
}

/* The axis for the key. A new one replaces the least recently used. NULL: no memory. */
static const axis *axis_for(loom_resizer *resizer, const axis_key *key)
{
    axis *oldest = &resizer->axes[0];

    for (axis *a = resizer->axes; a < resizer->axes + AXES; a++) {
        if (a->firsts != NULL && is_same(&a->key, key)) {
            a->last = ++resizer->clock;
            return a;
        }
        if (a->last < oldest->last)
            oldest = a;
    }
    if (!build(resizer, oldest, key))
        return NULL;
    oldest->last = ++resizer->clock;
    return oldest;
}

/* ---- rows ---------------------------------------------------------------------------------- */

/* Columns of the source that are summed up: whole blocks, which the room of its rows has. */
static uint32_t block_begin(const axis *across)
{
    return across->begin / LOOM_SUMS_BLOCK * LOOM_SUMS_BLOCK;
}

static uint32_t block_end(const axis *across)
{
    return (across->end + LOOM_SUMS_BLOCK - 1) / LOOM_SUMS_BLOCK * LOOM_SUMS_BLOCK;
}

/* Room for what a row takes; sums have some behind them that weights of 0 are multiplied with. */
static bool reserve(loom_resizer *resizer, const axis *across, const axis *down)
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

static void make_row(loom_resizer *resizer, const loom_plane *from, const axis *across,
                     const axis *down, uint32_t y, uint8_t *to)
{
    const loom_sums *by = loom_sums_for(loom_cpu_features());
    const uint32_t begin = block_begin(across);

    for (uint32_t n = 0; n < down->used; n++) { /* beyond the last one the weights are 0 */
        const uint32_t row = down->firsts[y] + n, last = down->key.from - 1;
        resizer->rows[n] = loom_plane_row(from, row < last ? row : last) + begin;
    }
    by->rows(resizer->rows, down->weights + y * down->taps, down->used, block_end(across) - begin,
             resizer->sums + begin);
    by->samples(resizer->sums, across->firsts, across->weights, across->taps / LOOM_SUMS_TAPS,
                across->key.to, to);
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

static void copy(const loom_plane *from, const loom_area *part, loom_plane *to)
{
    for (uint32_t y = 0; y < to->height; y++)
        memcpy(loom_plane_row(to, y), loom_plane_row(from, (uint32_t)part->y + y) + (size_t)part->x,
               to->width);
}

loom_status loom_resizer_run(loom_resizer *resizer, const loom_plane *from, loom_area part,
                             loom_kernel kernel, uint32_t width, uint32_t height,
                             const loom_cancel *cancel, loom_plane *to)
{
    const bool smaller = width < part.width || height < part.height;
    const loom_kernel used = smaller || kernel == LOOM_KERNEL_LINEAR ? kernel : LOOM_KERNEL_CUBIC;
    const axis_key key_across = {from->width, width, part.x, part.width, used};
    const axis_key key_down = {from->height, height, part.y, part.height, used};

    if (!loom_plane_reserve(to, width, height))
        return LOOM_ERR_OUT_OF_MEMORY;
    if (is_copy(from, &part, width, height)) {
        copy(from, &part, to);
        return LOOM_OK;
    }
    const axis *across = axis_for(resizer, &key_across);
    const axis *down = across != NULL ? axis_for(resizer, &key_down) : NULL;
    if (down == NULL || !reserve(resizer, across, down))
        return LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < height; y++) {
        const loom_status stopped = y % STOP_ROWS == 0 ? loom_cancel_check(cancel) : LOOM_OK;
        if (stopped != LOOM_OK)
            return stopped;
        make_row(resizer, from, across, down, y, loom_plane_row(to, y));
    }
    return LOOM_OK;
}
