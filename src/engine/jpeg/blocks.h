/*
 * Decoding blocks without a branch that depends on the data: a look-up gives up to three symbols,
 * whose values are stored whether they are wanted or not; at an end of block the next table, block
 * and place are picked by conditional moves. A mispredicted branch costs as much as two look-ups,
 * and a decoder that asks in each block has one or two of them.
 */
#ifndef LOOM_ENGINE_JPEG_BLOCKS_H
#define LOOM_ENGINE_JPEG_BLOCKS_H

#include "engine/jpeg/codes.h"
#include "engine/jpeg/stream.h"

#include <stddef.h>

enum { LOOM_JPEG_BLOCK = 64 /* coefficients */ };

/* The tables of a component. */
typedef struct loom_jpeg_tables {
    loom_jpeg_lookup first[LOOM_JPEG_LOOKUP_SIZE];  /* at the beginning of a block */
    loom_jpeg_lookup others[LOOM_JPEG_LOOKUP_SIZE]; /* within it */
    loom_jpeg_codes first_codes, others_codes;
} loom_jpeg_tables;

/* A block to be decoded. */
typedef struct loom_jpeg_record {
    /* In zigzag order, the first one the band's; zeros before, as far as they are looked at. */
    _Alignas(32) int16_t c[LOOM_JPEG_BLOCK];
    const loom_jpeg_tables *tables;
    const loom_jpeg_lookup *others; /* those of `tables` */
    const loom_jpeg_lookup *next;   /* `first` of the block behind it, or the stop table */
    uint64_t unused;
} loom_jpeg_record;

/* Look-ups that stop: the `next` of the last record. */
void loom_jpeg_stop_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE]);

/*
 * Decodes into records from `first` on until one's `next` is `stop`; a record more must be there,
 * which is not changed. At most LOOM_JPEG_STREAM_BLOCKS, after the stream was filled. Whole blocks
 * of 64 coefficients. False: no such code, or a block is too long.
 */
bool loom_jpeg_blocks_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                             const loom_jpeg_lookup *stop);

#endif
