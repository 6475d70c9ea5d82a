#include "picture/shrink_rows.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 256 }; /* samples processed at once, so that their sums stay in the cache */

/* ---- filters ------------------------------------------------------------- */

static double sinc(double x)
{
    const double angle = acos(-1) * x;

    return x == 0 ? 1 : sin(angle) / angle;
}

/* The cubic filters of Mitchell and Netravali, "Reconstruction Filters in Computer Graphics". */
static double cubic(double x, double b, double c)
{
    const double x2 = x * x, x3 = x2 * x;

    if (x < 1)
        return ((12 - 9 * b - 6 * c) * x3 + (-18 + 12 * b + 6 * c) * x2 + 6 - 2 * b) / 6;
    return ((-b - 6 * c) * x3 + (6 * b + 30 * c) * x2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) /
           6;
}

static unsigned reach_of(loom_kernel kernel)
{
    return kernel == LOOM_KERNEL_LINEAR ? 1 : kernel == LOOM_KERNEL_LANCZOS3 ? 3 : 2;
}

/* The same filters as in zimg, which does the horizontal step (engine/codec/zimg_resize.c). */
static double filter_at(loom_kernel kernel, double x)
{
    const double reach = reach_of(kernel);

    x = fabs(x);
    if (x >= reach)
        return 0;
    switch (kernel) {
    case LOOM_KERNEL_LINEAR:
        return 1 - x;
    case LOOM_KERNEL_CUBIC:
        return cubic(x, 0, 0.5);
    case LOOM_KERNEL_MITCHELL:
        return cubic(x, 1 / 3.0, 1 / 3.0);
    default:
        return sinc(x) * sinc(x / reach);
    }
}

/* ---- which rows go into one ---------------------------------------------- */

/* Rows first, first + 1 … end - 1 of the source; beyond its edges the source is mirrored. */
typedef struct span {
    int64_t first, end;
} span;

static span span_of(const loom_shrink_rows *shrink, uint32_t y)
{
    const double centre = (y + 0.5) * shrink->scale;
    const double reach = reach_of(shrink->kernel) * shrink->scale;

    return (span){(int64_t)ceil(centre - reach - 0.5), (int64_t)floor(centre + reach - 0.5) + 1};
}

static int64_t clamp(int64_t value, int64_t max)
{
    return value < 0 ? 0 : value > max ? max : value;
}

static uint32_t mirrored(const loom_shrink_rows *shrink, int64_t row)
{
    const int64_t rows = shrink->rows;

    return (uint32_t)clamp(row < 0 ? -1 - row : row >= rows ? 2 * rows - 1 - row : row, rows - 1);
}

/* The source rows that the span, including its mirrored part, needs. */
static span span_inside(const loom_shrink_rows *shrink, uint32_t y)
{
    const span s = span_of(shrink, y);
    const int64_t rows = shrink->rows;
    const int64_t first = s.end > rows && 2 * rows - s.end < s.first ? 2 * rows - s.end : s.first;
    const int64_t end = s.first < 0 && -s.first > s.end ? -s.first : s.end;

    return (span){clamp(first, rows - 1), clamp(end, rows)};
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
    const span whole = span_of(shrink, y), inside = span_inside(shrink, y);
    const double centre = (y + 0.5) * shrink->scale;
    float *weights = weights_of(shrink, y), *sums = sums_of(shrink, y);
    double total = 0;

    for (int64_t row = whole.first; row < whole.end; row++)
        total += filter_at(shrink->kernel, ((double)row + 0.5 - centre) / shrink->scale);
    memset(weights, 0, shrink->max_taps * sizeof *weights);
    for (int64_t row = whole.first; row < whole.end; row++) {
        const int64_t taken =
            clamp((int64_t)mirrored(shrink, row) - inside.first, inside.end - inside.first - 1);
        weights[taken] +=
            (float)(filter_at(shrink->kernel, ((double)row + 0.5 - centre) / shrink->scale) /
                    total);
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
    const unsigned reach = reach_of(kernel);
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
    }
    if (shrink->sums != NULL && shrink->weights != NULL)
        return true;
    loom_shrink_rows_release(shrink);
    return false;
}

void loom_shrink_rows_release(loom_shrink_rows *shrink)
{
    free(shrink->sums);
    free(shrink->weights);
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
        const span s = span_inside(shrink, y);
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
