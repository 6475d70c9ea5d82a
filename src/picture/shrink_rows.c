#include "picture/shrink_rows.h"

#include "base/memory.h"
#include "picture/kernel.h"
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256 }; /* samples processed at once, so that their sums stay in the cache */

/* ---- which rows go into one ---------------------------------------------- */

static double centre_of(const loom_shrink_rows *shrink, uint32_t y)
{
    return (y + 0.5) * shrink->scale;
}

static loom_kernel_span span_of(const loom_shrink_rows *shrink, uint32_t y)
{
    return loom_kernel_span_at(shrink->kernel, centre_of(shrink, y), shrink->scale);
}

static int64_t clamp(int64_t value, int64_t max)
{
    return value < 0 ? 0 : value > max ? max : value;
}

/* The source rows that the span, including its mirrored part, needs. */
static loom_kernel_span span_inside(const loom_shrink_rows *shrink, uint32_t y)
{
    const loom_kernel_span s = span_of(shrink, y);
    const int64_t rows = shrink->rows;
    const int64_t first = s.end > rows && 2 * rows - s.end < s.first ? 2 * rows - s.end : s.first;
    const int64_t end = s.first < 0 && -s.first > s.end ? -s.first : s.end;

    return (loom_kernel_span){clamp(first, rows - 1), clamp(end, rows)};
}

static float *sums_of(const loom_shrink_rows *shrink, uint32_t y)
{
    return shrink->sums + (size_t)(y % shrink->slots) * shrink->samples;
}

static float *weights_of(const loom_shrink_rows *shrink, uint32_t y)
{
    return shrink->weights + (size_t)(y % shrink->slots) * shrink->max_taps;
}

/* The weights of row y, from the first row of its span that is inside; their sum is 1. */
static void begin(loom_shrink_rows *shrink, uint32_t y)
{
    const loom_kernel_span whole = span_of(shrink, y), inside = span_inside(shrink, y);
    float *weights = weights_of(shrink, y), *sums = sums_of(shrink, y);

    loom_kernel_weights(shrink->kernel, whole, centre_of(shrink, y), shrink->scale, shrink->exact);
    memset(weights, 0, shrink->max_taps * sizeof *weights);
    for (int64_t row = whole.first; row < whole.end; row++) {
        const int64_t taken = clamp((int64_t)loom_kernel_mirror(row, shrink->rows) - inside.first,
                                    inside.end - inside.first - 1);
        weights[taken] += (float)shrink->exact[row - whole.first];
    }
    for (size_t i = 0; i < shrink->samples; i++)
        sums[i] = 0;
}

/* ---- sums: loops that compilers turn into vector instructions ------------ */

#define ALWAYS_INLINE static inline __attribute__((always_inline))

ALWAYS_INLINE void add_part(float *restrict sums, const uint8_t *restrict rows, ptrdiff_t stride,
                            const float *weights, size_t count, size_t samples)
{
    float part[BLOCK];

    for (size_t i = 0; i < samples; i++)
        part[i] = sums[i];
    for (size_t row = 0; row < count; row++, rows += stride) {
        const float weight = weights[row];
        for (size_t i = 0; i < samples; i++)
            part[i] += weight * (float)(int)rows[i];
    }
    for (size_t i = 0; i < samples; i++)
        sums[i] = part[i];
}

ALWAYS_INLINE void add_all(float *sums, const uint8_t *rows, ptrdiff_t stride, const float *weights,
                           size_t count, size_t samples)
{
    size_t done = 0;

    for (; done + BLOCK <= samples; done += BLOCK)
        add_part(sums + done, rows + done, stride, weights, count, BLOCK);
    add_part(sums + done, rows + done, stride, weights, count, samples - done);
}

static void add_plainly(float *sums, const uint8_t *rows, ptrdiff_t stride, const float *weights,
                        size_t count, size_t samples)
{
    add_all(sums, rows, stride, weights, count, samples);
}

#ifdef __x86_64__
/* No fused multiply-add, so that every processor makes the same picture. */
__attribute__((target("avx2"))) static void add_by_avx2(float *sums, const uint8_t *rows,
                                                        ptrdiff_t stride, const float *weights,
                                                        size_t count, size_t samples)
{
    add_all(sums, rows, stride, weights, count, samples);
}
#endif

static void add_rows(float *sums, const uint8_t *rows, ptrdiff_t stride, const float *weights,
                     size_t count, size_t samples)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx2")) {
        add_by_avx2(sums, rows, stride, weights, count, samples);
        return;
    }
#endif
    add_plainly(sums, rows, stride, weights, count, samples);
}

/* ---- the whole ----------------------------------------------------------- */

bool loom_shrink_rows_init(loom_shrink_rows *shrink, loom_kernel kernel, uint32_t rows,
                           double extent, uint32_t made, size_t samples, uint32_t max_added)
{
    const double scale = extent / made;
    const unsigned reach = loom_kernel_reach(kernel);
    size_t sums, weights;

    *shrink = (loom_shrink_rows){
        .kernel = kernel,
        .rows = rows,
        .made = made,
        .scale = scale,
        .samples = samples,
        .max_added = max_added,
        /* Rows that overlap with the first that is not ready, or begin in max_added more. */
        .slots = (uint32_t)(max_added / scale) + 2 * reach + 4,
        .max_taps = (uint32_t)(2 * reach * scale) + 2,
    };
    if (loom_size_mul(shrink->slots, samples, &sums) &&
        loom_size_mul(shrink->slots, shrink->max_taps, &weights)) {
        shrink->sums = loom_alloc_array(sums, sizeof *shrink->sums);
        shrink->weights = loom_alloc_array(weights, sizeof *shrink->weights);
        shrink->exact = loom_alloc_array(shrink->max_taps, sizeof *shrink->exact);
    }
    if (shrink->sums != NULL && shrink->weights != NULL && shrink->exact != NULL)
        return true;
    loom_shrink_rows_release(shrink);
    return false;
}

void loom_shrink_rows_release(loom_shrink_rows *shrink)
{
    free(shrink->sums);
    free(shrink->weights);
    free(shrink->exact);
    *shrink = (loom_shrink_rows){0};
}

void loom_shrink_rows_restart(loom_shrink_rows *shrink)
{
    shrink->added = shrink->taken = shrink->begun = 0;
}

bool loom_shrink_rows_is_ready(const loom_shrink_rows *shrink)
{
    return span_inside(shrink, shrink->taken).end <= shrink->added;
}

void loom_shrink_rows_add(loom_shrink_rows *shrink, const uint8_t *rows, ptrdiff_t stride,
                          uint32_t count)
{
    const int64_t from = shrink->added, to = from + count;

    for (uint32_t y = shrink->taken; y < shrink->made; y++) {
        const loom_kernel_span s = span_inside(shrink, y);
        if (s.first >= to)
            break;
        if (y == shrink->begun)
            begin(shrink, shrink->begun++);
        const int64_t first = s.first > from ? s.first : from, end = s.end < to ? s.end : to;
        if (first < end)
            add_rows(sums_of(shrink, y), rows + stride * (ptrdiff_t)(first - from), stride,
                     weights_of(shrink, y) + (first - s.first), (size_t)(end - first),
                     shrink->samples);
    }
    shrink->added += count;
}

void loom_shrink_rows_take(loom_shrink_rows *shrink, uint16_t *to)
{
    const float one = LOOM_SHRINK_ROWS_ONE, zero = LOOM_SHRINK_ROWS_ZERO;
    const float *sums = sums_of(shrink, shrink->taken++);

    for (size_t i = 0; i < shrink->samples; i++) {
        const float v = sums[i] * one + (zero + 0.5F);
        to[i] = (uint16_t)(int)(v < 0 ? 0 : v > UINT16_MAX ? UINT16_MAX : v);
    }
}
