/* Our PNG reader as the source of libvips' pixels. */
#ifndef LOOM_ENGINE_VIPS_PNG_SOURCE_H
#define LOOM_ENGINE_VIPS_PNG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <vips/vips.h>

/*
 * An image with all that the header of `opened` says, libvips' own of the same file, whose pixels
 * come from our reader; from top to bottom, once. The file must outlive it. *gave_up, which must,
 * too, becomes true when the file turns out to be one that is left to libvips; `opened`, of which
 * nothing was computed, then serves in its place. NULL: it is such a file, or libvips fails.
 */
VipsImage *loom_vips_png(VipsImage *opened, const unsigned char *file, size_t size, bool *gave_up);

#endif
