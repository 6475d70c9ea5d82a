/*
 * Lanes: ways to carry one image from input bytes to output bytes.
 *
 * The engine reads the input, probes it, computes the geometry, picks the first lane of its table
 * that accepts the image, and writes what the lane has encoded. A new lane is one file with a
 * `const loom_lane`, and one row in engine.c.
 */
#ifndef LOOM_ENGINE_LANE_H
#define LOOM_ENGINE_LANE_H

#include "files/input.h"
#include "image/geometry.h"
#include "image/integrity.h"
#include <imgloom/engine.h>

/* What the header of an image says, without decoding it. */
typedef struct loom_probe {
    loom_format format;     /* by content */
    uint32_t width, height; /* px as stored */
    int orientation;        /* EXIF 1..8; 1 where there is none */
} loom_probe;

/* Encoded output bytes, in memory from malloc (or g_malloc, which is the same). */
typedef struct loom_encoded {
    void *data;
    size_t size;
    int channels;
} loom_encoded;

/* One image on its way. Set up by the engine; a lane writes `encoded`, and warnings. */
typedef struct loom_lane_job {
    const loom_job *job;
    loom_outcome *outcome;
    loom_input input;
    loom_integrity integrity; /* of the input as it was read */
    loom_probe probe;
    loom_geometry geometry;
    int quality; /* 0: the output format has none */
    loom_encoded encoded;
} loom_lane_job;

typedef struct loom_lane {
    const char *name;
    bool (*accepts)(const loom_probe *probe, const loom_recipe *recipe);
    loom_status (*run)(loom_lane_job *job, loom_error *err);
} loom_lane;

/* LOOM_OK, or the error of a job that must end: timeout or cancelled, at `stage`. */
loom_status loom_lane_check_stop(const loom_lane_job *job, loom_stage stage, loom_error *err);

extern const loom_lane loom_lane_vips; /* everything that can be probed */

#endif
