/*
 * Reads PNG files of every kind row by row. Faster than libpng, by another inflate (ISA-L's) and by
 * undoing filters two rows at a time; as frugal, because nothing is held but some rows, or the
 * picture where it is interlaced. It trusts nothing, makes what can be made of damaged files, and
 * says at the end what was wrong with them.
 */
#ifndef LOOM_ENGINE_CODEC_PNG_READ_H
#define LOOM_ENGINE_CODEC_PNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
 * looked at: see png_settle.h. NULL: its header, palette or first IDAT are not there, the picture
 * is beyond what is read here (4 GiB of samples), or there is no memory.
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

#endif
