/*
 * The check of outputs (check_outputs of the settings): each encoded picture is decoded again, made
 * small, and compared with the small picture of what the input's decoder gave, taken through the
 * geometry by a model of its own. Where there is no model of what the recipe does, with that of the
 * picture that was encoded.
 *
 * A lane hands over what it decodes and what it encodes, in one place each; the check itself comes
 * when the lanes are done (convert.c). All of this does nothing where nobody asked for it.
 */
#ifndef LOOM_ENGINE_CHECK_H
#define LOOM_ENGINE_CHECK_H

#include "engine/lane.h"
#include "engine/small.h"
#include "picture/picture.h"

typedef struct loom_check loom_check;

loom_check *loom_check_create(void);     /* NULL: no memory */
void loom_check_free(loom_check *check); /* NULL is allowed */

/* ---- what lanes hand over ------------------------------------------------ */

/*
 * The small picture of the input, to be begun with the size of *samples, which it sets to the part
 * of the decoded picture that the outputs use: that is to be added. `density` is of the decoded
 * picture, which has `width` x `height` samples. NULL: nobody needs it. Once the outputs have their
 * geometry (with trim: the last one).
 */
loom_small *loom_check_source(const loom_lane_job *job, loom_density density, uint32_t width,
                              uint32_t height, loom_rect *samples);

/* The same, while it has begun and not ended; else NULL. */
loom_small *loom_check_source_begun(const loom_lane_job *job);

/* All of it has been added. `leeway`: by how much it may be wrong itself, of 255. */
void loom_check_source_end(const loom_lane_job *job, double leeway);

/* The same of planes, at once: 1 of luma, or 3 with chroma. */
void loom_check_source_planes(const loom_lane_job *job, const loom_plane planes[],
                              const loom_density densities[], unsigned count);

/*
 * The picture that is about to be encoded as the output; of an animation its `frames`, one below
 * the other. LOOM_ERR_OUT_OF_MEMORY, stage `encode`.
 */
loom_status loom_check_made(const loom_lane_job *job, const loom_lane_output *output,
                            const loom_picture *picture, uint32_t frames, loom_error *err);

/* The same of planes: 1 of luma, or 3 with chroma; JPEG's samples were brought to `levels`. */
loom_status loom_check_made_planes(const loom_lane_job *job, const loom_lane_output *output,
                                   const loom_plane planes[], const loom_levels levels[],
                                   unsigned count, loom_error *err);

/* ---- the check ----------------------------------------------------------- */

/*
 * Checks every output that has been encoded. One that fails gets LOOM_ERR_CHECK_FAILED, stage
 * `encode`; one that this build cannot decode, a warning.
 */
void loom_check_outputs(loom_lane_job *job);

/* ---- check_read.c -------------------------------------------------------- */

/* What was found in an encoded picture. */
typedef struct loom_reread {
    uint32_t width, height; /* px */
    int shrink;             /* px across and down for which a sample of the small picture stands */
    const char *unread;     /* why it cannot be decoded here, static; NULL: it was */
} loom_reread;

/*
 * Decodes an encoded picture of the format again, all of it; *small becomes its first frame's.
 * Stage `encode`: LOOM_ERR_CHECK_FAILED if it is damaged, LOOM_ERR_OUT_OF_MEMORY, or the reason why
 * the job must stop.
 */
loom_status loom_check_read(const loom_lane_job *job, loom_format format, loom_bytes file,
                            loom_small *small, loom_reread *read, loom_error *err);

/* For decoders: sets both by the first of the frames of a picture, one below the other. */
void loom_reread_picture(const loom_picture *picture, uint32_t frames, loom_small *small,
                         loom_reread *read);

/* For decoders: LOOM_ERR_CHECK_FAILED; `detail` may be NULL or "". */
loom_status loom_reread_damaged(loom_error *err, const char *detail);

/* ---- check_compare.c ----------------------------------------------------- */

/* What is expected of a picture. */
typedef struct loom_expect {
    const loom_small *small;
    double x, y, width, height;    /* what it shows: of the stored picture, or of the output, px */
    const loom_geometry *geometry; /* from the stored picture to the output; NULL: it shows that */
    loom_rect lies;                /* where it is in the output, px; beside it is padding */
    bool opaque;                   /* the output's format has no alpha */
    loom_colour behind;            /* what alpha then becomes */
    bool gray;                     /* made so */
    double reach;                  /* px of the output beyond which a px has no influence */
    double leeway;                 /* what the encoder may change beyond its usual, of 255 */
} loom_expect;

/* How the output differs, of 255; 0 and none: not so that it matters. */
typedef struct loom_difference {
    unsigned compared, beyond; /* blocks, and how many of these are off by more than is allowed */
    double largest;            /* difference of a block that is */
    double mean;               /* of all blocks, in the worst channel */
    double shift;              /* the same, with its sign */
    bool differs;
} loom_difference;

loom_difference loom_check_compare(const loom_expect *expect, const loom_small *small,
                                   const loom_reread *read);

#endif
