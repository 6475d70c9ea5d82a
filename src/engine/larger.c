#include "engine/larger.h"

#include "base/error.h"
#include "engine/metadata.h"
#include "format/container.h"
#include <stdlib.h>
#include <string.h>

/* ---- whether the original is what was asked for --------------------------- */

/*
 * Recipe fields that leave an original as it is, as far as the geometry, its format and its parts,
 * which are looked at, say so. The others (and those to come) want a picture made anew.
 */
static const uint64_t looked_at =
    LOOM_RECIPE_BIT(LOOM_RECIPE_ROTATION) | LOOM_RECIPE_BIT(LOOM_RECIPE_FLIP) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_FLOP) | LOOM_RECIPE_BIT(LOOM_RECIPE_SIZES) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_WIDTH) | LOOM_RECIPE_BIT(LOOM_RECIPE_HEIGHT) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_PERCENT) | LOOM_RECIPE_BIT(LOOM_RECIPE_FIT) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_POSITION) | LOOM_RECIPE_BIT(LOOM_RECIPE_KERNEL) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_NO_UPSCALE) | LOOM_RECIPE_BIT(LOOM_RECIPE_BACKGROUND) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_ICC) | LOOM_RECIPE_BIT(LOOM_RECIPE_ANIMATED) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_FORMAT) | LOOM_RECIPE_BIT(LOOM_RECIPE_QUALITY) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_MAX_BYTES) | LOOM_RECIPE_BIT(LOOM_RECIPE_SSIM) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_EFFORT) | LOOM_RECIPE_BIT(LOOM_RECIPE_METADATA) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_AUTO_ORIENT) | LOOM_RECIPE_BIT(LOOM_RECIPE_EXTRACT) |
    LOOM_RECIPE_BIT(LOOM_RECIPE_ASPECT) | LOOM_RECIPE_BIT(LOOM_RECIPE_RAW);

static bool is_same(loom_bytes a, loom_bytes b)
{
    return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

/* What an output has: stored pixels keep theirs (`outcome` tells that of the original). */
static int kept_orientation(const loom_recipe *recipe, const loom_outcome *outcome)
{
    return recipe->auto_orient ? 1 : outcome->orientation;
}

/* Whether an output would have the same metadata and profile as the original. */
static bool keeps_metadata(const loom_job *job, const loom_outcome *outcome,
                           const loom_meta_source *source)
{
    const loom_recipe *recipe = job->recipe;
    const loom_truth truth = {.format = outcome->format,
                              .width = outcome->width,
                              .height = outcome->height,
                              .was_width = outcome->original_width,
                              .was_height = outcome->original_height,
                              .orientation = kept_orientation(recipe, outcome),
                              .same_view = true};
    loom_meta meta = {.warning_count = 0};

    const bool same =
        loom_meta_make(&meta, source, recipe->metadata,
                       loom_lane_keeps_profile(recipe, outcome->format, false), &truth) &&
        meta.warning_count == 0 && is_same(loom_meta_bytes(&meta.exif), source->exif) &&
        is_same(loom_meta_bytes(&meta.xmp), source->xmp) &&
        is_same(loom_meta_bytes(&meta.iptc), source->iptc) &&
        is_same(meta.profile, source->profile);
    loom_meta_release(&meta);
    return same;
}

/*
 * Whether the picture would be where and as large as it was. That an orientation which is kept is
 * in the output's EXIF too, keeps_metadata looks at.
 */
static bool keeps_place(const loom_job *job, size_t i, const loom_outcome *outcome)
{
    loom_geometry geometry;

    return outcome->orientation == kept_orientation(job->recipe, outcome) &&
           loom_geometry_compute(job->recipe, &job->recipe->sizes[job->tasks[i]->size],
                                 outcome->original_width, outcome->original_height, 1, &geometry,
                                 NULL) == LOOM_OK &&
           loom_geometry_same_view(&geometry) && geometry.width == outcome->original_width &&
           geometry.height == outcome->original_height;
}

/* The reason why the original is not what was asked for, as far as its row tells; NULL: none. */
static const char *find_difference(const loom_job *job, size_t i, const loom_outcome *outcome)
{
    const loom_recipe *recipe = job->recipe;

    if (outcome->original_format != outcome->format || outcome->preview_of[0] != '\0')
        return "the output would be larger than the original, which has another format";
    if (!keeps_place(job, i, outcome))
        return "the output would be larger than the original, which has another size or turn";
    if ((loom_recipe_needs(recipe) & ~looked_at) != 0 ||
        (recipe->max_bytes > 0 && outcome->original_size > recipe->max_bytes))
        return "the output would be larger than the original, which is not what was asked for";
    if (outcome->warning_count + outcome->warnings_dropped > 0)
        return "the output would be larger than the original, which is not sound";
    if (loom_container_of(outcome->format)->plain == NULL)
        return "the output would be larger than the original, whose format is never copied";
    return NULL;
}

/* ---- what is done -------------------------------------------------------- */

static void drop(loom_encoded *encoded)
{
    free(encoded->data);
    *encoded = (loom_encoded){NULL, 0, 0, 0};
}

static void skip(loom_encoded *encoded, loom_outcome *outcome, const char *reason)
{
    drop(encoded);
    loom_outcome_unwrite(outcome);
    outcome->result = LOOM_RESULT_SKIPPED;
    outcome->skip_reason = reason;
    outcome->left_out = true;
}

/* Takes the bytes over; those of a caller are copied. False: out of memory. */
static bool take_bytes(loom_input *input, loom_encoded *encoded)
{
    encoded->data = input->data;
    encoded->size = input->size;
    if (input->borrowed == 0) {
        input->data = NULL;
        return true;
    }
    encoded->data = malloc(input->size);
    if (encoded->data != NULL)
        memcpy(encoded->data, input->data, input->size);
    return encoded->data != NULL;
}

/* Reads the original, and puts it in the place of the output; or sets the outcome's error. */
static loom_status copy_original(const loom_job *job, const loom_input_file *file,
                                 loom_encoded *encoded, loom_outcome *outcome)
{
    const int channels = encoded->channels;
    loom_meta_source source = {.further = false};
    loom_input input = {.data = NULL};
    loom_status status;

    drop(encoded); /* first, so that there are not both in memory */
    status = loom_input_read(file, &input, &outcome->error);
    if (status == LOOM_OK && !(loom_container_of(outcome->format)
                                   ->plain((loom_bytes){input.data, input.size}, &source) &&
                               keeps_metadata(job, outcome, &source))) {
        skip(encoded, outcome,
             "the output would be larger than the original, which holds what it would not "
             "(metadata, a colour profile or other data)");
    } else if (status == LOOM_OK && take_bytes(&input, encoded)) {
        encoded->channels = channels;
        outcome->processed_size = encoded->size;
        outcome->quality = 0;
        outcome->ssim = 0;
        outcome->copied = true;
    } else if (status == LOOM_OK) {
        status = loom_no_memory(&outcome->error, LOOM_STAGE_WRITE, "to copy the original");
    }
    loom_input_release(&input);
    return status;
}

static void copy(const loom_job *job, size_t i, const loom_input_file *file, loom_encoded *encoded,
                 loom_outcome *outcome)
{
    const char *difference = find_difference(job, i, outcome);

    if (difference != NULL)
        skip(encoded, outcome, difference);
    else if (copy_original(job, file, encoded, outcome) != LOOM_OK)
        loom_outcome_unwrite(outcome);
}

void loom_larger_settle(const loom_job *job, size_t i, const loom_input_file *file,
                        loom_encoded *encoded, loom_outcome *outcome)
{
    if (encoded->data == NULL || encoded->size <= outcome->original_size)
        return;
    if (job->settings->if_larger == LOOM_IF_LARGER_COPY)
        copy(job, i, file, encoded, outcome);
    else if (job->settings->if_larger == LOOM_IF_LARGER_SKIP)
        skip(encoded, outcome, "the output would be larger than the original");
}
