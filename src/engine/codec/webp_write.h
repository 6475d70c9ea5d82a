/* Writing WebP by libwebp's encoder: from planes, without RGB, or from RGB and gray with alpha. */
#ifndef LOOM_ENGINE_CODEC_WEBP_WRITE_H
#define LOOM_ENGINE_CODEC_WEBP_WRITE_H

#include "base/strbuf.h"
#include "batch/job.h"
#include "picture/picture.h"
#include "picture/plane.h"

enum { LOOM_WEBP_PLANES = 3 };

/* libwebp's method: the recipe's effort, limited to its range, or our default. */
int loom_webp_effort(const loom_recipe *recipe);

/*
 * The levels of a plane, 0..2, whose samples are of full range (JFIF 1.02): those of the format,
 * which is of limited range (ITU-R BT.601): luma 16..235; chroma 16..240, around 128 as before.
 */
loom_levels loom_webp_levels(unsigned plane);

/* A picture to write, lossy. */
typedef struct loom_webp_picture {
    /*
     * Y', Cb and Cr with those levels. Chroma has half of luma's samples, rounded up, on both axes,
     * in the middle of their pixels.
     */
    const loom_plane *planes[LOOM_WEBP_PLANES];
    int quality; /* 1..100 */
    int effort;
    const loom_cancel *cancel; /* looked at a hundred times in a picture; may be NULL */
} loom_webp_picture;

/*
 * Appends the file to `out`. LOOM_ERR_OUT_OF_MEMORY, the reason for which `cancel` stops it, or
 * LOOM_ERR_UNSUPPORTED with libwebp's reason, static, in *why.
 */
loom_status loom_webp_write(const loom_webp_picture *picture, loom_strbuf *out, const char **why);

/*
 * The same of a picture of 8 bits, with or without alpha, lossy or, if the recipe says so, without
 * loss: the file that libvips makes.
 */
loom_status loom_webp_write_picture(const loom_picture *picture, const loom_recipe *recipe,
                                    int quality, const loom_cancel *cancel, loom_strbuf *out,
                                    const char **why);

#endif
