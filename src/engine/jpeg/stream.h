/*
 * The entropy-coded data of a scan (T.81, F.2.2.5 and B.1.1.5) for the decoders of this folder:
 * without its byte stuffing, interval by interval, through a window of fixed size.
 */
#ifndef LOOM_ENGINE_JPEG_STREAM_H
#define LOOM_ENGINE_JPEG_STREAM_H

#include "base/bytes.h"

#include <endian.h>

enum {
    /*
     * Blocks that may be decoded between two calls of loom_jpeg_stream_fill. A block has at most 64
     * symbols, each with a code of 16 bits and a value of at most 15, or the correction bits of a
     * refining scan, which are fewer: 248 bytes.
     */
    LOOM_JPEG_STREAM_BLOCKS = 160,
    LOOM_JPEG_STREAM_AHEAD = LOOM_JPEG_STREAM_BLOCKS * 248 + 64 /* bytes, with what refills read */
};

/* The bits that come next: `count` of them at the top of the window, then those at p. */
typedef struct loom_jpeg_bits {
    const unsigned char *p;
    uint64_t window;
    unsigned count; /* 0..63 */
} loom_jpeg_bits;

typedef struct loom_jpeg_stream {
    loom_jpeg_bits bits;
    unsigned char *bytes; /* owned */
    size_t made;          /* bytes there that are of the interval */
    bool ended;           /* all of the interval is there */
    unsigned marker;      /* what ended it: the code of an RST or another marker */
    unsigned restarts;    /* intervals that have gone by */
    loom_bytes file;
    size_t at; /* in the file: what has not been looked at; the marker where one is no RST */
} loom_jpeg_stream;

/* Makes the window; false: no memory. A zeroed struct may be released. */
bool loom_jpeg_stream_init(loom_jpeg_stream *stream);
void loom_jpeg_stream_release(loom_jpeg_stream *stream);

/* From a scan's first interval on, which is at offset `at` of a file that outlives the scan. */
void loom_jpeg_stream_begin(loom_jpeg_stream *stream, loom_bytes file, size_t at);

/*
 * Makes sure that LOOM_JPEG_STREAM_AHEAD bytes may be read from bits.p on. They are the interval's
 * as far as it goes; what is behind is undefined, and found out by the next call. False: more bits
 * were taken than the interval has, or the file ends without a marker.
 */
bool loom_jpeg_stream_fill(loom_jpeg_stream *stream);

/*
 * The interval is used up but for less than a byte, and ends at the restart marker that is due: on
 * to the next one. False: it is not so.
 */
bool loom_jpeg_stream_restart(loom_jpeg_stream *stream);

/* The scan's last interval is used up: the offset of the marker behind it. 0: it is not so. */
size_t loom_jpeg_stream_end(loom_jpeg_stream *stream);

/* ---- bits ------------------------------------------------------------------ */

/* Afterwards there are 56 bits at least. Reads 8 bytes at p, which goes on by 7 at most. */
static inline void loom_jpeg_refill(loom_jpeg_bits *b)
{
    uint64_t next;

    memcpy(&next, b->p, sizeof next);
    b->window |= be64toh(next) >> b->count;
    b->p += (63 - b->count) >> 3;
    b->count |= 56;
}

static inline void loom_jpeg_drop(loom_jpeg_bits *b, unsigned n)
{
    b->window <<= n;
    b->count -= n;
}

/* n: 0..56, and no more than there are. */
static inline uint64_t loom_jpeg_take(loom_jpeg_bits *b, unsigned n)
{
    const uint64_t taken = b->window >> 1 >> (63 - n);

    loom_jpeg_drop(b, n);
    return taken;
}

/*
 * The value whose bits are the first of the window (T.81, F.2.2.1: EXTEND); spare: 63 less their
 * number, which is 0..15.
 */
static inline int loom_jpeg_value(uint64_t window, unsigned spare)
{
    const uint64_t flip = (window >> 63) - 1; /* all ones where the first bit is 0: negative */

    return (int)((((window ^ flip) >> 1 >> spare) ^ flip) - flip);
}

#endif
