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
    _Alignas(32) int16_t c[LOOM_JPEG_BLOCK]; /* in zigzag order; zeros before, where looked at */
    const loom_jpeg_tables *tables;
    const loom_jpeg_lookup *others; /* those of `tables` */
    const loom_jpeg_lookup *next;   /* `first` of the block behind it, or the stop table */
    uint64_t unused;
} loom_jpeg_record;

enum { LOOM_JPEG_PORTION = 16 /* coefficients that are zeroed at once */ };

/* Zeroes the first portions of a record, 1..4; memset of more than one is a slow instruction here.
 */
static inline void loom_jpeg_record_clear(loom_jpeg_record *record, unsigned portions)
{
    for (unsigned i = 0; i < portions; i++)
        memset(record->c + (size_t)i * LOOM_JPEG_PORTION, 0, LOOM_JPEG_PORTION * sizeof *record->c);
}

/* Look-ups that stop: the `next` of the last record. */
void loom_jpeg_stop_make(loom_jpeg_lookup made[LOOM_JPEG_LOOKUP_SIZE]);

/*
 * Decodes whole blocks into records from `first` on until one's `next` is `stop`; a record more
 * must be there, which is not changed. At most LOOM_JPEG_STREAM_BLOCKS, after the stream was
 * filled. False: no such code, or a block is too long.
 */
bool loom_jpeg_blocks_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                             const loom_jpeg_lookup *stop);

/*
 * The same of a band of coefficients, from..to, of a progressive frame's first scan of them. It
 * ends, too, behind a block from which on `*run` more have nothing in the band; else *run is 0.
 * *end is the record behind the last one that was decoded.
 */
bool loom_jpeg_bands_decode(loom_jpeg_bits *bits, loom_jpeg_record *first,
                            const loom_jpeg_lookup *stop, unsigned from, unsigned to,
                            loom_jpeg_record **end, uint32_t *run);

/*
 * Adds all that a record of a band holds, times 2^low, to the first `kept` coefficients of a block,
 * a multiple of 16, which has nothing in the band yet. Returns which of all 64 are not 0: bit 63 -
 * k for the one at k.
 */
uint64_t loom_jpeg_record_add(const loom_jpeg_record *record, int16_t *to, size_t kept,
                              unsigned low);

#endif
