/* Colour of the vips lane: whatever the input holds becomes sRGB or gray, with or without alpha. */
#ifndef LOOM_ENGINE_VIPS_COLOUR_H
#define LOOM_ENGINE_VIPS_COLOUR_H

#include <imgloom/outcome.h>
#include <stdbool.h>
#include <vips/vips.h>

/*
 * Makes *image (whose reference is taken over and replaced) sRGB or gray of 8 bits a channel, or
 * of 16 where it has them and `deep` is true; an embedded profile is applied (perceptual). A
 * profile that is broken is a warning. False when libvips fails.
 */
bool loom_vips_to_srgb(VipsImage **image, bool deep, loom_outcome *outcome);

#endif
