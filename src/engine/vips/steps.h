/*
 * The steps of the vips lane, in their order: an input is opened, rendered at its new size,
 * finished, and saved. lane.c tells the story.
 */
#ifndef LOOM_ENGINE_VIPS_STEPS_H
#define LOOM_ENGINE_VIPS_STEPS_H

#include "engine/codec/decoder.h"
#include "engine/lane.h"
#include "engine/vips/messages.h"
#include "engine/vips/meta.h"
#include "picture/picture.h"
#include "picture/plane.h"
#include <stdatomic.h>
#include <vips/vips.h>

/* ---- source -------------------------------------------------------------- */

/* An input opened, by libvips or another decoder, and the verdict on its damage. */
typedef struct loom_vips_source {
    VipsImage *image;  /* can be read once, from top to bottom */
    VipsImage *opened; /* libvips' of the same file, where `image` is ours; NULL: it is that */
    int shrink;        /* how much smaller than the input it is decoded: 1, 2, 4, 8 */
    struct loom_png_reader *png;   /* where `image` is of its rows; else NULL */
    struct loom_jpeg_reader *jpeg; /* the same */
    VipsImage *meta;               /* what metadata the recipe keeps */
    bool cmyk;                     /* the input's pixels */
    loom_decoded decoded; /* by a decoder of ours or by libwebp; `image` reads its picture */
} loom_vips_source;

/*
 * Opens the job's input, decoded at a size that serves its largest output. Stage `decode`. On
 * LOOM_OK the source is to be finished, whatever comes between.
 */
loom_status loom_vips_source_open(loom_vips_source *source, const loom_lane_job *job,
                                  loom_error *err);

/*
 * Reads the whole source into memory, so that `image` can be read often. False when libvips
 * fails or the job must stop.
 */
bool loom_vips_source_keep(loom_vips_source *source, const loom_lane_job *job,
                           const loom_vips_log *log);

/*
 * Closes the source and gives the verdict. `decoded` says whether all reading succeeded. An error
 * where it did not, and where what was read is damaged more than --fail-on lets pass; damage that
 * is let through is a warning to job->common. `meta` stays, and is to be unreffed by the caller.
 */
loom_status loom_vips_source_finish(loom_vips_source *source, const loom_lane_job *job,
                                    loom_vips_log *log, bool decoded, loom_error *err);

/*
 * Rows below the crop, which must still be read: damage there counts, and the checksum of the rows
 * above may stand behind them.
 */
typedef struct loom_vips_tail {
    VipsImage *image; /* to render from, instead of the stream; the owner of a tail unrefs it */
    VipsImage *stream;
    atomic_int next; /* below all rows that were asked for */
} loom_vips_tail;

/* Whether an output of this geometry leaves rows of the job's input unread. */
bool loom_vips_tail_is(const loom_lane_job *job, const loom_geometry *geometry);

/*
 * Makes `image`: the stream, with its colour profile, in such a way that the rest can be read
 * afterwards, because libvips has a stream drop what it holds when a picture is done. The stream
 * and the tail must outlive it. False when libvips fails.
 */
bool loom_vips_tail_open(loom_vips_tail *tail, VipsImage *stream);

/* Reads the rest. False when it cannot be read, or the job must stop. */
bool loom_vips_tail_read(loom_vips_tail *tail, const loom_cancel *cancel, uint64_t ticket);

/* ---- render -------------------------------------------------------------- */

/*
 * Extracts, resizes and crops `source` (which stays the caller's; it may be a stream that can be
 * read once) as the output's geometry says, converts its colour, and computes it in one pass.
 * *picture is the caller's on success. False when libvips fails, or the job must stop.
 */
bool loom_vips_render(const loom_lane_job *job, const loom_lane_output *output, VipsImage *source,
                      int shrink, uint64_t ticket, loom_picture *picture);

/*
 * Makes the part of a picture that is `width` x `height` px, none of its sides smaller than it is:
 * no more than that is computed. False when libvips fails; *image is then still the caller's.
 */
bool loom_vips_enlarge(VipsImage **image, uint32_t width, uint32_t height, const loom_rect *part,
                       loom_kernel kernel);

/* ---- shrink -------------------------------------------------------------- */

/*
 * Downscaling by our own loops (codec/resize.h). libvips' filters for pictures of 8 bits have
 * weights of six bits, its horizontal step is plain C, and it premultiplies in floating point, a
 * step by itself.
 */

/*
 * What is to be made of an image: `width` x `height` px of a part of it, which is all of it but for
 * less than a px at its edges, over which it may reach as little: a decoder drops what is no whole
 * px.
 */
typedef struct loom_vips_shrink {
    loom_area part;
    int width, height;
    loom_kernel kernel;
} loom_vips_shrink;

/* Whether it can be done: no side gets larger, and samples have 8 or 16 bits. */
bool loom_vips_can_shrink(VipsImage *image, const loom_vips_shrink *how);

/*
 * The image made smaller, read once from top to bottom, alpha premultiplied on the way. NULL when
 * libvips fails. The caller unrefs it.
 */
VipsImage *loom_vips_shrink_run(VipsImage *image, const loom_vips_shrink *how);

/* ---- finish -------------------------------------------------------------- */

/*
 * Turns, crops by content, makes gray, pads and flattens the picture as recipe and geometry say.
 * `ticket` is the log's. Stage `transform`; the picture stays the caller's.
 */
loom_status loom_vips_finish(const loom_lane_job *job, const loom_lane_output *output,
                             uint64_t ticket, loom_picture *picture, loom_error *err);

/* ---- save ---------------------------------------------------------------- */

typedef struct loom_vips_encode {
    const loom_picture *picture; /* the frames of an animation one below the other */
    loom_vips_meta meta;
    uint32_t frames; /* >= 1 */
    uint64_t ticket; /* of the log */
} loom_vips_encode;

/*
 * Encodes in the output's format into output->encoded, with the recipe's quality or, where it
 * limits the size, the best that keeps to it (a warning where none does). Stage `encode`.
 */
loom_status loom_vips_encode_output(const loom_lane_job *job, loom_lane_output *output,
                                    const loom_vips_encode *what, loom_error *err);

#endif
