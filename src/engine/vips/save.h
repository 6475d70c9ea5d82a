/* The last step of the vips lane: from a picture in memory to the bytes of a file. */
#ifndef LOOM_ENGINE_VIPS_SAVE_H
#define LOOM_ENGINE_VIPS_SAVE_H

#include "engine/lane.h"
#include "engine/vips/meta.h"
#include "picture/picture.h"
#include <vips/vips.h>

typedef struct loom_vips_encode {
    const loom_picture *picture; /* the frames of an animation one below the other */
    loom_vips_meta meta;
    uint32_t frames; /* >= 1 */
    uint64_t ticket; /* of the log */
} loom_vips_encode;

/*
 * Encodes in the output's format into output->encoded, with the recipe's quality or, where it
 * limits the size, the best that keeps to it (a warning where none does). Stage `encode`.
 */
loom_status loom_vips_encode_output(const loom_lane_job *job, loom_lane_output *output,
                                    const loom_vips_encode *what, loom_error *err);

#endif
