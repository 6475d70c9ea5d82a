/*
 * Making 8-bit pictures narrower by zimg, strip by strip: libvips' own horizontal step is plain C.
 * Rows of one picture are resized alike, so one graph serves all strips, and memory stays that of
 * some rows.
 */
#ifndef LOOM_ENGINE_VIPS_NARROW_H
#define LOOM_ENGINE_VIPS_NARROW_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <vips/vips.h>

/* Whether there is something for zimg to do, and it can do it. */
bool loom_vips_can_narrow(const VipsImage *image, int width, loom_kernel kernel);

/* The image made `width` px wide. NULL when libvips fails. The caller unrefs it. */
VipsImage *loom_vips_narrow(VipsImage *image, int width, loom_kernel kernel);

/*
 * The same with alpha, the last of 2 or 4 channels, premultiplied on the way: 16-bit samples, each
 * times alpha (0..255), alpha itself times 255, so that nothing is lost.
 */
VipsImage *loom_vips_narrow_premultiplied(VipsImage *image, int width, loom_kernel kernel);

/* From such samples back to 8 bits, rounded; where nothing is to be seen, black. */
VipsImage *loom_vips_unpremultiply(VipsImage *image);

#endif
