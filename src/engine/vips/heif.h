/* What libvips leaves to do of a HEIF or AVIF picture, and what its libheif can do. */
#ifndef LOOM_ENGINE_VIPS_HEIF_H
#define LOOM_ENGINE_VIPS_HEIF_H

#include <stdbool.h>
#include <stdint.h>
#include <vips/vips.h>

/*
 * Makes of *image, just opened, whose reference is taken over and replaced, what the file means:
 * upright, its metadata its own, and samples of 10 or 12 bits widened to 16. False when libvips
 * fails.
 */
bool loom_vips_heif_end(VipsImage **image);

/*
 * Whether libheif decodes or encodes items of this type ("av01", "hvc1"): its codecs may be
 * plug-ins that are not installed. True of a type that it cannot be asked of, or where it is not
 * loaded.
 */
bool loom_vips_heif_decodes(uint32_t coding);
bool loom_vips_heif_encodes(uint32_t coding);

#endif
