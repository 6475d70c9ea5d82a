/* Helpers for libvips' operations, for all parts of the vips lane. */
#ifndef LOOM_ENGINE_VIPS_OPS_H
#define LOOM_ENGINE_VIPS_OPS_H

#include "base/bytes.h"
#include "batch/job.h"
#include "picture/picture.h"
#include <vips/vips.h>

/*
 * Ends one operation of a chain: *image, whose reference is dropped, becomes *made. False: the
 * operation failed; *image is then unchanged. `made` is a pointer so that the operation can be one
 * of the arguments.
 */
bool loom_vips_step(VipsImage **image, VipsImage **made, int failed);

/* Unpremultiplies alpha after vips_premultiply, and rounds to samples of `format`. */
bool loom_vips_end_premultiplied(VipsImage **image, VipsBandFormat format);

/*
 * Wraps the picture's samples as an image, tagged sRGB, gray or CMYK of its depth. The picture
 * still owns them, and must outlive the image. NULL: libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_wrap(const loom_picture *picture);

/* Computes the image into *picture (8 or 16 bits a channel). False: libvips fails. */
bool loom_vips_to_picture(VipsImage *image, loom_picture *picture);

/*
 * A pass-through image after `in` that stops computing when the job should end, and binds libvips'
 * threads to the log of `ticket`. NULL: libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_watch(VipsImage *in, const loom_cancel *cancel, uint64_t ticket);

/* Both: the picture as a watched image. NULL: libvips fails. The caller unrefs it. */
VipsImage *loom_vips_wrap_watched(const loom_picture *picture, const loom_cancel *cancel,
                                  uint64_t ticket);

/*
 * The bytes of a blob of the image, such as VIPS_META_ICC_NAME; data NULL: it has none. The image
 * owns them.
 */
loom_bytes loom_vips_block(VipsImage *image, const char *name);

/* Copies such a blob to `to`, if `from`, which may be the same image, has it. */
void loom_vips_copy_block(VipsImage *from, const char *name, VipsImage *to);

/* The pixel at (left, y) of an image of 8 or 16 bits, which the region must hold. */
VipsPel *loom_vips_pixel_at(const VipsRegion *region, int left, int y);

#endif
