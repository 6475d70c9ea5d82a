#include "picture/kernel.h"

#include <math.h>
#include <stddef.h>

unsigned loom_kernel_reach(loom_kernel kernel)
{
    return kernel == LOOM_KERNEL_LINEAR ? 1 : kernel == LOOM_KERNEL_LANCZOS3 ? 3 : 2;
}

loom_kernel_span loom_kernel_span_at(loom_kernel kernel, double centre, double step)
{
    const double reach = loom_kernel_reach(kernel) * step;

    return (loom_kernel_span){(int64_t)ceil(centre - reach - 0.5),
                              (int64_t)floor(centre + reach - 0.5) + 1};
}

/* The cubic filters of Mitchell and Netravali, "Reconstruction Filters in Computer Graphics". */
static double cubic(double x, double b, double c)
{
    const double x2 = x * x, x3 = x2 * x;

    if (x >= 2)
        return 0;
    if (x < 1)
        return ((12 - 9 * b - 6 * c) * x3 + (-18 + 12 * b + 6 * c) * x2 + 6 - 2 * b) / 6;
    return ((-b - 6 * c) * x3 + (6 * b + 30 * c) * x2 + (-12 * b - 48 * c) * x + 8 * b + 24 * c) /
           6;
}

/* A sine whose angle goes on by equal steps: by rotation, which costs a tenth of a call of sin. */
typedef struct wave {
    double sine, cosine, step_sine, step_cosine;
} wave;

static wave begin_wave(double angle, double step)
{
    return (wave){sin(angle), cos(angle), sin(step), cos(step)};
}

static double next_sine(wave *w)
{
    const double sine = w->sine;

    w->sine = sine * w->step_cosine + w->cosine * w->step_sine;
    w->cosine = w->cosine * w->step_cosine - sine * w->step_sine;
    return sine;
}

/* sinc(x) sinc(x / reach) at x, x + by, ... up to and without |x| = reach. */
static void fill_lanczos(double reach, double x, double by, size_t count, double *values)
{
    const double pi = acos(-1);
    wave narrow = begin_wave(pi * x, pi * by), wide = begin_wave(pi * x / reach, pi * by / reach);

    for (size_t i = 0; i < count; i++) {
        const double at = x + (double)i * by;
        const double product = next_sine(&narrow) * next_sine(&wide);
        values[i] = fabs(at) >= reach ? 0
                    : fabs(at) < 1e-6 ? 1
                                      : product * reach / (pi * pi * at * at);
    }
}

void loom_kernel_weights(loom_kernel kernel, loom_kernel_span span, double centre, double step,
                         double *weights)
{
    const size_t count = (size_t)(span.end - span.first);
    const double x = ((double)span.first + 0.5 - centre) / step;
    double total = 0;

    if (kernel == LOOM_KERNEL_LANCZOS2 || kernel == LOOM_KERNEL_LANCZOS3)
        fill_lanczos(loom_kernel_reach(kernel), x, 1 / step, count, weights);
    else
        for (size_t i = 0; i < count; i++) {
            const double at = fabs(x + (double)i / step);
            weights[i] = kernel == LOOM_KERNEL_LINEAR  ? fmax(1 - at, 0)
                         : kernel == LOOM_KERNEL_CUBIC ? cubic(at, 0, 0.5)
                                                       : cubic(at, 1 / 3.0, 1 / 3.0);
        }
    for (size_t i = 0; i < count; i++)
        total += weights[i];
    for (size_t i = 0; i < count; i++)
        weights[i] /= total;
}

uint32_t loom_kernel_mirror(int64_t at, uint32_t count)
{
    const int64_t inside = at < 0 ? -1 - at : at >= count ? 2 * (int64_t)count - 1 - at : at;

    return (uint32_t)(inside < 0 ? 0 : inside >= count ? (int64_t)count - 1 : inside);
}
