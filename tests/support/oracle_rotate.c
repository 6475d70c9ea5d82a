#include "support/oracle_rotate.h"

#include "support/check.h"
#include <math.h>
#include <stdlib.h>

#include "support/oracle_private.h"

static const double degree = 3.14159265358979323846 / 180;

void oracle_turned_bounds(uint32_t width, uint32_t height, double degrees, uint32_t bounds[2])
{
    const double c = fabs(cos(degrees * degree)), s = fabs(sin(degrees * degree));

    bounds[0] = (uint32_t)floor(width * c + height * s + 0.5);
    bounds[1] = (uint32_t)floor(width * s + height * c + 0.5);
}

/* Catmull and Rom, 1974: the cubic convolution with a = -1/2. */
static double cubic(double x)
{
    x = fabs(x);
    if (x < 1)
        return (1.5 * x - 2.5) * x * x + 1;
    return x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;
}

/* Adds the pixel times `weight` to premultiplied r, g, b, a; nothing outside of the picture. */
static void add_pixel(const oracle_image *image, long x, long y, double weight, double sum[4])
{
    if (x < 0 || y < 0 || x >= (long)image->width || y >= (long)image->height)
        return;
    const uint16_t *p = oracle_pixel(image, (uint32_t)x, (uint32_t)y);
    const bool gray = image->channels < 3;
    const double max = image->max;
    const double alpha = image->channels % 2 == 0 ? p[image->channels - 1] / max : 1;

    for (int c = 0; c < 3; c++)
        sum[c] += weight * alpha * p[gray ? 0 : c] / max;
    sum[3] += weight * alpha;
}

static void sample_at(const oracle_image *image, double x, double y, double sum[4])
{
    const long left = (long)floor(x), top = (long)floor(y);

    for (long j = top - 1; j <= top + 2; j++)
        for (long i = left - 1; i <= left + 2; i++)
            add_pixel(image, i, j, cubic(x - (double)i) * cubic(y - (double)j), sum);
}

static uint16_t to_sample(double value, uint32_t max)
{
    return (uint16_t)floor(fmin(fmax(value, 0), 1) * max + 0.5);
}

oracle_image oracle_rotate(const oracle_image *image, double degrees)
{
    const double c = cos(degrees * degree), s = sin(degrees * degree);
    uint32_t bounds[2];

    oracle_turned_bounds(image->width, image->height, degrees, bounds);
    oracle_image made = oracle_create(bounds[0], bounds[1], 4, image->max);
    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++) {
            /* From the centre, turned back. */
            const double dx = x - (made.width - 1) / 2.0, dy = y - (made.height - 1) / 2.0;
            uint16_t *to = oracle_pixel(&made, x, y);
            double sum[4] = {0};

            sample_at(image, dx * c + dy * s + (image->width - 1) / 2.0,
                      -dx * s + dy * c + (image->height - 1) / 2.0, sum);
            for (int k = 0; k < 3; k++)
                to[k] = to_sample(sum[3] > 0 ? sum[k] / sum[3] : 0, made.max);
            to[3] = to_sample(sum[3], made.max);
        }
    return made;
}
