/*
 * libjpeg with errors as return values. libjpeg leaves a failing call by a longjmp, which only
 * loom_jpeg_guarded catches.
 */
#ifndef LOOM_ENGINE_CODEC_JPEG_GUARD_H
#define LOOM_ENGINE_CODEC_JPEG_GUARD_H

#include "engine/lane.h"
#include <setjmp.h>
#include <stdio.h>

#include <jpeglib.h>

typedef struct loom_jpeg_guard {
    struct jpeg_error_mgr errors; /* must be first, because libjpeg has a pointer to it */
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    const loom_lane_job *job;           /* checked for a reason to stop */
    bool stopped;                       /* there was one */
    bool finishing;                     /* all rows have been read */
    bool surplus;                       /* the file has more data than the rows need */
    loom_status code;                   /* of the failure: out of memory, or damage */
    char message[32 + JMSG_LENGTH_MAX]; /* "libjpeg: …": the message of the failure, or of the first
                                           warning; "" */
} loom_jpeg_guard;

/* The library with its version, as it was built with: it has no call for that. */
extern const char loom_jpeg_library[];

/* Sets it up for libjpeg objects that get &guard->errors and &guard->progress. */
void loom_jpeg_guard_init(loom_jpeg_guard *guard, const loom_lane_job *job);

/*
 * Calls work(data), which may call libjpeg. False: libjpeg failed, or the job should stop; `work`
 * was then left by a jump, so it must not hold anything that only it could release.
 */
bool loom_jpeg_guarded(loom_jpeg_guard *guard, void (*work)(void *data), void *data);

/*
 * Examines the data after the last row, which has been read. Errors there are not damage, because
 * cameras pad the data. But they may mean that the rows are wrong, so they are recorded. False: the
 * job should stop, or there is no memory.
 */
bool loom_jpeg_finish(loom_jpeg_guard *guard, struct jpeg_decompress_struct *cinfo);

/*
 * The verdict for the job of the guard, whose picture was `decoded` to its end or not: as
 * loom_verdict_on_damage or loom_verdict_on_failure.
 */
loom_status loom_jpeg_verdict(const loom_jpeg_guard *guard, bool decoded, loom_error *err);

/* The number of libjpeg's warnings before the picture's end. */
static inline long loom_jpeg_guard_warnings(const loom_jpeg_guard *guard)
{
    return guard->errors.num_warnings;
}

/* ---- rows ------------------------------------------------------------------ */

/* Reads a JPEG row by row, to its end, as libvips' loader does, including parts that libvips
 * ignores. */

typedef struct loom_jpeg_reader {
    struct jpeg_decompress_struct cinfo;
    loom_jpeg_guard guard; /* its warnings and message describe the damage */
    const loom_lane_job *job;
    int shrink;
    bool failed;
    unsigned char *row;
} loom_jpeg_reader;

/*
 * Reads the job's input, `shrink` times smaller: 1, 2, 4, 8. Samples of 8 bits: gray, RGB, or CMYK
 * with 255 for full ink. NULL: other samples, no header, or out of memory. The job must outlive the
 * reader.
 */
loom_jpeg_reader *loom_jpeg_reader_create(const loom_lane_job *job, int shrink);
void loom_jpeg_reader_free(loom_jpeg_reader *reader); /* NULL is allowed */

uint32_t loom_jpeg_reader_width(const loom_jpeg_reader *reader);
uint32_t loom_jpeg_reader_height(const loom_jpeg_reader *reader);
unsigned loom_jpeg_reader_channels(const loom_jpeg_reader *reader);
uint32_t loom_jpeg_reader_at(const loom_jpeg_reader *reader); /* the next row */

/*
 * The next row, valid until the next call. With the last row, the data after it has been examined.
 * NULL: libjpeg has failed, or the job should stop.
 */
const unsigned char *loom_jpeg_reader_next(loom_jpeg_reader *reader);

#endif
