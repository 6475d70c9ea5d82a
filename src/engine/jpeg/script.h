/*
 * What the segments of a JPEG say to its decoder (T.81, annex B): the frame and one scan after the
 * other, by a list of what is taken. Whatever is not on it, odd or unknown, is for libjpeg.
 */
#ifndef LOOM_ENGINE_JPEG_SCRIPT_H
#define LOOM_ENGINE_JPEG_SCRIPT_H

#include "engine/jpeg/codes.h"
#include "format/jpeg.h"

enum { LOOM_JPEG_PARTS = 3, LOOM_JPEG_MCU_BLOCKS = 10, LOOM_JPEG_TABLE_IDS = 4 };

/* A component of the frame. */
typedef struct loom_jpeg_part {
    unsigned id, h, v;                      /* sampling factors: 1, 2 or 4 */
    unsigned table;                         /* of quantisation */
    uint32_t blocks_across, blocks_down;    /* of its own: as in a scan of it alone */
    uint32_t all_across, all_down;          /* with those that fill the last MCUs of the frame */
    bool begun;                             /* its first scan has come */
    uint16_t quant[LOOM_JPEG_COEFFICIENTS]; /* in zigzag order, once it has */
} loom_jpeg_part;

typedef struct loom_jpeg_scan {
    unsigned count;                                         /* of its components, 1..3 */
    unsigned parts[LOOM_JPEG_PARTS];                        /* which they are, in rising order */
    loom_jpeg_dht dc[LOOM_JPEG_PARTS], ac[LOOM_JPEG_PARTS]; /* as they were at the scan */
    unsigned from, to, high, low;                           /* T.81, B.2.3: Ss, Se, Ah, Al */
    uint32_t restart; /* MCUs of an interval; 0: all of the scan */
    uint32_t mcus_across, mcus_down;
    size_t data; /* where its entropy-coded data begins */
} loom_jpeg_scan;

typedef struct loom_jpeg_script {
    loom_bytes file;
    size_t at; /* the next segment */
    bool progressive;
    uint32_t width, height; /* px; 0: no frame yet */
    unsigned count;         /* 1 or 3 */
    loom_jpeg_part parts[LOOM_JPEG_PARTS];
    unsigned scans; /* that have begun */
    uint32_t restart;
    uint32_t mcus_across, mcus_down; /* of a scan of all components */
    bool has_quant[LOOM_JPEG_TABLE_IDS];
    uint16_t quant[LOOM_JPEG_TABLE_IDS][LOOM_JPEG_COEFFICIENTS];
    loom_jpeg_dht dc[LOOM_JPEG_TABLE_IDS], ac[LOOM_JPEG_TABLE_IDS];
    /* How far each coefficient is known: 0 not at all, else 1 + the lowest bit that was sent. */
    uint8_t known[LOOM_JPEG_PARTS][LOOM_JPEG_COEFFICIENTS];
} loom_jpeg_script;

typedef enum loom_jpeg_step {
    LOOM_JPEG_STEP_REFUSED, /* something is not on the list */
    LOOM_JPEG_STEP_SCAN,    /* a scan begins */
    LOOM_JPEG_STEP_END      /* the end marker, and each component has come */
} loom_jpeg_step;

/* The file outlives it. */
void loom_jpeg_script_begin(loom_jpeg_script *script, loom_bytes file);

/*
 * The segments up to the next scan, which is written to *scan, or the end. Of a scan the caller
 * sets script->at to the marker behind its data before the next call.
 */
loom_jpeg_step loom_jpeg_script_next(loom_jpeg_script *script, loom_jpeg_scan *scan);

#endif
