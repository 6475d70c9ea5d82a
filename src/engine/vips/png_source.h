/* Our PNG reader as the source of libvips' pixels. */
#ifndef LOOM_ENGINE_VIPS_PNG_SOURCE_H
#define LOOM_ENGINE_VIPS_PNG_SOURCE_H

#include "base/bytes.h"
#include "engine/codec/png_read.h"
#include <vips/vips.h>

/*
 * An image with all that the header of `opened` says, libvips' own of the same file, whose pixels
 * come from our reader; from top to bottom, once. The file must outlive it, and so must *faults,
 * which is what the reader has found when the last row was asked for. NULL: the file is left to
 * libvips, or that fails.
 */
VipsImage *loom_vips_png(VipsImage *opened, const unsigned char *file, size_t size,
                         loom_png_faults *faults);

/*
 * Gives the image, just opened, the EXIF and XMP that stand behind the pixels, where there is none
 * before them: libvips does not look there, and ImageMagick writes them there.
 */
void loom_vips_png_late(VipsImage *image, loom_bytes file);

#endif
