/*
 * Filters of planes and pictures. Beside the edges the last px is repeated.
 *
 * All return LOOM_OK, LOOM_ERR_OUT_OF_MEMORY, or what `cancel` (may be NULL) says; samples are then
 * partly changed. Alpha is premultiplied on the way. Not for CMYK.
 */
#ifndef LOOM_ENGINE_CODEC_FILTER_H
#define LOOM_ENGINE_CODEC_FILTER_H

#include "batch/job.h"
#include "picture/picture.h"
#include "picture/plane.h"

/*
 * An unsharp mask: what differs from the picture blurred by `sigma` px is added `amount` times. Of
 * a picture its Rec. 601 luma alone is sharpened, Y' = 0.299 R' + 0.587 G' + 0.114 B': each colour
 * gets what luma gets, so that this is the same for Y'CbCr, where it is one plane.
 */
typedef struct loom_unsharp {
    double sigma;  /* px, > 0 */
    double amount; /* 0: none */
} loom_unsharp;

/* What the recipe says of an output of that geometry: `auto` depends on how much smaller it gets.
 */
loom_unsharp loom_unsharp_of(const loom_recipe *recipe, const loom_geometry *geometry);

/*
 * A Gaussian, by separable sums in single precision: a kernel reaches 3 sigma and sums up to 1.
 * Alpha is blurred itself, but never sharpened.
 */
loom_status loom_picture_blur(loom_picture *picture, double sigma, const loom_cancel *cancel);
loom_status loom_picture_sharpen(loom_picture *picture, loom_unsharp how,
                                 const loom_cancel *cancel);

/* `sigma` in samples of the plane on each axis. */
loom_status loom_plane_blur(loom_plane *plane, double sigma, const loom_cancel *cancel);
loom_status loom_plane_sharpen(loom_plane *plane, loom_unsharp how, const loom_cancel *cancel);

/*
 * Replaces each sample by the median of `window` x `window` px around it (odd, 3..LOOM_MEDIAN_MAX),
 * each channel for itself.
 */
loom_status loom_picture_median(loom_picture *picture, unsigned window, const loom_cancel *cancel);

#endif
