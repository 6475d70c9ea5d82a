#include "engine/cost.h"

#include "engine/codec/ssim.h"
#include "engine/lanes.h"
#include <math.h>

/*
 * The containers hold the maxima that were measured, in tenths of a byte for each px, on pictures
 * of noise and of smooth noise, 1 to 16 MP: `bench_cost RECIPE FILE...` (bench/README.md), Debian
 * 12, libvips 8.14.1, libjpeg-turbo 2.1.5, libwebp 1.2.4, libtiff 4.5.0, libheif 1.15.1 with dav1d
 * and aom 3.6.0, libjxl 0.7.0, cgif 0.3.0. A margin of 50 % is added to them, but not to exact
 * figures: the file, and the pictures between decoder and encoder.
 */
enum {
    FIXED = 8 << 20,        /* bytes: for libvips and the decoders */
    STRIP = 1920,           /* bytes for each px of width: the rows in progress in libvips */
    DEEP_STRIP = 4 * STRIP, /* for samples of more than 8 bits, which become floating point */
    KNOWN_PIXEL = 4,        /* bytes, if the header does not say */
    PIXEL_MAX = 8,          /* bytes: 4 channels of 2 */
    UNKNOWN_DECODER = 200,  /* tenths of a byte for each px, if not measured */
    UNKNOWN_ENCODER = 540
};

/* ---- arithmetic that ends at UINT64_MAX ---------------------------------- */

static uint64_t times(uint64_t a, uint64_t b)
{
    uint64_t product;

    return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t plus(uint64_t a, uint64_t b)
{
    uint64_t sum;

    return __builtin_add_overflow(a, b, &sum) ? UINT64_MAX : sum;
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

/* A measured value in bytes, with the margin. */
static uint64_t measured(uint64_t pixels, unsigned tenths)
{
    return times(pixels, tenths) / 20 * 3;
}

/* ---- decoders ------------------------------------------------------------ */

static bool is_deep(const loom_header *header)
{
    return header->pixel_bytes > 4;
}

/* Not in strips, either, if a sequential JPEG has several scans: libjpeg keeps all coefficients. */
static bool is_whole(const loom_header *header)
{
    return header->whole || (header->has_jpeg && header->jpeg.scan_count < header->jpeg.count);
}

/*
 * Bytes that the decoder holds for so many px. Our own JPEG decoder never holds more than libjpeg,
 * which may decode after it: of a progressive JPEG 2 1/8 bytes for a sample, without a margin.
 */
static uint64_t held(const loom_header *header, uint64_t pixels)
{
    const loom_memory *memory = &loom_container_of(header->format)->memory;
    const bool whole = is_whole(header);
    const unsigned tenths = whole ? memory->whole : memory->plain;

    if (memory->in_strips && !whole)
        return 0;
    return measured(pixels, (tenths > 0 ? tenths : UNKNOWN_DECODER) *
                                (memory->by_depth && is_deep(header) ? 2 : 1));
}

static unsigned pixel_bytes(const loom_header *header)
{
    const unsigned bytes = header->has_jpeg          ? header->jpeg.count
                           : header->pixel_bytes > 0 ? header->pixel_bytes
                                                     : KNOWN_PIXEL;

    return bytes < PIXEL_MAX ? bytes : PIXEL_MAX;
}

/* ---- encoders ------------------------------------------------------------ */

/* Whether there may be an alpha channel. */
static bool is_alpha(unsigned bytes)
{
    return bytes == 2 || bytes == 4 || bytes == 8;
}

/* Tenths of a byte that an encoder holds for each px of a picture with `bytes` bytes a px. */
static unsigned encoder(const loom_recipe *recipe, loom_format format, unsigned bytes)
{
    const loom_memory *memory = &loom_container_of(format)->memory;

    if (memory->encoder != NULL)
        return memory->encoder(recipe, bytes, is_alpha(bytes));
    return memory->encoded > 0 ? memory->encoded : UNKNOWN_ENCODER;
}

/* ---- an image ------------------------------------------------------------ */

/* The number of px decoded: a drawing is rendered at the size of its largest output, a JPEG
 * smaller. */
static uint64_t decoded_pixels(const loom_lane_job *job)
{
    const loom_header *header = &job->header;
    uint64_t max = 0;

    if (!loom_container_of(header->format)->drawing) {
        const uint64_t shrink = (uint64_t)loom_lane_shrink(job);
        return times(header->width, header->height) / (shrink * shrink);
    }
    for (size_t i = 0; i < job->count; i++) {
        const loom_geometry *g = &job->outputs[i].geometry;
        if (loom_lane_wants(&job->outputs[i]))
            max = larger(max, job->count == 1 ? times(g->crop.width, g->crop.height)
                                              : times(g->resize_width, g->resize_height));
    }
    return max;
}

/* libvips converts premultiplied and deep samples to floating point for the search. */
static uint64_t cost_of_look(const loom_geometry *g, unsigned bytes)
{
    const uint64_t pixels = times(g->look_width, g->look_height);

    return plus(g->angle != 0 ? times(pixels, bytes) : 0,
                measured(pixels, is_alpha(bytes) || bytes > 4 ? 600 : 60));
}

/* The rows of floating point that a blur or sharpening holds. */
static uint64_t cost_of_filters(const loom_recipe *recipe, const loom_geometry *g, unsigned bytes)
{
    const double sigma = fmax(recipe->blur, recipe->sharpen);
    const bool any = recipe->blur > 0 || recipe->sharpen > 0 || recipe->sharpen < 0;
    const uint64_t rows = any ? (uint64_t)(6 * sigma) + 16 : 0;

    return times(times(g->part.width, rows), bytes * sizeof(float));
}

/* RGB + alpha of no more than the picture each: here, in the parent, and on the way. */
static uint64_t cost_of_layers(const loom_recipe *recipe, const loom_geometry *g)
{
    const unsigned kinds = (unsigned)loom_layer_is_asked(recipe, LOOM_LAYER_WATERMARK) +
                           (unsigned)loom_layer_is_asked(recipe, LOOM_LAYER_TEXT);

    return times(times(g->width, g->height), 3 * 4 * kinds);
}

/*
 * What is held to compare an output of so many px with its picture: two planes and sums of luma,
 * its decoder, and what that decoded. libjpeg keeps all coefficients of a progressive JPEG.
 */
static uint64_t cost_of_comparison(const loom_recipe *recipe, loom_format format, uint64_t pixels,
                                   uint32_t width)
{
    const loom_memory *memory = &loom_container_of(format)->memory;
    const bool in_strips = memory->in_strips && !recipe->progressive;
    const uint64_t decoder = in_strips ? 0 : measured(pixels, memory->whole);

    if (recipe->ssim <= 0 || loom_format_get(format)->quality == 0)
        return 0;
    return plus(plus(times(pixels, 2), times(width, LOOM_SSIM_COLUMN)),
                plus(decoder, memory->in_strips ? 0 : times(pixels, PIXEL_MAX)));
}

/* The max over the steps of an output: decode, turn, filter, encode. */
static uint64_t cost_of_output(const loom_lane_job *job, const loom_lane_output *output,
                               uint64_t decoding)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;
    const loom_format format = output->task->format;
    const uint64_t frames = job->animated ? job->header.frames : 1;
    const bool gains_alpha = (g->angle != 0 && recipe->background.alpha < 255) ||
                             recipe->radius.value > 0 || recipe->border_colour.alpha < 255;
    const bool gains_colour =
        (recipe->tint_given || recipe->border_colour_given || cost_of_layers(recipe, g) > 0) &&
        pixel_bytes(&job->header) <= 2;
    const unsigned from =
        pixel_bytes(&job->header) + (gains_alpha ? 1 : 0) + (gains_colour ? 2 : 0);
    const unsigned bytes = from > 4 && !loom_format_get(format)->deep ? 4 : from;
    const uint64_t first = times(times(g->crop.width, g->crop.height), from);
    const uint64_t made = times(times(g->width, g->height), frames);
    const uint64_t last = times(made, bytes);
    const uint64_t look = g->by_content ? cost_of_look(g, from) : 0;
    const uint64_t filters = plus(cost_of_filters(recipe, g, from), cost_of_layers(recipe, g));
    /* The encoder's earlier output stays in memory. */
    const bool by_frame = loom_container_of(format)->memory.frame_by_frame;
    const uint64_t whole = by_frame ? made / frames : made;
    const uint64_t takes =
        plus(measured(whole, encoder(recipe, format, bytes)), measured(made - whole, 30));
    const uint64_t comparing = cost_of_comparison(recipe, format, made, g->width);
    const uint64_t luma = comparing > 0 ? made : 0; /* of the picture, meanwhile */
    const uint64_t encoding = plus(last, larger(plus(takes, luma), comparing));

    return larger(larger(plus(decoding, first), plus(first, larger(plus(look, filters), last))),
                  encoding);
}

/* The picture that is decoded for all outputs or frames, and stays until the last. */
static uint64_t kept(const loom_lane_job *job, uint64_t pixels)
{
    const loom_header *header = &job->header;

    if (job->animated)
        return times(times(pixels, header->frames), 4);
    const bool whole = job->count > 1 || job->job->recipe->trim >= 0;
    return larger(whole ? times(pixels, pixel_bytes(header)) : 0, loom_lanes_keep(job));
}

uint64_t loom_cost_estimate(const loom_lane_job *job)
{
    const loom_header *header = &job->header;
    const uint64_t pixels = decoded_pixels(job);
    const bool shrinks = loom_container_of(header->format)->shrinks;
    const uint64_t coded = shrinks ? times(header->width, header->height) : pixels;
    const uint64_t strips = times(header->width, is_deep(header) ? DEEP_STRIP : STRIP) / 2 * 3;
    const uint64_t decoding = held(header, coded);
    uint64_t max = 0;

    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i])) /* one after another */
            max = larger(max, cost_of_output(job, &job->outputs[i], decoding));
    /* Bytes that a preview was taken from stay, too. */
    const uint64_t file = plus(job->input.size, job->input.origin != NULL ? job->input.read : 0);
    return plus(plus(plus(FIXED, file), plus(strips, kept(job, pixels))), max);
}

uint64_t loom_cost_limit(uint64_t worker_memory)
{
    return worker_memory / 4 * 3;
}
