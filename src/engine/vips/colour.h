/* Colour of the vips lane: whatever the input holds becomes sRGB or gray, with or without alpha. */
#ifndef LOOM_ENGINE_VIPS_COLOUR_H
#define LOOM_ENGINE_VIPS_COLOUR_H

#include "format/container.h"
#include <imgloom/outcome.h>
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <vips/vips.h>

/*
 * Makes *image (whose reference is taken over and replaced) sRGB or gray of 8 bits a channel, or
 * of 16 where it has them and `format` holds them; an embedded profile is applied (perceptual), and
 * CMYK without one goes through libvips' own.
 * With `--icc keep` the values stay as they are where the output can hold them: RGB and gray
 * unless grayscale is asked for, CMYK in JPEG and TIFF. A broken profile is a warning to
 * `outcome`. False when libvips fails.
 */
bool loom_vips_convert_colour(VipsImage **image, const loom_recipe *recipe, loom_format format,
                              loom_outcome *outcome);

/*
 * Settles what the colours of *image, just opened, mean (its reference is taken over and replaced):
 * a profile that is not for pixels of its colour space is taken off, so that it is neither applied
 * nor kept; what the file says of its colours otherwise becomes a profile; gray pixels with a gray
 * profile lose the channels that a decoder made of it. What cannot be is a warning to `outcome`.
 * False when libvips fails.
 */
bool loom_vips_settle_colour(VipsImage **image, const loom_header *header, loom_outcome *outcome);

#endif
