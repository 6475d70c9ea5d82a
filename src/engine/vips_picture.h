/* Pictures in memory as libvips images, and images that watch for their job's end. */
#ifndef LOOM_ENGINE_VIPS_PICTURE_H
#define LOOM_ENGINE_VIPS_PICTURE_H

#include "image/picture.h"
#include <imgloom/engine.h>
#include <vips/vips.h>

/*
 * The picture's samples as an image, tagged sRGB or gray of its depth. They stay the picture's,
 * which must outlive the image. NULL when libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_wrap(const loom_picture *picture);

/*
 * A pass-through image behind `in` that stops computing when the job should end, and binds
 * libvips' threads to the log of `ticket`. NULL when libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_watch(VipsImage *in, const loom_cancel *cancel, uint64_t ticket);

#endif
