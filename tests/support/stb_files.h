/*
 * BMP, TGA, PSD, PNM and HDR written out byte by byte, for tests of their decoder. All functions
 * assert that they work.
 */
#ifndef TESTS_SUPPORT_STB_FILES_H
#define TESTS_SUPPORT_STB_FILES_H

#include "files/input.h"
#include <imgloom/format.h>

/* A file in memory; begun as {.size = 0}. */
typedef struct stb_file {
    unsigned char bytes[2048];
    size_t size;
} stb_file;

/* For the end of a file: bytes, a text without its NUL, a number of so many bytes. */
void stb_put(stb_file *f, const void *bytes, size_t size);
void stb_put_text(stb_file *f, const char *text);
void stb_put_le(stb_file *f, uint32_t value, unsigned bytes);
void stb_put_be(stb_file *f, uint32_t value, unsigned bytes);

/*
 * As the engine hands it over: a copy of the exact size and its slack, so that ASan sees all.
 * Ended by loom_input_release.
 */
loom_input stb_input(const void *bytes, size_t size);

/* The six colours of the pictures of 3x2 px and 8 bits: r, g, b, of no symmetry. */
extern const unsigned char stb_rgb[18];

typedef struct stb_sample {
    const char *name;
    void (*make)(stb_file *f); /* writes it into an empty file */
    loom_format format;
    unsigned width, height, channels, depth; /* which the decoder must find; depth: bytes */
} stb_sample;

enum { STB_FILES = 18 };

extern const stb_sample stb_files[STB_FILES];

/* The place of a name in the table, which must hold it. */
int stb_file_called(const char *name);

#endif
