/*
 * Raw files of cameras put together by hand, as each maker lays them out, around JPEGs that are
 * given: a small picture, the sensor's samples (which are noise), EXIF, a maker's note. Nothing of
 * src/ has a part in it. All functions assert that they work.
 */
#ifndef TESTS_SUPPORT_RAW_FILE_H
#define TESTS_SUPPORT_RAW_FILE_H

#include "base/strbuf.h"
#include <stdint.h>

/* ---- directories --------------------------------------------------------- */

/* A field: its values are the bytes at `data`, in the byte order of the file, or `value`. */
typedef struct raw_field {
    unsigned tag, type; /* of TIFF 6.0 */
    uint32_t count, value;
    const void *data; /* NULL: `value`, a SHORT or LONG */
    size_t size;
} raw_field;

/* A file in the making: `base` is where offsets count from. */
typedef struct raw_file {
    loom_strbuf out;
    size_t base;
    bool big; /* byte order */
} raw_file;

/* Appends bytes at an even place, which is returned, counted from `base`. */
uint32_t raw_put(raw_file *file, const void *bytes, size_t size);

/* Appends a directory of these fields, in order of tags, and the place of the next one. */
uint32_t raw_put_directory(raw_file *file, const raw_field *fields, size_t count, uint32_t next);

void raw_set32(raw_file *file, uint32_t place, uint32_t value);

/* ---- makers -------------------------------------------------------------- */

typedef enum raw_maker {
    RAW_CR2 = 0,
    RAW_NEF,
    RAW_NEF_NOTE, /* the preview is in the maker's note */
    RAW_ARW,
    RAW_DNG,
    RAW_RAF,
    RAW_ORF,
    RAW_ORF_OLD, /* offsets in the maker's note count from the start of the file */
    RAW_ORF_NEW, /* of OM System */
    RAW_RW2,
    RAW_PEF,
    RAW_SRW,
    RAW_MAKERS
} raw_maker;

/* "nef", as rows name it. */
const char *raw_word(raw_maker maker);

typedef struct raw_spec {
    raw_maker maker;
    const void *jpeg; /* the preview; NULL: none */
    size_t jpeg_size;
    const void *thumbnail; /* a smaller one; NULL: none */
    size_t thumbnail_size;
    int orientation;   /* 0: the file tells none */
    unsigned colours;  /* DNG, PreviewColorSpace; 0: not told */
    bool names, place; /* EXIF has an artist and the time; GPS */
} raw_spec;

/* Makes the file; to be released. *preview: where the preview begins. */
loom_strbuf raw_make(const raw_spec *spec, size_t *preview);

#endif
