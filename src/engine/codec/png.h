/* PNG by our own code: reading rows, writing pictures, metadata, and what is wrong with a file. */
#ifndef LOOM_ENGINE_CODEC_PNG_H
#define LOOM_ENGINE_CODEC_PNG_H

#include "base/bytes.h"
#include "files/input.h"
#include "format/metadata.h"
#include "picture/picture.h"
#include <imgloom/outcome.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- reading ------------------------------------------------------------- */

/*
 * Reads files of every kind row by row. Faster than libpng, by another inflate (ISA-L's) and by
 * undoing filters two rows at a time; as frugal, because nothing is held but some rows, or the
 * picture where it is interlaced. It trusts nothing, makes what can be made of damaged files, and
 * says at the end what was wrong with them.
 */

typedef struct loom_png_reader loom_png_reader;

/* What was found to be wrong with the picture data; all is known when the last row was read. */
typedef struct loom_png_faults {
    const char *damage; /* what is damaged, for an error's message; static; NULL: nothing */
    bool missing;       /* the data ends before the last row does */
    bool unfinished;    /* no row is missing, but the end of the stream, with its checksum */
    bool surplus;       /* there is more of it than the picture needs */
} loom_png_faults;

/*
 * A reader of the file, which stays the caller's and must outlive it. Checksums of chunks are not
 * looked at: see loom_png_settle. NULL: its header, palette or first IDAT are not there, the
 * picture is beyond what is read here (4 GiB of samples), or there is no memory.
 */
loom_png_reader *loom_png_reader_create(const unsigned char *file, size_t size);
void loom_png_reader_free(loom_png_reader *reader); /* NULL is allowed */

uint32_t loom_png_reader_width(const loom_png_reader *reader);
uint32_t loom_png_reader_height(const loom_png_reader *reader);
unsigned loom_png_reader_channels(const loom_png_reader *reader); /* as loom_picture's */
unsigned loom_png_reader_depth(const loom_png_reader *reader);    /* bytes a sample: 1 or 2 */

/* The number of the row that is next. */
uint32_t loom_png_reader_at(const loom_png_reader *reader);

/*
 * The next row, valid until the one after it is asked for, which must not be beyond the last.
 * Pixels that cannot be known are 0.
 */
const unsigned char *loom_png_reader_next(loom_png_reader *reader);

/* Valid until the reader is freed. */
const loom_png_faults *loom_png_reader_faults(const loom_png_reader *reader);

/* ---- writing ------------------------------------------------------------- */

/* By libdeflate. */

/*
 * Whether the picture is written here: not CMYK, and not so large that compressing it, which cannot
 * be interrupted, would take long.
 */
bool loom_png_writes(const loom_picture *picture);

/*
 * Writes the picture as a PNG, not interlaced. `effort` 0..10 (0: not compressed; below 0: the
 * usual). `chunks` (size 0: none) are whole ones, put before the pixel data. *data (from malloc) of
 * *size bytes is the caller's. False, and nothing written: no memory.
 */
bool loom_png_write(const loom_picture *picture, int effort, loom_bytes chunks, void **data,
                    size_t *size);

/* ---- settling ------------------------------------------------------------ */

/*
 * Settles what is wrong with the chunks of a file before any decoder sees it, so that all say the
 * same: libpng and libspng differ in what they make of a wrong checksum.
 */

/*
 * Looks at the checksum of every chunk to the end of the file, at the order of chunks, and at the
 * size of tRNS and PLTE. Of those that the picture needs (IHDR, PLTE, tRNS, IDAT, IEND) a wrong
 * checksum is returned as damage, and set right. Others, as what speaks of colour and of texts, are
 * dropped with a warning where they are damaged: no pixel is wrong for want of them. So is text
 * beyond LOOM_METADATA_MAX when it is unpacked. Returns what is damaged, static; NULL: nothing.
 */
const char *loom_png_settle(loom_input *input, loom_outcome *outcome);

/* Pictures of an animation (APNG), of which the first or another one is read; else 1. */
uint32_t loom_png_frames(const loom_input *input);

/* ---- metadata ------------------------------------------------------------ */

/* 11.3.2.3, 11.3.3.4, 11.3.5.1; XMP Specification part 3, 1.1.5. */

/* Appends them as whole chunks, for before the pixel data. False: no memory. */
bool loom_png_meta_add(const loom_meta *meta, loom_strbuf *out);

/* Appends to `out` a PNG with those chunks behind its IHDR. False: it is none, or no memory. */
bool loom_png_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
