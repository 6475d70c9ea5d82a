#include "picture/picture.h"

#include "base/error.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static size_t pixel_bytes(const loom_picture *picture)
{
    return (size_t)picture->channels * picture->depth;
}

/* ---- extend -------------------------------------------------------------- */

/* The px that stands for the one at `at`, which may lie beside the side. */
static uint32_t taken_for(int64_t at, uint32_t side, loom_extend_with with)
{
    const int64_t period = 2 * (int64_t)side;

    if (with == LOOM_EXTEND_COPY)
        return at < 0 ? 0 : at < side ? (uint32_t)at : side - 1;
    at = (at % period + period) % period;
    return (uint32_t)(at < side ? at : period - 1 - at);
}

static void fill_row(const loom_picture *from, const unsigned char *source, loom_picture *to,
                     uint32_t left, loom_extend_with with, unsigned char *row)
{
    const size_t size = pixel_bytes(from);

    for (uint32_t x = 0; x < to->width; x++)
        if (x < left || x - left >= from->width)
            memcpy(row + size * x, source + size * taken_for((int64_t)x - left, from->width, with),
                   size);
    memcpy(row + size * left, source, size * from->width);
}

loom_status loom_picture_extend(loom_picture *picture, loom_edges edges, loom_extend_with with,
                                loom_error *err)
{
    const size_t size = pixel_bytes(picture);
    loom_picture made = *picture;

    made.width += edges.left + edges.right;
    made.height += edges.top + edges.bottom;
    const size_t bytes = loom_picture_bytes(made.width, made.height, made.channels, made.depth);
    made.data = bytes > 0 ? malloc(bytes) : NULL;
    if (made.data == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "to extend the picture");
    for (uint32_t y = 0; y < made.height; y++) {
        const uint32_t from = taken_for((int64_t)y - edges.top, picture->height, with);
        fill_row(picture, picture->data + size * picture->width * from, &made, edges.left, with,
                 made.data + size * made.width * y);
    }
    free(picture->data);
    *picture = made;
    return LOOM_OK;
}

/* ---- corners ------------------------------------------------------------- */

static double square(double v)
{
    return v * v;
}

/* How much of the px at (x, y) from the corner lies within the circle, or beyond its centre. */
static double share_within(uint32_t x, uint32_t y, double radius)
{
    enum { PARTS = 16 }; /* of a px across and down */
    const double across = fmax(radius - x, 0), down = fmax(radius - y, 0);
    unsigned within = 0;

    if (square(across) + square(down) <= square(radius)) /* so does its farthest corner */
        return 1;
    if (square(across - 1) + square(down - 1) >= square(radius) && across >= 1 && down >= 1)
        return 0;
    for (unsigned py = 0; py < PARTS; py++)
        for (unsigned px = 0; px < PARTS; px++) {
            const double left = fmax(across - (px + 0.5) / PARTS, 0);
            const double above = fmax(down - (py + 0.5) / PARTS, 0);
            within += square(left) + square(above) <= square(radius);
        }
    return within / (double)(PARTS * PARTS);
}

static void fade(const loom_picture *picture, uint32_t x, uint32_t y, double share)
{
    const size_t at = ((size_t)picture->width * y + x) * picture->channels + picture->channels - 1;
    const double faded = loom_picture_sample(picture, at) * share;

    loom_picture_set_sample(picture, at, (unsigned)(faded + 0.5));
}

loom_status loom_picture_round(loom_picture *picture, double radius, loom_error *err)
{
    const uint32_t shorter = picture->width < picture->height ? picture->width : picture->height;
    const loom_status status = loom_picture_add_alpha(picture, err);

    if (status != LOOM_OK)
        return status;
    radius = fmin(radius, shorter / 2.0);
    const uint32_t reach = (uint32_t)ceil(radius);
    for (uint32_t y = 0; y < reach; y++)
        for (uint32_t x = 0; x < reach; x++) {
            const double share = share_within(x, y, radius);
            const uint32_t right = picture->width - 1 - x, bottom = picture->height - 1 - y;
            if (share >= 1)
                continue;
            fade(picture, x, y, share);
            if (right != x)
                fade(picture, right, y, share);
            if (bottom != y)
                fade(picture, x, bottom, share);
            if (right != x && bottom != y)
                fade(picture, right, bottom, share);
        }
    return LOOM_OK;
}
