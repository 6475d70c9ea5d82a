#include "engine/codec/ssim.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>

enum { WINDOW = LOOM_SSIM_WINDOW, HALF = WINDOW / 2, STOP_ROWS = 16 };

/* What is averaged under the window, of samples x and y of the two planes, each less CENTRE. */
enum { X, Y, SQUARES /* x^2 + y^2 */, PRODUCT /* x y */, MEANS };

/* Single precision is enough for variances of samples around 0, whose squares stay small. */
#define CENTRE 128.0F

/* (K1 L)^2 and (K2 L)^2 of the paper. */
#define C1 (0.01F * 255 * (0.01F * 255))
#define C2 (0.03F * 255 * (0.03F * 255))

typedef struct comparing {
    const loom_plane *a, *b;
    size_t width, height;    /* samples, at least WINDOW */
    size_t columns;          /* where the window lies within the width */
    float weights[HALF + 1]; /* of the window, from its end to its middle */
    float *samples;          /* owned: MEANS rows of `width` */
    float *ring;             /* owned: WINDOW times MEANS rows of `columns`, averaged across */
    float *means;            /* owned: MEANS rows of `columns`, averaged across and down */
} comparing;

static void make_weights(comparing *c)
{
    const double sigma = 1.5;
    double weights[HALF + 1], sum = 0;

    for (int i = 0; i <= HALF; i++) {
        const double x = (i - HALF) / sigma;
        weights[i] = exp(-x * x / 2);
        sum += i < HALF ? 2 * weights[i] : weights[i];
    }
    for (int i = 0; i <= HALF; i++)
        c->weights[i] = (float)(weights[i] / sum);
}

static bool make_room(comparing *c)
{
    size_t samples, means, ring;

    if (!loom_size_mul(c->width, MEANS, &samples) || !loom_size_mul(c->columns, MEANS, &means) ||
        !loom_size_mul(means, WINDOW, &ring))
        return false;
    c->samples = loom_alloc_array(samples, sizeof(float));
    c->means = loom_alloc_array(means, sizeof(float));
    c->ring = loom_alloc_array(ring, sizeof(float));
    return c->samples != NULL && c->means != NULL && c->ring != NULL;
}

static void release_room(comparing *c)
{
    free(c->samples);
    free(c->means);
    free(c->ring);
}

/* The sample of a side of `count` that stands at `at` of the longer one. */
static size_t place_of(size_t at, size_t count)
{
    const size_t before = count < WINDOW ? (WINDOW - count) / 2 : 0;

    if (at < before)
        return 0;
    return at - before < count ? at - before : count - 1;
}

static void load(const comparing *c, size_t y)
{
    const uint32_t row = (uint32_t)place_of(y, c->a->height);
    const unsigned char *a = loom_plane_row(c->a, row), *b = loom_plane_row(c->b, row);
    float *restrict x = c->samples + X * c->width, *restrict z = c->samples + Y * c->width;
    float *restrict squares = c->samples + SQUARES * c->width;
    float *restrict product = c->samples + PRODUCT * c->width;

    if (c->a->width >= WINDOW) {
        for (size_t i = 0; i < c->width; i++) {
            x[i] = (float)a[i] - CENTRE;
            z[i] = (float)b[i] - CENTRE;
        }
    } else {
        for (size_t i = 0; i < c->width; i++) {
            x[i] = (float)a[place_of(i, c->a->width)] - CENTRE;
            z[i] = (float)b[place_of(i, c->a->width)] - CENTRE;
        }
    }
    for (size_t i = 0; i < c->width; i++) {
        squares[i] = x[i] * x[i] + z[i] * z[i];
        product[i] = x[i] * z[i];
    }
}

/* rows[i] is what the window's i-th weight is for: neighbours across, or rows. */
static void average(const float *const rows[WINDOW], const float weights[HALF + 1],
                    float *restrict to, size_t count)
{
    const float *r0 = rows[0], *r1 = rows[1], *r2 = rows[2], *r3 = rows[3], *r4 = rows[4];
    const float *r5 = rows[5], *r6 = rows[6], *r7 = rows[7], *r8 = rows[8], *r9 = rows[9];
    const float *r10 = rows[10];
    const float w0 = weights[0], w1 = weights[1], w2 = weights[2], w3 = weights[3];
    const float w4 = weights[4], w5 = weights[5];

    for (size_t i = 0; i < count; i++)
        to[i] = w0 * (r0[i] + r10[i]) + w1 * (r1[i] + r9[i]) + w2 * (r2[i] + r8[i]) +
                w3 * (r3[i] + r7[i]) + w4 * (r4[i] + r6[i]) + w5 * r5[i];
}

_Static_assert(WINDOW == 11, "what `average` adds up");

static float *ring_row(const comparing *c, size_t y, unsigned mean)
{
    return c->ring + (y % WINDOW * MEANS + mean) * c->columns;
}

/* Averages row y across, into the ring. */
static void take_row(const comparing *c, size_t y)
{
    const float *rows[WINDOW];

    load(c, y);
    for (unsigned mean = 0; mean < MEANS; mean++) {
        for (size_t i = 0; i < WINDOW; i++)
            rows[i] = c->samples + mean * c->width + i;
        average(rows, c->weights, ring_row(c, y, mean), c->columns);
    }
}

/* Equation 13 at each place of a row; replaces the first of the means. */
static void compare_means(const comparing *c)
{
    float *restrict x = c->means + X * c->columns;
    const float *restrict y = c->means + Y * c->columns;
    const float *restrict squares = c->means + SQUARES * c->columns;
    const float *restrict product = c->means + PRODUCT * c->columns;

    for (size_t i = 0; i < c->columns; i++) {
        const float variances = squares[i] - (x[i] * x[i] + y[i] * y[i]);
        const float covariance = product[i] - x[i] * y[i];
        const float a = x[i] + CENTRE, b = y[i] + CENTRE;
        x[i] =
            (2 * (a * b) + C1) * (2 * covariance + C2) / ((a * a + b * b + C1) * (variances + C2));
    }
}

/* The sum over the places of the window whose first row is y. */
static double sum_row(const comparing *c, size_t y)
{
    const float *rows[WINDOW];
    double sum = 0;

    for (unsigned mean = 0; mean < MEANS; mean++) {
        for (size_t i = 0; i < WINDOW; i++)
            rows[i] = ring_row(c, y + i, mean);
        average(rows, c->weights, c->means + mean * c->columns, c->columns);
    }
    compare_means(c);
    for (size_t i = 0; i < c->columns; i++)
        sum += (double)c->means[i];
    return sum;
}

static loom_status compare(const comparing *c, const loom_cancel *cancel, double *ssim)
{
    loom_status status = LOOM_OK;
    double sum = 0;

    for (size_t y = 0; y < c->height && status == LOOM_OK; y++) {
        take_row(c, y);
        if (y + 1 >= WINDOW)
            sum += sum_row(c, y + 1 - WINDOW);
        if (y % STOP_ROWS == 0)
            status = loom_cancel_check(cancel);
    }
    if (status == LOOM_OK)
        *ssim = sum / ((double)c->columns * (double)(c->height - WINDOW + 1));
    return status;
}

loom_status loom_plane_ssim(const loom_plane *a, const loom_plane *b, const loom_cancel *cancel,
                            double *ssim)
{
    comparing c = {.a = a,
                   .b = b,
                   .width = a->width > WINDOW ? a->width : WINDOW,
                   .height = a->height > WINDOW ? a->height : WINDOW};
    loom_status status = LOOM_ERR_OUT_OF_MEMORY;

    c.columns = c.width - WINDOW + 1;
    make_weights(&c);
    if (make_room(&c))
        status = compare(&c, cancel, ssim);
    release_room(&c);
    return status;
}
