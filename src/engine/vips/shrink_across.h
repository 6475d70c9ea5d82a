/*
 * Making 8-bit pictures with alpha narrower by zimg, strip by strip, premultiplied: libvips' own
 * horizontal step is plain C, and it premultiplies in floating point.
 */
#ifndef LOOM_ENGINE_VIPS_SHRINK_ACROSS_H
#define LOOM_ENGINE_VIPS_SHRINK_ACROSS_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <vips/vips.h>

/* Whether it can be done, and is worth it. */
bool loom_vips_can_shrink_across(VipsImage *image, int width, loom_kernel kernel);

/*
 * The image made `width` px wide, with alpha, the last of its 2 or 4 channels, premultiplied on the
 * way: 16-bit samples, each times alpha (0..255), alpha itself times 255, so that nothing is lost.
 * NULL when libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_shrink_across(VipsImage *image, int width, loom_kernel kernel);

/* From such samples back to 8 bits, rounded; where nothing is to be seen, black. */
VipsImage *loom_vips_unpremultiply(VipsImage *image);

#endif
