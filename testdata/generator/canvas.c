#include "canvas.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

canvas canvas_create(uint32_t width, uint32_t height, uint32_t channels, uint32_t depth)
{
    canvas made = {width, height, channels, depth, NULL};
    size_t row, size;

    if (loom_size_mul(width, (size_t)channels * (depth / 8), &row) &&
        loom_size_mul(row, height, &size))
        made.pixels = malloc(size);
    return made;
}

void canvas_release(canvas *picture)
{
    free(picture->pixels);
    picture->pixels = NULL;
}

size_t canvas_row_bytes(const canvas *picture)
{
    return (size_t)picture->width * picture->channels * (picture->depth / 8);
}

size_t canvas_bytes(const canvas *picture)
{
    return canvas_row_bytes(picture) * picture->height;
}

static uint8_t *pixel_at(const canvas *picture, uint32_t x, uint32_t y)
{
    size_t index = (size_t)y * picture->width + x;

    return picture->pixels + index * picture->channels * (picture->depth / 8);
}

static const uint8_t quadrant_colours[2][2][3] = {{{255, 0, 0}, {0, 255, 0}},
                                                  {{0, 0, 255}, {255, 255, 255}}};

canvas canvas_quadrants(uint32_t width, uint32_t height)
{
    canvas made = canvas_create(width, height, 3, 8);

    if (made.pixels == NULL)
        return made;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            memcpy(pixel_at(&made, x, y), quadrant_colours[y >= height / 2][x >= width / 2], 3);
    return made;
}

canvas canvas_quadrants_alpha(uint32_t width, uint32_t height, uint32_t border)
{
    canvas made = canvas_create(width, height, 4, 8);

    if (made.pixels == NULL)
        return made;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            static const uint8_t hidden[4] = {255, 0, 255, 0};
            bool inside = x >= border && y >= border && x + border < width && y + border < height;
            uint8_t *pixel = pixel_at(&made, x, y);

            memcpy(pixel, hidden, sizeof hidden);
            if (inside) {
                memcpy(pixel, quadrant_colours[y >= height / 2][x >= width / 2], 3);
                pixel[3] = 255;
            }
        }
    return made;
}

static canvas grey_of(const canvas *rgb, uint32_t channels)
{
    canvas made = canvas_create(rgb->width, rgb->height, channels, 8);

    if (made.pixels == NULL || rgb->pixels == NULL)
        return made;
    for (uint32_t y = 0; y < rgb->height; y++)
        for (uint32_t x = 0; x < rgb->width; x++) {
            const uint8_t *from = pixel_at(rgb, x, y);
            uint8_t *to = pixel_at(&made, x, y);

            to[0] = (uint8_t)((299u * from[0] + 587u * from[1] + 114u * from[2] + 500u) / 1000u);
            if (channels == 2)
                to[1] = (uint8_t)(rgb->width > 1 ? 255u * x / (rgb->width - 1) : 255u);
        }
    return made;
}

canvas canvas_luma(const canvas *rgb)
{
    return grey_of(rgb, 1);
}

canvas canvas_luma_alpha(const canvas *rgb)
{
    return grey_of(rgb, 2);
}

canvas canvas_deep(uint32_t width, uint32_t height)
{
    canvas made = canvas_create(width, height, 3, 16);

    if (made.pixels == NULL)
        return made;
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++) {
            uint16_t samples[3] = {(uint16_t)(65535u * x / (width - 1)),
                                   (uint16_t)(65535u * y / (height - 1)),
                                   (uint16_t)(65535u * (x + y) / (width + height - 2))};

            memcpy(pixel_at(&made, x, y), samples, sizeof samples);
        }
    return made;
}

/*
 * TIFF 6.0 (and so EXIF) says for each value at which side of the upright picture the stored
 * first row and first column lie.
 */
canvas canvas_stored(const canvas *upright, int orientation)
{
    static const struct {
        bool sideways; /* stored rows are columns of the upright picture */
        bool from_right, from_bottom;
    } layout[8] = {{false, false, false}, {false, true, false}, {false, true, true},
                   {false, false, true},  {true, false, false}, {true, true, false},
                   {true, true, true},    {true, false, true}};
    bool sideways = layout[orientation - 1].sideways;
    canvas made = canvas_create(sideways ? upright->height : upright->width,
                                sideways ? upright->width : upright->height, upright->channels,
                                upright->depth);

    if (made.pixels == NULL || upright->pixels == NULL)
        return made;
    for (uint32_t row = 0; row < made.height; row++)
        for (uint32_t column = 0; column < made.width; column++) {
            uint32_t x = sideways ? row : column, y = sideways ? column : row;

            if (layout[orientation - 1].from_right)
                x = upright->width - 1 - x;
            if (layout[orientation - 1].from_bottom)
                y = upright->height - 1 - y;
            memcpy(pixel_at(&made, column, row), pixel_at(upright, x, y),
                   (size_t)upright->channels * (upright->depth / 8));
        }
    return made;
}

canvas canvas_stack(const canvas *frames, uint32_t count)
{
    canvas made = canvas_create(frames[0].width, frames[0].height * count, frames[0].channels,
                                frames[0].depth);

    if (made.pixels == NULL)
        return made;
    for (uint32_t i = 0; i < count; i++) {
        if (frames[i].pixels == NULL) {
            canvas_release(&made);
            break;
        }
        memcpy(pixel_at(&made, 0, i * frames[0].height), frames[i].pixels,
               canvas_bytes(&frames[i]));
    }
    return made;
}

canvas canvas_cmyk(const canvas *rgb)
{
    canvas made = canvas_create(rgb->width, rgb->height, 4, 8);

    if (made.pixels == NULL || rgb->pixels == NULL)
        return made;
    for (uint32_t y = 0; y < rgb->height; y++)
        for (uint32_t x = 0; x < rgb->width; x++) {
            const uint8_t *from = pixel_at(rgb, x, y);
            uint8_t *to = pixel_at(&made, x, y);
            uint8_t lightest = from[0] > from[1] ? from[0] : from[1];

            if (from[2] > lightest)
                lightest = from[2];
            for (int i = 0; i < 3; i++)
                to[i] = (uint8_t)(lightest - from[i]);
            to[3] = (uint8_t)(255 - lightest);
        }
    return made;
}
