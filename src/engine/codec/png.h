/* Our own PNG code: reads rows, writes pictures and metadata, and reports damage. */
#ifndef LOOM_ENGINE_CODEC_PNG_H
#define LOOM_ENGINE_CODEC_PNG_H

#include "base/bytes.h"
#include "engine/lane.h"
#include "files/input.h"
#include "format/metadata.h"
#include "picture/picture.h"
#include <imgloom/outcome.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- reading ------------------------------------------------------------- */

/*
 * Reads every kind of file row by row. It is faster than libpng, because it uses another inflate
 * (ISA-L's) and undoes filters two rows at a time. It needs as little memory, because it holds only
 * some rows, or an interlaced picture. It trusts nothing, decodes as much as possible of a damaged
 * file, and reports the damage at the end.
 */

typedef struct loom_png_reader loom_png_reader;

/* The damage of the picture data; complete when the last row has been read. */
typedef struct loom_png_faults {
    const char *damage; /* the damage, for an error message; static; NULL: none */
    bool missing;       /* the data ends before the last row */
    bool unfinished;    /* no row is missing, but the end of the stream, with its checksum */
    bool surplus;       /* there is more data than the picture needs */
} loom_png_faults;

/*
 * Creates a reader of the file, which the caller owns and which must outlive it. Checksums of
 * chunks are not checked: see loom_png_settle. NULL: the header, palette or first IDAT is missing,
 * the picture is too large for this reader (4 GiB of samples), or out of memory.
 */
loom_png_reader *loom_png_reader_create(const unsigned char *file, size_t size);
void loom_png_reader_free(loom_png_reader *reader); /* NULL is allowed */

uint32_t loom_png_reader_width(const loom_png_reader *reader);
uint32_t loom_png_reader_height(const loom_png_reader *reader);
unsigned loom_png_reader_channels(const loom_png_reader *reader); /* as loom_picture's */
unsigned loom_png_reader_depth(const loom_png_reader *reader);    /* bytes a sample: 1 or 2 */

/* The number of the next row. */
uint32_t loom_png_reader_at(const loom_png_reader *reader);

/*
 * The next row, valid until the following one is requested. There must be one. Unknown pixels are
 * 0.
 */
const unsigned char *loom_png_reader_next(loom_png_reader *reader);

/* Valid until the reader is freed. */
const loom_png_faults *loom_png_reader_faults(const loom_png_reader *reader);

/*
 * The verdict on a job's picture that the reader has read to its end: as loom_verdict_on_damage.
 */
loom_status loom_png_verdict(const loom_lane_job *job, const loom_png_faults *faults,
                             loom_error *err);

/* The library behind it, for loom_lane_set_decoder. */
#define LOOM_PNG_READER_NAME "ISA-L"

/* ---- writing ------------------------------------------------------------- */

/* By libdeflate. */

/*
 * Whether this code writes the picture: not CMYK, and not so large that compression, which cannot
 * be interrupted, would take long.
 */
bool loom_png_writes(const loom_picture *picture);

/*
 * Writes the picture as a PNG, not interlaced. `effort` 0..10 (0: not compressed; negative: the
 * default). `chunks` (size 0: none) are complete chunks to insert before the pixel data. The caller
 * owns *data (from malloc), *size bytes. False, with nothing written: out of memory.
 */
bool loom_png_write(const loom_picture *picture, int effort, loom_bytes chunks, void **data,
                    size_t *size);

/* ---- settling ------------------------------------------------------------ */

/*
 * Settles the damage of a file's chunks before any decoder sees them, so that all decoders agree:
 * libpng and libspng treat a wrong checksum differently.
 */

/*
 * Checks the checksum of every chunk up to the end of the file, the order of chunks, and the size
 * of tRNS and PLTE. A wrong checksum of a chunk that the picture needs (IHDR, PLTE, tRNS, IDAT,
 * IEND) is returned as damage, and corrected. Other damaged chunks, such as colour and text, are
 * dropped with a warning: no pixel depends on them. Text beyond LOOM_METADATA_MAX unpacked bytes is
 * dropped too. Returns the damage, static; NULL: none.
 */
const char *loom_png_settle(loom_input *input, loom_outcome *outcome);

/* The same for a job: sets job->damage, and warns of an animation, which is not read. */
void loom_png_settle_job(loom_lane_job *job);

/* The number of pictures of an animation (APNG), of which a reader may read the first or another; 1
 * for all other files. */
uint32_t loom_png_frames(const loom_input *input);

/* ---- metadata ------------------------------------------------------------ */

/* 11.3.2.3, 11.3.3.4, 11.3.5.1; XMP Specification part 3, 1.1.5. */

/* Appends the blocks as complete chunks, for before the pixel data. False: out of memory. */
bool loom_png_meta_add(const loom_meta *meta, loom_strbuf *out);

/* Appends to `out` a PNG with those chunks after its IHDR. False: not a PNG, or out of memory. */
bool loom_png_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
