/* The colours of the vips lane: any input becomes sRGB or gray, with or without alpha. */
#ifndef LOOM_ENGINE_VIPS_COLOUR_H
#define LOOM_ENGINE_VIPS_COLOUR_H

#include "format/container.h"
#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <vips/vips.h>

/*
 * Converts *image (whose reference is taken over and replaced) to sRGB or gray with 8 bits a
 * channel, or 16 if both it and `format` have them. An embedded profile is applied (perceptual);
 * CMYK without one uses libvips' own. With `--icc keep` the values stay if the output can hold
 * them: RGB and gray unless grayscale is requested, CMYK in JPEG and TIFF. A broken profile is a
 * warning in `outcome`. False: libvips fails.
 */
bool loom_vips_convert_colour(VipsImage **image, const loom_recipe *recipe, loom_format format,
                              loom_outcome *outcome);

/*
 * Settles the meaning of the colours of *image, just opened (its reference is taken over and
 * replaced). A profile for another colour space than that of the pixels is removed, so that it is
 * neither applied nor kept. Another colour description in the file becomes a profile. Gray pixels
 * with a gray profile lose the channels that a decoder added. What is impossible is a warning in
 * `outcome`. False: libvips fails.
 */
bool loom_vips_settle_colour(VipsImage **image, const loom_header *header, loom_outcome *outcome);

#endif
