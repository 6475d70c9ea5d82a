/* What every part of the vips lane does with libvips' operations. */
#ifndef LOOM_ENGINE_VIPS_OPS_H
#define LOOM_ENGINE_VIPS_OPS_H

#include "batch/job.h"
#include "picture/picture.h"
#include <vips/vips.h>

/*
 * Ends one operation of a chain: *image, whose reference is dropped, becomes *made. False when
 * the operation failed; *image is then as before. `made` is a pointer so that the operation may
 * stand among the arguments.
 */
bool loom_vips_step(VipsImage **image, VipsImage **made, int failed);

/* Divides alpha out again, after vips_premultiply, and rounds to samples of `format`. */
bool loom_vips_end_premultiplied(VipsImage **image, VipsBandFormat format);

/*
 * The picture's samples as an image, tagged sRGB, gray or CMYK of its depth. They stay the
 * picture's, which must outlive the image. NULL when libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_wrap(const loom_picture *picture);

/* Computes the image into *picture (8 or 16 bits a channel). False when libvips fails. */
bool loom_vips_to_picture(VipsImage *image, loom_picture *picture);

/*
 * A pass-through image behind `in` that stops computing when the job should end, and binds
 * libvips' threads to the log of `ticket`. NULL when libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_watch(VipsImage *in, const loom_cancel *cancel, uint64_t ticket);

/* Both: the picture as an image that is watched. NULL when libvips fails. The caller unrefs it. */
VipsImage *loom_vips_wrap_watched(const loom_picture *picture, const loom_cancel *cancel,
                                  uint64_t ticket);

/* The pixel at (left, y) of an image of 8 or 16 bits, which the region must hold. */
VipsPel *loom_vips_pixel_at(const VipsRegion *region, int left, int y);

#endif
