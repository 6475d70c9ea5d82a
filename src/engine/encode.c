#include "engine/encode.h"

#include "base/error.h"
#include "engine/codec/ssim.h"
#include <inttypes.h>
#include <math.h>
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

/* What is searched for: the highest quality of a size, or the lowest of a similarity. */
typedef struct search {
    const loom_lane_job *job;
    loom_lane_output *output; /* `encoded` and `ssim` are those of the best result so far */
    const loom_encoder *encoder;
    loom_error *err;
    uint32_t dpi;
    bool found;         /* that result is what is searched for */
    loom_plane was, is; /* luma of the picture, and of a result */
} search;

static loom_status explain(const search *s, loom_status status)
{
    if (status == LOOM_OK || loom_lane_check_stop(s->job, LOOM_STAGE_ENCODE, s->err) != LOOM_OK)
        return status;
    if (status == LOOM_ERR_OUT_OF_MEMORY)
        return loom_no_memory(s->err, LOOM_STAGE_ENCODE, "to compare the output with its picture");
    return loom_error_set(s->err, LOOM_ERR_INTERNAL, LOOM_STAGE_ENCODE,
                          "the %s that was made cannot be decoded to compare it",
                          loom_format_get(s->output->task->format)->name);
}

/* In millionths, rounded down so that none is told that was not reached; at least 1. */
static uint32_t millionths(double similarity)
{
    const double scaled = floor(similarity * 1e6 + 1e-6);

    return scaled >= 1e6 ? 1000000 : scaled >= 1 ? (uint32_t)scaled : 1;
}

static loom_status measure(search *s, const loom_encoded *made, double *similarity)
{
    loom_status status = s->encoder->luma(s->encoder->data, made, &s->is);

    if (status == LOOM_OK && (s->is.width != s->was.width || s->is.height != s->was.height))
        status = LOOM_ERR_CORRUPT;
    if (status == LOOM_OK)
        status = loom_plane_ssim(&s->was, &s->is, s->job->job->cancel, similarity);
    return explain(s, status);
}

/*
 * One attempt at one quality. *above: the result is larger than the limit, or as similar as the
 * target says; both get more so with quality. Of a size, the results below are searched for, of a
 * similarity those above: the last of them is the best, and before one is found, the last of all.
 */
static bool attempt(search *s, int quality, bool *above)
{
    const loom_recipe *recipe = s->job->job->recipe;
    loom_lane_output *output = s->output;
    loom_encoded made = {.quality = quality};
    double similarity = 0;

    if (!s->encoder->encode(s->encoder->data, quality, &made))
        return false;
    put_dpi(output->task->format, s->dpi, &made);
    if (s->was.data != NULL && measure(s, &made, &similarity) != LOOM_OK) {
        free(made.data);
        return false;
    }
    const bool compares = s->was.data != NULL;
    *above = compares ? similarity >= recipe->ssim
                      : recipe->max_bytes > 0 && made.size > recipe->max_bytes;
    if (*above == compares || !s->found) {
        free(output->encoded.data);
        output->encoded = made;
        output->ssim = compares ? millionths(similarity) : 0;
        s->found = *above == compares;
    } else {
        free(made.data);
    }
    return true;
}

/* A binary search for where results come to be above; `high` is taken for above. */
static bool find_border(search *s, int high)
{
    int low = 0; /* below, if it were a quality */

    while (high - low > 1) {
        const int middle = low + (high - low) / 2;
        bool above;
        if (!attempt(s, middle, &above))
            return false;
        if (above)
            high = middle;
        else
            low = middle;
    }
    return true;
}

/* The result at this quality is too large. */
static bool search_size(search *s, int quality)
{
    if (!find_border(s, quality))
        return false;
    if (!s->found)
        loom_outcome_warn(s->output->outcome,
                          "even quality 1 needs %zu bytes, more than the %" PRIu64 " allowed",
                          s->output->encoded.size, s->job->job->recipe->max_bytes);
    return true;
}

static bool search_similarity(search *s, int max)
{
    const loom_status status = s->encoder->luma(s->encoder->data, NULL, &s->was);
    const bool made = explain(s, status) == LOOM_OK && find_border(s, max + 1);

    if (made && !s->found)
        loom_outcome_warn(s->output->outcome,
                          "even quality %d has a similarity of %u.%04u, less than the %g asked for",
                          max, s->output->ssim / 1000000, s->output->ssim % 1000000 / 100,
                          s->job->job->recipe->ssim);
    loom_plane_release(&s->was);
    loom_plane_release(&s->is);
    return made;
}

/* The highest quality that is tried; 0: this output has none. */
static int highest_quality(const loom_recipe *recipe, const loom_format_info *info)
{
    const bool lossless =
        (recipe->lossless && (info->choices & LOOM_CHOICE_LOSSLESS) != 0) ||
        (recipe->near_lossless >= 0 && (info->choices & LOOM_CHOICE_NEAR_LOSSLESS) != 0);

    if (lossless || info->quality == 0)
        return 0;
    if (recipe->quality > 0)
        return recipe->quality;
    return recipe->ssim > 0 ? LOOM_QUALITY_MAX : info->quality;
}

/* Of a format, or a way to encode in it, that has no quality. */
static void warn_of_no_quality(const loom_lane_output *output, const loom_recipe *recipe)
{
    const loom_format_info *info = loom_format_get(output->task->format);
    const bool exact = info->always_lossless && ((info->choices & LOOM_CHOICE_PALETTE) == 0 ||
                                                 recipe->palette == LOOM_PALETTE_NONE);

    if (recipe->max_bytes > 0 && output->encoded.size > recipe->max_bytes)
        loom_outcome_warn(output->outcome,
                          "the file has %zu bytes, more than the %" PRIu64
                          " allowed, and %s has no quality to lower",
                          output->encoded.size, recipe->max_bytes, info->name);
    if (recipe->ssim > 0 && !exact)
        loom_outcome_warn(output->outcome,
                          "no similarity was looked for: %s has no quality to search", info->name);
}

/* For the format of the input: one that is asked for by name is refused at once. */
static void warn_of_loss(const loom_lane_output *output, const loom_recipe *recipe)
{
    const loom_format_info *info = loom_format_get(output->task->format);

    if (info->always_lossless)
        return;
    if (recipe->lossless && (info->choices & LOOM_CHOICE_LOSSLESS) == 0)
        loom_outcome_warn(output->outcome, "%s has no lossless mode", info->name);
    if (recipe->near_lossless >= 0 && (info->choices & LOOM_CHOICE_NEAR_LOSSLESS) == 0)
        loom_outcome_warn(output->outcome, "%s has no near-lossless mode", info->name);
}

/*
 * Of a resolution that was asked for, by what the file says: it may have lost it for want of EXIF,
 * of a field in that, or of a JFIF header.
 */
static void warn_of_no_dpi(const loom_lane_output *output, const loom_recipe *recipe)
{
    const loom_container *container = loom_container_of(output->task->format);
    const char *name = container->info.name;
    loom_traits traits;

    if (recipe->dpi == 0)
        return;
    loom_format_traits(output->task->format,
                       (loom_bytes){output->encoded.data, output->encoded.size}, &traits);
    if (traits.dpi == (uint32_t)recipe->dpi * 1000)
        return;
    if (container->put_dpi == NULL && !container->held.exif)
        loom_outcome_warn(output->outcome, "the resolution was not written: %s holds none", name);
    else if (container->put_dpi == NULL && (recipe->metadata & LOOM_METADATA_EXIF) == 0)
        loom_outcome_warn(output->outcome,
                          "the resolution was not written: %s holds it in EXIF alone", name);
    else if (container->put_dpi == NULL)
        loom_outcome_warn(output->outcome,
                          "the resolution was not written: the EXIF that is kept has no field "
                          "for it");
    else
        loom_outcome_warn(output->outcome,
                          "the resolution was not written: this %s has no field for it", name);
}

bool loom_encode_output(const loom_lane_job *job, loom_lane_output *output,
                        const loom_encoder *encoder, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_format_info *info = loom_format_get(output->task->format);
    const int quality = highest_quality(recipe, info);
    search s = {.job = job, .output = output, .encoder = encoder, .err = err, .dpi = find_dpi(job)};
    bool too_large = false;

    if (quality > 0 && recipe->ssim > 0 ? !search_similarity(&s, quality)
                                        : !attempt(&s, quality, &too_large))
        return false;
    warn_of_no_dpi(output, recipe);
    if (quality > 0 && too_large) /* and so not lossless, which has no quality to search */
        return search_size(&s, quality);
    if (quality == 0)
        warn_of_no_quality(output, recipe);
    warn_of_loss(output, recipe);
    return true;
}

loom_status loom_encode_report(const loom_lane_job *job, const loom_lane_output *output,
                               const char *why, loom_error *err)
{
    const unsigned width = (unsigned)output->geometry.width;
    const unsigned height = (unsigned)output->geometry.height;

    if (err != NULL && err->code != LOOM_OK)
        return err->code;
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
