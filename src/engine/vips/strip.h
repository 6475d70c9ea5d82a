/*
 * A strip of an image on its way through zimg: rows of 8-bit samples with 16 bits each, a plane a
 * channel. What those share that make pictures narrower.
 */
#ifndef LOOM_ENGINE_VIPS_STRIP_H
#define LOOM_ENGINE_VIPS_STRIP_H

#include "engine/codec/zimg_resize.h"
#include <vips/vips.h>

enum { LOOM_STRIP_ROWS = 16, LOOM_STRIP_BANDS = 4 };

/* A thread's. Zero-initialise. */
typedef struct loom_vips_strip {
    loom_resizer *resizer; /* NULL: could not be made */
    loom_plane from[LOOM_STRIP_BANDS], to[LOOM_STRIP_BANDS];
} loom_vips_strip;

/* Whether zimg can make such an image `width` px wide, and whether its set-up is worth it. */
bool loom_vips_strip_can(VipsImage *image, int width, loom_kernel kernel);
bool loom_vips_strip_pays(VipsImage *image);

/* Whether there is memory for the resizer; released in either case. */
bool loom_vips_strip_init(loom_vips_strip *strip);
void loom_vips_strip_release(loom_vips_strip *strip);

/* Has room in `from` for LOOM_STRIP_ROWS rows of the image. False: out of memory. */
bool loom_vips_strip_reserve(loom_vips_strip *strip, const VipsImage *image);

/* Makes `to` of `from`: `width` px of `across` px, as loom_resizer_narrow. */
bool loom_vips_strip_narrow(loom_vips_strip *strip, int bands, double across, int width,
                            loom_kernel kernel);

#endif
