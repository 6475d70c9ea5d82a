/* Planes to a baseline JPEG with optimised Huffman tables, byte by byte the one of libjpeg. */
#ifndef LOOM_ENGINE_BASELINE_BASELINE_H
#define LOOM_ENGINE_BASELINE_BASELINE_H

#include "base/bytes.h"
#include "batch/job.h"
#include "engine/baseline/tokens.h"
#include "format/jpeg.h"
#include "picture/plane.h"

/* Where a JPEG is put together. Its memory is kept for the next one. Zero-initialise. */
typedef struct loom_jpeg_buffer {
    unsigned char *data;
    size_t capacity;
    loom_tokens tokens;
} loom_jpeg_buffer;

void loom_jpeg_buffer_release(loom_jpeg_buffer *buffer);

/* Releases memory of more than `limit` bytes. */
void loom_jpeg_buffer_trim(loom_jpeg_buffer *buffer, size_t limit);

/* What is to be encoded. */
typedef struct loom_baseline {
    const loom_plane *planes; /* 1: gray, or 3: Y'CbCr, each row extended (loom_plane_extend) */
    unsigned count;
    bool halved;               /* chroma has half of luma's samples, rounded up, on both axes */
    int quality;               /* 1 to 100 */
    loom_bytes segments;       /* whole ones, put behind JFIF's */
    const loom_cancel *cancel; /* looked at for each row of MCUs; may be NULL */
} loom_baseline;

/*
 * Encodes it into buffer->data; its size is *size. No side is above LOOM_JPEG_SIDE_MAX.
 * LOOM_ERR_OUT_OF_MEMORY, or the reason for which `cancel` stops it.
 */
loom_status loom_baseline_encode(const loom_baseline *picture, loom_jpeg_buffer *buffer,
                                 size_t *size);

#endif
