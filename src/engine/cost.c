#include "engine/cost.h"

#include "base/array.h"
#include "engine/decoders.h"

/*
 * The tables hold what was measured at the most, in tenths of a byte for each px, on pictures of
 * noise and of smooth noise, 1 to 16 MP: `bench_cost RECIPE FILE...` (bench/README.md), Debian 12,
 * libvips 8.14.1, libjpeg-turbo 2.1.5, libwebp 1.2.4, libtiff 4.5.0, libheif 1.15.1 with dav1d and
 * aom 3.6.0, libjxl 0.7.0, cgif 0.3.0. Half as much again is added to it, and not to what is known
 * exactly: the file, and the pictures between decoder and encoder.
 */
enum {
    FIXED = 8 << 20,        /* bytes: libvips' and the decoders' own */
    STRIP = 1920,           /* bytes for each px across: the rows that libvips has in flight */
    DEEP_STRIP = 4 * STRIP, /* of samples beyond 8 bits, which become floating point */
    KNOWN_PIXEL = 4,        /* bytes, where the header does not tell */
    PIXEL_MAX = 8           /* bytes: 4 channels of 2 */
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

/* What was measured, in bytes, with the margin. */
static uint64_t measured(uint64_t pixels, unsigned tenths)
{
    return times(pixels, tenths) / 20 * 3;
}

/* ---- decoders ------------------------------------------------------------ */

/* Tenths of a byte a px that a decoder holds of the whole picture; 0: it works in strips. */
typedef struct decoder_row {
    loom_format format;
    unsigned plain, whole; /* whole: progressive, interlaced */
    bool by_depth;         /* twice as much for samples beyond 8 bits */
} decoder_row;

static const decoder_row decoders[] = {
    {LOOM_FORMAT_JPEG, 0, 60, false},   /* 16-bit coefficients of three components */
    {LOOM_FORMAT_PNG, 0, 40, true},     /* interlaced: the picture */
    {LOOM_FORMAT_WEBP, 70, 70, false},  /* lossless; lossy 30, with alpha 50 */
    {LOOM_FORMAT_GIF, 50, 50, false},   /* canvas and frame */
    {LOOM_FORMAT_TIFF, 40, 40, true},   /* one strip of the whole picture */
    {LOOM_FORMAT_AVIF, 130, 130, true}, /* planes at full size, and RGB */
    {LOOM_FORMAT_HEIC, 130, 130, true},
    {LOOM_FORMAT_BMP, 40, 40, false},
    {LOOM_FORMAT_TGA, 40, 40, false},
    {LOOM_FORMAT_PSD, 80, 80, false},
    {LOOM_FORMAT_PNM, 60, 60, false},
    {LOOM_FORMAT_HDR, 30, 30, false},
    {LOOM_FORMAT_JXL, 120, 120, true},
    {LOOM_FORMAT_JP2, 200, 200, false}, /* a tile of the whole picture */
    {LOOM_FORMAT_SVG, 0, 0, false},
};

static bool is_deep(const loom_header *header)
{
    return header->pixel_bytes > 4;
}

/* Bytes that the decoder holds of so many px. */
static uint64_t held(const loom_header *header, uint64_t pixels)
{
    for (size_t i = 0; i < LOOM_COUNT(decoders); i++) {
        const decoder_row *row = &decoders[i];
        if (row->format == header->format)
            return measured(pixels, (header->whole ? row->whole : row->plain) *
                                        (row->by_depth && is_deep(header) ? 2 : 1));
    }
    return measured(pixels, 200);
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

/* Tenths of a byte that an encoder holds for each px of a picture, which has so many bytes. */
static unsigned encoder(const loom_recipe *recipe, loom_format format, unsigned bytes)
{
    switch (format) {
    case LOOM_FORMAT_JPEG: /* coefficients of all, for the best Huffman tables */
        return recipe->chroma == LOOM_CHROMA_444 ? 70 : 40;
    case LOOM_FORMAT_PNG: /* what comes out, and once more while it grows */
        return 12 * bytes + (recipe->progressive ? 32 : 12);
    case LOOM_FORMAT_WEBP: /* alpha is always lossless */
        return recipe->lossless || is_alpha(bytes) ? 370 : 90;
    case LOOM_FORMAT_GIF:
        return 340; /* as many colours as px; of few colours 110 */
    case LOOM_FORMAT_TIFF:
        return 12 * bytes;
    case LOOM_FORMAT_AVIF:
        return 540;
    case LOOM_FORMAT_JXL:
        if (recipe->lossless)
            return 870;
        return recipe->effort >= 8 ? 2900 : is_alpha(bytes) ? 660 : 480;
    default:
        return 540;
    }
}

/* ---- an image ------------------------------------------------------------ */

/* Px that are decoded: a drawing is made at the size of its largest output, a JPEG smaller. */
static uint64_t decoded_pixels(const loom_lane_job *job)
{
    const loom_header *header = &job->header;
    uint64_t max = 0;

    if (!loom_vips_is_drawing(header->format)) {
        const uint64_t shrink =
            header->format == LOOM_FORMAT_JPEG ? (uint64_t)loom_lane_jpeg_shrink(job) : 1;
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

/* libvips looks at premultiplied and at deep samples as floating point. */
static uint64_t cost_of_look(const loom_geometry *g, unsigned bytes)
{
    const uint64_t pixels = times(g->look_width, g->look_height);

    return plus(g->angle != 0 ? times(pixels, bytes) : 0,
                measured(pixels, is_alpha(bytes) || bytes > 4 ? 600 : 60));
}

/* Which of the steps of an output needs most: decoding, turning, encoding. */
static uint64_t cost_of_output(const loom_lane_job *job, const loom_lane_output *output,
                               uint64_t decoding)
{
    const loom_recipe *recipe = job->job->recipe;
    const loom_geometry *g = &output->geometry;
    const loom_format format = output->task->format;
    const uint64_t frames = job->animated ? job->header.frames : 1;
    const bool gains_alpha = g->angle != 0 && recipe->background.alpha < 255;
    const unsigned from = pixel_bytes(&job->header) + (gains_alpha ? 1 : 0);
    const unsigned bytes = from > 4 && !loom_format_get(format)->deep ? 4 : from;
    const uint64_t first = times(times(g->crop.width, g->crop.height), from);
    const uint64_t made = times(times(g->width, g->height), frames);
    const uint64_t last = times(made, bytes);
    const uint64_t look = g->by_content ? cost_of_look(g, from) : 0;
    /* GIF's encoder has one frame at a time, and what has come out of it. */
    const uint64_t whole = format == LOOM_FORMAT_GIF ? made / frames : made;
    const uint64_t encoding = plus(
        last, plus(measured(whole, encoder(recipe, format, bytes)), measured(made - whole, 30)));

    return larger(larger(plus(decoding, first), plus(first, larger(look, last))), encoding);
}

/* What the picture is decoded into for all outputs or frames, and stays until the last. */
static uint64_t kept(const loom_lane_job *job, uint64_t pixels)
{
    const loom_header *header = &job->header;
    const bool planes = header->has_jpeg && job->outputs[0].task->format == LOOM_FORMAT_JPEG;

    if (job->animated)
        return times(times(pixels, header->frames), 4);
    return job->count > 1 || planes ? times(pixels, pixel_bytes(header)) : 0;
}

uint64_t loom_cost_estimate(const loom_lane_job *job)
{
    const loom_header *header = &job->header;
    const uint64_t pixels = decoded_pixels(job);
    const uint64_t coded =
        header->format == LOOM_FORMAT_JPEG ? times(header->width, header->height) : pixels;
    const uint64_t strips = times(header->width, is_deep(header) ? DEEP_STRIP : STRIP) / 2 * 3;
    const uint64_t decoding = held(header, coded);
    uint64_t max = 0;

    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i])) /* one after the other */
            max = larger(max, cost_of_output(job, &job->outputs[i], decoding));
    return plus(plus(plus(FIXED, job->input.size), plus(strips, kept(job, pixels))), max);
}

uint64_t loom_cost_limit(uint64_t worker_memory)
{
    return worker_memory / 4 * 3;
}
