/* Vertical downscaling, beside the same sums in double precision over all rows. */
#include "picture/shrink_rows.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    ROWS_MAX = 300,
    SAMPLES = 600
}; /* more than are worked on at once, and not a multiple of that */

static const loom_kernel kernels[] = {LOOM_KERNEL_LANCZOS3, LOOM_KERNEL_LANCZOS2,
                                      LOOM_KERNEL_MITCHELL, LOOM_KERNEL_CUBIC, LOOM_KERNEL_LINEAR};

enum { KERNELS = sizeof kernels / sizeof *kernels };

static const struct sizes {
    uint32_t rows;
    double extent;
    uint32_t made;
} sizes[] = {{100, 100, 100}, {100, 100, 99}, {100, 100, 37},   {100, 100.875, 63}, {100, 100.5, 9},
             {97, 97.25, 61}, {40, 40, 1},    {16, 16.875, 13}, {3, 3, 2},          {2, 2.5, 1},
             {1, 1, 1},       {1, 1.875, 1},  {300, 300, 7},    {150, 150.125, 94}, {64, 64, 63}};

static double sinc(double x)
{
    return fabs(x) < 1e-9 ? 1 : sin(acos(-1) * x) / (acos(-1) * x);
}

/* Each filter by the formula that it is known by. */
static double filter_at(loom_kernel kernel, double x)
{
    x = fabs(x);
    switch (kernel) {
    case LOOM_KERNEL_LINEAR:
        return x < 1 ? 1 - x : 0;
    case LOOM_KERNEL_LANCZOS2:
        return x < 2 ? sinc(x) * sinc(x / 2) : 0;
    case LOOM_KERNEL_CUBIC: /* Catmull and Rom */
        return x < 1   ? 1.5 * x * x * x - 2.5 * x * x + 1
               : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2
                       : 0;
    case LOOM_KERNEL_MITCHELL:
        return x < 1   ? (7 * x * x * x - 12 * x * x + 16 / 3.0) / 6
               : x < 2 ? (-7 / 3.0 * x * x * x + 12 * x * x - 20 * x + 32 / 3.0) / 6
                       : 0;
    default:
        return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
}

/* The weight of each row of the source, which is mirrored at its edges, in row y of `made`. */
static void weigh(const struct sizes *s, loom_kernel kernel, uint32_t y, double *weights)
{
    const double scale = s->extent / s->made, centre = (y + 0.5) * scale;
    const int64_t rows = s->rows;
    double sum = 0;

    memset(weights, 0, s->rows * sizeof *weights);
    for (int64_t i = -rows; i < 2 * rows; i++) {
        const double weight = filter_at(kernel, ((double)i + 0.5 - centre) / scale);
        weights[i < 0 ? -1 - i : i >= rows ? 2 * rows - 1 - i : i] += weight;
        sum += weight;
    }
    for (int64_t i = 0; i < rows; i++)
        weights[i] /= sum;
}

/* A sample of a row that is made with these weights. */
static double expected(const uint8_t *rows, const struct sizes *s, const double *weights, size_t x)
{
    double sum = 0;

    for (uint32_t i = 0; i < s->rows; i++)
        sum += weights[i] * rows[(size_t)i * SAMPLES + x];
    return (double)LOOM_SHRINK_ROWS_ZERO + (double)LOOM_SHRINK_ROWS_ONE * sum;
}

static uint8_t *make_rows(uint32_t count)
{
    uint8_t *rows = malloc((size_t)count * SAMPLES);
    uint32_t state = 1;

    ck_assert_ptr_nonnull(rows);
    for (size_t i = 0; i < (size_t)count * SAMPLES; i++) {
        state = state * 1664525 + 1013904223;
        rows[i] = (uint8_t)(i % SAMPLES < 300 ? state >> 24 : (state >> 31) * 255);
    }
    return rows;
}

/* Takes the next row, adding `step` rows at a time as long as it is not ready. */
static void take(loom_shrink_rows *mix, const uint8_t *rows, uint32_t step, uint16_t *to)
{
    while (!loom_shrink_rows_is_ready(mix)) {
        const uint32_t left = mix->rows - mix->added;
        ck_assert_uint_gt(left, 0);
        loom_shrink_rows_add(mix, rows + (size_t)mix->added * SAMPLES, SAMPLES,
                             left < step ? left : step);
    }
    loom_shrink_rows_take(mix, to);
}

START_TEST(rows_are_what_the_filter_says)
{
    static const uint32_t steps[] = {16, 1, 7};
    const loom_kernel kernel = kernels[_i];
    uint16_t made[SAMPLES];
    double weights[ROWS_MAX];

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        const struct sizes *s = &sizes[i];
        const bool mirrored_once = s->rows >= 6 * (s->extent / s->made);
        uint8_t *rows = make_rows(s->rows);
        loom_shrink_rows mix;
        ck_assert(loom_shrink_rows_init(&mix, kernel, s->rows, s->extent, s->made, SAMPLES,
                                        steps[i % 3]));
        for (uint32_t y = 0; y < s->made; y++) {
            take(&mix, rows, steps[i % 3], made);
            weigh(s, kernel, y, weights);
            for (size_t x = 0; x < SAMPLES && mirrored_once; x++) {
                const double right = expected(rows, s, weights, x);
                if (fabs(made[x] - right) >= 0.6)
                    ck_abort_msg("%u of %g to %u, row %u, %zu: %u, not %g", s->rows, s->extent,
                                 s->made, y, x, made[x], right);
            }
        }
        ck_assert_uint_eq(mix.added, s->rows);
        loom_shrink_rows_release(&mix);
        free(rows);
    }
}
END_TEST

/* One colour stays what it is, to the last bit, at edges and beyond them. */
START_TEST(what_is_flat_stays_flat)
{
    uint8_t rows[16 * SAMPLES];
    uint16_t made[SAMPLES];

    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (unsigned value = 0; value < 256; value += 51) {
            const struct sizes *s = &sizes[i];
            loom_shrink_rows mix;
            memset(rows, (int)value, sizeof rows);
            ck_assert(
                loom_shrink_rows_init(&mix, kernels[_i], s->rows, s->extent, s->made, SAMPLES, 16));
            for (uint32_t y = 0; y < s->made; y++) {
                while (!loom_shrink_rows_is_ready(&mix))
                    loom_shrink_rows_add(&mix, rows, SAMPLES,
                                         mix.rows - mix.added < 16 ? mix.rows - mix.added : 16);
                loom_shrink_rows_take(&mix, made);
                for (size_t x = 0; x < SAMPLES; x++)
                    if (loom_shrink_rows_round(made[x]) != value)
                        ck_abort_msg("%u of %g to %u, row %u: %u, not %u", s->rows, s->extent,
                                     s->made, y, loom_shrink_rows_round(made[x]), value);
            }
            loom_shrink_rows_release(&mix);
        }
}
END_TEST

START_TEST(it_can_be_begun_again)
{
    uint8_t *rows = make_rows(50);
    uint16_t first[SAMPLES], again[SAMPLES];
    loom_shrink_rows mix;

    ck_assert(loom_shrink_rows_init(&mix, LOOM_KERNEL_LANCZOS3, 50, 50, 20, SAMPLES, 16));
    take(&mix, rows, 16, first);
    for (int i = 0; i < 9; i++)
        take(&mix, rows, 16, again);
    ck_assert(memcmp(first, again, sizeof first) != 0);
    loom_shrink_rows_restart(&mix);
    take(&mix, rows, 5, again);
    ck_assert_mem_eq(first, again, sizeof first);
    loom_shrink_rows_release(&mix);
    loom_shrink_rows_release(&mix);
    free(rows);
}
END_TEST

START_TEST(samples_are_rounded_and_kept_in_range)
{
    ck_assert_uint_eq(loom_shrink_rows_round(0), 0);
    ck_assert_uint_eq(loom_shrink_rows_round(UINT16_MAX), 255);
    for (unsigned v = 0; v < 256; v++) {
        const unsigned sample = LOOM_SHRINK_ROWS_ZERO + v * LOOM_SHRINK_ROWS_ONE;
        ck_assert_uint_eq(loom_shrink_rows_round((uint16_t)sample), v);
        ck_assert_uint_eq(loom_shrink_rows_round((uint16_t)(sample + LOOM_SHRINK_ROWS_ONE / 2 - 1)),
                          v);
        ck_assert_uint_eq(loom_shrink_rows_round((uint16_t)(sample - LOOM_SHRINK_ROWS_ONE / 2)), v);
    }
}
END_TEST

START_TEST(no_memory_is_told)
{
    loom_shrink_rows mix;

    ck_assert(!loom_shrink_rows_init(&mix, LOOM_KERNEL_LANCZOS3, 9, 9, 9, SIZE_MAX / 4, 16));
    ck_assert_ptr_null(mix.sums);
    ck_assert_ptr_null(mix.weights);
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("shrink_rows");
    TCase *tcase = tcase_create("shrink_rows");

    tcase_set_timeout(tcase, 60);
    tcase_add_loop_test(tcase, rows_are_what_the_filter_says, 0, KERNELS);
    tcase_add_loop_test(tcase, what_is_flat_stays_flat, 0, KERNELS);
    tcase_add_test(tcase, it_can_be_begun_again);
    tcase_add_test(tcase, samples_are_rounded_and_kept_in_range);
    tcase_add_test(tcase, no_memory_is_told);
    suite_add_tcase(suite, tcase);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
