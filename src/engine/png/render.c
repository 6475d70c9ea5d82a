#include "base/error.h"
#include "engine/codec/resize.h"
#include "engine/png/steps.h"
#include <stdlib.h>

enum { STOP_ROWS = 16 }; /* rows from one look at the job's end to the next */

/* ---- rows ---------------------------------------------------------------- */

static size_t row_size(const loom_png_reader *reader)
{
    return (size_t)loom_png_reader_width(reader) * loom_png_reader_channels(reader) *
           loom_png_reader_depth(reader);
}

/* Each row passes here once. */
static const unsigned char *next_row(const loom_png_source *source)
{
    const size_t pixel = row_size(source->reader) / loom_png_reader_width(source->reader);
    const uint32_t y = loom_png_reader_at(source->reader);
    const unsigned char *row = loom_png_reader_next(source->reader);
    const loom_rect part = source->part;

    if (source->small != NULL && y >= part.y && y - part.y < part.height)
        loom_small_add(source->small, 0, y - part.y, part.width, row + pixel * part.x);
    return row;
}

/* Row y: the next one, if the reader is asked. */
static const unsigned char *row_at(const loom_png_source *source, uint32_t y)
{
    return source->whole.data != NULL ? source->whole.data + row_size(source->reader) * y
                                      : next_row(source);
}

static loom_status check_stop(const loom_lane_job *job, uint32_t y, loom_error *err)
{
    return y % STOP_ROWS == 0 ? loom_lane_check_stop(job, LOOM_STAGE_DECODE, err) : LOOM_OK;
}

static bool make_room(const loom_png_reader *reader, uint32_t width, uint32_t height,
                      loom_picture *picture)
{
    loom_picture made = {.width = width,
                         .height = height,
                         .channels = loom_png_reader_channels(reader),
                         .depth = loom_png_reader_depth(reader)};
    const size_t bytes = loom_picture_bytes(width, height, made.channels, made.depth);

    made.data = bytes > 0 ? malloc(bytes) : NULL;
    if (made.data == NULL)
        return false;
    *picture = made;
    return true;
}

loom_status loom_png_source_keep(loom_png_source *source, const loom_lane_job *job, loom_error *err)
{
    const uint32_t height = loom_png_reader_height(source->reader);
    const size_t size = row_size(source->reader);
    loom_picture whole = {.data = NULL};
    loom_status status = LOOM_OK;

    if (!make_room(source->reader, loom_png_reader_width(source->reader), height, &whole))
        return loom_no_memory(err, LOOM_STAGE_DECODE, "for the picture");
    for (uint32_t y = 0; y < height && status == LOOM_OK; y++) {
        memcpy(whole.data + size * y, next_row(source), size);
        status = check_stop(job, y, err);
    }
    source->whole = whole;
    return status;
}

/* ---- a smaller picture --------------------------------------------------- */

/* Copies the rows of the crop: nothing gets smaller. */
static loom_status copy(const loom_lane_job *job, const loom_geometry *g,
                        const loom_png_source *source, loom_picture *picture, loom_error *err)
{
    const size_t pixel = (size_t)picture->channels * picture->depth, size = pixel * g->crop.width;
    const uint32_t left = g->source.x + g->crop.x, top = g->source.y + g->crop.y;

    for (uint32_t y = 0; y < job->header.height; y++) {
        const unsigned char *row = row_at(source, y);
        if (y >= top && y - top < g->crop.height)
            memcpy(picture->data + size * (y - top), row + pixel * left, size);
        const loom_status stopped = check_stop(job, y, err);
        if (stopped != LOOM_OK)
            return stopped;
    }
    return LOOM_OK;
}

static loom_rows *plan(const loom_lane_job *job, const loom_geometry *g,
                       const loom_picture *picture)
{
    const double across = (double)g->source.width / g->resize_width;
    const double down = (double)g->source.height / g->resize_height;
    const loom_rows_plan plan = {.width = g->source.width,
                                 .height = g->source.height,
                                 .channels = picture->channels,
                                 .depth = picture->depth,
                                 .alpha = loom_picture_has_alpha(picture),
                                 .part = {g->crop.x * across, g->crop.y * down,
                                          g->crop.width * across, g->crop.height * down},
                                 .to_width = g->crop.width,
                                 .to_height = g->crop.height,
                                 .kernel = job->job->recipe->kernel};

    return loom_rows_create(&plan);
}

/* Makes the part that is used smaller. */
static loom_status shrink(const loom_lane_job *job, const loom_rect *part, loom_rows *rows,
                          const loom_png_source *source, loom_picture *picture, loom_error *err)
{
    const size_t pixel = (size_t)picture->channels * picture->depth, size = pixel * picture->width;
    uint32_t made = 0;

    for (uint32_t y = 0; y < job->header.height; y++) {
        const unsigned char *row = row_at(source, y);
        if (y >= part->y && made < picture->height)
            loom_rows_add(rows, row + pixel * part->x);
        for (; y >= part->y && made < picture->height && loom_rows_is_ready(rows); made++)
            loom_rows_take(rows, picture->data + size * made);
        const loom_status stopped = check_stop(job, y, err);
        if (stopped != LOOM_OK)
            return stopped;
    }
    return LOOM_OK;
}

static loom_status resize(const loom_lane_job *job, const loom_geometry *g,
                          const loom_png_source *source, loom_picture *picture, loom_error *err)
{
    if (g->resize_width == g->source.width && g->resize_height == g->source.height)
        return copy(job, g, source, picture, err);
    loom_rows *rows = plan(job, g, picture);
    if (rows == NULL)
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "to resize the picture");
    const loom_status status = shrink(job, &g->source, rows, source, picture, err);
    loom_rows_free(rows);
    return status;
}

/* The upper halves of the samples, as libvips has it. */
static void drop_depth(loom_picture *picture)
{
    const size_t samples = (size_t)picture->width * picture->height * picture->channels;
    const uint16_t *from = (const uint16_t *)(const void *)picture->data;

    for (size_t i = 0; i < samples; i++)
        picture->data[i] = (unsigned char)(from[i] >> 8);
    picture->depth = 1;
    loom_picture_trim(picture);
}

loom_status loom_png_render(const loom_lane_job *job, const loom_lane_output *output,
                            const loom_png_source *source, loom_picture *picture, loom_error *err)
{
    const loom_geometry *g = &output->geometry;
    loom_status status;

    if (!make_room(source->reader, g->crop.width, g->crop.height, picture))
        return loom_no_memory(err, LOOM_STAGE_TRANSFORM, "for the picture");
    if ((status = resize(job, g, source, picture, err)) != LOOM_OK)
        return status;
    if (picture->depth == 2 && !loom_format_get(output->task->format)->deep)
        drop_depth(picture);
    if ((status = loom_picture_turn(picture, g->turn, err)) != LOOM_OK)
        return status;
    return loom_picture_crop(picture, g->part, err);
}
