/*
 * libjpeg with errors that are values. libjpeg ends a failing call by a jump; the jump is caught in
 * loom_jpeg_guarded, and nowhere else.
 */
#ifndef LOOM_ENGINE_CODEC_JPEG_GUARD_H
#define LOOM_ENGINE_CODEC_JPEG_GUARD_H

#include "engine/lane.h"
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct loom_jpeg_guard {
    struct jpeg_error_mgr errors; /* first, so that libjpeg's pointer to it is one to all */
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    const loom_lane_job *job;           /* looked at for a reason to stop */
    bool stopped;                       /* there was one */
    bool finishing;                     /* all rows have been read */
    bool surplus;                       /* the file holds more data than the rows take */
    loom_status code;                   /* of the failure: out of memory, or damage */
    char message[32 + JMSG_LENGTH_MAX]; /* "libjpeg: …": the failure's or the first warning's; "" */
} loom_jpeg_guard;

/* Sets it up for libjpeg objects that get &guard->errors and &guard->progress. */
void loom_jpeg_guard_init(loom_jpeg_guard *guard, const loom_lane_job *job);

/*
 * Calls work(data), which may call libjpeg. False when libjpeg failed, or the job should stop, in
 * the midst of it: `work` must therefore hold nothing that it alone could release.
 */
bool loom_jpeg_guarded(loom_jpeg_guard *guard, void (*work)(void *data), void *data);

/*
 * Looks at what stands behind the last row, which has been read. What libjpeg finds or fails over
 * there is no damage: cameras pad the data. But it may mean that the rows are wrong, so it is told.
 * False: the job should stop, or there is no memory.
 */
bool loom_jpeg_finish(loom_jpeg_guard *guard, struct jpeg_decompress_struct *cinfo);

/*
 * Of the job that the guard was set up for, whose picture was `decoded` to its end or not: as
 * loom_verdict_on_damage or loom_verdict_on_failure.
 */
loom_status loom_jpeg_verdict(const loom_jpeg_guard *guard, bool decoded, loom_error *err);
/* How often libjpeg has warned before the picture's end. */
static inline long loom_jpeg_guard_warnings(const loom_jpeg_guard *guard)
{
    return guard->errors.num_warnings;
}

/* ---- rows ------------------------------------------------------------------ */

/* Reading a JPEG row by row, to its end: what libvips' loader does, and what it does not look at.
 */

typedef struct loom_jpeg_reader {
    struct jpeg_decompress_struct cinfo;
    loom_jpeg_guard guard; /* its warnings and message tell what is wrong with the data */
    const loom_lane_job *job;
    int shrink;
    bool failed;
    unsigned char *row;
} loom_jpeg_reader;

/*
 * Of the job's input, `shrink` times smaller: 1, 2, 4, 8. Samples of 8 bits: gray, RGB, or CMYK
 * with 255 for all ink. NULL: it has others, or no header, or there is no memory. The job must
 * outlive it.
 */
loom_jpeg_reader *loom_jpeg_reader_create(const loom_lane_job *job, int shrink);
void loom_jpeg_reader_free(loom_jpeg_reader *reader); /* NULL is allowed */

uint32_t loom_jpeg_reader_width(const loom_jpeg_reader *reader);
uint32_t loom_jpeg_reader_height(const loom_jpeg_reader *reader);
unsigned loom_jpeg_reader_channels(const loom_jpeg_reader *reader);
uint32_t loom_jpeg_reader_at(const loom_jpeg_reader *reader); /* the next row */

/*
 * The next row, until the next call; of the last, what stands behind it has been looked at. NULL:
 * libjpeg has given up, or the job should stop.
 */
const unsigned char *loom_jpeg_reader_next(loom_jpeg_reader *reader);

#endif
