/*
 * The vips lane: libvips, and other decoders for formats that it does not read. One streaming pass
 * decodes the picture, resizes it and converts it to sRGB, into memory. The remaining steps work on
 * that small picture; then it is encoded into memory. So only the encoder runs on libvips' writer
 * threads, and we write the file.
 *
 * Several outputs, or the frames of an animation, need the pixels more than once: then they are
 * first decoded into memory, at a size that serves the largest output.
 */
#include "engine/check.h"
#include "engine/metadata.h"
#include "engine/plan.h"
#include "engine/vips/colour.h"
#include "engine/vips/messages.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include "engine/vips/steps.h"
#include <stdlib.h>

static bool accepts(const loom_lane_job *job)
{
    (void)job;
    return true;
}

/* One output, or one frame of it, from resized picture to encoded bytes. */
static loom_status encode(const loom_lane_job *job, loom_lane_output *output,
                          const loom_picture *picture, const loom_vips_source *source,
                          const loom_vips_log *log, loom_error *err)
{
    const loom_vips_encode what = {
        .picture = picture,
        .meta = {.fields = source->meta,
                 .with_profile =
                     loom_lane_keeps_profile(job->job->recipe, output->task->format, source->cmyk),
                 .converted = source->cmyk && !picture->cmyk},
        .frames = job->animated ? job->header.frames : 1,
        .ticket = log->ticket,
    };

    const loom_status status = loom_check_made(job, output, picture, what.frames, err);
    return status == LOOM_OK ? loom_vips_encode_output(job, output, &what, err) : status;
}

/* ---- one output, from the source ----------------------------------------- */

/*
 * Renders, then reads the rows that the picture did not need. The caller owns *picture in any case.
 */
static bool read_one(const loom_lane_job *job, const loom_lane_output *output,
                     loom_vips_source *source, uint64_t ticket, loom_picture *picture)
{
    loom_vips_tail tail;

    if (source->decoded.picture.data != NULL || loom_container_of(job->header.format)->drawing ||
        !loom_vips_tail_is(job, &output->geometry))
        return loom_vips_render(job, output, source->image, source->shrink, ticket, picture);
    if (!loom_vips_tail_open(&tail, source->image))
        return false;
    const bool ok = loom_vips_render(job, output, tail.image, source->shrink, ticket, picture) &&
                    loom_vips_tail_read(&tail, job->job->cancel, ticket);
    g_object_unref(tail.image);
    return ok;
}

static loom_status run_one(loom_lane_job *job, loom_lane_output *output, loom_vips_source *source,
                           loom_vips_log *log, loom_error *err)
{
    loom_picture picture = {0};
    const bool decoded = loom_vips_check_stream(job, &source->image, source->shrink) &&
                         read_one(job, output, source, log->ticket, &picture);
    if (decoded)
        loom_vips_check_end(job, source->image);
    loom_status status = loom_vips_source_finish(source, job, log, decoded, err);

    if (status == LOOM_OK)
        status = loom_vips_finish(job, output, log->ticket, &picture, err);
    if (status == LOOM_OK)
        status = encode(job, output, &picture, source, log, err);
    loom_picture_release(&picture);
    return status;
}

/* ---- several outputs or frames, from memory ------------------------------ */

/* The i-th frame of a vertical stack. NULL: libvips fails. */
static VipsImage *frame_of(VipsImage *image, uint32_t frames, uint32_t i)
{
    const int height = vips_image_get_height(image) / (int)frames;
    VipsImage *frame = NULL;

    if (vips_extract_area(image, &frame, 0, (int)i * height, vips_image_get_width(image), height,
                          NULL))
        return NULL;
    return frame;
}

static loom_status make_frame(const loom_lane_job *job, const loom_lane_output *output,
                              VipsImage *frame, int shrink, const loom_vips_log *log,
                              loom_picture *picture, loom_error *err)
{
    if (loom_vips_render(job, output, frame, shrink, log->ticket, picture))
        return loom_vips_finish(job, output, log->ticket, picture, err);
    loom_status status = loom_lane_check_stop(job, LOOM_STAGE_TRANSFORM, err);
    return status != LOOM_OK
               ? status
               : loom_vips_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                                     "libvips cannot resize the decoded picture");
}

static loom_status make_output(const loom_lane_job *job, loom_lane_output *output,
                               const loom_vips_source *source, VipsImage *memory,
                               const loom_vips_log *log, loom_error *err)
{
    const uint32_t frames = job->animated ? job->header.frames : 1;
    loom_picture picture = {0};
    loom_status status = LOOM_OK;

    for (uint32_t i = 0; i < frames && status == LOOM_OK; i++) {
        loom_picture made = {0};
        VipsImage *frame = frame_of(memory, frames, i);
        if (frame == NULL) {
            status = loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_TRANSFORM,
                                    "the frames of the animation differ in size");
            break;
        }
        status = make_frame(job, output, frame, source->shrink, log, &made, err);
        g_object_unref(frame);
        if (status == LOOM_OK)
            status = loom_picture_append(&picture, &made, err);
        loom_picture_release(&made);
    }
    if (status == LOOM_OK)
        status = encode(job, output, &picture, source, log, err);
    loom_picture_release(&picture);
    return status;
}

/* The picture's samples as they are in memory. False: they are not there, or not of gray or RGB. */
static bool borrow(VipsImage *memory, loom_picture *picture)
{
    const VipsBandFormat format = vips_image_get_format(memory);
    const VipsInterpretation kind = vips_image_guess_interpretation(memory);

    *picture = (loom_picture){.width = (uint32_t)vips_image_get_width(memory),
                              .height = (uint32_t)vips_image_get_height(memory),
                              .channels = (unsigned)vips_image_get_bands(memory),
                              .depth = format == VIPS_FORMAT_USHORT ? 2 : 1,
                              .data = memory->data};
    return memory->data != NULL && (format == VIPS_FORMAT_UCHAR || format == VIPS_FORMAT_USHORT) &&
           (kind == VIPS_INTERPRETATION_sRGB || kind == VIPS_INTERPRETATION_RGB16 ||
            kind == VIPS_INTERPRETATION_B_W || kind == VIPS_INTERPRETATION_GREY16) &&
           picture->channels <= 4;
}

/* Finds the border of a picture whose samples are others: as it is in sRGB. */
static bool convert(const loom_lane_job *job, VipsImage *memory, loom_picture *picture)
{
    VipsImage *image = g_object_ref(memory);
    const bool ok =
        loom_vips_convert_colour(&image, job->job->recipe, LOOM_FORMAT_UNKNOWN, job->common) &&
        loom_vips_to_picture(image, picture);

    g_object_unref(image);
    return ok;
}

static loom_status trim(loom_lane_job *job, VipsImage *memory, loom_error *err)
{
    const loom_trim how = loom_plan_trim(job);
    loom_picture picture;
    loom_rect found;
    loom_status status = LOOM_OK;

    const bool borrowed = borrow(memory, &picture);
    if (!borrowed && !convert(job, memory, &picture))
        return loom_vips_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                                   "libvips cannot convert the picture, to trim it");
    if (loom_picture_find_content(&picture, &how, job->job->cancel, &found) == LOOM_OK)
        status = loom_plan_trimmed(job, found, err);
    else
        status = loom_lane_check_stop(job, LOOM_STAGE_TRANSFORM, err);
    if (!borrowed)
        loom_picture_release(&picture);
    return status;
}

static loom_status run_several(loom_lane_job *job, loom_vips_source *source, loom_vips_log *log,
                               loom_error *err)
{
    const bool decoded = loom_vips_source_keep(source, job, log);
    VipsImage *memory = g_object_ref(source->image);
    loom_status status = loom_vips_source_finish(source, job, log, decoded, err);

    if (status == LOOM_OK && job->job->recipe->trim >= 0)
        status = trim(job, memory, err);
    if (status == LOOM_OK && !loom_vips_check_memory(job, memory, source->shrink))
        status =
            loom_vips_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                                "libvips cannot read the decoded picture, to check the outputs");
    for (size_t i = 0; i < job->count && status == LOOM_OK; i++) {
        loom_lane_output *output = &job->outputs[i];
        if (loom_lane_wants(output)) /* a failure belongs to this output only */
            (void)make_output(job, output, source, memory, log, &output->outcome->error);
    }
    g_object_unref(memory);
    return status;
}

/* ---- running ------------------------------------------------------------- */

static loom_lane_output *first_wanted(loom_lane_job *job, size_t *wanted)
{
    loom_lane_output *first = NULL;

    *wanted = 0;
    for (size_t i = job->count; i-- > 0;)
        if (loom_lane_wants(&job->outputs[i])) {
            first = &job->outputs[i];
            ++*wanted;
        }
    return first;
}

static loom_lane_result run(loom_lane_job *job, loom_error *err)
{
    size_t wanted;
    loom_lane_output *first = first_wanted(job, &wanted);
    loom_vips_source source;
    loom_vips_log log;

    loom_vips_log_begin(&log, job->common);
    loom_status status = loom_vips_source_open(&source, job, err);
    if (status == LOOM_OK) {
        status = wanted == 1 && !job->animated && job->job->recipe->trim < 0
                     ? run_one(job, first, &source, &log, err)
                     : run_several(job, &source, &log, err);
        g_object_unref(source.meta);
    }
    loom_vips_log_end(&log);
    return status == LOOM_OK ? LOOM_LANE_DONE : LOOM_LANE_FAILED;
}

/* Knows all fields: finish.c does not compile with a field that it does not handle. */
const loom_lane loom_lane_vips = {.reads = UINT64_MAX,
                                  .writes = UINT64_MAX,
                                  .can = LOOM_RECIPE_BIT(LOOM_RECIPE_COUNT) - 1,
                                  .accepts = accepts,
                                  .run = run,
                                  .thread_exit = vips_thread_shutdown};
