#include "engine/vips_stream.h"

#include "engine/alone.h"
#include "engine/stb_decoder.h"
#include "engine/vips_load.h"
#include "engine/vips_meta.h"
#include "engine/vips_ops.h"
#include <stdio.h>

/* ---- how large to decode ----------------------------------------------------------------------
 */

/*
 * How much smaller a JPEG is decoded: the largest of 1, 2, 4, 8 that leaves the resize something
 * to do. That is sharp's rule; a factor that equals the integer shrink is halved because libjpeg
 * rounds sizes down.
 */
static int jpeg_shrink(const loom_probe *probe, const loom_geometry *geometry)
{
    const uint32_t across = probe->width / geometry->resize_width;
    const uint32_t down = probe->height / geometry->resize_height;
    const uint32_t shrink = across < down ? across : down;
    int factor = shrink >= 8 ? 8 : shrink >= 4 ? 4 : shrink >= 2 ? 2 : 1;

    return factor > 1 && (uint32_t)factor == shrink ? factor / 2 : factor;
}

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
                           .shrink = format == LOOM_FORMAT_JPEG ? 8 : 1,
                           .scale = 0,
                           .frames = job->animated};

    for (size_t i = 0; i < job->count; i++) {
        const loom_geometry *geometry = &job->outputs[i].geometry;
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const int shrink = jpeg_shrink(&job->probe, geometry);
        const double scale = drawing_scale(&job->probe, geometry);
        load.shrink = shrink < load.shrink ? shrink : load.shrink;
        load.scale = scale > load.scale ? scale : load.scale;
    }
    return load;
}

/* ---- verdict on damage ------------------------------------------------------------------------
 */

/*
 * What is missing or damaged, although something was decoded: an error or a warning, as
 * --fail-on says. `missing`: pixel data is not all there.
 */
static loom_status judge(const loom_lane_job *job, bool missing, bool damaged, const char *words,
                         loom_error *err)
{
    const loom_fail_on fail_on = job->job->settings->fail_on;
    const bool no_end = job->integrity != LOOM_INTEGRITY_WHOLE;

    if (missing || (damaged && no_end)) {
        if (fail_on >= LOOM_FAIL_ON_TRUNCATED)
            return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                                  "the file is cut short: picture data is missing%s", words);
        loom_outcome_warn(job->common, "the file is cut short: picture data is missing");
    } else if (damaged) {
        if (fail_on >= LOOM_FAIL_ON_ERROR)
            return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                                  "the picture data is damaged%s", words);
        loom_outcome_warn(job->common, "the picture data is damaged");
    } else if (no_end) {
        loom_outcome_warn(job->common, "the file lacks its end marker");
    }
    if (fail_on >= LOOM_FAIL_ON_WARNING && job->common->warning_count > 0)
        return loom_error_set(err, no_end ? LOOM_ERR_TRUNCATED : LOOM_ERR_CORRUPT,
                              LOOM_STAGE_DECODE, "the decoder complains (--fail-on warning): %s",
                              job->common->warnings[0]);
    return LOOM_OK;
}

/*
 * Why nothing could be decoded: in our words, followed by the decoder's where they are known to be
 * about this image.
 */
static loom_status explain(const loom_lane_job *job, loom_error *err)
{
    const loom_outcome *common = job->common;
    const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_DECODE, err);
    char text[LOOM_ALONE_TEXT];

    loom_alone_take_text(text);
    if (stopped != LOOM_OK)
        return stopped;
    if (text[0] == '\0' && common->warning_count > 0)
        (void)snprintf(text, sizeof text, ": %s", common->warnings[0]);
    if (job->integrity != LOOM_INTEGRITY_WHOLE)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                              "the file is cut short: picture data is missing%s", text);
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE, "the picture data is damaged%s",
                          text);
}

/* ---- open, keep, finish -----------------------------------------------------------------------
 */

static VipsImage *open_image(loom_vips_stream *stream, const loom_lane_job *job, loom_error *err)
{
    const loom_vips_load load = load_for(job);

    loom_alone_stage(LOOM_STAGE_DECODE);
    if (!loom_stb_reads(job->probe.format))
        return loom_vips_open(job->probe.format, job->input.data, job->input.size, &load);
    if (loom_stb_decode(job->probe.format, &job->input, &stream->pixels, &stream->past_end, err) !=
        LOOM_OK)
        return NULL;
    return loom_vips_wrap(&stream->pixels);
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
    stream->meta = loom_vips_meta_take(stream->image, job->job->recipe, job->animated);
    stream->cmyk = vips_image_guess_interpretation(stream->image) == VIPS_INTERPRETATION_CMYK;
    return LOOM_OK;
}

bool loom_vips_stream_keep(loom_vips_stream *stream, const loom_lane_job *job,
                           const loom_vips_log *log)
{
    VipsImage *watched = loom_vips_watch(stream->image, job->job->cancel, log->ticket);

    if (watched == NULL)
        return false;
    VipsImage *memory = vips_image_copy_memory(watched);
    g_object_unref(watched);
    return loom_vips_step(&stream->image, &memory, memory == NULL);
}

loom_status loom_vips_stream_finish(loom_vips_stream *stream, const loom_lane_job *job,
                                    loom_vips_log *log, bool decoded, loom_error *err)
{
    /* libjpeg's warnings come when the image is closed. */
    g_object_unref(stream->image);
    stream->image = NULL;
    loom_picture_release(&stream->pixels);
    if (!decoded)
        return explain(job, err);
    /* A JPEG may lack no more than its end: libjpeg's warnings tell. The others never do. */
    const bool missing = stream->past_end || job->integrity == LOOM_INTEGRITY_CUT;
    return judge(job, missing, loom_vips_log_damage(log) > 0, log->words, err);
}
