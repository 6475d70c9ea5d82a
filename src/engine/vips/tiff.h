/*
 * libtiff, which stands behind libvips: what it cannot decode, what it complains of, and which of a
 * TIFF's samples are the picture.
 */
#ifndef LOOM_ENGINE_VIPS_TIFF_H
#define LOOM_ENGINE_VIPS_TIFF_H

#include "base/bytes.h"
#include <vips/vips.h>

/* Once, after libvips was started: what libtiff complains of goes to messages.h. */
void loom_vips_tiff_start(void);

/*
 * Whether this libtiff or libvips lacks what the TIFF needs, which is then not damaged; `reason`,
 * static, follows "this kind of tiff: ".
 */
bool loom_vips_tiff_lacks(loom_bytes file, const char **reason);

/*
 * Drops samples that are neither colour nor alpha from what libvips has opened, and makes sRGB of
 * CIE L*a*b*, which libvips would take for that of D65.
 */
bool loom_vips_tiff_end(VipsImage **image, loom_bytes file);

#endif
