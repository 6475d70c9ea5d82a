/* The steps of the png lane: what it knows of a file, and a picture from its rows. */
#ifndef LOOM_ENGINE_PNG_STEPS_H
#define LOOM_ENGINE_PNG_STEPS_H

#include "engine/codec/png.h"
#include "engine/lane.h"
#include "engine/small.h"
#include "picture/picture.h"

/* ---- known.c ------------------------------------------------------------- */

/*
 * Whether each chunk of the job's file is of a kind that is known, in order, and says nothing but
 * what the lane does: its colours are sRGB, it is upright, and no more than one picture; and
 * whether its samples become those of the output's format here. Any bytes are allowed.
 */
bool loom_png_is_known(const loom_lane_job *job);

/* If it is known: sets the fields of the header that a decoder finds out. False: it is not. */
bool loom_png_complete_header(loom_lane_job *job);

/* ---- render.c ------------------------------------------------------------ */

/* The rows of an input: each of them once, from top to bottom, or all of them. */
typedef struct loom_png_source {
    loom_png_reader *reader;
    loom_picture whole; /* data NULL: there is only the reader */
    loom_small *small;  /* what the rows of `part` are added to; NULL: nobody needs it */
    loom_rect part;
} loom_png_source;

/*
 * Reads all rows into source->whole, for several outputs. Stage `decode`: LOOM_ERR_OUT_OF_MEMORY,
 * or the reason why the job must stop.
 */
loom_status loom_png_source_keep(loom_png_source *source, const loom_lane_job *job,
                                 loom_error *err);

/*
 * Resizes, crops and turns as the output's geometry says, to 8 bits if its format has no more. All
 * rows are read, also those that the picture does not need: damage there counts. *picture, empty
 * before, is the caller's, also on an error: LOOM_ERR_OUT_OF_MEMORY of stage `transform`, or the
 * reason why the job must stop.
 */
loom_status loom_png_render(const loom_lane_job *job, const loom_lane_output *output,
                            const loom_png_source *source, loom_picture *picture, loom_error *err);

/* ---- jpeg.c -------------------------------------------------------------- */

/*
 * Encodes a picture of 8 bits without alpha as a baseline JPEG of this quality, byte by byte as
 * libjpeg does. Sets the data (from malloc) and the size of *made. False: out of memory, or the job
 * must stop.
 */
bool loom_png_to_jpeg(const loom_picture *picture, const loom_recipe *recipe, int quality,
                      const loom_cancel *cancel, loom_encoded *made);

#endif
