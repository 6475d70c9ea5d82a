/* What picture a TIFF holds, by arithmetic. */
#include "support/oracle_private.h"
#include "support/tiff_file.h"
#include <math.h>

enum { RGB = 2, PALETTE = 3, CIELAB = 8 };

/* ---- gray, RGB, palettes --------------------------------------------------- */

static unsigned scaled(const tiff_spec *spec, unsigned value)
{
    return spec->bits < 8 ? value * 255 / tiff_top(spec) : value;
}

/* The sample that is alpha, its kind; 0: none. */
static unsigned alpha_of(const tiff_spec *spec, unsigned colours, unsigned *kind)
{
    *kind = 0;
    for (unsigned i = 0; i < spec->extra_count; i++)
        if (spec->extras[i] != 0) {
            *kind = spec->extras[i];
            return colours + i;
        }
    return 0;
}

static unsigned colour_at(const tiff_spec *spec, uint32_t x, uint32_t y, unsigned channel)
{
    if (spec->photometric == PALETTE) {
        const unsigned entry = tiff_map(spec, channel, tiff_sample(spec, x, y, 0));
        return spec->bits == 16 ? entry : entry >> 8;
    }
    const unsigned value = scaled(spec, tiff_sample(spec, x, y, channel));
    return spec->photometric == 0 ? (spec->bits == 16 ? 65535 : 255) - value : value;
}

/* Either none of them means anything, or there are as many as are told of, with one alpha. */
static bool are_extras_told(const tiff_spec *spec, unsigned colours)
{
    unsigned alphas = 0;

    for (unsigned i = 0; i < spec->extra_count; i++) {
        if (spec->extras[i] > 2)
            return false;
        alphas += spec->extras[i] != 0;
    }
    if (alphas == 0 && spec->extra_count > 0)
        return spec->samples >= colours;
    return alphas <= 1 && spec->samples == colours + spec->extra_count;
}

/* ---- CIE L*a*b* ------------------------------------------------------------ */

/* CIE 15:2004, 8.2.1: what a part of the white is. */
static double part_of(double f)
{
    return f > 6.0 / 29 ? f * f * f : (f - 4.0 / 29) * 108 / 841;
}

/* IEC 61966-2-1. */
static double encoded(double linear)
{
    const double c = linear < 0 ? 0 : linear > 1 ? 1 : linear;

    return c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
}

/* L*a*b* of D50, through XYZ of D65 (Bradford), to sRGB, 0..1. */
static void lab_to_srgb(const double lab[3], double rgb[3])
{
    static const double to_d65[3][3] = {{0.9555766, -0.0230393, 0.0631636},
                                        {-0.0282895, 1.0099416, 0.0210077},
                                        {0.0122982, -0.0204830, 1.3299098}};
    static const double to_rgb[3][3] = {{3.2404542, -1.5371385, -0.4985314},
                                        {-0.9692660, 1.8760108, 0.0415560},
                                        {0.0556434, -0.2040259, 1.0572252}};
    const double f = (lab[0] + 16) / 116;
    const double d50[3] = {0.96422 * part_of(f + lab[1] / 500), part_of(f),
                           0.82521 * part_of(f - lab[2] / 200)};
    double d65[3];

    for (int i = 0; i < 3; i++)
        d65[i] = to_d65[i][0] * d50[0] + to_d65[i][1] * d50[1] + to_d65[i][2] * d50[2];
    for (int i = 0; i < 3; i++)
        rgb[i] = encoded(to_rgb[i][0] * d65[0] + to_rgb[i][1] * d65[1] + to_rgb[i][2] * d65[2]);
}

/* TIFF 6.0, section 23: L from 0 to 100, a and b signed, of 16 bits in parts of 256. */
static double lab_value(const tiff_spec *spec, uint32_t x, uint32_t y, unsigned c)
{
    const unsigned value = tiff_sample(spec, x, y, c);
    const bool deep = spec->bits == 16;

    if (c == 0)
        return value * 100.0 / (deep ? 65535 : 255);
    return deep ? (int16_t)value / 256.0 : (int8_t)value;
}

static oracle_image lab_picture(const tiff_spec *spec)
{
    oracle_image picture = oracle_create(spec->width, spec->height, 3, tiff_top(spec));

    for (uint32_t y = 0; y < spec->height; y++)
        for (uint32_t x = 0; x < spec->width; x++) {
            double lab[3], rgb[3];
            for (unsigned c = 0; c < 3; c++)
                lab[c] = lab_value(spec, x, y, c);
            lab_to_srgb(lab, rgb);
            for (unsigned c = 0; c < 3; c++)
                oracle_pixel(&picture, x, y)[c] = (uint16_t)lround(picture.max * rgb[c]);
        }
    return picture;
}

/* ---- all of it ------------------------------------------------------------- */

bool tiff_picture(const tiff_spec *spec, oracle_image *picture)
{
    const bool gray = spec->photometric <= 1;
    const bool is_lab = spec->photometric == CIELAB;
    const unsigned colours = spec->photometric == RGB || is_lab ? 3 : 1;
    const unsigned depth = spec->bits == 16 ? 65535 : 255;
    unsigned kind;

    if (is_lab && spec->samples == 3 && are_extras_told(spec, 3) &&
        (spec->bits == 8 || spec->bits == 16) && (spec->format <= 1 || spec->format == 4)) {
        *picture = lab_picture(spec);
        return true;
    }
    if (spec->photometric > PALETTE || !are_extras_told(spec, colours) ||
        (spec->format > 1 && spec->format != 4) ||
        (spec->bits != 8 && spec->bits != 16 &&
         (spec->samples > 1 || spec->bits > 4 || spec->bits == 3 || spec->photometric == 2)))
        return false;
    const unsigned alpha = alpha_of(spec, colours, &kind);
    const unsigned channels = gray || (spec->photometric == PALETTE && spec->plain_map) ? 1 : 3;
    *picture = oracle_create(spec->width, spec->height, channels + (kind > 0), depth);
    for (uint32_t y = 0; y < spec->height; y++)
        for (uint32_t x = 0; x < spec->width; x++) {
            uint16_t *pixel = oracle_pixel(picture, x, y);
            for (unsigned c = 0; c < channels; c++)
                pixel[c] = (uint16_t)colour_at(spec, x, y, c);
            if (kind > 0)
                pixel[channels] = (uint16_t)tiff_sample(spec, x, y, alpha);
        }
    return true;
}
