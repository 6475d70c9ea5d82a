/*
 * The png lane: PNG to PNG, JPEG and WebP without libvips, so that a worker need not load it. Our
 * own reader makes rows, which are made smaller as they come; turned, padded and encoded is the
 * small picture.
 *
 * The lane takes files of which it knows each chunk (known.c), and recipes that make no side larger
 * and need no search for content; the vips lane takes the rest. Damage is judged by the same reader
 * in either.
 */
#include "engine/check.h"
#include "engine/codec/png.h"
#include "engine/codec/resize.h"
#include "engine/codec/ssim.h"
#include "engine/codec/webp_write.h"
#include "engine/encode.h"
#include "engine/finish.h"
#include "engine/png/steps.h"
#include "engine/worker_hooks.h"
#include <stdlib.h>

/* ---- accepting ----------------------------------------------------------- */

static bool probe(loom_lane_job *job)
{
    loom_png_settle_job(job);
    return loom_png_complete_header(job);
}

static bool takes_recipe(const loom_recipe *recipe)
{
    return loom_resize_has_kernel(recipe->kernel) && recipe->metadata == LOOM_METADATA_NONE &&
           !recipe->progressive;
}

/* Each pixel that is kept is made once, at its final size. */
static bool takes_geometry(const loom_geometry *g)
{
    const bool swaps = loom_turn_swaps(g->turn);

    return g->angle == 0 && !g->by_content && g->resize_width <= g->source.width &&
           g->resize_height <= g->source.height &&
           g->canvas_width == (swaps ? g->crop.height : g->crop.width) &&
           g->canvas_height == (swaps ? g->crop.width : g->crop.height);
}

/* What the encoder takes, whatever channels the background brings. Formats limit a JPEG's sides. */
static bool takes_size(const loom_lane_job *job, const loom_lane_output *output)
{
    const loom_geometry *g = &output->geometry;
    const loom_picture largest = {.width = g->width,
                                  .height = g->height,
                                  .channels = 4,
                                  .depth = job->header.pixel_bytes > 4 ? 2 : 1};

    return output->task->format != LOOM_FORMAT_PNG || loom_png_writes(&largest);
}

static bool accepts(const loom_lane_job *job)
{
    if (job->animated || job->damage != NULL || !takes_recipe(job->job->recipe))
        return false;
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]) &&
            !(takes_geometry(&job->outputs[i].geometry) && takes_size(job, &job->outputs[i])))
            return false;
    return loom_png_is_known(job);
}

/* ---- one output ---------------------------------------------------------- */

typedef struct encoding {
    const loom_lane_job *job;
    const loom_picture *picture;
    loom_format format;
    const char *why; /* static: why the encoder refuses it; NULL: it did not */
} encoding;

static bool encode_webp(encoding *e, int quality, loom_encoded *made)
{
    loom_strbuf file = LOOM_STRBUF_INIT;

    if (loom_webp_write_picture(e->picture, e->job->job->recipe, quality, e->job->job->cancel,
                                &file, &e->why) != LOOM_OK) {
        loom_strbuf_release(&file);
        return false;
    }
    made->size = file.size;
    made->data = loom_strbuf_take(&file);
    return true;
}

/* A loom_encoder's function. */
static bool encode(void *data, int quality, loom_encoded *made)
{
    encoding *e = data;
    const loom_recipe *recipe = e->job->job->recipe;

    made->channels = (int)e->picture->channels;
    switch (e->format) {
    case LOOM_FORMAT_PNG:
        return loom_png_write(e->picture, recipe->effort, (loom_bytes){NULL, 0}, &made->data,
                              &made->size);
    case LOOM_FORMAT_WEBP:
        return encode_webp(e, quality, made);
    default:
        return loom_png_to_jpeg(e->picture, recipe, quality, e->job->job->cancel, made);
    }
}

/* The luma of the picture, or of what was made of it: for encode.c. */
static loom_status find_luma(void *data, const loom_encoded *made, loom_plane *luma)
{
    const encoding *e = data;

    if (made == NULL)
        return loom_luma_of(e->picture, luma);
    const loom_bytes file = {made->data, made->size};
    return e->format == LOOM_FORMAT_WEBP ? loom_luma_read_webp(e->job, file, luma)
                                         : loom_luma_read_jpeg(e->job, file, luma);
}

/* From the rendered picture to the encoded bytes. */
static loom_status complete(const loom_lane_job *job, loom_lane_output *output,
                            loom_picture *picture, loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    encoding e = {job, picture, output->task->format, NULL};
    const loom_colour fill = loom_finish_fill(recipe, output->task->format, picture);
    loom_status status = loom_finish_picture(job, output, fill, picture, err);

    if (status != LOOM_OK)
        return status;
    loom_worker_hooks_stage(LOOM_STAGE_ENCODE);
    status = loom_check_made(job, output, picture, 1, err);
    if (status != LOOM_OK)
        return status;
    if (loom_encode_output(job, output, &(loom_encoder){encode, find_luma, &e}, err))
        return LOOM_OK;
    return loom_encode_report(job, output, e.why, err);
}

/* ---- running ------------------------------------------------------------- */

static loom_lane_output *only_wanted(loom_lane_job *job)
{
    loom_lane_output *only = NULL;

    for (size_t i = 0; i < job->count; i++) {
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        if (only != NULL)
            return NULL;
        only = &job->outputs[i];
    }
    return only;
}

static void begin_check(const loom_lane_job *job, loom_png_source *source)
{
    const loom_png_reader *reader = source->reader;

    source->small = loom_check_source(job, (loom_density){1, 1}, loom_png_reader_width(reader),
                                      loom_png_reader_height(reader), &source->part);
    if (source->small != NULL)
        loom_small_begin(source->small, source->part.width, source->part.height,
                         loom_png_reader_channels(reader), loom_png_reader_depth(reader), false);
}

/* The rows become the picture as they are read. */
static loom_status run_one(const loom_lane_job *job, loom_lane_output *output,
                           const loom_png_source *source, loom_error *err)
{
    loom_picture picture = {.data = NULL};
    loom_status status = loom_png_render(job, output, source, &picture, err);

    loom_check_source_end(job, 0);
    if (status == LOOM_OK)
        status = loom_png_verdict(job, loom_png_reader_faults(source->reader), err);
    if (status == LOOM_OK)
        status = complete(job, output, &picture, err);
    loom_picture_release(&picture);
    return status;
}

static loom_status run_several(loom_lane_job *job, loom_png_source *source, loom_error *err)
{
    loom_status status = loom_png_source_keep(source, job, err);

    loom_check_source_end(job, 0);
    if (status == LOOM_OK)
        status = loom_png_verdict(job, loom_png_reader_faults(source->reader), err);
    for (size_t i = 0; i < job->count && status == LOOM_OK; i++) {
        loom_lane_output *output = &job->outputs[i];
        loom_error *own = &output->outcome->error; /* a failure belongs to this output only */
        loom_picture picture = {.data = NULL};
        if (loom_lane_wants(output) &&
            loom_png_render(job, output, source, &picture, own) == LOOM_OK)
            (void)complete(job, output, &picture, own);
        loom_picture_release(&picture);
    }
    loom_picture_release(&source->whole);
    return status;
}

static loom_lane_result run(loom_lane_job *job, loom_error *err)
{
    loom_png_source source = {.reader = loom_png_reader_create(job->input.data, job->input.size)};
    loom_lane_output *only = only_wanted(job);

    if (source.reader == NULL)
        return LOOM_LANE_DECLINED;
    loom_worker_hooks_stage(LOOM_STAGE_DECODE);
    loom_lane_set_decoder(job, LOOM_PNG_READER_NAME);
    begin_check(job, &source);
    const loom_status status =
        only != NULL ? run_one(job, only, &source, err) : run_several(job, &source, err);
    loom_png_reader_free(source.reader);
    return status == LOOM_OK ? LOOM_LANE_DONE : LOOM_LANE_FAILED;
}

const loom_lane loom_lane_png = {.reads = LOOM_LANE_FORMAT(LOOM_FORMAT_PNG),
                                 .writes = LOOM_LANE_FORMAT(LOOM_FORMAT_PNG) |
                                           LOOM_LANE_FORMAT(LOOM_FORMAT_JPEG) |
                                           LOOM_LANE_FORMAT(LOOM_FORMAT_WEBP),
                                 .can = LOOM_LANE_COMMON_FIELDS | LOOM_FINISH_FIELDS |
                                        LOOM_RECIPE_BIT(LOOM_RECIPE_NEAR_LOSSLESS),
                                 .probe = probe,
                                 .accepts = accepts,
                                 .run = run};
