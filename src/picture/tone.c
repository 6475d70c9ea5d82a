#include "picture/picture.h"

#include "base/error.h"
#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rec. 601. */
#define LUMA_RED   0.299
#define LUMA_GREEN 0.587
#define LUMA_BLUE  0.114

/* The share of pixels that normalize leaves beyond either end. */
#define BEYOND 0.01

static size_t pixels_of(const loom_picture *picture)
{
    return (size_t)picture->width * picture->height;
}

static void store(const loom_picture *picture, size_t at, double value)
{
    const unsigned max = loom_picture_max(picture);
    const unsigned rounded = value <= 0 ? 0 : value >= 1 ? max : (unsigned)(value * max + 0.5);

    loom_picture_set_sample(picture, at, rounded);
}

static bool differs(double a, double b)
{
    return a < b || a > b;
}

static double clamp(double v)
{
    return fmin(fmax(v, 0), 1);
}

/* ---- normalize ----------------------------------------------------------- */

typedef struct levels {
    double low, high; /* 0..1 */
} levels;

static unsigned luma_at(const loom_picture *picture, size_t px)
{
    const size_t at = px * picture->channels;

    if (picture->channels <= 2)
        return loom_picture_sample(picture, at);
    return (unsigned)(LUMA_RED * loom_picture_sample(picture, at) +
                      LUMA_GREEN * loom_picture_sample(picture, at + 1) +
                      LUMA_BLUE * loom_picture_sample(picture, at + 2) + 0.5);
}

/* The number of pixels of each luma, and of all, but for those that are not seen. */
static size_t count_lumas(const loom_picture *picture, size_t *counts)
{
    const unsigned channels = picture->channels;
    size_t total = 0;

    for (size_t px = 0; px < pixels_of(picture); px++)
        if (!loom_picture_has_alpha(picture) ||
            loom_picture_sample(picture, px * channels + channels - 1) > 0) {
            counts[luma_at(picture, px)]++;
            total++;
        }
    return total;
}

/* The levels to stretch; all of them where there is nothing to. False: out of memory. */
static bool find_levels(const loom_picture *picture, levels *found)
{
    const unsigned max = loom_picture_max(picture);
    size_t *counts = calloc((size_t)max + 1, sizeof *counts);
    unsigned low = 0, high = max;

    *found = (levels){0, 1};
    if (counts == NULL)
        return false;
    const double beyond = BEYOND * (double)count_lumas(picture, counts);
    for (size_t below = counts[0]; (double)below <= beyond && low < max; below += counts[low])
        low++;
    for (size_t above = counts[max]; (double)above <= beyond && high > 0; above += counts[high])
        high--;
    free(counts);
    if (low < high)
        *found = (levels){(double)low / max, (double)high / max};
    return true;
}

/* ---- what each value becomes --------------------------------------------- */

static double change_value(double v, const loom_recipe *recipe, levels l)
{
    v = clamp((v - l.low) / (l.high - l.low));
    if (differs(recipe->gamma, 1))
        v = pow(v, 1 / recipe->gamma);
    v = clamp((v - 0.5) * recipe->contrast + 0.5);
    return clamp(v * recipe->brightness);
}

/* For each sample what it becomes, before colours are mixed. NULL: out of memory. */
static float *make_table(const loom_picture *picture, const loom_recipe *recipe)
{
    const unsigned max = loom_picture_max(picture);
    levels l = {0, 1};

    if (recipe->normalize && !find_levels(picture, &l))
        return NULL;
    float *table = loom_alloc_array((size_t)max + 1, sizeof *table);
    for (unsigned i = 0; table != NULL && i <= max; i++)
        table[i] = (float)change_value((double)i / max, recipe, l);
    return table;
}

/* ---- how colours are mixed ----------------------------------------------- */

typedef struct matrix {
    double m[3][3];
} matrix;

static matrix multiply(matrix a, matrix b)
{
    matrix c = {{{0}}};

    for (int y = 0; y < 3; y++)
        for (int x = 0; x < 3; x++)
            for (int i = 0; i < 3; i++)
                c.m[y][x] += a.m[y][i] * b.m[i][x];
    return c;
}

/* To luma and colour differences and back (JFIF 1.02), and in between saturation and hue. */
static matrix mixing(const loom_recipe *recipe)
{
    const double kr = LUMA_RED, kg = LUMA_GREEN, kb = LUMA_BLUE;
    const double angle = recipe->hue * M_PI / 180;
    const double c = recipe->saturation * cos(angle), s = recipe->saturation * sin(angle);
    const matrix to = {{{kr, kg, kb},
                        {-kr / (2 * (1 - kb)), -kg / (2 * (1 - kb)), 0.5},
                        {0.5, -kg / (2 * (1 - kr)), -kb / (2 * (1 - kr))}}};
    const matrix turn = {{{1, 0, 0}, {0, c, -s}, {0, s, c}}};
    const matrix back = {{{1, 0, 2 * (1 - kr)},
                          {1, -2 * (1 - kb) * kb / kg, -2 * (1 - kr) * kr / kg},
                          {1, 2 * (1 - kb), 0}}};

    return multiply(back, multiply(turn, to));
}

static bool mixes(const loom_recipe *recipe)
{
    return differs(recipe->saturation, 1) || recipe->hue > 0;
}

static void set_gray(const loom_picture *picture, const float *table, bool negate)
{
    const unsigned channels = picture->channels;

    for (size_t at = 0; at < pixels_of(picture) * channels; at += channels) {
        const double v = (double)table[loom_picture_sample(picture, at)];
        store(picture, at, negate ? 1 - v : v);
    }
}

static void set_colours(const loom_picture *picture, const float *table, const loom_recipe *recipe)
{
    const unsigned channels = picture->channels;
    const bool mixed = mixes(recipe);
    const matrix mix = mixing(recipe);

    for (size_t at = 0; at < pixels_of(picture) * channels; at += channels) {
        double from[3], to[3];
        for (unsigned c = 0; c < 3; c++)
            to[c] = from[c] = (double)table[loom_picture_sample(picture, at + c)];
        for (unsigned c = 0; c < 3 && mixed; c++)
            to[c] = mix.m[c][0] * from[0] + mix.m[c][1] * from[1] + mix.m[c][2] * from[2];
        for (unsigned c = 0; c < 3; c++)
            store(picture, at + c, recipe->negate ? 1 - to[c] : to[c]);
    }
}

bool loom_tone_is_asked(const loom_recipe *recipe)
{
    return recipe->normalize || recipe->negate || mixes(recipe) || differs(recipe->gamma, 1) ||
           differs(recipe->contrast, 1) || differs(recipe->brightness, 1);
}

loom_status loom_picture_set_tone(loom_picture *picture, const loom_recipe *recipe, loom_error *err)
{
    float *table = make_table(picture, recipe);

    if (table == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "to change the colours");
    if (picture->channels <= 2)
        set_gray(picture, table, recipe->negate);
    else
        set_colours(picture, table, recipe);
    free(table);
    return LOOM_OK;
}

/* ---- tint ---------------------------------------------------------------- */

/* The channel's value where luma is y: through (luma, value) from (0, 0) to (1, 1). */
static double tinted(double y, double value, double luma)
{
    if (y <= luma)
        return luma > 0 ? value * y / luma : 0;
    return value + (1 - value) * (y - luma) / (1 - luma);
}

loom_status loom_picture_tint(loom_picture *picture, loom_colour colour, loom_error *err)
{
    const double of[3] = {colour.red / 255.0, colour.green / 255.0, colour.blue / 255.0};
    const double luma = LUMA_RED * of[0] + LUMA_GREEN * of[1] + LUMA_BLUE * of[2];
    const loom_status status = loom_picture_add_colour(picture, err);

    if (status != LOOM_OK)
        return status;
    for (size_t px = 0; px < pixels_of(picture); px++) {
        const size_t at = px * picture->channels;
        const double y = (LUMA_RED * loom_picture_sample(picture, at) +
                          LUMA_GREEN * loom_picture_sample(picture, at + 1) +
                          LUMA_BLUE * loom_picture_sample(picture, at + 2)) /
                         loom_picture_max(picture);
        for (unsigned c = 0; c < 3; c++)
            store(picture, at + c, tinted(y, of[c], luma));
    }
    return LOOM_OK;
}
