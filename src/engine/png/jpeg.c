#include "engine/baseline/baseline.h"
#include "engine/png/steps.h"
#include <stdlib.h>
#include <string.h>

/*
 * From RGB to the planes of a JPEG: JFIF 1.02, which has Rec. 601's matrix, in the integers of
 * libjpeg, so that the file is the one that libjpeg makes.
 */

enum { PLANES = 3, BITS = 16, HALF = 1 << (BITS - 1), CENTRE = (128 << BITS) + HALF - 1 };

static uint8_t luma_of(const uint8_t *px)
{
    return (uint8_t)((19595 * px[0] + 38470 * px[1] + 7471 * px[2] + HALF) >> BITS);
}

static uint8_t blue_of(const uint8_t *px)
{
    return (uint8_t)((-11059 * px[0] - 21709 * px[1] + 32768 * px[2] + CENTRE) >> BITS);
}

static uint8_t red_of(const uint8_t *px)
{
    return (uint8_t)((32768 * px[0] - 27439 * px[1] - 5329 * px[2] + CENTRE) >> BITS);
}

static const uint8_t *pixel_at(const loom_picture *picture, uint32_t x, uint32_t y)
{
    const uint32_t right = picture->width - 1, bottom = picture->height - 1;

    x = x < right ? x : right;
    y = y < bottom ? y : bottom;
    return picture->data + ((size_t)y * picture->width + x) * picture->channels;
}

/* Columns of a plane with those that fill up its last block. */
static uint32_t filled(uint32_t width)
{
    return (width + LOOM_FDCT_SIDE - 1) / LOOM_FDCT_SIDE * LOOM_FDCT_SIDE;
}

static void fill_luma(const loom_picture *picture, loom_plane *plane)
{
    for (uint32_t y = 0; y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        const uint8_t *px = pixel_at(picture, 0, y);
        for (uint32_t x = 0; x < plane->width; x++, px += picture->channels)
            row[x] = picture->channels == 1 ? *px : luma_of(px);
    }
    loom_plane_extend(plane);
}

static void fill_chroma(const loom_picture *picture, uint8_t (*of)(const uint8_t *px),
                        loom_plane *plane)
{
    for (uint32_t y = 0; y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        for (uint32_t x = 0; x < plane->width; x++)
            row[x] = of(pixel_at(picture, x, y));
    }
    loom_plane_extend(plane);
}

/* The mean of four px each; halves are rounded down and up in turn. */
static void fill_halved(const loom_picture *picture, uint8_t (*of)(const uint8_t *px),
                        loom_plane *plane)
{
    const uint32_t width = filled(plane->width);

    for (uint32_t y = 0; y < plane->height; y++) {
        unsigned char *row = loom_plane_row(plane, y);
        for (uint32_t x = 0; x < width; x++) {
            const unsigned above =
                of(pixel_at(picture, 2 * x, 2 * y)) + of(pixel_at(picture, 2 * x + 1, 2 * y));
            const unsigned below = of(pixel_at(picture, 2 * x, 2 * y + 1)) +
                                   of(pixel_at(picture, 2 * x + 1, 2 * y + 1));
            row[x] = (unsigned char)((above + below + 1 + x % 2) / 4);
        }
    }
}

static bool make_planes(const loom_picture *picture, bool halved, loom_plane planes[PLANES])
{
    const uint32_t width = halved ? (picture->width + 1) / 2 : picture->width;
    const uint32_t height = halved ? (picture->height + 1) / 2 : picture->height;

    if (!loom_plane_reserve(&planes[0], picture->width, picture->height))
        return false;
    fill_luma(picture, &planes[0]);
    if (picture->channels == 1)
        return true;
    if (!loom_plane_reserve(&planes[1], width, height) ||
        !loom_plane_reserve(&planes[2], width, height))
        return false;
    void (*fill)(const loom_picture *, uint8_t (*)(const uint8_t *), loom_plane *) =
        halved ? fill_halved : fill_chroma;
    fill(picture, blue_of, &planes[1]);
    fill(picture, red_of, &planes[2]);
    return true;
}

bool loom_png_to_jpeg(const loom_picture *picture, const loom_recipe *recipe, int quality,
                      const loom_cancel *cancel, loom_encoded *made)
{
    const bool halved = picture->channels > 1 && recipe->chroma != LOOM_CHROMA_444;
    loom_plane planes[PLANES] = {{0}};
    loom_jpeg_buffer buffer = {.data = NULL};
    const loom_baseline baseline = {.planes = planes,
                                    .count = picture->channels == 1 ? 1 : PLANES,
                                    .halved = halved,
                                    .quality = quality,
                                    .cancel = cancel};
    size_t size;
    const bool ok = make_planes(picture, halved, planes) &&
                    loom_baseline_encode(&baseline, &buffer, &size) == LOOM_OK;

    for (unsigned i = 0; i < PLANES; i++)
        loom_plane_release(&planes[i]);
    if (ok) {
        made->data = buffer.data;
        made->size = size;
        buffer.data = NULL;
    }
    loom_jpeg_buffer_release(&buffer);
    return ok;
}
