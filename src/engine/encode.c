#include "engine/encode.h"

#include <inttypes.h>
#include <stdlib.h>

/* One attempt at one quality; replaces the bytes of the previous one. */
static bool attempt(loom_lane_output *output, const loom_encoder *encoder, int quality)
{
    loom_encoded made = {.quality = quality};

    if (!encoder->encode(encoder->data, quality, &made))
        return false;
    free(output->encoded.data);
    output->encoded = made;
    return true;
}

/*
 * Finds the best quality below `quality`, whose result was too large, that stays within the limit.
 * A binary search, because sizes grow with quality. Leaves that result in output->encoded or, if no
 * quality is small enough, the smallest result, with a warning.
 */
static bool search_quality(loom_lane_output *output, const loom_encoder *encoder, uint64_t limit,
                           int quality)
{
    int low = 0, high = quality; /* low fits (0: nothing known to fit), high does not */

    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (!attempt(output, encoder, middle))
            return false;
        if (output->encoded.size <= limit)
            low = middle;
        else
            high = middle;
    }
    const int best = low > 0 ? low : 1;
    if (output->encoded.quality != best && !attempt(output, encoder, best))
        return false;
    if (low == 0)
        loom_outcome_warn(output->outcome,
                          "even quality 1 needs %zu bytes, more than the %" PRIu64 " allowed",
                          output->encoded.size, limit);
    return true;
}

bool loom_encode_output(const loom_lane_job *job, loom_lane_output *output,
                        const loom_encoder *encoder)
{
    const loom_recipe *recipe = job->job->recipe;
    const int usual = recipe->lossless ? 0 : loom_format_get(output->task->format)->quality;
    const int quality = usual > 0 && recipe->quality > 0 ? recipe->quality : usual;

    if (!attempt(output, encoder, quality))
        return false;
    if (recipe->max_bytes == 0 || output->encoded.size <= recipe->max_bytes)
        return true;
    if (quality > 0)
        return search_quality(output, encoder, recipe->max_bytes, quality);
    loom_outcome_warn(
        output->outcome,
        "the file has %zu bytes, more than the %" PRIu64 " allowed, and %s has no quality to lower",
        output->encoded.size, recipe->max_bytes, loom_format_get(output->task->format)->name);
    return true;
}
