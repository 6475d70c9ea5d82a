#include "engine/vips_stream.h"

#include "engine/stb_decoder.h"
#include "engine/verdict.h"
#include "engine/vips_limit.h"
#include "engine/vips_load.h"
#include "engine/vips_meta.h"
#include "engine/vips_ops.h"
#include "engine/vips_png.h"
#include "engine/vips_words.h"
#include "engine/webp_read.h"

/* ---- how large to decode ------------------------------------------------- */

/* The scale at which a drawing has at least the size that the resize wants. */
static double drawing_scale(const loom_probe *probe, const loom_geometry *geometry)
{
    const double across = (double)geometry->resize_width / probe->width;
    const double down = (double)geometry->resize_height / probe->height;

    return across > down ? across : down;
}

/* What serves the most demanding of the outputs. */
static loom_vips_load load_for(const loom_lane_job *job)
{
    const loom_format format = job->probe.format;
    loom_vips_load load = {.fail_on = job->job->settings->fail_on,
                           .shrink = format == LOOM_FORMAT_JPEG ? loom_lane_jpeg_shrink(job) : 1,
                           .scale = 0,
                           .frames = job->animated};

    for (size_t i = 0; i < job->count; i++) {
        const loom_geometry *geometry = &job->outputs[i].geometry;
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const double scale = drawing_scale(&job->probe, geometry);
        load.scale = scale > load.scale ? scale : load.scale;
    }
    return load;
}

/* Why nothing could be decoded. */
static loom_status explain(const loom_lane_job *job, loom_error *err)
{
    char text[LOOM_ALONE_TEXT];

    loom_alone_take_text(text);
    return loom_verdict_on_failure(job, text, err);
}

/* ---- open, keep, finish -------------------------------------------------- */

static VipsImage *open_image(loom_vips_stream *stream, const loom_lane_job *job, loom_error *err)
{
    const loom_vips_load load = load_for(job);

    stream->shrink = load.shrink;
    loom_alone_stage(LOOM_STAGE_DECODE);
    if (!loom_stb_reads(job->probe.format))
        return loom_vips_open(job->probe.format, job->input.data, job->input.size, &load);
    if (loom_stb_decode(job->probe.format, &job->input, &stream->pixels, &stream->past_end, err) !=
        LOOM_OK)
        return NULL;
    return loom_vips_wrap(&stream->pixels);
}

static bool is_alike(VipsImage *a, VipsImage *b)
{
    return vips_image_get_width(a) == vips_image_get_width(b) &&
           vips_image_get_height(a) == vips_image_get_height(b) &&
           vips_image_get_bands(a) == vips_image_get_bands(b) &&
           vips_image_get_format(a) == vips_image_get_format(b);
}

/* The picture in memory, with what the rest of the lane looks at of libvips' `opened`. */
static VipsImage *webp_by_us(loom_vips_stream *stream, const loom_lane_job *job, VipsImage *opened)
{
    const void *profile;
    size_t size;

    if (job->animated || !loom_webp_decode(job->input.data, job->input.size, &stream->pixels))
        return NULL;
    VipsImage *ours = loom_vips_wrap(&stream->pixels);
    if (ours == NULL || !is_alike(ours, opened)) {
        if (ours != NULL)
            g_object_unref(ours);
        loom_picture_release(&stream->pixels);
        return NULL;
    }
    if (vips_image_get_typeof(opened, VIPS_META_ICC_NAME) != 0 &&
        !vips_image_get_blob(opened, VIPS_META_ICC_NAME, &profile, &size))
        vips_image_set_blob_copy(ours, VIPS_META_ICC_NAME, profile, size);
    return ours;
}

/*
 * Some formats we read faster than libvips does, as long as there is nothing wrong with the file.
 * libvips has read its header, and the verdict on what is wrong is always libvips'.
 */
static void read_by_us(loom_vips_stream *stream, const loom_lane_job *job)
{
    VipsImage *ours = NULL;

    if (job->probe.format == LOOM_FORMAT_PNG)
        ours = loom_vips_png(stream->image, job->input.data, job->input.size, &stream->gave_up);
    else if (job->probe.format == LOOM_FORMAT_WEBP)
        ours = webp_by_us(stream, job, stream->image);
    if (ours == NULL)
        return;
    stream->spare = stream->image;
    stream->image = ours;
}

loom_status loom_vips_stream_open(loom_vips_stream *stream, const loom_lane_job *job,
                                  loom_error *err)
{
    *stream = (loom_vips_stream){.image = NULL};
    stream->image = open_image(stream, job, err);
    if (stream->image == NULL) {
        loom_picture_release(&stream->pixels);
        return explain(job, err);
    }
    loom_vips_limit_blocks(stream->image, job->job->recipe, job->common);
    stream->meta = loom_vips_meta_take(stream->image, job->job->recipe, job->animated);
    stream->cmyk = vips_image_guess_interpretation(stream->image) == VIPS_INTERPRETATION_CMYK;
    read_by_us(stream, job);
    return LOOM_OK;
}

bool loom_vips_stream_again(loom_vips_stream *stream)
{
    char dropped[LOOM_ALONE_TEXT];

    if (!stream->gave_up || stream->spare == NULL)
        return false;
    loom_alone_take_text(dropped); /* of the first attempt */
    g_object_unref(stream->image);
    stream->image = stream->spare;
    stream->spare = NULL;
    return true;
}

static bool keep(loom_vips_stream *stream, const loom_lane_job *job, const loom_vips_log *log)
{
    VipsImage *watched = loom_vips_watch(stream->image, job->job->cancel, log->ticket);

    if (watched == NULL)
        return false;
    VipsImage *memory = vips_image_copy_memory(watched);
    g_object_unref(watched);
    return loom_vips_step(&stream->image, &memory, memory == NULL);
}

bool loom_vips_stream_keep(loom_vips_stream *stream, const loom_lane_job *job,
                           const loom_vips_log *log)
{
    return keep(stream, job, log) || (loom_vips_stream_again(stream) && keep(stream, job, log));
}

loom_status loom_vips_stream_finish(loom_vips_stream *stream, const loom_lane_job *job,
                                    loom_vips_log *log, bool decoded, loom_error *err)
{
    /* libjpeg's warnings come when the image is closed. */
    g_object_unref(stream->image);
    if (stream->spare != NULL)
        g_object_unref(stream->spare);
    stream->image = stream->spare = NULL;
    loom_picture_release(&stream->pixels);
    if (!decoded)
        return explain(job, err);
    /* A JPEG may lack no more than its end: libjpeg's warnings tell. The others never do. */
    const bool missing = stream->past_end || job->integrity == LOOM_INTEGRITY_CUT;
    return loom_verdict_on_damage(job, missing, loom_vips_log_damage(log) > 0, log->words, err);
}
