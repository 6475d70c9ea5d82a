#include "engine/vips_encode.h"

#include "engine/alone.h"
#include "engine/vips_meta.h"
#include "engine/vips_ops.h"
#include "engine/vips_savers.h"
#include <inttypes.h>

/* The picture as an image that watches for the job's end, with metadata. NULL: libvips fails. */
static VipsImage *prepare(const loom_lane_job *job, const loom_vips_encode *what, bool *strip)
{
    VipsImage *image = loom_vips_wrap(what->picture), *watched;

    if (image == NULL)
        return NULL;
    watched = loom_vips_watch(image, job->job->cancel, what->ticket);
    g_object_unref(image);
    if (watched == NULL)
        return NULL;
    *strip = !loom_vips_meta_give(what->meta, watched, what->with_profile);
    if (what->frames > 1)
        vips_image_set_int(watched, VIPS_META_PAGE_HEIGHT,
                           (int)(what->picture->height / what->frames));
    return watched;
}

/* One attempt at one quality; takes the place of the last one's bytes. False: libvips fails. */
static bool attempt(const loom_lane_job *job, loom_lane_output *output,
                    const loom_vips_encode *what, int quality)
{
    loom_vips_save save = {.recipe = job->job->recipe, .quality = quality};
    loom_encoded made = {.quality = quality, .channels = (int)what->picture->channels};
    bool strip;

    VipsImage *image = prepare(job, what, &strip);
    if (image == NULL)
        return false;
    save.strip = strip;
    int failed = loom_vips_save_buffer(output->task->format, image, &save, &made.data, &made.size);
    g_object_unref(image);
    if (failed)
        return false;
    g_free(output->encoded.data);
    output->encoded = made;
    return true;
}

/*
 * The best quality below `quality`, whose result was too large, that keeps to the limit: sizes
 * grow with quality, so by halving. Ends with that result in output->encoded; with the smallest
 * of all, and a warning, where none is small enough.
 */
static bool search_quality(const loom_lane_job *job, loom_lane_output *output,
                           const loom_vips_encode *what, int quality)
{
    const uint64_t limit = job->job->recipe->max_bytes;
    int low = 0, high = quality; /* low fits (0: nothing known to fit), high does not */

    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        if (!attempt(job, output, what, middle))
            return false;
        if (output->encoded.size <= limit)
            low = middle;
        else
            high = middle;
    }
    const int best = low > 0 ? low : 1;
    if (output->encoded.quality != best && !attempt(job, output, what, best))
        return false;
    if (low == 0)
        loom_outcome_warn(output->outcome,
                          "even quality 1 needs %zu bytes, more than the %" PRIu64
                          " that --max-bytes allows",
                          output->encoded.size, limit);
    return true;
}

static bool encode(const loom_lane_job *job, loom_lane_output *output, const loom_vips_encode *what)
{
    const loom_recipe *recipe = job->job->recipe;
    const int usual = recipe->lossless ? 0 : loom_format_get(output->task->format)->quality;
    const int quality = usual > 0 && recipe->quality > 0 ? recipe->quality : usual;

    if (!attempt(job, output, what, quality))
        return false;
    if (recipe->max_bytes == 0 || output->encoded.size <= recipe->max_bytes)
        return true;
    if (quality > 0)
        return search_quality(job, output, what, quality);
    loom_outcome_warn(output->outcome,
                      "the file has %zu bytes, more than the %" PRIu64
                      " that --max-bytes allows, and %s has no quality to lower",
                      output->encoded.size, recipe->max_bytes,
                      loom_format_get(output->task->format)->name);
    return true;
}

loom_status loom_vips_encode_output(const loom_lane_job *job, loom_lane_output *output,
                                    const loom_vips_encode *what, loom_error *err)
{
    const loom_picture *picture = what->picture;

    loom_alone_stage(LOOM_STAGE_ENCODE);
    if (encode(job, output, what))
        return LOOM_OK;
    char text[LOOM_ALONE_TEXT];
    loom_alone_take_text(text);
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err);
    if (stopped != LOOM_OK)
        return stopped;
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                          "the %s encoder refuses a picture of %ux%u px with %u channels%s",
                          loom_format_get(output->task->format)->name, picture->width,
                          picture->height, picture->channels, text);
}
