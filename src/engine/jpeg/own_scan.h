/* What the parts of our own decoder share: see own.h. */
#ifndef LOOM_ENGINE_JPEG_OWN_SCAN_H
#define LOOM_ENGINE_JPEG_OWN_SCAN_H

#include "engine/jpeg/blocks.h"
#include "engine/jpeg/idct.h"
#include "engine/jpeg/own.h"
#include "engine/jpeg/script.h"

/* A picture at work. */
typedef struct loom_jpeg_decoding {
    const loom_jpeg_wish *wish;
    loom_jpeg_script *script;
    loom_jpeg_stream *stream;
    loom_idct_table quant[LOOM_JPEG_PARTS]; /* of the parts that have begun */
} loom_jpeg_decoding;

/* ---- sequential scans ---------------------------------------------------------- */

typedef struct loom_jpeg_sequential loom_jpeg_sequential;

loom_jpeg_sequential *loom_jpeg_sequential_create(void); /* NULL: no memory */
void loom_jpeg_sequential_free(loom_jpeg_sequential *sequential);

/* Decodes a scan to the planes; script->at is then behind its data. False: not taken. */
bool loom_jpeg_sequential_decode(loom_jpeg_sequential *sequential, loom_jpeg_decoding *decoding,
                                 const loom_jpeg_scan *scan);

/* ---- progressive frames -------------------------------------------------------- */

typedef struct loom_jpeg_progressive loom_jpeg_progressive;

loom_jpeg_progressive *loom_jpeg_progressive_create(void); /* NULL: no memory */
void loom_jpeg_progressive_free(loom_jpeg_progressive *progressive);

/* Decodes the whole file, whose first scan was read, to the planes. False: not taken. */
bool loom_jpeg_progressive_decode(loom_jpeg_progressive *progressive, loom_jpeg_decoding *decoding,
                                  const loom_jpeg_scan *first);

#endif
