#include "engine/codec/filter.h"

#include "base/memory.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_ROWS = 16 }; /* rows from one look at `cancel` to the next */

/* ---- the kernel ---------------------------------------------------------- */

typedef struct kernel {
    float *weights; /* owned; [-radius..radius], from weights[0] on */
    uint32_t radius;
} kernel;

static bool make_kernel(kernel *k, double sigma)
{
    double sum = 0;

    k->radius = (uint32_t)fmax(ceil(3 * sigma), 1);
    k->weights = loom_alloc_array(2 * (size_t)k->radius + 1, sizeof *k->weights);
    if (k->weights == NULL)
        return false;
    for (uint32_t i = 0; i <= 2 * k->radius; i++) {
        const double x = ((double)i - k->radius) / sigma;
        k->weights[i] = (float)exp(-x * x / 2);
        sum += k->weights[i];
    }
    for (uint32_t i = 0; i <= 2 * k->radius; i++)
        k->weights[i] = (float)(k->weights[i] / sum);
    return true;
}

/* ---- rows ---------------------------------------------------------------- */

/* Where rows come from, and go to: those above the one that is written were all read before. */
typedef struct rows {
    uint32_t width, height; /* px */
    unsigned channels;      /* floats for each px */
    void (*read)(const void *data, uint32_t y, float *row);
    void (*write)(const void *data, uint32_t y, const float *blurred);
    const void *data;
} rows;

/* Room: a row with `radius` px more on either side, 2 radius + 1 rows blurred across, a sum. */
typedef struct room {
    float *padded, *ring, *sum;
    size_t row; /* floats in one */
} room;

static bool make_space(room *r, const rows *of, uint32_t radius)
{
    size_t ring, padded;

    *r = (room){.padded = NULL};
    if (!loom_size_mul(of->width, of->channels, &r->row) ||
        !loom_size_mul(2 * (size_t)radius + 1, r->row, &ring) ||
        !loom_size_add(of->width, 2 * (size_t)radius, &padded) ||
        !loom_size_mul(padded, of->channels, &padded))
        return false;
    r->padded = loom_alloc_array(padded, sizeof(float));
    r->ring = loom_alloc_array(ring, sizeof(float));
    r->sum = loom_alloc_array(r->row, sizeof(float));
    return r->padded != NULL && r->ring != NULL && r->sum != NULL;
}

static void release_space(room *r)
{
    free(r->padded);
    free(r->ring);
    free(r->sum);
}

static void add_weighted(float *restrict sum, const float *restrict row, float weight, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sum[i] += weight * row[i];
}

static float *ring_row(const room *r, uint32_t y, uint32_t radius)
{
    return r->ring + r->row * (y % (2 * radius + 1));
}

/* Reads row y, and blurs it across into the ring. */
static void take_row(const rows *of, const kernel *k, room *r, uint32_t y)
{
    const size_t channels = of->channels, beside = k->radius * channels;
    float *row = r->padded + beside, *to = ring_row(r, y, k->radius);

    of->read(of->data, y, row);
    for (size_t i = 0; i < beside; i++) {
        r->padded[i] = row[i % channels];
        row[r->row + i] = row[r->row - channels + i % channels];
    }
    memset(to, 0, r->row * sizeof *to);
    for (uint32_t i = 0; i <= 2 * k->radius; i++)
        add_weighted(to, r->padded + i * channels, k->weights[i], r->row);
}

/* Sums up the rows around y, and writes it. */
static void give_row(const rows *of, const kernel *k, room *r, uint32_t y)
{
    memset(r->sum, 0, r->row * sizeof *r->sum);
    for (uint32_t i = 0; i <= 2 * k->radius; i++) {
        const int64_t at = (int64_t)y + i - k->radius;
        const uint32_t row = at < 0 ? 0 : at < of->height ? (uint32_t)at : of->height - 1;
        add_weighted(r->sum, ring_row(r, row, k->radius), k->weights[i], r->row);
    }
    of->write(of->data, y, r->sum);
}

static loom_status blur(const rows *of, double sigma, const loom_cancel *cancel)
{
    kernel k = {.weights = NULL};
    room r = {.padded = NULL};
    loom_status status = LOOM_OK;
    uint32_t taken = 0;

    if (!make_kernel(&k, sigma) || !make_space(&r, of, k.radius))
        status = LOOM_ERR_OUT_OF_MEMORY;
    for (uint32_t y = 0; y < of->height && status == LOOM_OK; y++) {
        for (; taken < of->height && taken <= (uint64_t)y + k.radius; taken++)
            take_row(of, &k, &r, taken);
        give_row(of, &k, &r, y);
        if (y % STOP_ROWS == 0)
            status = loom_cancel_check(cancel);
    }
    free(k.weights);
    release_space(&r);
    return status;
}

/* ---- planes -------------------------------------------------------------- */

/* What samples become, and the plane or picture they are of. */
typedef struct target {
    const loom_plane *plane;
    const loom_picture *picture;
    float amount;
} target;

static uint8_t to_byte(float value)
{
    return (uint8_t)(value <= 0 ? 0 : value >= 255 ? 255 : (int)(value + 0.5F));
}

static void read_plane(const void *data, uint32_t y, float *row)
{
    const loom_plane *plane = ((const target *)data)->plane;
    const unsigned char *from = loom_plane_row(plane, y);

    for (uint32_t x = 0; x < plane->width; x++)
        row[x] = from[x];
}

static void write_plane(const void *data, uint32_t y, const float *blurred)
{
    const loom_plane *plane = ((const target *)data)->plane;
    unsigned char *to = loom_plane_row(plane, y);

    for (uint32_t x = 0; x < plane->width; x++)
        to[x] = to_byte(blurred[x]);
}

static void sharpen_plane(const void *data, uint32_t y, const float *blurred)
{
    const target *t = data;
    unsigned char *to = loom_plane_row(t->plane, y);

    for (uint32_t x = 0; x < t->plane->width; x++)
        to[x] = to_byte(to[x] + t->amount * (to[x] - blurred[x]));
}

static rows rows_of_plane(const target *t)
{
    return (rows){.width = t->plane->width,
                  .height = t->plane->height,
                  .channels = 1,
                  .read = read_plane,
                  .data = t};
}

loom_status loom_plane_blur(loom_plane *plane, double sigma, const loom_cancel *cancel)
{
    const target t = {.plane = plane};
    rows of = rows_of_plane(&t);

    of.write = write_plane;
    return blur(&of, sigma, cancel);
}

loom_status loom_plane_sharpen(loom_plane *plane, loom_unsharp how, const loom_cancel *cancel)
{
    const target t = {.plane = plane, .amount = (float)how.amount};
    rows of = rows_of_plane(&t);

    of.write = sharpen_plane;
    return how.amount > 0 ? blur(&of, how.sigma, cancel) : LOOM_OK;
}

/* ---- pictures ------------------------------------------------------------ */

static float max_of(const loom_picture *picture)
{
    return (float)loom_picture_max(picture);
}

static size_t row_samples(const loom_picture *picture)
{
    return (size_t)picture->width * picture->channels;
}

/* The samples of row y as they stand. */
static void load_row(const loom_picture *picture, uint32_t y, float *row)
{
    const size_t count = row_samples(picture);

    for (size_t i = 0; i < count; i++)
        row[i] = (float)loom_picture_sample(picture, count * y + i);
}

static void store_sample(const loom_picture *picture, size_t at, float value)
{
    const float max = max_of(picture);
    const float rounded = value <= 0 ? 0 : value >= max ? max : floorf(value + 0.5F);

    loom_picture_set_sample(picture, at, (unsigned)rounded);
}

static void read_picture(const void *data, uint32_t y, float *row)
{
    const loom_picture *picture = ((const target *)data)->picture;
    const unsigned channels = picture->channels;

    load_row(picture, y, row);
    if (!loom_picture_has_alpha(picture))
        return;
    for (float *px = row; px < row + row_samples(picture); px += channels)
        for (unsigned c = 0; c + 1 < channels; c++)
            px[c] *= px[channels - 1] / max_of(picture);
}

static void write_picture(const void *data, uint32_t y, const float *blurred)
{
    const loom_picture *picture = ((const target *)data)->picture;
    const unsigned channels = picture->channels;
    const size_t count = row_samples(picture), first = count * y;
    const bool alpha = loom_picture_has_alpha(picture);

    for (size_t i = 0; i < count; i++) {
        const float opacity = alpha ? blurred[i - i % channels + channels - 1] : max_of(picture);
        const bool is_alpha = alpha && i % channels == channels - 1;
        store_sample(picture, first + i,
                     is_alpha      ? blurred[i]
                     : opacity > 0 ? blurred[i] * max_of(picture) / opacity
                                   : 0);
    }
}

loom_status loom_picture_blur(loom_picture *picture, double sigma, const loom_cancel *cancel)
{
    const target t = {.picture = picture};
    const rows of = {.width = picture->width,
                     .height = picture->height,
                     .channels = picture->channels,
                     .read = read_picture,
                     .write = write_picture,
                     .data = &t};

    return blur(&of, sigma, cancel);
}

/* ---- luma of pictures ---------------------------------------------------- */

static float sample_at(const loom_picture *picture, size_t at)
{
    return (float)loom_picture_sample(picture, at);
}

/* The share of a px that is seen. */
static float opacity_at(const loom_picture *picture, size_t px)
{
    return loom_picture_has_alpha(picture)
               ? sample_at(picture, px * picture->channels + picture->channels - 1) /
                     max_of(picture)
               : 1;
}

static float luma_at(const loom_picture *picture, size_t px)
{
    const size_t at = px * picture->channels;

    if (picture->channels <= 2)
        return sample_at(picture, at);
    return 0.299F * sample_at(picture, at) + 0.587F * sample_at(picture, at + 1) +
           0.114F * sample_at(picture, at + 2);
}

static void read_luma(const void *data, uint32_t y, float *row)
{
    const loom_picture *picture = ((const target *)data)->picture;
    const size_t first = (size_t)picture->width * y;

    for (uint32_t x = 0; x < picture->width; x++)
        row[x] = luma_at(picture, first + x) * opacity_at(picture, first + x);
}

static void sharpen_picture(const void *data, uint32_t y, const float *blurred)
{
    const target *t = data;
    const loom_picture *picture = t->picture;
    const unsigned colours = picture->channels <= 2 ? 1 : 3;
    const size_t first = (size_t)picture->width * y;

    for (uint32_t x = 0; x < picture->width; x++) {
        const size_t px = first + x, at = px * picture->channels;
        const float opacity = opacity_at(picture, px);
        if (opacity <= 0)
            continue;
        const float more = t->amount * (luma_at(picture, px) - blurred[x] / opacity);
        for (unsigned c = 0; c < colours; c++)
            store_sample(picture, at + c, sample_at(picture, at + c) + more);
    }
}

loom_status loom_picture_sharpen(loom_picture *picture, loom_unsharp how, const loom_cancel *cancel)
{
    const target t = {.picture = picture, .amount = (float)how.amount};
    const rows of = {.width = picture->width,
                     .height = picture->height,
                     .channels = 1,
                     .read = read_luma,
                     .write = sharpen_picture,
                     .data = &t};

    return how.amount > 0 ? blur(&of, how.sigma, cancel) : LOOM_OK;
}

/* ---- of a recipe --------------------------------------------------------- */

/*
 * What suits the shrink: a resize by Lanczos keeps edges, and what looks soft after it is what the
 * camera or its demosaicing had softened over several px. So more is added the more px went into
 * one, up to AUTO_AMOUNT at a factor of 4; a picture that does not get smaller stays as it is.
 */
static loom_unsharp auto_unsharp(const loom_geometry *g)
{
    static const double AUTO_SIGMA = 0.6, AUTO_AMOUNT = 0.6, AUTO_OCTAVES = 2;
    const double across = (double)g->source.width / g->resize_width;
    const double down = (double)g->source.height / g->resize_height;
    const double octaves = log2(across * down) / 2;

    return (loom_unsharp){AUTO_SIGMA, AUTO_AMOUNT * fmin(fmax(octaves / AUTO_OCTAVES, 0), 1)};
}

loom_unsharp loom_unsharp_of(const loom_recipe *recipe, const loom_geometry *geometry)
{
    if (recipe->sharpen < 0)
        return auto_unsharp(geometry);
    return (loom_unsharp){recipe->sharpen, recipe->sharpen > 0 ? 1 : 0};
}
