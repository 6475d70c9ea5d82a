/* Encoding steps that all lanes share: the quality, and the search for it. */
#ifndef LOOM_ENGINE_ENCODE_H
#define LOOM_ENGINE_ENCODE_H

#include "engine/lane.h"

/* Encodes a picture, several times if necessary. */
typedef struct loom_encoder {
    /* Fills in *made, whose data is from malloc; false: failed, and *made is unchanged. */
    bool (*encode)(void *data, int quality, loom_encoded *made);
    void *data;
} loom_encoder;

/*
 * Encodes at the recipe's quality into output->encoded. If the result exceeds the recipe's
 * max_bytes, takes the best quality that does not; if there is none, warns. False: the encoder
 * failed.
 */
bool loom_encode_output(const loom_lane_job *job, loom_lane_output *output,
                        const loom_encoder *encoder);

/*
 * Says why it failed, and returns that: the job must stop; or `why`, the words of the encoder of
 * the output's format; or (NULL) memory.
 */
loom_status loom_encode_report(const loom_lane_job *job, const loom_lane_output *output,
                               const char *why, loom_error *err);

#endif
