/* What encoding has in common in all lanes: the quality, and the search for it. */
#ifndef LOOM_ENGINE_ENCODE_H
#define LOOM_ENGINE_ENCODE_H

#include "engine/lane.h"

/* Encodes a picture, often if need be. */
typedef struct loom_encoder {
    /* Fills in *made, whose data is from malloc; false: failed, and *made is unchanged. */
    bool (*encode)(void *data, int quality, loom_encoded *made);
    void *data;
} loom_encoder;

/*
 * Encodes at the recipe's quality or, where that is larger than --max-bytes, at the best that is
 * not, into output->encoded. A warning where none is small enough. False when the encoder failed.
 */
bool loom_encode_output(const loom_lane_job *job, loom_lane_output *output,
                        const loom_encoder *encoder);

#endif
