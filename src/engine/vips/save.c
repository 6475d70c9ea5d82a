#include "engine/vips/steps.h"

#include "engine/codec/ssim.h"
#include "engine/encode.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"

typedef struct encoding {
    const loom_lane_job *job;
    const loom_vips_encode *what;
    const loom_meta *meta;
    loom_format format;
    loom_error *err;
    bool lost, no_memory;
} encoding;

/* The picture as an image that watches for the job's end, with metadata. NULL: libvips fails. */
static VipsImage *prepare(const encoding *e, bool *strip)
{
    const loom_vips_encode *what = e->what;
    const loom_job *job = e->job->job;
    VipsImage *watched = loom_vips_wrap_watched(what->picture, job->cancel, what->ticket);

    if (watched == NULL)
        return NULL;
    *strip = !loom_vips_meta_give(what->meta.fields, e->meta,
                                  job->recipe->auto_orient ? 1 : e->job->header.orientation,
                                  watched, loom_vips_format_of(e->format)->writes);
    if (what->frames > 1)
        vips_image_set_int(watched, VIPS_META_PAGE_HEIGHT,
                           (int)(what->picture->height / what->frames));
    return watched;
}

static bool encode(void *data, int quality, loom_encoded *made)
{
    encoding *e = data;
    loom_vips_save save = {.recipe = e->job->job->recipe,
                           .picture = e->what->picture,
                           .quality = quality,
                           .meta = e->meta,
                           .lost = &e->lost,
                           .no_memory = &e->no_memory};
    bool strip;

    VipsImage *image = prepare(e, &strip);
    if (image == NULL)
        return false;
    save.strip = strip;
    int failed = loom_vips_format_of(e->format)->save(image, &save, &made->data, &made->size);
    g_object_unref(image);
    made->channels = (int)e->what->picture->channels;
    return !failed;
}

/* Samples as they are stored: profiles, which the picture has too, are not applied. */
static loom_status read_luma(const encoding *e, loom_bytes file, loom_plane *luma)
{
    const loom_vips_load load = {.fail_on = LOOM_FAIL_ON_ERROR, .shrink = 1, .scale = 1};
    loom_picture picture = {.data = NULL};
    loom_status status = LOOM_ERR_CORRUPT;

    VipsImage *image = loom_vips_open(e->format, file.data, file.size, &load);
    if (image == NULL)
        return status;
    VipsImage *watched = loom_vips_watch(image, e->job->job->cancel, e->what->ticket);
    if (watched != NULL && loom_vips_to_picture(watched, &picture))
        status = loom_luma_of(&picture, luma);
    if (watched != NULL)
        g_object_unref(watched);
    g_object_unref(image);
    loom_picture_release(&picture);
    return status;
}

static loom_status find_luma(void *data, const loom_encoded *made, loom_plane *luma)
{
    const encoding *e = data;
    const loom_vips_format *row = loom_vips_format_of(e->format);

    if (made == NULL && e->what->picture->cmyk)
        return loom_error_set(e->err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                              "a CMYK picture has no luma to compare the output by");
    if (made == NULL && loom_format_get(e->format)->untrusted &&
        !e->job->job->settings->allow_untrusted)
        return loom_error_set(
            e->err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
            "a %s is not decoded again to be compared: it is an untrusted format, "
            "and these are not allowed",
            loom_format_get(e->format)->name);
    if (made == NULL && row->changes_samples && e->meta->profile.size > 0)
        return loom_error_set(e->err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                              "with a colour profile the samples of a %s cannot be compared: they "
                              "are decoded into other colours",
                              loom_format_get(e->format)->name);
    if (made == NULL)
        return loom_luma_of(e->what->picture, luma);
    const loom_bytes file = {made->data, made->size};
    return row->read_luma != NULL ? row->read_luma(e->job, file, luma) : read_luma(e, file, luma);
}

static loom_status encode_with(const loom_meta *meta, const loom_lane_job *job,
                               loom_lane_output *output, const loom_vips_encode *what,
                               loom_error *err)
{
    const loom_picture *picture = what->picture;
    encoding e = {
        .job = job, .what = what, .meta = meta, .format = output->task->format, .err = err};

    const bool encoded =
        loom_encode_output(job, output, &(loom_encoder){encode, find_luma, &e}, err);
    if (encoded && e.lost)
        loom_outcome_warn(output->outcome, "the metadata could not be written to the file");
    if (encoded || err->code != LOOM_OK)
        return err->code;
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_ENCODE, err);
    if (stopped != LOOM_OK)
        return stopped;
    if (e.no_memory)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_ENCODE,
                              "not enough memory to encode a picture of %ux%u px", picture->width,
                              picture->height);
    return loom_vips_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_ENCODE,
                               "the %s encoder refuses a picture of %ux%u px with %u channels",
                               loom_format_get(output->task->format)->name, picture->width,
                               picture->height, picture->channels);
}

loom_status loom_vips_encode_output(const loom_lane_job *job, loom_lane_output *output,
                                    const loom_vips_encode *what, loom_error *err)
{
    loom_meta meta;
    loom_status status;

    loom_worker_hooks_stage(LOOM_STAGE_ENCODE);
    if (loom_vips_meta_make(&meta, &what->meta, job, output))
        status = encode_with(&meta, job, output, what, err);
    else
        status = loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_ENCODE,
                                "not enough memory for the metadata");
    loom_meta_release(&meta);
    return status;
}
