/* Metadata of a PNG that stand behind its pixels. */
#ifndef LOOM_ENGINE_VIPS_PNG_LATE_H
#define LOOM_ENGINE_VIPS_PNG_LATE_H

#include "base/bytes.h"
#include <vips/vips.h>

/*
 * Gives the image, just opened, the EXIF and XMP that stand behind the pixels, where there is none
 * before them: libvips does not look there, and ImageMagick writes them there.
 */
void loom_vips_png_late(VipsImage *image, loom_bytes file);

#endif
