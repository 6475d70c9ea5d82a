/*
 * An input opened in the vips lane, by libvips or another decoder, and the verdict on its damage.
 */
#ifndef LOOM_ENGINE_VIPS_SOURCE_H
#define LOOM_ENGINE_VIPS_SOURCE_H

#include "engine/codec/decoder.h"
#include "engine/lane.h"
#include "engine/vips/messages.h"
#include "engine/vips/row_source.h"
#include "picture/picture.h"
#include <stdatomic.h>
#include <vips/vips.h>

typedef struct loom_vips_source {
    VipsImage *image;       /* can be read once, from top to bottom */
    VipsImage *opened;      /* libvips' of the same file, where `image` is ours; NULL: it is that */
    int shrink;             /* how much smaller than the input it is decoded: 1, 2, 4, 8 */
    loom_png_reader *png;   /* where `image` is of its rows; else NULL */
    loom_jpeg_reader *jpeg; /* the same */
    VipsImage *meta;        /* what metadata the recipe keeps */
    bool cmyk;              /* the input's pixels */
    loom_decoded decoded;   /* by a decoder of ours or by libwebp; `image` reads its picture */
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

/* ---- the rows below a crop ----------------------------------------------- */

/*
 * Rows below the crop, which must still be read: damage there counts, and the checksum of the rows
 * above may stand behind them.
 */
typedef struct loom_vips_tail {
    VipsImage *image; /* to render from, instead of the stream; the owner of a tail unrefs it */
    VipsImage *stream;
    atomic_int next; /* below all rows that were asked for */
} loom_vips_tail;

/* Whether an output of this geometry leaves rows unread. */
bool loom_vips_tail_is(const loom_geometry *geometry);

/*
 * Makes `image`: the stream, with its colour profile, in such a way that the rest can be read
 * afterwards, because libvips has a stream drop what it holds when a picture is done. The stream
 * and the tail must outlive it. False when libvips fails.
 */
bool loom_vips_tail_open(loom_vips_tail *tail, VipsImage *stream);

/* Reads the rest. False when it cannot be read, or the job must stop. */
bool loom_vips_tail_read(loom_vips_tail *tail, const loom_cancel *cancel, uint64_t ticket);

#endif
