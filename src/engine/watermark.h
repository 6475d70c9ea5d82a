/* The picture of a watermark: decoded once, in a worker of its own, and scaled for each output. */
#ifndef LOOM_ENGINE_WATERMARK_H
#define LOOM_ENGINE_WATERMARK_H

#include "isolation/spawn.h"
#include "picture/picture.h"

typedef struct loom_watermark {
    loom_picture picture;   /* RGB + alpha of 8 bits, sRGB, upright; owned */
    uint32_t width, height; /* px: its own size; a drawing is rendered larger */
} loom_watermark;

/*
 * Decodes the recipe's watermark, of an animation the first frame. Where there are workers
 * (setup->program >= 0) one of its own does it, which may read formats that are for trusted files:
 * this one is the operator's. LOOM_ERR_UNSUPPORTED: it is not the file whose hash the recipe holds;
 * LOOM_ERR_TOO_LARGE; or the error of its image. The message names the file. The caller releases
 * the picture.
 */
loom_status loom_watermark_load(const loom_spawn_setup *setup, const loom_recipe *recipe,
                                loom_watermark *watermark, loom_error *err);

/*
 * Scales such a picture, by Lanczos with alpha premultiplied. The caller releases the result. Stage
 * `transform`: LOOM_ERR_OUT_OF_MEMORY.
 */
loom_status loom_watermark_scale(const loom_picture *from, uint32_t width, uint32_t height,
                                 loom_picture *to, loom_error *err);

#endif
