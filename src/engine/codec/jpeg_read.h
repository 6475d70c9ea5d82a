/* Reading a JPEG row by row, to its end: what libvips' loader does, and what it does not look at.
 */
#ifndef LOOM_ENGINE_CODEC_JPEG_READ_H
#define LOOM_ENGINE_CODEC_JPEG_READ_H

#include "engine/codec/jpeg_guard.h"

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
