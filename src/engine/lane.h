/*
 * A lane is one way to convert an image from input bytes to output bytes.
 *
 * The engine reads the input, probes it, computes the geometry of each output, picks the first lane
 * in its table that accepts the image, and writes what the lane has encoded. A new lane is a folder
 * with a `const loom_lane`, and one row with its name in lanes.c.
 */
#ifndef LOOM_ENGINE_LANE_H
#define LOOM_ENGINE_LANE_H

#include "batch/job.h"
#include "files/input.h"
#include "format/container.h"
#include "picture/encoded.h"
#include "picture/geometry.h"

/* One output of the job. Once its outcome holds an error, the lane ignores it; the others go on. */
typedef struct loom_lane_output {
    const loom_task *task;
    loom_outcome *outcome;
    loom_geometry geometry;
    loom_encoded encoded; /* written by the lane */
    uint32_t ssim;        /* its similarity, in millionths; 0: it was not compared */
} loom_lane_output;

/* The layers of an output, once they were needed (engine/layers.h). */
typedef struct loom_lane_layers {
    loom_picture kinds[LOOM_LAYER_KINDS];
} loom_lane_layers;

/* One input and its outputs. The engine sets it up; a lane writes `encoded` of each output. */
typedef struct loom_lane_job {
    const loom_job *job;
    loom_input input;
    loom_header header;
    loom_integrity integrity; /* of the input as it was read */
    loom_bytes missing_end;   /* bytes that a decoder must find after the input; size 0: none */
    const char *damage;   /* the part of the picture whose checksum is wrong; static; NULL: none */
    bool animated;        /* all frames are wanted, and the output format supports them */
    loom_outcome *common; /* for warnings about the input, which every output gets */
    loom_lane_output outputs[LOOM_SIZES_MAX];
    size_t count;
    loom_lane_layers *layers; /* `count` of them */
    uint64_t memory;          /* bytes that a worker may have; 0: no limit */
    struct loom_check *check; /* see check.h; NULL: outputs are not checked */
} loom_lane_job;

/*
 * The recipe fields that all lanes know. A new field is not added here until every lane supports
 * it; until then it stands in the `can` of the lanes that do.
 */
#define LOOM_LANE_COMMON_FIELDS                                                                    \
    (LOOM_RECIPE_BIT(LOOM_RECIPE_AUTO_ORIENT) | LOOM_RECIPE_BIT(LOOM_RECIPE_EXTRACT) |             \
     LOOM_RECIPE_BIT(LOOM_RECIPE_ASPECT) | LOOM_RECIPE_BIT(LOOM_RECIPE_ROTATION) |                 \
     LOOM_RECIPE_BIT(LOOM_RECIPE_FLIP) | LOOM_RECIPE_BIT(LOOM_RECIPE_FLOP) |                       \
     LOOM_RECIPE_BIT(LOOM_RECIPE_SIZES) | LOOM_RECIPE_BIT(LOOM_RECIPE_WIDTH) |                     \
     LOOM_RECIPE_BIT(LOOM_RECIPE_HEIGHT) | LOOM_RECIPE_BIT(LOOM_RECIPE_PERCENT) |                  \
     LOOM_RECIPE_BIT(LOOM_RECIPE_FIT) | LOOM_RECIPE_BIT(LOOM_RECIPE_POSITION) |                    \
     LOOM_RECIPE_BIT(LOOM_RECIPE_KERNEL) | LOOM_RECIPE_BIT(LOOM_RECIPE_NO_UPSCALE) |               \
     LOOM_RECIPE_BIT(LOOM_RECIPE_BACKGROUND) | LOOM_RECIPE_BIT(LOOM_RECIPE_GRAYSCALE) |            \
     LOOM_RECIPE_BIT(LOOM_RECIPE_ICC) | LOOM_RECIPE_BIT(LOOM_RECIPE_ANIMATED) |                    \
     LOOM_RECIPE_BIT(LOOM_RECIPE_FORMAT) | LOOM_RECIPE_BIT(LOOM_RECIPE_QUALITY) |                  \
     LOOM_RECIPE_BIT(LOOM_RECIPE_MAX_BYTES) | LOOM_RECIPE_BIT(LOOM_RECIPE_SSIM) |                  \
     LOOM_RECIPE_BIT(LOOM_RECIPE_LOSSLESS) | LOOM_RECIPE_BIT(LOOM_RECIPE_EFFORT) |                 \
     LOOM_RECIPE_BIT(LOOM_RECIPE_PROGRESSIVE) | LOOM_RECIPE_BIT(LOOM_RECIPE_CHROMA) |              \
     LOOM_RECIPE_BIT(LOOM_RECIPE_METADATA) | LOOM_RECIPE_BIT(LOOM_RECIPE_DPI) |                    \
     LOOM_RECIPE_BIT(LOOM_RECIPE_RAW))

/* The result of a lane that accepted an image. */
typedef enum loom_lane_result {
    LOOM_LANE_DONE = 0, /* a failure of a single output is in its outcome */
    LOOM_LANE_FAILED,   /* all outputs failed, with the error */
    LOOM_LANE_DECLINED  /* not for this lane after all; job->input is unchanged */
} loom_lane_result;

#define LOOM_LANE_FORMAT(format) (UINT64_C(1) << (format))

_Static_assert((int)LOOM_FORMAT_COUNT <= 64, "a lane names formats by the bits of a number");

typedef struct loom_lane {
    /*
     * LOOM_LANE_FORMAT of each format that the lane reads or writes; `accepts` may refuse some
     * images.
     */
    uint64_t reads, writes;
    /*
     * LOOM_RECIPE_BIT of each recipe field that the lane knows. A recipe with any other field that
     * is not at its default is never offered to the lane, so it cannot ignore a new field silently.
     */
    uint64_t can;
    /*
     * For formats of which the container does not tell all of the header: settles damage, and
     * completes the header, as those of loom_plugin do, where that is not started. False: the lane
     * does not know the file well enough. NULL: there are no such formats.
     */
    bool (*probe)(loom_lane_job *job);
    /*
     * Whether the lane can convert the image, from its header and the recipe. A trusted lane is
     * also asked before the whole file is read: job->input then holds the start, with the whole
     * header (loom_container.header_size).
     */
    bool (*accepts)(const loom_lane_job *job);
    loom_lane_result (*run)(loom_lane_job *job, loom_error *err);
    /*
     * Bytes of the decoded picture of a job of the lane's formats, which stays until the last
     * output is made: for the estimate of its memory. NULL: those of loom_lane_shrink, for several
     * outputs.
     */
    uint64_t (*keeps)(const loom_lane_job *job);
    void (*thread_exit)(void); /* the thread is done with lanes; may be NULL */
    bool trusted;              /* we vouch for its decoder: it may run in a thread */
} loom_lane;

static inline bool loom_lane_wants(const loom_lane_output *output)
{
    return output->outcome->error.code == LOOM_OK;
}

/*
 * Records which library is about to decode the image: `library` as in loom_engine_codec; rows give
 * its first word. The last call counts.
 */
void loom_lane_set_decoder(const loom_lane_job *job, const char *library);

/* LOOM_OK, or the error of a job that must stop: timeout or cancelled, at `stage`. */
loom_status loom_lane_check_stop(const loom_lane_job *job, loom_stage stage, loom_error *err);

/*
 * The factor by which the picture is decoded smaller: 1, 2, 4 or 8, the largest that its most
 * demanding output allows; 1 if decoders of the format cannot (loom_container.shrinks). All lanes
 * share this rule, so that their pictures match.
 */
int loom_lane_shrink(const loom_lane_job *job);

#endif
