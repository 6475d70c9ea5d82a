/*
 * The weights of one axis of a resize, in integers: how much of which samples of the source goes
 * into each that is made.
 */
#ifndef LOOM_ENGINE_CODEC_RESIZE_AXIS_H
#define LOOM_ENGINE_CODEC_RESIZE_AXIS_H

#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOOM_AXIS_ONE = 1 << 14 }; /* a weight of 1 */

/* What the weights of an axis depend on. */
typedef struct loom_axis_key {
    uint32_t from, to;    /* samples, >= 1 */
    double start, extent; /* of the part, which may reach over the edges */
    uint32_t low, high; /* the edges: samples low..high-1 are looked at, of the `from` there are */
    bool repeats;       /* beside the edges the last samples are repeated; else all are mirrored */
    loom_kernel kernel; /* any but nearest; it is stretched where the axis gets smaller */
    double scale;       /* 0..1: of the samples, what the weights sum up to */
} loom_axis_key;

/*
 * The weights of sample i are `taps` ones for the source from firsts[i] on, which never falls where
 * the part is inside the source.
 */
typedef struct loom_axis {
    loom_axis_key key;
    uint32_t *firsts; /* owned; NULL: empty */
    int16_t *weights; /* owned; a multiple of LOOM_SUMS_TAPS for each sample, 0 behind its own */
    size_t taps;
    size_t used;         /* of these by any sample, an even number */
    uint32_t begin, end; /* of the source that any sample takes */
} loom_axis;

/* Fills in an axis, whatever it held. False: out of memory; it is then empty. */
bool loom_axis_make(loom_axis *axis, const loom_axis_key *key);

void loom_axis_release(loom_axis *axis); /* a zeroed struct is allowed */

#endif
