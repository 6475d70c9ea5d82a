/*
 * What a crop leaves unread of a stream in the vips lane: the rows below it. Damage there is damage
 * of the file, and the checksum of what was read may stand behind them.
 */
#ifndef LOOM_ENGINE_VIPS_TAIL_H
#define LOOM_ENGINE_VIPS_TAIL_H

#include "engine/lane.h"
#include <stdatomic.h>
#include <vips/vips.h>

typedef struct loom_vips_tail {
    VipsImage *image; /* to render from, instead of the stream; the owner of a tail unrefs it */
    VipsImage *stream;
    atomic_int next; /* below all rows that were asked for */
} loom_vips_tail;

/* Whether an output of this geometry leaves rows unread. */
bool loom_vips_tail_is(const loom_geometry *geometry);

/*
 * Makes `image`: the stream, with its colour profile, in such a way that the rest can be read
 * afterwards, because libvips has a stream drop what it holds when a picture is done. The stream
 * and the tail must outlive it. False when libvips fails.
 */
bool loom_vips_tail_open(loom_vips_tail *tail, VipsImage *stream);

/* Reads the rest. False when it cannot be read, or the job must stop. */
bool loom_vips_tail_read(loom_vips_tail *tail, const loom_cancel *cancel, uint64_t ticket);

#endif
