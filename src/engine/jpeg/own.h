/*
 * Our own decoder: a JPEG to planes at k/8 of their size, k of each component for itself. It is a
 * help on pictures that are right from end to end, and has no say in verdicts: whatever is odd,
 * unknown or damaged it does not take, and libjpeg decodes. What it takes libjpeg decodes without
 * a warning, to the same coefficients.
 */
#ifndef LOOM_ENGINE_JPEG_OWN_H
#define LOOM_ENGINE_JPEG_OWN_H

#include "base/bytes.h"
#include "batch/job.h"
#include "picture/plane.h"

enum { LOOM_JPEG_OWN_PARTS = 3 /* components */ };

/*
 * Told the coefficients of a block, quantised, in zigzag order: those that k by k samples need are
 * true. Called for each block of the component, x and y in blocks, some of which may be behind the
 * picture's edge; in any order. False ends the decoding, which is then not taken.
 */
typedef bool loom_jpeg_look(void *data, unsigned component, uint32_t x, uint32_t y,
                            const int16_t *coefficients);

typedef struct loom_jpeg_wish {
    loom_bytes file;
    uint32_t width, height;     /* px, as the header has them; another frame is not taken */
    int k[LOOM_JPEG_OWN_PARTS]; /* of each component: 1..8; 0: it is not wanted */
    /*
     * The plane of each component that is wanted: made as large as all its blocks, those that fill
     * the last MCUs included; what is beyond its own blocks may be anything. NULL: no samples.
     */
    loom_plane *planes;
    const loom_cancel *cancel; /* looked at in each row of MCUs; may be NULL */
    loom_jpeg_look *look;      /* for tests; may be NULL */
    void *look_data;
} loom_jpeg_wish;

/* What a thread keeps from one picture to the next: tables and buffers, about 300 KiB. */
typedef struct loom_jpeg_own loom_jpeg_own;

loom_jpeg_own *loom_jpeg_own_create(void); /* NULL: no memory */
void loom_jpeg_own_free(loom_jpeg_own *own);

/*
 * False: not taken; the planes hold anything. That is so, too, where memory runs out or the job is
 * to stop: the next decoder will find out. Scans that cannot change what is wanted are left out;
 * of them only that they end at a marker is looked at.
 */
bool loom_jpeg_own_decode(loom_jpeg_own *own, const loom_jpeg_wish *wish);

#endif
