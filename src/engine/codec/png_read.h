/*
 * Reads plain PNG files row by row: the samples of 8 bits without a palette, not interlaced. Faster
 * than libpng, by another inflate (ISA-L's) and by undoing filters two rows at a time; as frugal,
 * because nothing is held but some rows. It is strict and knows no damage: a file that is not right
 * from the first chunk to the last is libpng's, which knows what to say about it.
 */
#ifndef LOOM_ENGINE_CODEC_PNG_READ_H
#define LOOM_ENGINE_CODEC_PNG_READ_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_png_reader loom_png_reader;

/*
 * A reader of the file, which stays the caller's and must outlive it. NULL: the file is not one of
 * those that are read here, or there is no memory.
 */
loom_png_reader *loom_png_reader_create(const unsigned char *file, size_t size);
void loom_png_reader_free(loom_png_reader *reader); /* NULL is allowed */

uint32_t loom_png_reader_width(const loom_png_reader *reader);
uint32_t loom_png_reader_height(const loom_png_reader *reader);
unsigned loom_png_reader_channels(const loom_png_reader *reader); /* as loom_picture's */

/* The number of the row that is next. */
uint32_t loom_png_reader_at(const loom_png_reader *reader);

/*
 * The next row, valid until the one after it is asked for, which must not be beyond the last. NULL:
 * the file is damaged after all, and no more can be read. Whoever got the last row knows that the
 * pixel data was all right.
 */
const unsigned char *loom_png_reader_next(loom_png_reader *reader);

#endif
