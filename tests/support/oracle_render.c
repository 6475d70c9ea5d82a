/* What a recipe makes of a picture, step by step as the command line's contract describes it. */
#include "support/check.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "support/oracle_private.h"

static bool has_alpha(const oracle_image *image)
{
    return image->channels == 2 || image->channels == 4;
}

static uint16_t to_sample(double value, uint32_t max)
{
    double rounded = floor(value + 0.5);

    return (uint16_t)(rounded < 0.0 ? 0.0 : rounded > max ? max : rounded);
}

static oracle_image copy_of(const oracle_image *image)
{
    oracle_image made = oracle_create(image->width, image->height, image->channels, image->max);

    memcpy(made.samples, image->samples,
           (size_t)image->width * image->height * image->channels * sizeof *made.samples);
    return made;
}

/* Replaces *image by what came of it. */
static void become(oracle_image *image, oracle_image next)
{
    oracle_release(image);
    *image = next;
}

/* ---- turns --------------------------------------------------------------- */

static void copy_pixel(oracle_image *to, uint32_t x, uint32_t y, const oracle_image *from,
                       uint32_t from_x, uint32_t from_y)
{
    memcpy(oracle_pixel(to, x, y), oracle_pixel(from, from_x, from_y),
           from->channels * sizeof *from->samples);
}

/* Clockwise: the left column, read upwards, becomes the first row. */
static oracle_image quarter_turn(const oracle_image *image)
{
    oracle_image made = oracle_create(image->height, image->width, image->channels, image->max);

    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++)
            copy_pixel(&made, x, y, image, y, image->height - 1 - x);
    return made;
}

static oracle_image mirror(const oracle_image *image, bool flip, bool flop)
{
    oracle_image made = oracle_create(image->width, image->height, image->channels, image->max);

    for (uint32_t y = 0; y < made.height; y++)
        for (uint32_t x = 0; x < made.width; x++)
            copy_pixel(&made, x, y, image, flop ? image->width - 1 - x : x,
                       flip ? image->height - 1 - y : y);
    return made;
}

static oracle_image part_of(const oracle_image *image, uint32_t left, uint32_t top, uint32_t width,
                            uint32_t height)
{
    oracle_image made = oracle_create(width, height, image->channels, image->max);

    ck_assert(left + width <= image->width && top + height <= image->height);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            copy_pixel(&made, x, y, image, x + left, y + top);
    return made;
}

oracle_image oracle_turn(const oracle_image *image, const oracle_recipe *recipe)
{
    static const struct {
        int quarters;
        bool flop;
    } by_orientation[9] = {{0, false}, {0, false}, {0, true}, {2, false}, {2, true},
                           {1, true},  {1, false}, {3, true}, {3, false}};
    oracle_image made = copy_of(image);

    ck_assert(recipe->orientation >= 0 && recipe->orientation <= 8);
    ck_assert(recipe->rotation >= 0 && recipe->rotation < 360 && recipe->rotation % 90 == 0);
    for (int i = 0; i < by_orientation[recipe->orientation].quarters; i++)
        become(&made, quarter_turn(&made));
    if (by_orientation[recipe->orientation].flop)
        become(&made, mirror(&made, false, true));
    if (recipe->part[2] > 0)
        become(&made,
               part_of(&made, recipe->part[0], recipe->part[1], recipe->part[2], recipe->part[3]));
    for (int i = 0; i < recipe->rotation / 90; i++)
        become(&made, quarter_turn(&made));
    become(&made, mirror(&made, recipe->flip, recipe->flop));
    return made;
}

/* ---- sizes --------------------------------------------------------------- */

/* floor(value * numerator / denominator + 0.5), at least 1, in exact arithmetic. */
static uint32_t scaled(uint32_t value, uint64_t numerator, uint64_t denominator)
{
    uint64_t rounded = (2 * value * numerator + denominator) / (2 * denominator);

    return rounded < 1 ? 1 : (uint32_t)rounded;
}

/* Both sides scaled by the same fraction, unless that enlarges and must not. */
static oracle_layout in_proportion(uint32_t width, uint32_t height, uint64_t numerator,
                                   uint64_t denominator, bool no_upscale)
{
    if (no_upscale && numerator > denominator)
        numerator = denominator = 1;
    oracle_layout made = {scaled(width, numerator, denominator),
                          scaled(height, numerator, denominator), 0, 0};
    made.width = made.scaled_width, made.height = made.scaled_height;
    return made;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

oracle_layout oracle_fit_sizes(uint32_t width, uint32_t height, const oracle_recipe *r)
{
    oracle_layout made = {width, height, width, height};

    if (r->percent != 0)
        return in_proportion(width, height, r->percent, 100, r->no_upscale);
    if (r->width == 0 && r->height == 0)
        return made;
    if (r->fit == ORACLE_FILL) {
        if (r->width != 0 && !(r->no_upscale && r->width > width))
            made.scaled_width = made.width = r->width;
        if (r->height != 0 && !(r->no_upscale && r->height > height))
            made.scaled_height = made.height = r->height;
        return made;
    }
    if (r->height == 0)
        return in_proportion(width, height, r->width, width, r->no_upscale);
    if (r->width == 0)
        return in_proportion(width, height, r->height, height, r->no_upscale);

    /* width is the side that decides when box width / width is the scale that the fit wants */
    bool larger_wanted = r->fit == ORACLE_COVER || r->fit == ORACLE_OUTSIDE;
    bool x_is_larger = (uint64_t)r->width * height >= (uint64_t)r->height * width;
    bool by_width = larger_wanted == x_is_larger;
    made = in_proportion(width, height, by_width ? r->width : r->height, by_width ? width : height,
                         r->no_upscale);
    if (r->fit == ORACLE_COVER) {
        made.width = smaller(made.scaled_width, r->width);
        made.height = smaller(made.scaled_height, r->height);
    } else if (r->fit == ORACLE_CONTAIN) {
        made.width = r->width;
        made.height = r->height;
    }
    return made;
}

/* ---- resampling ---------------------------------------------------------- */

static double sinc(double x)
{
    const double pi = 3.14159265358979323846;

    return x == 0.0 ? 1.0 : sin(pi * x) / (pi * x);
}

/* The weight of input sample i for output sample o, before weights are made to sum to 1. */
static double weight(oracle_filter filter, long i, uint32_t o, double step)
{
    if (filter == ORACLE_AREA) {
        double left = fmax((double)i, o * step), right = fmin((double)i + 1, (o + 1.0) * step);

        return right > left ? right - left : 0.0;
    }
    double stretch = step > 1.0 ? step : 1.0;
    double distance = ((double)i + 0.5 - (o + 0.5) * step) / stretch;

    return fabs(distance) < 3.0 ? sinc(distance) * sinc(distance / 3.0) : 0.0;
}

/* How one side is resampled: the weights of each output sample, computed once for all lines. */
typedef struct filter_table {
    uint32_t from, to;
    long reach;      /* samples on either side of the one in the centre */
    double step;     /* input samples for each output sample */
    double *weights; /* 2 * reach + 1 for each output sample; their sum is 1 */
} filter_table;

static long centre_of(const filter_table *t, uint32_t o)
{
    return (long)floor((o + 0.5) * t->step);
}

static filter_table filter_create(uint32_t from, uint32_t to, oracle_filter filter)
{
    filter_table t = {.from = from, .to = to, .step = (double)from / to};
    t.reach = (long)ceil(3.0 * (t.step > 1.0 ? t.step : 1.0)) + 1;
    const size_t taps = 2 * (size_t)t.reach + 1;

    t.weights = malloc(to * taps * sizeof *t.weights);
    ck_assert_ptr_nonnull(t.weights);
    for (uint32_t o = 0; o < to; o++) {
        double *row = t.weights + o * taps, total = 0.0;

        for (size_t k = 0; k < taps; k++)
            total += row[k] = weight(filter, centre_of(&t, o) - t.reach + (long)k, o, t.step);
        for (size_t k = 0; k < taps; k++)
            row[k] /= total;
    }
    return t;
}

/* One line of samples, `stride` apart; edges are repeated. */
static void resample_line(const filter_table *t, const double *in, double *out, size_t stride)
{
    const double *w = t->weights;

    for (uint32_t o = 0; o < t->to; o++) {
        long centre = centre_of(t, o);
        double sum = 0.0;

        for (long i = centre - t->reach; i <= centre + t->reach; i++) {
            long inside = i < 0 ? 0 : i >= (long)t->from ? (long)t->from - 1 : i;

            sum += *w++ * in[(size_t)inside * stride];
        }
        out[o * stride] = sum;
    }
}

/* Samples as 0..1, colours multiplied by alpha. */
static double *premultiplied(const oracle_image *image)
{
    size_t count = (size_t)image->width * image->height, channels = image->channels;
    double *made = malloc(count * channels * sizeof *made);

    ck_assert_ptr_nonnull(made);
    for (size_t i = 0; i < count; i++) {
        const uint16_t *from = image->samples + i * channels;
        double alpha = has_alpha(image) ? (double)from[channels - 1] / image->max : 1.0;

        for (size_t c = 0; c < channels; c++)
            made[i * channels + c] = (double)from[c] / image->max;
        for (size_t c = 0; has_alpha(image) && c < channels - 1; c++)
            made[i * channels + c] *= alpha;
    }
    return made;
}

static void unpremultiply(oracle_image *to, const double *values)
{
    size_t count = (size_t)to->width * to->height, channels = to->channels;

    for (size_t i = 0; i < count; i++) {
        const double *from = values + i * channels;
        double alpha = has_alpha(to) ? from[channels - 1] : 1.0;

        for (size_t c = 0; c < channels; c++) {
            double value = from[c];

            if (has_alpha(to) && c < channels - 1)
                value = alpha > 0.0 ? value / alpha : 0.0;
            to->samples[i * channels + c] = to_sample(value * to->max, to->max);
        }
    }
}

oracle_image oracle_resize(const oracle_image *image, uint32_t width, uint32_t height,
                           oracle_filter filter)
{
    size_t channels = image->channels;
    oracle_image made = oracle_create(width, height, image->channels, image->max);
    double *full = premultiplied(image);
    double *narrow = malloc((size_t)width * image->height * channels * sizeof *narrow);
    double *small = malloc((size_t)width * height * channels * sizeof *small);
    filter_table across = filter_create(image->width, width, filter);
    filter_table down = filter_create(image->height, height, filter);

    ck_assert_ptr_nonnull(narrow);
    ck_assert_ptr_nonnull(small);
    for (size_t y = 0; y < image->height; y++)
        for (size_t c = 0; c < channels; c++)
            resample_line(&across, full + y * image->width * channels + c,
                          narrow + y * width * channels + c, channels);
    for (size_t x = 0; x < width * channels; x++)
        resample_line(&down, narrow + x, small + x, width * channels);
    unpremultiply(&made, small);
    free(across.weights);
    free(down.weights);
    free(full);
    free(narrow);
    free(small);
    return made;
}

/* ---- crop, pad, colour --------------------------------------------------- */

/* With as many channels as `rgba` needs to be shown on it. */
static oracle_image widened(const oracle_image *image, const uint8_t *rgba)
{
    bool grey = image->channels < 3 && rgba[0] == rgba[1] && rgba[1] == rgba[2];
    bool alpha = has_alpha(image) || rgba[3] != 255;
    uint32_t colours = grey ? 1 : 3, from_colours = image->channels < 3 ? 1 : 3;
    oracle_image made =
        oracle_create(image->width, image->height, colours + (alpha ? 1 : 0), image->max);

    for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
        const uint16_t *from = image->samples + i * image->channels;
        uint16_t *to = made.samples + i * made.channels;

        for (uint32_t c = 0; c < colours; c++)
            to[c] = from[from_colours == 1 ? 0 : c];
        if (alpha)
            to[colours] = has_alpha(image) ? from[from_colours] : (uint16_t)image->max;
    }
    return made;
}

static oracle_image padded(const oracle_image *image, uint32_t width, uint32_t height,
                           const uint8_t *background)
{
    const uint8_t fallback[4] = {0, 0, 0, has_alpha(image) ? 0 : 255};
    const uint8_t *rgba = background != NULL ? background : fallback;
    oracle_image wide = widened(image, rgba);
    oracle_image made = oracle_create(width, height, wide.channels, wide.max);
    uint32_t left = (width - image->width) / 2, top = (height - image->height) / 2;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            if (x >= left && x - left < wide.width && y >= top && y - top < wide.height) {
                copy_pixel(&made, x, y, &wide, x - left, y - top);
                continue;
            }
            for (uint32_t c = 0; c < made.channels; c++) {
                bool is_alpha = has_alpha(&made) && c == made.channels - 1;

                oracle_pixel(&made, x, y)[c] =
                    (uint16_t)(rgba[is_alpha ? 3 : c] * (made.max / 255));
            }
        }
    oracle_release(&wide);
    return made;
}

static oracle_image cropped(const oracle_image *image, uint32_t width, uint32_t height)
{
    return part_of(image, (image->width - width + 1) / 2, (image->height - height + 1) / 2, width,
                   height);
}

oracle_image oracle_grayscale(const oracle_image *image)
{
    if (image->channels < 3)
        return copy_of(image);
    oracle_image made = oracle_create(image->width, image->height, image->channels - 2, image->max);
    for (size_t i = 0; i < (size_t)image->width * image->height; i++) {
        const uint16_t *from = image->samples + i * image->channels;
        uint16_t *to = made.samples + i * made.channels;

        to[0] = (uint16_t)((299ul * from[0] + 587ul * from[1] + 114ul * from[2] + 500ul) / 1000ul);
        if (has_alpha(image))
            to[1] = from[3];
    }
    return made;
}

oracle_image oracle_flatten(const oracle_image *image, const uint8_t *background)
{
    const uint8_t rgba[4] = {background[0], background[1], background[2], 255};

    if (!has_alpha(image))
        return copy_of(image);
    oracle_image wide = widened(image, rgba);
    oracle_image made = oracle_create(wide.width, wide.height, wide.channels - 1, wide.max);
    for (size_t i = 0; i < (size_t)wide.width * wide.height; i++) {
        const uint16_t *from = wide.samples + i * wide.channels;
        double alpha = (double)from[made.channels] / wide.max;

        for (uint32_t c = 0; c < made.channels; c++)
            made.samples[i * made.channels + c] =
                to_sample(from[c] * alpha + rgba[c] * (wide.max / 255) * (1.0 - alpha), made.max);
    }
    oracle_release(&wide);
    return made;
}

oracle_image oracle_render(const oracle_image *image, const oracle_recipe *recipe)
{
    oracle_image made = oracle_turn(image, recipe);
    oracle_layout sizes = oracle_fit_sizes(made.width, made.height, recipe);

    if (sizes.scaled_width != made.width || sizes.scaled_height != made.height)
        become(&made,
               oracle_resize(&made, sizes.scaled_width, sizes.scaled_height, recipe->filter));
    if (sizes.width < made.width || sizes.height < made.height)
        become(&made, cropped(&made, sizes.width, sizes.height));
    else if (sizes.width > made.width || sizes.height > made.height)
        become(&made, padded(&made, sizes.width, sizes.height, recipe->background));
    if (recipe->grayscale)
        become(&made, oracle_grayscale(&made));
    return made;
}
