/* Luminance in linear light (IEC 61966-2-1). */
#include "image/picture.h"

#include <math.h>
#include <stdlib.h>

enum { LEVELS = 256 };

/* Weights of linear red, green and blue (ITU-R BT.709, whose primaries sRGB has). */
static const double weights[3] = {0.2126, 0.7152, 0.0722};

static double decode(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
}

static double encode(double linear)
{
    return linear <= 0.0031308 ? linear * 12.92 : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

/* Both directions for 8 bits, without a power a pixel. */
typedef struct tables {
    double linear[LEVELS];
    double from[LEVELS]; /* the least light that is encoded as that level */
} tables;

static void make_tables(tables *t)
{
    for (int i = 0; i < LEVELS; i++) {
        t->linear[i] = decode(i / 255.0);
        t->from[i] = i > 0 ? decode((i - 0.5) / 255) : 0;
    }
}

static uint8_t encode_8(const tables *t, double light)
{
    unsigned level = 0;

    for (unsigned step = LEVELS / 2; step > 0; step /= 2)
        if (light >= t->from[level + step])
            level += step;
    return (uint8_t)level;
}

static uint8_t luminance_8(const tables *t, const uint8_t *rgb)
{
    return encode_8(t, weights[0] * t->linear[rgb[0]] + weights[1] * t->linear[rgb[1]] +
                           weights[2] * t->linear[rgb[2]]);
}

static uint16_t luminance_16(const uint16_t *rgb)
{
    double light = 0;

    for (int c = 0; c < 3; c++)
        light += weights[c] * decode(rgb[c] / 65535.0);
    return (uint16_t)lround(65535 * fmin(encode(light), 1));
}

uint8_t loom_colour_luminance(loom_colour colour)
{
    const uint8_t rgb[3] = {colour.red, colour.green, colour.blue};
    tables t;

    make_tables(&t);
    return luminance_8(&t, rgb);
}

static void convert_8(uint8_t *data, size_t pixels, unsigned channels)
{
    const uint8_t *from = data;
    tables t;

    make_tables(&t);
    for (size_t i = 0; i < pixels; i++, from += channels) {
        *data++ = luminance_8(&t, from);
        if (channels == 4)
            *data++ = from[3];
    }
}

static void convert_16(uint16_t *data, size_t pixels, unsigned channels)
{
    const uint16_t *from = data;

    for (size_t i = 0; i < pixels; i++, from += channels) {
        *data++ = luminance_16(from);
        if (channels == 4)
            *data++ = from[3];
    }
}

void loom_picture_to_luminance(loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;

    if (picture->channels <= 2)
        return;
    if (picture->depth == 1)
        convert_8(picture->data, pixels, picture->channels);
    else
        convert_16((uint16_t *)(void *)picture->data, pixels, picture->channels);
    picture->channels -= 2;
    loom_picture_trim(picture);
}
