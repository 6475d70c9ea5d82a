#include "engine/jpeg/planes.h"

#include "engine/codec/jpeg_guard.h"
#include "engine/jpeg/decode.h"
#include "engine/verdict.h"

enum { EIGHTHS = 8 };

/* ---- scales -------------------------------------------------------------------- */

/*
 * The minimum factor that a scale leaves to the resize: LEFT / LEFT_OF. Measured on 64 photographs
 * at quality 80, compared with a full decode and Lanczos (RGB, docs/speed.md): at 800x600, 400x400
 * and 200x200 the mean is 0.02, 0.01 and 0.00 dB above that of libjpeg's scales, which are powers
 * of two that leave as much, and none is worse by more than 0.14 dB. 5/4 saves 1 % of the time, but
 * some lose 0.3 dB; 2 gains 0.05 dB for 11 %. Chroma has its own scale by the same rule: an output
 * sample may stand for two px.
 */
enum { LEFT = 8, LEFT_OF = 5 };

/*
 * The scale for `side` px, decoded into a component with one sample per `sparse` px, to get `made`
 * samples.
 */
static int scale_for(uint32_t side, uint32_t sparse, uint32_t made)
{
    const uint64_t needed = (uint64_t)made * LEFT * EIGHTHS * sparse;
    const uint64_t there = (uint64_t)side * LEFT_OF;
    const uint64_t k = (needed + there - 1) / there;

    return k > EIGHTHS ? EIGHTHS : k < 1 ? 1 : (int)k;
}

static unsigned larger(unsigned a, unsigned b)
{
    return a > b ? a : b;
}

/* The sampling factors of the picture: those of its densest component. */
static loom_jpeg_component densest(const loom_jpeg_header *header)
{
    loom_jpeg_component max = {.h = 1, .v = 1};

    for (unsigned i = 0; i < header->count; i++) {
        max.h = larger(max.h, header->components[i].h);
        max.v = larger(max.v, header->components[i].v);
    }
    return max;
}

void loom_jpeg_scales(const loom_lane_job *job, bool gray, int k[LOOM_JPEG_PLANES])
{
    const loom_jpeg_header *header = &job->header.jpeg;
    const loom_jpeg_component max = densest(header);
    const bool halves = job->job->recipe->chroma != LOOM_CHROMA_444;

    for (unsigned i = 0; i < LOOM_JPEG_PLANES; i++) {
        const uint32_t step = i > 0 && halves ? 2 : 1; /* px of the output for each sample */
        k[i] = 0;
        if (i > 0 && (gray || i >= header->count))
            continue;
        const loom_jpeg_component c = header->components[i];
        k[i] = job->job->recipe->trim >= 0 ? EIGHTHS : 1;
        for (size_t n = 0; n < job->count; n++) {
            const loom_geometry *g = &job->outputs[n].geometry;
            if (!loom_lane_wants(&job->outputs[n]))
                continue;
            const int across =
                scale_for(g->source.width, max.h / c.h, (g->resize_width + step - 1) / step);
            const int down =
                scale_for(g->source.height, max.v / c.v, (g->resize_height + step - 1) / step);
            k[i] = (int)larger((unsigned)k[i], larger((unsigned)across, (unsigned)down));
        }
    }
}

uint64_t loom_jpeg_planes_bytes(const loom_lane_job *job, bool gray)
{
    const loom_jpeg_component max = densest(&job->header.jpeg);
    const uint64_t width = job->header.width, height = job->header.height; /* LOOM_JPEG_SIDE_MAX */
    const uint64_t shrink = (uint64_t)loom_lane_shrink(job);
    const uint64_t libjpegs = (width / shrink + 1) * (height / shrink + 1);
    uint64_t bytes = 0;
    int k[LOOM_JPEG_PLANES];

    loom_jpeg_scales(job, gray, k);
    for (unsigned i = 0; i < LOOM_JPEG_PLANES && k[i] > 0; i++) {
        const loom_jpeg_component c = job->header.jpeg.components[i];
        const uint64_t eighths = (uint64_t)k[i] * (uint64_t)k[i];
        const uint64_t samples =
            (width * c.h / max.h + 1) * (height * c.v / max.v + 1) * eighths / (EIGHTHS * EIGHTHS);
        bytes += samples > libjpegs ? samples : libjpegs;
    }
    return bytes;
}

/* ---- our own decoder ------------------------------------------------------------- */

/*
 * Of the samples for `side` px, the number that belong to the picture only. Samples beyond its edge
 * are arbitrary, and a scaled decode mixes them into the last sample. At full size nothing is
 * mixed.
 */
static uint32_t own_samples(uint32_t side, unsigned factor, unsigned max, int k)
{
    const uint64_t eighths = (uint64_t)side * factor * (unsigned)k, whole = max * EIGHTHS;
    const uint64_t samples = (eighths + (k == EIGHTHS ? whole - 1 : 0)) / whole;

    return samples < 1 ? 1 : (uint32_t)samples;
}

static void describe(const loom_lane_job *job, const int k[LOOM_JPEG_PLANES],
                     loom_jpeg_planes *planes)
{
    const loom_jpeg_component max = densest(&job->header.jpeg);

    planes->count = 0;
    for (unsigned i = 0; i < LOOM_JPEG_PLANES && k[i] > 0; i++) {
        const loom_jpeg_component c = job->header.jpeg.components[i];
        loom_plane *plane = &planes->planes[i];
        plane->width = own_samples(job->header.width, c.h, max.h, k[i]);
        plane->height = own_samples(job->header.height, c.v, max.v, k[i]);
        planes->densities[i] = (loom_density){c.h * (unsigned)k[i] / (double)(max.h * EIGHTHS),
                                              c.v * (unsigned)k[i] / (double)(max.v * EIGHTHS)};
        planes->count++;
    }
}

/* Names itself as the decoder once it begins. False: libjpeg must decode it, unless the job is to
 * stop. */
static bool decode_own(const loom_lane_job *job, bool gray, loom_jpeg_own **own,
                       loom_jpeg_planes *planes)
{
    loom_jpeg_wish wish = {.file = {job->input.data, job->input.size},
                           .width = job->header.width,
                           .height = job->header.height,
                           .planes = planes->planes,
                           .cancel = job->job->cancel};

    if (job->integrity != LOOM_INTEGRITY_WHOLE ||
        job->job->settings->jpeg_decoder != LOOM_JPEG_DECODER_IMGLOOM)
        return false;
    if (*own == NULL)
        *own = loom_jpeg_own_create();
    if (*own == NULL)
        return false;
    loom_jpeg_scales(job, gray, wish.k);
    loom_lane_set_decoder(job, "imgloom");
    if (!loom_jpeg_own_decode(*own, &wish))
        return false;
    describe(job, wish.k, planes);
    return true;
}

loom_lane_result loom_jpeg_read_planes(const loom_lane_job *job, bool gray, loom_jpeg_own **own,
                                       loom_jpeg_planes *planes, loom_error *err)
{
    if (decode_own(job, gray, own, planes))
        return loom_verdict_on_damage(job, false, false, NULL, err) == LOOM_OK ? LOOM_LANE_DONE
                                                                               : LOOM_LANE_FAILED;
    if (loom_lane_check_stop(job, LOOM_STAGE_DECODE, err) != LOOM_OK)
        return LOOM_LANE_FAILED;
    loom_lane_set_decoder(job, loom_jpeg_library);
    return loom_jpeg_decode(job, loom_lane_shrink(job), gray, planes, err);
}
