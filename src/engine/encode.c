#include "engine/encode.h"

#include <inttypes.h>
#include <stdlib.h>

/* ---- the resolution ------------------------------------------------------ */

/* In thousandths of a px per inch: that of the recipe, else that of the input; 0: none. */
static uint32_t find_dpi(const loom_lane_job *job)
{
    const uint32_t wanted = (uint32_t)job->job->recipe->dpi;
    loom_traits traits;

    if (wanted > 0)
        return wanted * 1000;
    loom_format_traits(job->header.format, (loom_bytes){job->input.data, job->input.size}, &traits);
    return traits.dpi;
}

/* Puts it into the encoded file, which stays as it is where it cannot hold it. */
static void put_dpi(loom_format format, uint32_t dpi, loom_encoded *made)
{
    const loom_container *container = loom_container_of(format);
    loom_strbuf out = LOOM_STRBUF_INIT;

    if (dpi == 0 || container->put_dpi == NULL)
        return;
    if (container->put_dpi((loom_bytes){made->data, made->size}, dpi, &out)) {
        free(made->data);
        made->size = out.size;
        made->data = (unsigned char *)loom_strbuf_take(&out);
    }
    loom_strbuf_release(&out);
}

/* ---- the quality --------------------------------------------------------- */

/* One attempt at one quality; replaces the bytes of the previous one. */
static bool attempt(loom_lane_output *output, const loom_encoder *encoder, uint32_t dpi,
                    int quality)
{
    loom_encoded made = {.quality = quality};

    if (!encoder->encode(encoder->data, quality, &made))
        return false;
    put_dpi(output->task->format, dpi, &made);
    free(output->encoded.data);
    output->encoded = made;
    return true;
}

/*
 * Finds the best quality below `quality`, whose result was too large, that stays within the limit.
 * A binary search, because sizes grow with quality. Leaves that result in output->encoded or, if no
 * quality is small enough, the smallest result, with a warning.
 */
static bool search_quality(loom_lane_output *output, const loom_encoder *encoder, uint32_t dpi,
                           uint64_t limit, int quality)
{
    int low = 0, high = quality; /* low fits (0: nothing known to fit), high does not */

    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (!attempt(output, encoder, dpi, middle))
            return false;
        if (output->encoded.size <= limit)
            low = middle;
        else
            high = middle;
    }
    const int best = low > 0 ? low : 1;
    if (output->encoded.quality != best && !attempt(output, encoder, dpi, best))
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
    const uint32_t dpi = find_dpi(job);
    const loom_format_info *info = loom_format_get(output->task->format);
    const bool lossless =
        (recipe->lossless && (info->choices & LOOM_CHOICE_LOSSLESS) != 0) ||
        (recipe->near_lossless >= 0 && (info->choices & LOOM_CHOICE_NEAR_LOSSLESS) != 0);
    const int usual = lossless ? 0 : info->quality;
    const int quality = usual > 0 && recipe->quality > 0 ? recipe->quality : usual;

    if (!attempt(output, encoder, dpi, quality))
        return false;
    if (recipe->dpi > 0 && loom_container_of(info->format)->put_dpi == NULL &&
        (recipe->metadata & LOOM_METADATA_EXIF) == 0)
        loom_outcome_warn(output->outcome, "%s holds no resolution but in EXIF", info->name);
    if (recipe->max_bytes == 0 || output->encoded.size <= recipe->max_bytes)
        return true;
    if (quality > 0)
        return search_quality(output, encoder, dpi, recipe->max_bytes, quality);
    loom_outcome_warn(
        output->outcome,
        "the file has %zu bytes, more than the %" PRIu64 " allowed, and %s has no quality to lower",
        output->encoded.size, recipe->max_bytes, loom_format_get(output->task->format)->name);
    return true;
}

loom_status loom_encode_report(const loom_lane_job *job, const loom_lane_output *output,
                               const char *why, loom_error *err)
{
    const unsigned width = (unsigned)output->geometry.width;
    const unsigned height = (unsigned)output->geometry.height;
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err);

    if (stopped != LOOM_OK)
        return stopped;
    if (why != NULL)
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                              "the %s encoder refuses a picture of %ux%u px: %s",
                              loom_format_get(output->task->format)->name, width, height, why);
    return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_ENCODE,
                          "not enough memory to encode a picture of %ux%u px", width, height);
}
