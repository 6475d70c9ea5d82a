/* Converts colours to gray, by luma or luminance. */
#include "picture/picture.h"

#include <math.h>

/*
 * Reduces each pixel to one gray sample, and alpha if present, by a function for either depth,
 * which writes in place from the front.
 */
static void to_gray(loom_picture *picture, void (*by_8)(uint8_t *, size_t, unsigned),
                    void (*by_16)(uint16_t *, size_t, unsigned))
{
    const size_t pixels = (size_t)picture->width * picture->height;

    if (picture->channels <= 2)
        return;
    if (picture->depth == 1)
        by_8(picture->data, pixels, picture->channels);
    else
        by_16((uint16_t *)(void *)picture->data, pixels, picture->channels);
    picture->channels -= 2;
    loom_picture_trim(picture);
}

/* ---- luma (Rec. 601) ----------------------------------------------------- */

/* Factors in units of 1/65536; their sum is 65536. */
enum { LUMA_RED = 19595, LUMA_GREEN = 38470, LUMA_BLUE = 7471, LUMA_HALF = 32768 };

static unsigned luma(unsigned red, unsigned green, unsigned blue)
{
    return (LUMA_RED * red + LUMA_GREEN * green + LUMA_BLUE * blue + LUMA_HALF) >> 16;
}

uint8_t loom_colour_luma(loom_colour colour)
{
    return (uint8_t)luma(colour.red, colour.green, colour.blue);
}

#define DEFINE_LUMA(name, sample)                                                                  \
    static void name(sample *data, size_t pixels, unsigned channels)                               \
    {                                                                                              \
        const sample *from = data;                                                                 \
        sample *to = data;                                                                         \
        for (size_t i = 0; i < pixels; i++, from += channels) {                                    \
            *to++ = (sample)luma(from[0], from[1], from[2]);                                       \
            if (channels == 4)                                                                     \
                *to++ = from[3];                                                                   \
        }                                                                                          \
    }
DEFINE_LUMA(lumas_8, uint8_t)
DEFINE_LUMA(lumas_16, uint16_t)

void loom_picture_to_luma(loom_picture *picture)
{
    to_gray(picture, lumas_8, lumas_16);
}

/* ---- luminance in linear light (IEC 61966-2-1) --------------------------- */

enum { LEVELS = 256 };

/* The weights of linear red, green and blue (ITU-R BT.709, which has the primaries of sRGB). */
static const double weights[3] = {0.2126, 0.7152, 0.0722};

static double decode(double encoded)
{
    return encoded <= 0.04045 ? encoded / 12.92 : pow((encoded + 0.055) / 1.055, 2.4);
}

static double encode(double linear)
{
    return linear <= 0.0031308 ? linear * 12.92 : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

/* Tables for both directions with 8 bits, which avoid pow() for each pixel. */
typedef struct tables {
    double linear[LEVELS];
    double from[LEVELS]; /* the min light that is encoded as that level */
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

static void luminances_8(uint8_t *data, size_t pixels, unsigned channels)
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

static void luminances_16(uint16_t *data, size_t pixels, unsigned channels)
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
    to_gray(picture, luminances_8, luminances_16);
}
