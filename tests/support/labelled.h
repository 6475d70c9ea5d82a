/*
 * Pictures whose samples tell where they stand: wherever a pixel is moved to, it can be named.
 * The value of a sample is reckoned from its place alone.
 */
#ifndef TESTS_SUPPORT_LABELLED_H
#define TESTS_SUPPORT_LABELLED_H

#include "picture/picture.h"
#include "support/check.h"
#include <stdlib.h>
#include <string.h>

/* The sample of channel `c` of the pixel that stood at (x, y). */
static inline unsigned label(uint32_t x, uint32_t y, unsigned c, unsigned depth)
{
    const uint32_t value = (x * 40503u + y * 12829u + c * 24593u) ^ (x * y);

    return depth == 1 ? (value ^ value >> 8) & 0xFF : value & 0xFFFF;
}

static inline unsigned picture_sample(const loom_picture *p, uint32_t x, uint32_t y, unsigned c)
{
    const size_t index = ((size_t)y * p->width + x) * p->channels + c;
    uint16_t deep;

    if (p->depth == 1)
        return p->data[index];
    memcpy(&deep, p->data + index * 2, 2);
    return deep;
}

static inline void picture_set(loom_picture *p, uint32_t x, uint32_t y, unsigned c, unsigned value)
{
    const size_t index = ((size_t)y * p->width + x) * p->channels + c;
    const uint16_t deep = (uint16_t)value;

    if (p->depth == 1)
        p->data[index] = (unsigned char)value;
    else
        memcpy(p->data + index * 2, &deep, 2);
}

static inline loom_picture labelled_picture(uint32_t width, uint32_t height, unsigned channels,
                                            unsigned depth)
{
    loom_picture p = {.width = width, .height = height, .channels = channels, .depth = depth};

    p.data = malloc(loom_picture_bytes(width, height, channels, depth));
    ck_assert_ptr_nonnull(p.data);
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (unsigned c = 0; c < channels; c++)
                picture_set(&p, x, y, c, label(x, y, c, depth));
    return p;
}

#endif
