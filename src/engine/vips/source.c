#include "engine/vips/steps.h"

#include "engine/verdict.h"
#include "engine/vips/colour.h"
#include "engine/vips/messages.h"
#include "engine/vips/meta.h"
#include "engine/vips/ops.h"
#include "engine/vips/parts.h"
#include <stdatomic.h>
#include <stdlib.h>

/* ---- how large to decode ------------------------------------------------- */

/* The scale at which a drawing is at least as large as the resize needs. */
static double drawing_scale(const loom_geometry *geometry)
{
    const double across = (double)geometry->resize_width / geometry->source.width;
    const double down = (double)geometry->resize_height / geometry->source.height;

    return across > down ? across : down;
}

/* Load options that satisfy the most demanding output. */
static loom_vips_load load_for(const loom_lane_job *job)
{
    loom_vips_load load = {.fail_on = job->job->settings->fail_on,
                           .shrink = loom_lane_shrink(job),
                           .scale = 0,
                           .frames = job->animated,
                           .premultiplied = job->header.premultiplied};

    for (size_t i = 0; i < job->count; i++) {
        const loom_geometry *geometry = &job->outputs[i].geometry;
        if (!loom_lane_wants(&job->outputs[i]))
            continue;
        const double scale = drawing_scale(geometry);
        load.scale = scale > load.scale ? scale : load.scale;
    }
    return load;
}

/* ---- open, keep, finish -------------------------------------------------- */

/* As libvips' own loaders say it. */
static void set_animation(VipsImage *image, const loom_decoded *decoded, int frames)
{
    vips_image_set_array_int(image, "delay", decoded->delays, frames);
    vips_image_set_int(image, "loop", decoded->loop);
}

/* Wraps the decoded picture as a libvips image, with its other properties. NULL: libvips fails. */
static VipsImage *wrap_decoded(const loom_decoded *decoded, const loom_lane_job *job)
{
    VipsImage *image = loom_vips_wrap(&decoded->picture);

    if (image == NULL)
        return NULL;
    if (decoded->delays != NULL)
        set_animation(image, decoded, (int)job->header.frames);
    if (decoded->profile.data != NULL)
        vips_image_set_blob_copy(image, VIPS_META_ICC_NAME, decoded->profile.data,
                                 decoded->profile.size);
    if (decoded->warning != NULL)
        loom_outcome_warn(job->common, "%s", decoded->warning);
    return image;
}

static VipsImage *open_image(loom_vips_source *source, const loom_lane_job *job, loom_error *err)
{
    const loom_vips_load load = load_for(job);
    const loom_decoder *decoder = loom_decoder_of(job->header.format);

    source->shrink = load.shrink;
    loom_worker_hooks_stage(LOOM_STAGE_DECODE);
    loom_lane_set_decoder(job,
                          decoder != NULL ? decoder->name : loom_vips_library(job->header.format));
    if (decoder == NULL)
        return loom_vips_open(job->header.format, job->input.data, job->input.size, &load);
    if (decoder->decode(&job->input, &job->header, job->animated, &source->decoded, err) != LOOM_OK)
        return NULL;
    return wrap_decoded(&source->decoded, job);
}

/* libvips has read the header, and everything except the pixels. */
static void read_by_us(loom_vips_source *source, const loom_lane_job *job)
{
    const loom_vips_format *format = loom_vips_format_of(job->header.format);
    VipsImage *ours = format->read != NULL ? format->read(source, job) : NULL;

    if (ours == NULL)
        return;
    source->opened = source->image;
    source->image = ours;
    if (format->reader != NULL)
        loom_lane_set_decoder(job, format->reader);
}

loom_status loom_vips_source_open(loom_vips_source *source, const loom_lane_job *job,
                                  loom_error *err)
{
    *source = (loom_vips_source){.image = NULL};
    source->image = open_image(source, job, err);
    if (source->image == NULL) {
        loom_decoded_release(&source->decoded);
        return loom_vips_explain(job, err);
    }
    loom_vips_limit_blocks(source->image, job->job->recipe, job->common);
    if (!loom_vips_settle_colour(&source->image, &job->header, job->common)) {
        g_object_unref(source->image);
        loom_decoded_release(&source->decoded);
        return loom_vips_explain(job, err);
    }
    source->meta = loom_vips_meta_take(source->image, job->job->recipe, job->animated);
    source->cmyk = vips_image_guess_interpretation(source->image) == VIPS_INTERPRETATION_CMYK;
    read_by_us(source, job);
    return LOOM_OK;
}

static bool read_into_memory(loom_vips_source *source, const loom_lane_job *job,
                             const loom_vips_log *log)
{
    VipsImage *watched = loom_vips_watch(source->image, job->job->cancel, log->ticket);

    if (watched == NULL)
        return false;
    VipsImage *memory = vips_image_copy_memory(watched);
    g_object_unref(watched);
    return loom_vips_step(&source->image, &memory, memory == NULL);
}

static void free_samples(VipsImage *image, gpointer samples)
{
    (void)image;
    free(samples);
}

/* The picture of a decoder of ours becomes the image's own, which may then outlive the source. */
static void give_samples(loom_vips_source *source)
{
    (void)g_signal_connect(source->image, "postclose", G_CALLBACK(free_samples),
                           source->decoded.picture.data);
    source->decoded.picture.data = NULL;
}

bool loom_vips_source_keep(loom_vips_source *source, const loom_lane_job *job,
                           const loom_vips_log *log)
{
    if (source->decoded.picture.data == NULL)
        return read_into_memory(source, job, log);
    give_samples(source); /* it is in memory already */
    return true;
}

loom_status loom_vips_source_finish(loom_vips_source *source, const loom_lane_job *job,
                                    loom_vips_log *log, bool decoded, loom_error *err)
{
    g_object_unref(source->image); /* what libvips' loaders say comes when it is closed */
    if (source->opened != NULL)
        g_object_unref(source->opened);
    source->image = source->opened = NULL;
    const bool lacks = source->decoded.missing;
    const char *damage = source->decoded.damage;
    loom_decoded_release(&source->decoded);
    if (source->png != NULL || source->jpeg != NULL)
        return loom_vips_judge_rows(source, job, decoded, err);
    if (!decoded)
        return loom_vips_explain(job, err);
    const loom_vips_format *format = loom_vips_format_of(job->header.format);
    char found[LOOM_VIPS_DAMAGE];
    const char *words = log->words;
    if (damage == NULL && format->recheck != NULL && format->recheck(job, found))
        damage = found;
    if (damage != NULL)
        words = damage;
    /* A JPEG may lack no more than its end: libjpeg's warnings tell. The others never do. */
    const bool missing = lacks || job->integrity == LOOM_INTEGRITY_CUT;
    return loom_verdict_on_damage(job, missing, damage != NULL || loom_vips_log_damage(log) > 0,
                                  words, err);
}

/* ---- the rows below a crop ----------------------------------------------- */

bool loom_vips_tail_is(const loom_lane_job *job, const loom_geometry *geometry)
{
    const loom_geometry *g = geometry;

    return g->crop.y + g->crop.height < g->resize_height ||
           g->source.y + g->source.height < job->header.height;
}

/* libvips may compute several strips at once. */
static void record_bottom(atomic_int *next, int bottom)
{
    int known = atomic_load(next);

    while (bottom > known && !atomic_compare_exchange_weak(next, &known, bottom))
        continue;
}

static int generate_tail(VipsRegion *out, void *sequence, void *a, void *b, gboolean *stop)
{
    VipsRegion *in = sequence;
    loom_vips_tail *tail = b;
    const VipsRect *area = &out->valid;

    (void)a, (void)stop;
    record_bottom(&tail->next, VIPS_RECT_BOTTOM(area));
    return vips_region_prepare(in, area) || vips_region_region(out, in, area, area->left, area->top)
               ? -1
               : 0;
}

/* What the rest of the lane, and libvips when it places its caches, look at. */
static void copy_meta(VipsImage *from, VipsImage *to)
{
    if (vips_image_is_sequential(from))
        vips_image_set_int(to, VIPS_META_SEQUENTIAL, 1);
    loom_vips_copy_block(from, VIPS_META_ICC_NAME, to);
}

bool loom_vips_tail_open(loom_vips_tail *tail, VipsImage *stream)
{
    VipsImage *apart = vips_image_new();

    atomic_init(&tail->next, 0);
    vips_image_init_fields(apart, vips_image_get_width(stream), vips_image_get_height(stream),
                           vips_image_get_bands(stream), vips_image_get_format(stream),
                           vips_image_get_coding(stream), vips_image_get_interpretation(stream),
                           vips_image_get_xres(stream), vips_image_get_yres(stream));
    copy_meta(stream, apart);
    /* No pipeline from the one to the other: that is how libvips would find the stream. */
    if (vips_image_pipelinev(apart, VIPS_DEMAND_STYLE_THINSTRIP, NULL) ||
        vips_image_generate(apart, vips_start_one, generate_tail, vips_stop_one, stream, tail)) {
        g_object_unref(apart);
        return false;
    }
    tail->stream = stream;
    tail->image = apart;
    return true;
}

static bool read_on(VipsImage *stream, int from)
{
    enum { STRIP_ROWS = 16 };
    const int width = vips_image_get_width(stream), height = vips_image_get_height(stream);
    VipsRegion *region = vips_region_new(stream);
    bool ok = true;

    for (int y = from; y < height && ok; y += STRIP_ROWS) {
        const VipsRect strip = {0, y, width, height - y < STRIP_ROWS ? height - y : STRIP_ROWS};
        ok = !vips_region_prepare(region, &strip);
    }
    g_object_unref(region);
    return ok;
}

bool loom_vips_tail_read(loom_vips_tail *tail, const loom_cancel *cancel, uint64_t ticket)
{
    VipsImage *watched = loom_vips_watch(tail->stream, cancel, ticket);

    if (watched == NULL)
        return false;
    const bool ok = read_on(watched, atomic_load(&tail->next));
    g_object_unref(watched);
    return ok;
}
