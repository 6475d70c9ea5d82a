#include "engine/cost.h"

#include "engine/decoders.h"

enum { FIXED = 12 << 20, STRIP_ROWS = 160 }; /* libvips' buffers, and the rows it has in flight */

/* a * b, at most UINT64_MAX. */
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

/* Bytes a pixel that the decoder holds of the whole picture; 0: it works through it in strips. */
static uint64_t held_per_pixel(const loom_header *header)
{
    switch (header->format) {
    case LOOM_FORMAT_JPEG:
        return header->whole ? 6 : 0; /* progressive: 16-bit coefficients of three components */
    case LOOM_FORMAT_PNG:
        return header->whole ? 8 : 0; /* interlaced */
    case LOOM_FORMAT_WEBP:
    case LOOM_FORMAT_GIF:
        return 8; /* the canvas and the frame */
    case LOOM_FORMAT_TIFF:
        return 0;
    default:
        return loom_raster_reads(header->format) ? 4 : 10; /* AVIF, HEIC, JXL: planes and RGB */
    }
}

/* A drawing is made at the size of its largest output. */
static uint64_t drawn_pixels(const loom_lane_job *job)
{
    uint64_t max = 0;

    for (size_t i = 0; i < job->count; i++) {
        const loom_geometry *g = &job->outputs[i].geometry;
        const uint64_t pixels = times(g->resize_width, g->resize_height);
        if (loom_lane_wants(&job->outputs[i]) && pixels > max)
            max = pixels;
    }
    return max;
}

static uint64_t cost_of_input(const loom_lane_job *job)
{
    const loom_header *header = &job->header;
    const uint64_t pixels = loom_vips_is_drawing(header->format)
                                ? drawn_pixels(job)
                                : times(header->width, header->height);
    uint64_t cost = plus(job->input.size, times(times(header->width, STRIP_ROWS), 8));

    cost = plus(cost, times(pixels, held_per_pixel(header)));
    if (job->animated)
        cost = plus(cost, times(times(pixels, header->frames), 4));
    else if (job->count > 1) /* decoded into memory, for all of them */
        cost = plus(cost, times(pixels, 4));
    return cost;
}

static uint64_t cost_of_output(const loom_lane_job *job, const loom_lane_output *output)
{
    const loom_geometry *g = &output->geometry;
    const uint64_t resized = times(g->resize_width, g->resize_height);
    const uint64_t made = times(g->width, g->height),
                   frames = job->animated ? job->header.frames : 1;
    const bool heavy = output->task->format == LOOM_FORMAT_AVIF ||
                       output->task->format == LOOM_FORMAT_JXL; /* encoders with many planes */

    return plus(times(resized < made ? resized : made, 8),
                times(times(made, frames), heavy ? 40 : 10));
}

uint64_t loom_cost_estimate(const loom_lane_job *job)
{
    uint64_t max = 0;

    for (size_t i = 0; i < job->count; i++)
        if (loom_lane_wants(&job->outputs[i])) { /* one after the other */
            const uint64_t cost = cost_of_output(job, &job->outputs[i]);
            max = cost > max ? cost : max;
        }
    return plus(plus(FIXED, cost_of_input(job)), max);
}
