/* Encoding steps that all lanes share: the quality, and the search for it. */
#ifndef LOOM_ENGINE_ENCODE_H
#define LOOM_ENGINE_ENCODE_H

#include "engine/lane.h"
#include "picture/plane.h"

/* Encodes a picture, several times if necessary. */
typedef struct loom_encoder {
    /* Fills in *made, whose data is from malloc; false: failed, and *made is unchanged. */
    bool (*encode)(void *data, int quality, loom_encoded *made);
    /*
     * Sets *luma, which is the caller's, to that of the picture (codec/ssim.h); with `made`, to
     * that of this file, decoded again. LOOM_ERR_OUT_OF_MEMORY; LOOM_ERR_CORRUPT: it cannot be
     * decoded; or an error that the lane has set in the *err of loom_encode_output.
     */
    loom_status (*luma)(void *data, const loom_encoded *made, loom_plane *luma);
    void *data;
} loom_encoder;

/*
 * Encodes at the recipe's quality into output->encoded. If the result exceeds the recipe's
 * max_bytes, takes the best quality that does not; if there is none, warns. With a similarity
 * (recipe->ssim), takes the lowest quality, up to the recipe's, that reaches it, and tells it in
 * output->ssim; if there is none, takes the highest, and warns. False: it failed, and *err says why
 * unless the encoder did.
 */
bool loom_encode_output(const loom_lane_job *job, loom_lane_output *output,
                        const loom_encoder *encoder, loom_error *err);

/*
 * Says why it failed, unless *err does, and returns that: the job must stop; or `why`, the words of
 * the encoder of the output's format; or (NULL) memory.
 */
loom_status loom_encode_report(const loom_lane_job *job, const loom_lane_output *output,
                               const char *why, loom_error *err);

#endif
