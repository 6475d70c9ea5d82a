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

/* ---- trim ---------------------------------------------------------------- */

/* Where a border of one colour is looked for, and what it is. */
typedef struct loom_trim {
    loom_rect in;       /* px of the picture */
    uint32_t x, y;      /* the px that has the border's colour, unless one is given */
    bool given;         /* the colour is */
    loom_colour colour; /* sRGB; alpha counts where the picture has it */
    unsigned threshold; /* 0..255: what differs by more in any channel is no border */
} loom_trim;

/*
 * The smallest part of trim->in with all px that differ from the border, as most of the nine px
 * around each do: specks and lines of one px are none. Of nothing but border all of it. Colours are
 * compared with alpha multiplied in, so that what is not seen is alike. LOOM_OK, or what `cancel`
 * (may be NULL) says. Not for CMYK.
 */
loom_status loom_picture_find_content(const loom_picture *picture, const loom_trim *trim,
                                      const loom_cancel *cancel, loom_rect *found);

/* The same of Y'CbCr planes of full range (JFIF), or of one of gray; `densities` are at most 1. */
loom_status loom_planes_find_content(const loom_plane *planes, const loom_density *densities,
                                     unsigned count, const loom_trim *trim,
                                     const loom_cancel *cancel, loom_rect *found);

#endif
