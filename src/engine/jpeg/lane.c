/*
 * The jpeg lane: JPEG to JPEG or WebP without RGB. Our own decoder, or libjpeg's, decodes the
 * file's planes at a scale near the one wanted. Each plane is resized to the output's sampling,
 * then the small planes are turned and padded. Our own encoder encodes them, or libjpeg's if
 * progressive, or libwebp's.
 *
 * The lane takes ordinary files and recipes; the vips lane takes the rest.
 */
#include "engine/check.h"
#include "engine/codec/filter.h"
#include "engine/codec/resize.h"
#include "engine/codec/webp_write.h"
#include "engine/jpeg/encode.h"
#include "engine/jpeg/layers.h"
#include "engine/jpeg/planes.h"
#include "engine/metadata.h"
#include "engine/plan.h"
#include "format/icc.h"
#include "format/jpeg_meta.h"
#include "picture/picture.h"
#include <stdlib.h>

enum { KEPT_MAX = 64 << 20 }; /* max bytes of a plane kept for the thread's next picture */

/* Memory that a thread reuses from one picture to the next. */
typedef struct workspace {
    loom_jpeg_planes decoded;
    loom_plane made;                    /* resized, not yet turned */
    loom_plane ready[LOOM_JPEG_PLANES]; /* to be encoded */
    loom_jpeg_buffer buffer;
    loom_resizer *resizer;
    loom_jpeg_own *own; /* NULL: not needed yet */
} workspace;

static _Thread_local workspace *thread_workspace;

/* ---- accepting ----------------------------------------------------------- */

static bool pads(const loom_geometry *g)
{
    return g->width != g->part.width || g->height != g->part.height;
}

static bool is_gray_colour(loom_colour colour)
{
    return colour.red == colour.green && colour.green == colour.blue;
}

/* Gray of any sampling, or Y'CbCr with chroma at full or half resolution on each axis. */
static bool takes_header(const loom_jpeg_header *header)
{
    const loom_jpeg_component *c = header->components;

    if (!loom_jpeg_is_ordinary(header))
        return false;
    if (header->count == 1)
        return true;
    return loom_jpeg_is_ycc(header) && c[0].h <= 2 && c[0].v <= 2 && c[1].h == 1 && c[1].v == 1 &&
           c[2].h == 1 && c[2].v == 1;
}

static bool is_jpeg(const loom_lane_output *output)
{
    return output->task->format == LOOM_FORMAT_JPEG;
}

/* libwebp makes its sharper chroma, and what is lossless, from RGB. */
static bool takes_format(const loom_recipe *recipe, const loom_lane_output *output)
{
    return is_jpeg(output) || (!recipe->lossless && recipe->chroma != LOOM_CHROMA_444);
}

/* A coloured one makes a gray picture a coloured one. */
static bool takes_layers(const loom_recipe *recipe, const loom_jpeg_header *header)
{
    return (loom_recipe_needs(recipe) & LOOM_LAYER_FIELDS) == 0 ||
           (header->count == LOOM_JPEG_PLANES && recipe->grayscale == LOOM_GRAYSCALE_NONE &&
            loom_jpeg_takes_layers(recipe));
}

static bool takes_recipe(const loom_recipe *recipe, const loom_jpeg_header *header)
{
    return loom_resize_has_kernel(recipe->kernel) && recipe->background.alpha == 255 &&
           takes_layers(recipe, header) &&
           (recipe->grayscale != LOOM_GRAYSCALE_LUMINANCE || header->count == 1);
}

/* Of all outputs alike: both formats hold profiles. */
static bool keeps_profile(const loom_lane_job *job)
{
    return loom_lane_keeps_profile(job->job->recipe, job->outputs[0].task->format, false);
}

static bool has_metadata(const loom_lane_job *job)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_jpeg_header *header = &job->header.jpeg;

    return (recipe->metadata != LOOM_METADATA_NONE && header->metadata) ||
           ((recipe->metadata & LOOM_METADATA_EXIF) != 0 && recipe->dpi > 0) || /* WebP's place */
           (keeps_profile(job) && header->profile != LOOM_JPEG_PROFILE_NONE) ||
           (!recipe->auto_orient && job->header.orientation != 1);
}

static bool suits(loom_bytes profile, unsigned components)
{
    return loom_icc_judge(profile.data, profile.size,
                          components == 1 ? LOOM_ICC_GRAY : LOOM_ICC_RGB) == LOOM_ICC_SUITS &&
           loom_icc_hdr_name(profile.data, profile.size) == NULL;
}

/* Profiles that change nothing, or that are kept and suit the picture. */
static bool takes_profile(const loom_lane_job *job)
{
    const loom_jpeg_header *header = &job->header.jpeg;
    loom_jpeg_meta meta;

    if (loom_jpeg_is_adobe_rgb(header))
        return false;
    if (!keeps_profile(job))
        return header->profile != LOOM_JPEG_PROFILE_OTHER;
    if (header->profile == LOOM_JPEG_PROFILE_NONE)
        return true;
    const bool taken = loom_jpeg_meta_read(&meta, (loom_bytes){job->input.data, job->input.size}) &&
                       suits(meta.source.profile, header->count);
    loom_jpeg_meta_release(&meta);
    return taken;
}

static bool takes_geometry(const loom_recipe *recipe, const loom_jpeg_header *header,
                           const loom_geometry *g)
{
    /* A coloured background makes a gray picture a coloured one. */
    const bool becomes_coloured = header->count == 1 && recipe->grayscale == LOOM_GRAYSCALE_NONE &&
                                  !is_gray_colour(recipe->background) &&
                                  (pads(g) || recipe->trim >= 0); /* it may then */

    return g->angle == 0 && !g->by_content && !becomes_coloured;
}

static bool accepts(const loom_lane_job *job)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_jpeg_header *header = &job->header.jpeg;

    if (!job->header.has_jpeg || !takes_header(header) || !takes_recipe(recipe, header) ||
        !takes_profile(job))
        return false;
    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i]) &&
            (!takes_format(recipe, &job->outputs[i]) ||
             !takes_geometry(recipe, header, &job->outputs[i].geometry)))
            return false;
    return true;
}

/* ---- planes of an output ------------------------------------------------- */

/* The background as a sample of each component, by JFIF 1.02's matrix, which is Rec. 601's. */
static uint8_t fill_of(loom_colour colour, unsigned component)
{
    const double r = colour.red, g = colour.green, b = colour.blue;

    switch (component) {
    case 0:
        return loom_colour_luma(colour);
    case 1:
        return (uint8_t)(-0.168735892 * r - 0.331264108 * g + 0.5 * b + 128.49999);
    default:
        return (uint8_t)(0.5 * r - 0.418687589 * g - 0.081312411 * b + 128.49999);
    }
}

static void fill_edges(loom_plane *plane, const loom_plane_map *map, uint8_t fill)
{
    const loom_rect in = map->lies;

    loom_plane_fill_around(plane, in, fill);
    if (map->mix_left)
        loom_plane_mix(plane, (loom_rect){in.x, in.y, 1, in.height}, fill);
    if (map->mix_right)
        loom_plane_mix(plane, (loom_rect){in.x + in.width - 1, in.y, 1, in.height}, fill);
    if (map->mix_top)
        loom_plane_mix(plane, (loom_rect){in.x, in.y, in.width, 1}, fill);
    if (map->mix_bottom)
        loom_plane_mix(plane, (loom_rect){in.x, in.y + in.height - 1, in.width, 1}, fill);
}

/*
 * If a JPEG's chroma is halved anyway, a filter with fewer taps suffices: 4 % less CPU time for a
 * loss of 0.08 dB in PSNR to the ideal, which then still equals the vips lane's. A WebP takes much
 * longer to encode, and gains 0.12 to 0.18 dB by the filter that was asked for.
 */
static loom_kernel kernel_for(const loom_recipe *recipe, const loom_lane_output *output,
                              unsigned component)
{
    const bool halved = component > 0 && recipe->chroma != LOOM_CHROMA_444;

    return halved && recipe->kernel == LOOM_KERNEL_LANCZOS3 && is_jpeg(output)
               ? LOOM_KERNEL_LANCZOS2
               : recipe->kernel;
}

/* Px of the final picture that a sample of the component covers across and down. */
static uint32_t step_of(const loom_recipe *recipe, unsigned component)
{
    return component > 0 && recipe->chroma != LOOM_CHROMA_444 ? 2 : 1;
}

/* Filters the plane as resized: that commutes with turns. */
static loom_status filter(const loom_lane_job *job, const loom_lane_output *output,
                          unsigned component, loom_plane *plane)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_cancel *cancel = job->job->cancel;
    loom_status status = LOOM_OK;

    if (recipe->blur > 0)
        status = loom_plane_blur(plane, recipe->blur / step_of(recipe, component), cancel);
    if (status != LOOM_OK || component > 0)
        return status;
    return loom_plane_sharpen(plane, loom_unsharp_of(recipe, &output->geometry), cancel);
}

static loom_levels levels_of(const loom_lane_output *output, unsigned component)
{
    return is_jpeg(output) ? LOOM_LEVELS_SAME : loom_webp_levels(component);
}

/* Makes one plane of an output, ready to be encoded. */
static loom_status make_plane(workspace *w, const loom_lane_job *job,
                              const loom_lane_output *output, const loom_plane_map *map,
                              unsigned component)
{
    const loom_geometry *g = &output->geometry;
    const loom_recipe *recipe = job->job->recipe;
    const loom_levels levels = levels_of(output, component);
    const loom_plane *from = &w->decoded.planes[component];
    const loom_resize how = {.part = map->source,
                             .seen = map->seen,
                             .width = map->made_width,
                             .height = map->made_height,
                             .kernel = kernel_for(recipe, output, component),
                             .levels = levels};
    loom_plane *ready = &w->ready[component];
    const bool direct = g->turn.quarters == 0 && !g->turn.flop && !pads(g);

    loom_plane *made = direct ? ready : &w->made;
    loom_status status = loom_resizer_run(w->resizer, from, &how, job->job->cancel, made);
    if (status == LOOM_OK)
        status = filter(job, output, component, made);
    if (status != LOOM_OK)
        return status;
    if (!direct) {
        if (!loom_plane_reserve(ready, map->width, map->height))
            return LOOM_ERR_OUT_OF_MEMORY;
        loom_plane_lay(made, g->turn, ready, map->lies.x, map->lies.y);
        fill_edges(ready, map, loom_level_of(levels, fill_of(recipe->background, component)));
    }
    loom_plane_extend(ready);
    return LOOM_OK;
}

static loom_status encode(const loom_lane_job *job, loom_lane_output *output, workspace *w,
                          const loom_meta *meta, loom_error *err)
{
    if (is_jpeg(output))
        return loom_jpeg_encode(job, output, w->ready, w->decoded.count, meta, &w->buffer, err);
    return loom_jpeg_encode_webp(job, output, w->ready, w->decoded.count, meta, err);
}

static loom_status encode_with_metadata(const loom_lane_job *job, loom_lane_output *output,
                                        workspace *w, loom_error *err)
{
    loom_jpeg_meta input = {.profile = LOOM_STRBUF_INIT};
    loom_meta meta = {.warning_count = 0};
    loom_status status;

    if (loom_jpeg_meta_read(&input, (loom_bytes){job->input.data, job->input.size}) &&
        loom_lane_meta_make(&meta, &input.source, keeps_profile(job), false, job, output))
        status = encode(job, output, w, &meta, err);
    else
        status = loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_ENCODE,
                                "not enough memory for the metadata");
    loom_meta_release(&meta);
    loom_jpeg_meta_release(&input);
    return status;
}

static loom_status lay_layers(const loom_lane_job *job, const loom_lane_output *output,
                              workspace *w, loom_error *err)
{
    loom_levels levels[LOOM_JPEG_PLANES];
    loom_status status = LOOM_OK;

    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++)
        levels[i] = levels_of(output, i);
    if ((loom_recipe_needs(job->job->recipe) & LOOM_LAYER_FIELDS) != 0)
        status = loom_jpeg_lay(job, output, w->ready, step_of(job->job->recipe, 1), levels, err);
    return status == LOOM_OK
               ? loom_check_made_planes(job, output, w->ready, levels, w->decoded.count, err)
               : status;
}

static loom_status make_output(const loom_lane_job *job, loom_lane_output *output, workspace *w,
                               loom_error *err)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;

    for (unsigned i = 0; i < w->decoded.count; i++) {
        const loom_plane_map map =
            loom_plane_map_make(g, w->decoded.densities[i], step_of(recipe, i));
        const loom_status status = make_plane(w, job, output, &map, i);
        const loom_status stopped = loom_lane_check_stop(job, LOOM_STAGE_TRANSFORM, err);
        if (stopped != LOOM_OK)
            return stopped;
        if (status != LOOM_OK)
            return loom_error_set(err, status, LOOM_STAGE_TRANSFORM,
                                  "not enough memory for a picture of %ux%u px", (unsigned)g->width,
                                  (unsigned)g->height);
    }
    const loom_status laid = lay_layers(job, output, w, err);
    if (laid != LOOM_OK)
        return laid;
    if (!has_metadata(job))
        return encode(job, output, w, NULL, err);
    return encode_with_metadata(job, output, w, err);
}

/* ---- the thread's workspace ---------------------------------------------- */

static void release(workspace *w)
{
    if (w == NULL)
        return;
    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++) {
        loom_plane_release(&w->decoded.planes[i]);
        loom_plane_release(&w->ready[i]);
    }
    loom_plane_release(&w->made);
    loom_jpeg_buffer_release(&w->buffer);
    loom_resizer_free(w->resizer);
    loom_jpeg_own_free(w->own);
    free(w);
}

static workspace *get_workspace(void)
{
    if (thread_workspace != NULL)
        return thread_workspace;
    workspace *w = calloc(1, sizeof *w);
    if (w == NULL)
        return NULL;
    w->resizer = loom_resizer_create();
    if (w->resizer == NULL) {
        release(w);
        return NULL;
    }
    thread_workspace = w;
    return w;
}

static void trim(workspace *w)
{
    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++) {
        loom_plane_trim(&w->decoded.planes[i], KEPT_MAX);
        loom_plane_trim(&w->ready[i], KEPT_MAX);
    }
    loom_plane_trim(&w->made, KEPT_MAX);
    loom_jpeg_buffer_trim(&w->buffer, KEPT_MAX);
}

static void thread_exit(void)
{
    release(thread_workspace);
    thread_workspace = NULL;
}

/* ---- run ----------------------------------------------------------------- */

/* Whether luma is all that is decoded. A border may differ in its colour alone. */
static bool is_luma_enough(const loom_recipe *recipe)
{
    return recipe->grayscale != LOOM_GRAYSCALE_NONE && recipe->trim < 0;
}

static uint64_t keeps(const loom_lane_job *job)
{
    return job->header.has_jpeg && takes_header(&job->header.jpeg)
               ? loom_jpeg_planes_bytes(job, is_luma_enough(job->job->recipe))
               : 0;
}

static loom_lane_result cut_border(loom_lane_job *job, loom_jpeg_planes *planes, loom_error *err)
{
    const loom_trim how = loom_plan_trim(job);
    loom_rect found;

    if (loom_planes_find_content(planes->planes, planes->densities, planes->count, &how,
                                 job->job->cancel, &found) != LOOM_OK)
        return loom_lane_check_stop(job, LOOM_STAGE_TRANSFORM, err) == LOOM_OK ? LOOM_LANE_DONE
                                                                               : LOOM_LANE_FAILED;
    if (loom_plan_trimmed(job, found, err) != LOOM_OK)
        return LOOM_LANE_FAILED;
    if (job->job->recipe->grayscale != LOOM_GRAYSCALE_NONE)
        planes->count = 1;
    return LOOM_LANE_DONE;
}

static loom_lane_result run(loom_lane_job *job, loom_error *err)
{
    workspace *w = get_workspace();
    const loom_recipe *recipe = job->job->recipe;

    if (w == NULL) {
        (void)loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_DECODE,
                             "not enough memory to begin with");
        return LOOM_LANE_FAILED;
    }
    loom_lane_result result =
        loom_jpeg_read_planes(job, is_luma_enough(recipe), &w->own, &w->decoded, err);
    if (result == LOOM_LANE_DONE && recipe->trim >= 0)
        result = cut_border(job, &w->decoded, err);
    if (result == LOOM_LANE_DONE)
        loom_check_source_planes(job, w->decoded.planes, w->decoded.densities, w->decoded.count);
    for (size_t i = 0; i < job->count && result == LOOM_LANE_DONE; i++) {
        loom_lane_output *output = &job->outputs[i];
        if (loom_lane_wants(output)) /* a failure belongs to this output only */
            (void)make_output(job, output, w, &output->outcome->error);
    }
    trim(w);
    return result;
}

const loom_lane loom_lane_jpeg = {
    .reads = LOOM_LANE_FORMAT(LOOM_FORMAT_JPEG),
    .writes = LOOM_LANE_FORMAT(LOOM_FORMAT_JPEG) | LOOM_LANE_FORMAT(LOOM_FORMAT_WEBP),
    .can = LOOM_LANE_COMMON_FIELDS | LOOM_RECIPE_BIT(LOOM_RECIPE_BLUR) |
           LOOM_RECIPE_BIT(LOOM_RECIPE_SHARPEN) | LOOM_RECIPE_BIT(LOOM_RECIPE_TRIM) |
           LOOM_RECIPE_BIT(LOOM_RECIPE_TRIM_BACKGROUND) | LOOM_LAYER_FIELDS,
    .accepts = accepts,
    .run = run,
    .keeps = keeps,
    .thread_exit = thread_exit,
    .trusted = true};
