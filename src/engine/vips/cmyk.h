/* CMYK that does not say what its inks are. */
#ifndef LOOM_ENGINE_VIPS_CMYK_H
#define LOOM_ENGINE_VIPS_CMYK_H

#include <stdbool.h>
#include <vips/vips.h>

/*
 * Makes *image (whose reference is taken over and replaced), of four inks and perhaps alpha, sRGB
 * of 8 bits: by libvips' own profile, perceptually, and then so that full black ink, and all inks
 * together, are black. False when libvips fails.
 */
bool loom_vips_cmyk_to_srgb(VipsImage **image);

#endif
