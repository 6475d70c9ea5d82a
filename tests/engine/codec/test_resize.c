/* Resized planes beside sums in double precision, written anew from the kernels' definitions. */
#include "base/cpu.h"
#include "engine/codec/resize.h"
#include "engine/codec/resize_sums.h"
#include "support/random.h"
#include "support/suite.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct sizes {
    uint32_t width, height;
    loom_area part;
    uint32_t to_width, to_height;
} sizes;

static const sizes all_sizes[] = {
    {100, 80, {0, 0, 100, 80}, 80, 64},
    {97, 83, {0, 0, 97, 83}, 31, 71},
    {300, 20, {0, 0, 300, 20}, 19, 9},
    {65, 130, {0, 0, 65, 130}, 64, 9},
    {20, 30, {0, 0, 20, 30}, 67, 61},
    {20, 90, {0, 0, 20, 90}, 67, 30},
    {90, 70, {7.25, 3.5, 61.5, 50.125}, 40, 33},
    {90, 70, {8.75, 2.5, 61.5, 50.125}, 40, 33}, /* the same but for where it begins */
    {90, 70, {-0.5, -0.5, 91, 71}, 45, 36},
    {1, 1, {0, 0, 1, 1}, 9, 5},
    {2, 150, {0, 0, 2, 150}, 1, 1},
    {129, 3, {0, 0, 129, 3}, 128, 2},
};
static const loom_kernel kernels[] = {LOOM_KERNEL_LANCZOS3, LOOM_KERNEL_LANCZOS2,
                                      LOOM_KERNEL_MITCHELL, LOOM_KERNEL_CUBIC, LOOM_KERNEL_LINEAR};

static uint64_t seed;
static loom_resizer *resizer;

static void start(void)
{
    seed = 5;
    resizer = loom_resizer_create();
    ck_assert_ptr_nonnull(resizer);
}

static void end(void)
{
    loom_resizer_free(resizer);
}

static double sinc(double x)
{
    return x == 0 ? 1 : sin(M_PI * x) / (M_PI * x);
}

/* Keys' cubic (a = -1/2), Mitchell's with B = C = 1/3, a tent, and windowed sincs. */
static double kernel_at(loom_kernel kernel, double x)
{
    x = fabs(x);
    switch (kernel) {
    case LOOM_KERNEL_LINEAR:
        return fmax(1 - x, 0);
    case LOOM_KERNEL_CUBIC:
        return x < 1   ? 1.5 * x * x * x - 2.5 * x * x + 1
               : x < 2 ? -0.5 * x * x * x + 2.5 * x * x - 4 * x + 2
                       : 0;
    case LOOM_KERNEL_MITCHELL:
        return x < 1   ? (21 * x * x * x - 36 * x * x + 16) / 18
               : x < 2 ? (-7 * x * x * x + 36 * x * x - 60 * x + 32) / 18
                       : 0;
    case LOOM_KERNEL_LANCZOS2:
        return x < 2 ? sinc(x) * sinc(x / 2) : 0;
    default:
        return x < 3 ? sinc(x) * sinc(x / 3) : 0;
    }
}

/* One line of `to` sums, `step` apart, of `count` samples that are mirrored at their edges. */
static void refer(const double *from, int count, int apart, double start_at, double extent,
                  loom_kernel kernel, uint32_t to, double *sums)
{
    const double scale = extent / to, stretch = fmax(scale, 1);

    for (uint32_t i = 0; i < to; i++) {
        const double centre = start_at + (i + 0.5) * scale;
        double sum = 0, total = 0;
        for (int at = (int)floor(centre - 3 * stretch) - 1; at <= centre + 3 * stretch + 1; at++) {
            const double weight = kernel_at(kernel, (at + 0.5 - centre) / stretch);
            const int mirrored = at < 0 ? -1 - at : at >= count ? 2 * count - 1 - at : at;
            const int taken = mirrored < 0 ? 0 : mirrored >= count ? count - 1 : mirrored;
            sum += weight * from[taken * apart];
            total += weight;
        }
        sums[i] = sum / total;
    }
}

static void paint(loom_plane *plane, const sizes *s)
{
    ck_assert(loom_plane_reserve(plane, s->width, s->height));
    for (uint32_t y = 0; y < s->height; y++)
        for (uint32_t x = 0; x < plane->stride; x++) /* behind its samples, too: nobody's */
            loom_plane_row(plane, y)[x] = (uint8_t)(y % 5 == 0   ? 255 * (x / 3 % 2)
                                                    : y % 5 == 1 ? x + y
                                                                 : random_next(&seed));
}

static void run_levels(loom_resizer *by, const loom_plane *from, const sizes *s, loom_kernel kernel,
                       loom_levels levels, loom_plane *to)
{
    const loom_resize how = {.part = s->part,
                             .seen = LOOM_SEEN_ALL,
                             .width = s->to_width,
                             .height = s->to_height,
                             .kernel = kernel,
                             .levels = levels};

    ck_assert_int_eq(loom_resizer_run(by, from, &how, NULL, to), LOOM_OK);
    ck_assert_uint_eq(to->width, s->to_width);
    ck_assert_uint_eq(to->height, s->to_height);
}

static void run(loom_resizer *by, const loom_plane *from, const sizes *s, loom_kernel kernel,
                loom_plane *to)
{
    run_levels(by, from, s, kernel, LOOM_LEVELS_SAME, to);
}

/* The exact samples, row by row, unclamped; the caller frees them. */
static double *refer_plane(const loom_plane *from, const sizes *s, loom_kernel kernel)
{
    const uint32_t width = s->to_width;
    double *source = malloc(sizeof(double) * s->width * s->height);
    double *rows = malloc(sizeof(double) * width * s->height),
           *column = malloc(sizeof(double) * 512);
    double *made = malloc(sizeof(double) * width * s->to_height);

    if (s->to_width >= s->part.width && s->to_height >= s->part.height)
        kernel = kernel == LOOM_KERNEL_LINEAR ? kernel : LOOM_KERNEL_CUBIC;
    ck_assert(source != NULL && rows != NULL && column != NULL && made != NULL);
    for (uint32_t y = 0; y < s->height; y++) {
        for (uint32_t x = 0; x < s->width; x++)
            source[y * s->width + x] = loom_plane_row(from, y)[x];
        refer(source + y * s->width, (int)s->width, 1, s->part.x, s->part.width, kernel, width,
              rows + y * width);
    }
    for (uint32_t x = 0; x < width; x++) {
        refer(rows + x, (int)s->height, (int)width, s->part.y, s->part.height, kernel, s->to_height,
              column);
        for (uint32_t y = 0; y < s->to_height; y++)
            made[y * width + x] = column[y];
    }
    free(column);
    free(rows);
    free(source);
    return made;
}

START_TEST(samples_are_those_of_the_definition)
{
    loom_plane from = {0}, to = {0};

    for (size_t k = 0; k < COUNT(kernels); k++) {
        const sizes *s = &all_sizes[_i];
        unsigned off = 0;
        paint(&from, s);
        double *wanted = refer_plane(&from, s, kernels[k]);
        run(resizer, &from, s, kernels[k], &to);
        for (uint32_t y = 0; y < s->to_height; y++)
            for (uint32_t x = 0; x < s->to_width; x++) {
                const double exact = fmin(fmax(wanted[y * s->to_width + x], 0), 255);
                const double by = fabs(loom_plane_row(&to, y)[x] - exact);
                off += by > 0.6;
                if (by > 1)
                    ck_abort_msg("kernel %zu: %f off at %u, %u", k, by, x, y);
            }
        ck_assert_uint_le(off, s->to_width * s->to_height / 50);
        free(wanted);
    }
    loom_plane_release(&from);
    loom_plane_release(&to);
}
END_TEST

/* The range of television (ITU-R BT.601), or any, is set before the one and only rounding. */
START_TEST(levels_are_set_before_rounding)
{
    static const loom_levels all[] = {
        {219.0 / 255, 16}, {224.0 / 255, 128 * 31.0 / 255}, {0.5, 60.25}, {1, -40}, {0, 7}};
    const sizes *s = &all_sizes[_i];
    loom_plane from = {0}, to = {0};

    paint(&from, s);
    double *wanted = refer_plane(&from, s, LOOM_KERNEL_LANCZOS3);
    for (size_t l = 0; l < COUNT(all); l++) {
        unsigned off = 0;
        run_levels(resizer, &from, s, LOOM_KERNEL_LANCZOS3, all[l], &to);
        for (uint32_t y = 0; y < s->to_height; y++)
            for (uint32_t x = 0; x < s->to_width; x++) {
                const double real = wanted[y * s->to_width + x] * all[l].scale + all[l].offset;
                const double by = fabs(loom_plane_row(&to, y)[x] - fmin(fmax(real, 0), 255));
                off += by > 0.6;
                ck_assert_msg(by <= 1, "levels %zu: %f off at %u, %u", l, by, x, y);
            }
        ck_assert_uint_le(off, s->to_width * s->to_height / 50);
    }
    free(wanted);
    loom_plane_release(&from);
    loom_plane_release(&to);
}
END_TEST

/* Weights sum up to 1 in integers, too: also where thousands of samples go into one. */
START_TEST(one_tone_stays_what_it_is)
{
    static const uint8_t tones[] = {0, 1, 77, 254, 255};
    static const uint32_t made[] = {1, 3, 30, 2999, 3000, 3001, 7000};
    loom_plane from = {0}, to = {0};

    for (size_t t = 0; t < COUNT(tones); t++)
        for (size_t m = 0; m < COUNT(made); m++) {
            ck_assert(loom_plane_reserve(&from, 3000, 5));
            memset(from.data, tones[t], from.stride * 5);
            const sizes s = {3000, 5, {0, 0, 3000, 5}, made[m], 3};
            run(resizer, &from, &s, kernels[t], &to);
            for (uint32_t y = 0; y < 3; y++)
                for (uint32_t x = 0; x < made[m]; x++)
                    if (loom_plane_row(&to, y)[x] != tones[t])
                        ck_abort_msg("%u becomes %u", tones[t], loom_plane_row(&to, y)[x]);
        }
    loom_plane_release(&from);
    loom_plane_release(&to);
}
END_TEST

/* More sizes than are kept, again and again: the same as with none kept. */
START_TEST(what_is_kept_changes_nothing)
{
    loom_plane from = {0}, to = {0}, again = {0};

    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < COUNT(all_sizes); i++) {
            const sizes *s = &all_sizes[i];
            loom_resizer *fresh = loom_resizer_create();
            ck_assert_ptr_nonnull(fresh);
            paint(&from, s);
            for (int n = 0; n < 2; n++)
                run(n == 0 ? fresh : resizer, &from, s, kernels[round], n == 0 ? &to : &again);
            for (uint32_t y = 0; y < s->to_height; y++)
                ck_assert_mem_eq(loom_plane_row(&to, y), loom_plane_row(&again, y), s->to_width);
            loom_resizer_free(fresh);
        }
    loom_plane_release(&from);
    loom_plane_release(&to);
    loom_plane_release(&again);
}
END_TEST

/* In as many calls as there are pairs of rows, the last one in the memory of the sums so far. */
static void sum_in_parts(const loom_sums *by, const uint8_t *const *rows, const int16_t *weights,
                         size_t count, size_t samples, int16_t *sums)
{
    int32_t *slot = malloc(samples * sizeof *slot);

    ck_assert_ptr_nonnull(slot);
    for (size_t n = 0; n < count; n += 2)
        by->rows(rows + n, weights + n, 2, samples, n == 0 ? NULL : slot,
                 n + 2 < count ? slot : NULL, (int16_t *)(void *)slot);
    memcpy(sums, slot, samples * sizeof *sums);
    free(slot);
}

/* Any numbers that weights and rows may have, by plain C and by the CPU's vectors. */
START_TEST(vectors_make_the_same)
{
    enum { SAMPLES = 4 * LOOM_SUMS_BLOCK, ROWS = 32, MADE = 61, TAPS = 3 };
    static uint8_t rows[ROWS][SAMPLES], samples[3][MADE];
    static int16_t weights[ROWS], sums[3][SAMPLES], many[MADE * TAPS * LOOM_SUMS_TAPS];
    const loom_sums *const all[3] = {&loom_sums_plain, loom_sums_for(loom_cpu_features()),
                                     loom_sums_for(loom_cpu_features() & ~(unsigned)LOOM_CPU_AVX2)};
    const uint8_t *pointers[ROWS];
    uint32_t firsts[MADE];

    for (int round = 0; round < 500; round++) {
        const size_t count = 2 + random_next(&seed) % (ROWS / 2) * 2;
        const size_t taps = 1 + random_next(&seed) % TAPS, bound = 32767 / count;
        const int32_t base = (int32_t)(random_next(&seed) % (64 * LOOM_SUMS_HALF));
        for (size_t r = 0; r < count; r++) {
            pointers[r] = rows[r];
            weights[r] = (int16_t)((int)(random_next(&seed) % (2 * bound)) - (int)bound);
            for (size_t i = 0; i < SAMPLES; i++)
                rows[r][i] = (uint8_t)(random_next(&seed) >> 7);
        }
        for (size_t i = 0; i < COUNT(many); i++)
            many[i] = (int16_t)((int)(random_next(&seed) % 1300) - 550);
        for (size_t i = 0; i < MADE; i++)
            firsts[i] = (uint32_t)(random_next(&seed) % (SAMPLES - TAPS * LOOM_SUMS_TAPS + 1));
        for (int n = 0; n < 3; n++) {
            all[n]->rows(pointers, weights, count, SAMPLES, NULL, NULL, sums[n]);
            all[n]->samples(sums[0], firsts, many, taps, MADE, base, samples[n]);
        }
        for (int n = 1; n < 3; n++) {
            ck_assert_mem_eq(sums[0], sums[n], sizeof sums[0]);
            sum_in_parts(all[n], pointers, weights, count, SAMPLES, sums[n]);
            ck_assert_mem_eq(sums[0], sums[n], sizeof sums[0]);
            ck_assert_mem_eq(samples[0], samples[n], sizeof samples[0]);
        }
    }
}
END_TEST

static Suite *make_suite(void)
{
    Suite *suite = suite_create("resize");
    TCase *all = tcase_create("planes");

    tcase_add_checked_fixture(all, start, end);
    tcase_add_loop_test(all, samples_are_those_of_the_definition, 0, COUNT(all_sizes));
    tcase_add_loop_test(all, levels_are_set_before_rounding, 0, COUNT(all_sizes));
    tcase_add_test(all, one_tone_stays_what_it_is);
    tcase_add_test(all, what_is_kept_changes_nothing);
    tcase_add_test(all, vectors_make_the_same);
    suite_add_tcase(suite, all);
    return suite;
}

int main(void)
{
    return suite_run(make_suite());
}
