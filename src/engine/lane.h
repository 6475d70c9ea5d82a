/*
 * Lanes: ways to convert one image from input bytes to output bytes.
 *
 * The engine reads the input, probes it, computes the geometry of each output, picks the first
 * lane of its table that accepts the image, and writes what the lane has encoded. A new lane is
 * a folder with a `const loom_lane`, and one row in lanes.c, where its name stands.
 */
#ifndef LOOM_ENGINE_LANE_H
#define LOOM_ENGINE_LANE_H

#include "batch/job.h"
#include "files/input.h"
#include "format/container.h"
#include "picture/encoded.h"
#include "picture/geometry.h"

/*
 * One output of the job. It is done with as soon as its outcome holds an error; the others go on.
 */
typedef struct loom_lane_output {
    const loom_task *task;
    loom_outcome *outcome;
    loom_geometry geometry;
    loom_encoded encoded; /* written by the lane */
} loom_lane_output;

/* One input on its way. Set up by the engine; a lane writes `encoded` of each output. */
typedef struct loom_lane_job {
    const loom_job *job;
    loom_input input;
    loom_header header;
    loom_integrity integrity; /* of the input as it was read */
    loom_bytes missing_end;   /* what a decoder is to find behind it; size 0: nothing */
    const char *damage;       /* what of the picture fails its checksum; static; NULL: nothing */
    bool animated;            /* all frames are wanted, and the output format has them */
    loom_outcome *common;     /* for warnings about the input, which become those of each output */
    loom_lane_output outputs[LOOM_SIZES_MAX];
    size_t count;
    uint64_t memory; /* bytes that a worker may have; 0: no limit */
} loom_lane_job;

/*
 * The fields that both lanes know. A new field does not belong here until each lane was taught it:
 * it is named in the `can` of those that were.
 */
#define LOOM_LANE_COMMON_FIELDS (LOOM_RECIPE_BIT(LOOM_RECIPE_METADATA + 1) - 1)

_Static_assert(LOOM_RECIPE_METADATA == 23, "a new field goes behind the common ones");

/* What a lane has made of an image that it accepted. */
typedef enum loom_lane_result {
    LOOM_LANE_DONE = 0, /* the failure of a single output is in its outcome */
    LOOM_LANE_FAILED,   /* of every output, as the error tells */
    LOOM_LANE_DECLINED  /* it is not for this lane after all; job->input is as it was */
} loom_lane_result;

#define LOOM_LANE_FORMAT(format) (UINT64_C(1) << (format))

_Static_assert((int)LOOM_FORMAT_COUNT <= 64, "a lane names formats by the bits of a number");

typedef struct loom_lane {
    /* LOOM_LANE_FORMAT of each that the lane takes, and that it makes, as far as `accepts` says. */
    uint64_t reads, writes;
    /*
     * LOOM_RECIPE_BIT of each field of a recipe that the lane knows. A recipe with another one that
     * is not at its default is never offered to it, so a new field cannot be dropped in silence.
     */
    uint64_t can;
    /*
     * Whether the lane can convert the image, by its header and what is wanted of it. Of a trusted
     * lane this is asked before the file is read to its end, too: job->input then holds its start,
     * with all of the header (loom_container.header_size).
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
    bool trusted;              /* its decoder is ours to answer for: it may run in a thread */
} loom_lane;

static inline bool loom_lane_wants(const loom_lane_output *output)
{
    return output->outcome->error.code == LOOM_OK;
}

/*
 * Says what is about to decode the image: `library` as loom_engine_codec names it, whose first word
 * the rows tell. Said again, it replaces what was said.
 */
void loom_lane_set_decoder(const loom_lane_job *job, const char *library);

/* LOOM_OK, or the error of a job that must end: timeout or cancelled, at `stage`. */
loom_status loom_lane_check_stop(const loom_lane_job *job, loom_stage stage, loom_error *err);

/*
 * How much smaller the picture is decoded: 1, 2, 4 or 8 times, as its most demanding output allows;
 * 1 where decoders cannot (loom_container.shrinks). One rule for all lanes, so that their pictures
 * are alike.
 */
int loom_lane_shrink(const loom_lane_job *job);

#endif
