/*
 * Colour profiles made by arithmetic, and what they mean, in double precision: nothing of a third
 * party's profile is used. Source: ICC.1:2001-04 (version 2 profiles).
 */
#ifndef TESTS_SUPPORT_ICC_PROFILE_H
#define TESTS_SUPPORT_ICC_PROFILE_H

#include <stddef.h>
#include <stdint.h>

typedef struct icc_profile {
    unsigned char bytes[4096];
    size_t size;
} icc_profile;

/* An RGB colour space: primaries and white as CIE x, y; the curve is a plain power, or sRGB's. */
typedef struct icc_space {
    double primaries[3][2], white[2];
    double gamma; /* 0: sRGB's curve */
} icc_space;

extern const icc_space icc_srgb, icc_display_p3, icc_adobe_rgb, icc_prophoto;

/* A display profile of colorants, adapted to D50 by Bradford's matrix, and a curve. */
void icc_make_rgb(icc_profile *profile, const icc_space *space);

/* A gray display profile of a plain power. */
void icc_make_gray(icc_profile *profile, double gamma);

/*
 * A printer profile of a table of 2 x 2 x 2 x 2 colours in CIE L*a*b*, 8 bits each: the first ink,
 * cyan, counts 8, black counts 1.
 */
void icc_make_cmyk(icc_profile *profile, const int8_t lab[16][3]);

/* What sRGB values, 0..1 each and clipped, the profile means. */
void icc_rgb_to_srgb(const icc_space *space, const double from[3], double to[3]);
double icc_gray_to_srgb(double gamma, double from);

/* The same of L*a*b*, the neutral of L* `black` becoming black (0: no black point compensation). */
void icc_lab_to_srgb(const double lab[3], double black, double to[3]);

double icc_srgb_decode(double encoded); /* IEC 61966-2-1 */
double icc_srgb_encode(double linear);

#endif
