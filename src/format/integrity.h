/*
 * Whether a file is all there, by its own structure: markers, chunks, boxes and offsets, without
 * decoding a pixel. A decoder says that it failed; this says whether the file was cut short.
 *
 * Nothing here trusts a length: every read is checked against `size`.
 */
#ifndef LOOM_FORMAT_INTEGRITY_H
#define LOOM_FORMAT_INTEGRITY_H

#include <imgloom/format.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum loom_integrity {
    LOOM_INTEGRITY_WHOLE = 0, /* or nothing can be said: the decoder must know */
    LOOM_INTEGRITY_NO_END,    /* the end marker is missing, perhaps nothing else */
    LOOM_INTEGRITY_CUT        /* data is missing */
} loom_integrity;

/* Examines `size` bytes at `data`, a file of `format`. */
loom_integrity loom_integrity_check(loom_format format, const unsigned char *data, size_t size);

/*
 * Whether a PNG ends within a chunk that stands before its picture data, so that there is nothing
 * to decode: a decoder only allocates what the chunk's length says, up to 2 GiB. False for the
 * other formats.
 */
bool loom_integrity_cut_in_header(loom_format format, const unsigned char *data, size_t size);

/*
 * The bytes that the end marker of a file of `format` lacks (JPEG: EOI, PNG: IEND or the rest of
 * it, GIF: trailer), so that a decoder reads a file of LOOM_INTEGRITY_NO_END to its end. Static;
 * *missing is at most 12, and 0 where the format has no end marker.
 */
const unsigned char *loom_integrity_end(loom_format format, const unsigned char *data, size_t size,
                                        size_t *missing);

#endif
