/*
 * Downscaling of 8-bit pictures, strip by strip: down by our own loops, across by zimg, with 16
 * bits between the two. libvips' filters for such pictures have weights of six bits, its horizontal
 * step is plain C, and it premultiplies in floating point.
 */
#ifndef LOOM_ENGINE_VIPS_SHRINK_H
#define LOOM_ENGINE_VIPS_SHRINK_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <vips/vips.h>

/* ---- without alpha ------------------------------------------------------- */

/*
 * What is to be made of an image: `width` x `height` px of across x down px of it, which are its
 * size, or up to one more where the decoder has dropped what is no whole px.
 */
typedef struct loom_vips_shrink {
    double across, down;
    int width, height;
    loom_kernel kernel;
} loom_vips_shrink;

/* Whether it can be done, and is worth it. */
bool loom_vips_can_shrink(VipsImage *image, const loom_vips_shrink *how);

/*
 * The image made smaller, read once from top to bottom. NULL when libvips fails. The caller unrefs
 * it.
 */
VipsImage *loom_vips_shrink_run(VipsImage *image, const loom_vips_shrink *how);

/* ---- with alpha, across alone -------------------------------------------- */

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
