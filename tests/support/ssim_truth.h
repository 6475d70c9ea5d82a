/* SSIM by plain sums over each window in double precision; shares no code with src/. */
#ifndef TESTS_SUPPORT_SSIM_TRUTH_H
#define TESTS_SUPPORT_SSIM_TRUTH_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>

/* Samples in rows, of at least 11 by 11. */
typedef struct ssim_samples {
    uint32_t width, height;
    size_t stride;
    const uint8_t *data;
} ssim_samples;

static inline double ssim_sample(const ssim_samples *from, int x, int y)
{
    return from->data[from->stride * (size_t)y + (size_t)x];
}

/* Wang et al. 2004, equations 14 to 16, then 13, of the window whose top left is (x, y). */
static inline double ssim_window(const ssim_samples *a, const ssim_samples *b,
                                 const double weights[11][11], int x, int y)
{
    const double c1 = (0.01 * 255) * (0.01 * 255), c2 = (0.03 * 255) * (0.03 * 255);
    double mean_a = 0, mean_b = 0, var_a = 0, var_b = 0, both = 0;

    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++) {
            mean_a += weights[j][i] * ssim_sample(a, x + i, y + j);
            mean_b += weights[j][i] * ssim_sample(b, x + i, y + j);
        }
    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++) {
            const double da = ssim_sample(a, x + i, y + j) - mean_a;
            const double db = ssim_sample(b, x + i, y + j) - mean_b;
            var_a += weights[j][i] * da * da;
            var_b += weights[j][i] * db * db;
            both += weights[j][i] * da * db;
        }
    return (2 * mean_a * mean_b + c1) * (2 * both + c2) /
           ((mean_a * mean_a + mean_b * mean_b + c1) * (var_a + var_b + c2));
}

/* The mean over all windows. */
static inline double ssim_truth(const ssim_samples *a, const ssim_samples *b)
{
    double weights[11][11], total = 0, sum = 0;
    int count = 0;

    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++)
            total += weights[j][i] =
                exp(-((i - 5) * (i - 5) + (j - 5) * (j - 5)) / (2 * 1.5 * 1.5));
    for (int j = 0; j < 11; j++)
        for (int i = 0; i < 11; i++)
            weights[j][i] /= total;
    for (int y = 0; y + 11 <= (int)a->height; y++)
        for (int x = 0; x + 11 <= (int)a->width; x++, count++)
            sum += ssim_window(a, b, (const double(*)[11])weights, x, y);
    return sum / count;
}

#endif
