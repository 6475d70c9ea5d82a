/*
 * BMP, TGA, PSD, PNM and HDR written out byte by byte, for tests of their decoder. All functions
 * assert that they work.
 */
#ifndef TESTS_SUPPORT_RASTER_FILES_H
#define TESTS_SUPPORT_RASTER_FILES_H

#include "files/input.h"
#include <imgloom/format.h>

/* A file in memory; begun as {.size = 0}. */
typedef struct raster_file {
    unsigned char bytes[4096];
    size_t size;
} raster_file;

/* For the end of a file: bytes, a text without its NUL, a number of so many bytes. */
void raster_put(raster_file *f, const void *bytes, size_t size);
void raster_put_text(raster_file *f, const char *text);
void raster_put_le(raster_file *f, uint32_t value, unsigned bytes);
void raster_put_be(raster_file *f, uint32_t value, unsigned bytes);

/*
 * As the engine hands it over: a copy of the exact size and its slack, so that ASan sees all.
 * Ended by loom_input_release.
 */
loom_input raster_input(const void *bytes, size_t size);

/* The six colours of the pictures of 3x2 px and 8 bits: r, g, b, of no symmetry. */
extern const unsigned char raster_rgb[18];

typedef struct raster_sample {
    const char *name;
    void (*make)(raster_file *f); /* writes it into an empty file */
    loom_format format;
    unsigned width, height, channels, depth; /* which the decoder must find; depth: bytes */
} raster_sample;

enum { RASTER_FILES = 18 };

extern const raster_sample raster_files[RASTER_FILES];

/* The place of a name in the table, which must hold it. */
int raster_file_called(const char *name);

#endif
