/*
 * The table stores each string as the position in the output where it was first written. The first
 * colour of the following string comes right after it, and these two together are the table's next
 * string. So a code is one copy, and no chain of prefixes is followed. The output is kept as long
 * as the table may refer to it, and handed over in pieces.
 */
#include "engine/codec/gif_lzw.h"

#include "format/gif.h"
#include <stdlib.h>

enum {
    CODES = 4096,   /* of 12 bits, the max */
    WIDTH_MAX = 12, /* bits */
    LITERALS = 256, /* single colours, which precede the output */
    PIECE = 65536,  /* approximate number of colours handed over at once */
    WORD = 8,       /* bytes copied at once, so copies may write this many too many */
    /* The output while the table grows: each string is at most one longer than all before it. */
    HISTORY = CODES * (CODES + 1) / 2,
    CAPACITY = LITERALS + PIECE + HISTORY + PIECE + CODES + WORD
};

typedef struct bits {
    loom_bytes file;
    size_t at; /* of the next sub-block */
    const unsigned char *next, *end;
    uint64_t held; /* the lowest `count` bits, and perhaps some of the following ones */
    unsigned count;
} bits;

typedef struct decoder {
    const loom_gif_stream *stream;
    unsigned char *out;
    size_t position, flushed; /* in `out` */
    size_t stop;              /* the next position that needs attention */
    size_t kept;              /* the end of a full table's strings; 0: it is not full */
    uint64_t left;            /* colours to be handed over, from `flushed` on */
    unsigned next, width;     /* the table's next code, and the width of a code in bits */
    size_t last, last_length; /* the previous string; length 0: none */
    uint32_t start[CODES];    /* the position of each string in `out` */
    uint16_t length[CODES];   /* 0: the code has no string */
} decoder;

/* ---- bits ---------------------------------------------------------------- */

static bool refill_by_bytes(bits *b, unsigned wanted)
{
    while (b->count < wanted) {
        if (b->next == b->end) {
            loom_bytes piece;
            (void)loom_gif_piece(b->file, &b->at, &piece); /* if truncated: the bytes it has */
            if (piece.size == 0) {
                b->at = b->file.size;
                return false;
            }
            b->next = piece.data;
            b->end = piece.data + piece.size;
        }
        b->held |= (uint64_t)*b->next++ << b->count;
        b->count += 8;
    }
    return true;
}

/* Reads until at least `wanted` <= 12 bits are held; false: there are no more. */
static inline bool refill(bits *b, unsigned wanted)
{
    if (b->end - b->next < WORD)
        return refill_by_bytes(b, wanted);
    b->held |= loom_le64(b->next) << b->count;
    b->next += (63 - b->count) / 8;
    b->count |= 56;
    return true;
}

/* ---- output -------------------------------------------------------------- */

/* Hands over the output, but no more than is wanted. */
static void flush(decoder *d)
{
    const size_t written = d->position - d->flushed;
    const size_t count = written < d->left ? written : (size_t)d->left;

    if (count > 0)
        d->stream->put(d->stream->user, d->out + d->flushed, count);
    d->left -= count;
    d->flushed = d->position;
}

/* Stops at the last colour, or, if the table is full, at the end of a piece. */
static void set_stop(decoder *d)
{
    const size_t piece = d->kept > 0 ? d->kept + PIECE : CAPACITY;

    d->stop = d->left < piece - d->flushed ? d->flushed + (size_t)d->left : piece;
}

static void clear_table(decoder *d)
{
    if (d->position >= LITERALS + PIECE) {
        flush(d);
        d->position = d->flushed = LITERALS;
    }
    d->next = (1u << d->stream->code_size) + 2;
    d->width = d->stream->code_size + 1;
    d->last_length = 0;
    d->kept = 0;
    set_stop(d);
}

/* Called at `stop`; false: everything that is wanted was handed over. */
static bool go_on(decoder *d)
{
    if (d->kept == 0 && d->next == CODES)
        d->kept = d->position;
    if (d->position - d->flushed >= d->left || d->position - d->kept >= PIECE) {
        flush(d);
        if (d->left == 0)
            return false;
        d->position = d->flushed = d->kept;
    }
    set_stop(d);
    return true;
}

/*
 * The source may reach one byte into the target, because the last colour of the string being
 * defined is its first. Up to WORD excess bytes are read and written.
 */
static inline void copy_string(unsigned char *to, const unsigned char *from, size_t length)
{
    to[0] = from[0];
    for (size_t i = 0; i < length; i += WORD) {
        uint64_t word;
        memcpy(&word, from + i, WORD);
        memcpy(to + i, &word, WORD);
    }
}

/* ---- codes --------------------------------------------------------------- */

/* Defines the previous string plus the first colour of the next one. */
static inline void define_string(decoder *d)
{
    d->start[d->next] = (uint32_t)d->last;
    d->length[d->next] = (uint16_t)(d->last_length + 1);
    d->next++;
    if (d->next == 1u << d->width && d->width < WIDTH_MAX)
        d->width++;
    if (d->next == CODES)
        d->stop = 0;
}

static loom_gif_codes decode(decoder *d)
{
    const loom_gif_stream *stream = d->stream;
    const unsigned clear = 1u << stream->code_size;
    bits b = {.file = stream->file, .at = stream->at};

    for (;;) {
        if (b.count < d->width && !refill(&b, d->width))
            return LOOM_GIF_CODES_SHORT;
        const unsigned code = (unsigned)b.held & ((1u << d->width) - 1);
        b.held >>= d->width;
        b.count -= d->width;
        if (d->last_length > 0 && d->next < CODES)
            define_string(d);
        if (code == clear) {
            clear_table(d);
            continue;
        }
        if (code == clear + 1)
            return LOOM_GIF_CODES_SHORT;
        const size_t length = code < d->next ? d->length[code] : 0;
        if (length == 0)
            return LOOM_GIF_CODES_DAMAGED;
        copy_string(d->out + d->position, d->out + d->start[code], length);
        d->last = d->position;
        d->last_length = length;
        d->position += length;
        if (d->position >= d->stop && !go_on(d))
            return LOOM_GIF_CODES_FULL;
    }
}

loom_gif_codes loom_gif_lzw_decode(const loom_gif_stream *stream)
{
    const size_t capacity = stream->count < CAPACITY - LITERALS - CODES - WORD
                                ? LITERALS + (size_t)stream->count + CODES + WORD
                                : CAPACITY;
    decoder *d = malloc(sizeof *d);
    unsigned char *out = malloc(capacity);
    loom_gif_codes codes = LOOM_GIF_CODES_NO_MEMORY;

    if (d != NULL && out != NULL) {
        d->stream = stream;
        d->out = out;
        d->position = d->flushed = LITERALS;
        d->left = stream->count;
        memset(d->length, 0, sizeof d->length); /* colours beyond 255 are invalid */
        for (unsigned i = 0; i < LITERALS; i++) {
            out[i] = (unsigned char)i;
            d->start[i] = i;
            d->length[i] = 1;
        }
        clear_table(d);
        codes = decode(d);
        if (codes != LOOM_GIF_CODES_FULL)
            flush(d);
    }
    free(out);
    free(d);
    return codes;
}
