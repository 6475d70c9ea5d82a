/*
 * GIF files written out block by block, with an LZW encoder of their own, for tests of the decoder.
 * All functions assert that they work.
 */
#ifndef TESTS_SUPPORT_GIF_FILE_H
#define TESTS_SUPPORT_GIF_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A file in memory; begun by gif_begin, ended by gif_release. */
typedef struct gif_file {
    unsigned char *bytes;
    size_t size, capacity;
} gif_file;

typedef enum gif_coding {
    GIF_COMPRESSED = 0, /* strings, and a clear code whenever the table is full */
    GIF_DEFERRED,       /* the table stays as it is when it is full */
    GIF_LITERAL,        /* single colours, and a clear code before codes become longer */
    GIF_CLEARS          /* a clear code before each colour */
} gif_coding;

/* A frame; what is zero is as usual. */
typedef struct gif_picture {
    unsigned left, top, width, height;
    const unsigned char *indices; /* rows from above; NULL: all 0 */
    size_t coded;                 /* how many of them come; 0: all */
    unsigned code_size;           /* 0: as the colours of the screen need, 2 at least */
    const unsigned char *table;   /* its own, of `colours`; NULL: the screen's */
    unsigned colours;
    gif_coding coding;
    bool interlaced, no_end,
        no_clear;   /* without the end code, without a clear code to begin with */
    unsigned block; /* bytes in a sub-block; 0: 255 */
} gif_picture;

/* Colour i of the tables that gif_begin makes; 0xRRGGBBFF, no two alike. */
uint32_t gif_colour(unsigned i);

/* Header, screen and a table of so many colours: 2, 4, .. 256; 0: none. */
void gif_begin(gif_file *f, unsigned width, unsigned height, unsigned colours, unsigned background);

void gif_put(gif_file *f, const void *bytes, size_t size);

/* transparent: an index, or -1; delay: 1/100 s. */
void gif_control(gif_file *f, unsigned disposal, int transparent, unsigned delay);

void gif_loop(gif_file *f, unsigned again);

/* Descriptor, table and data. Returns how many bytes its data have without their last sub-block. */
size_t gif_add(gif_file *f, const gif_picture *picture);

void gif_end(gif_file *f); /* the trailer */

void gif_release(gif_file *f);

#endif
