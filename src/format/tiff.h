/*
 * The directories of a TIFF file (TIFF 6.0, section 2) or BigTIFF, one for each page: their
 * entries, each a tag with values. Nothing here trusts an offset or a count.
 */
#ifndef LOOM_FORMAT_TIFF_H
#define LOOM_FORMAT_TIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_tiff {
    const unsigned char *data;
    size_t size;
    bool big_endian, wide;        /* wide: BigTIFF, offsets of 8 bytes */
    const unsigned char *entries; /* of the directory */
    uint64_t count;
} loom_tiff;

/* The array of a tag. */
typedef struct loom_tiff_values {
    const unsigned char *at; /* NULL: not there */
    uint64_t count;
    unsigned width; /* bytes each: 1, 2, 4 or 8 */
} loom_tiff_values;

enum {
    LOOM_TIFF_WIDTH = 256,
    LOOM_TIFF_HEIGHT = 257,
    LOOM_TIFF_BITS = 258,
    LOOM_TIFF_COMPRESSION = 259,
    LOOM_TIFF_PHOTOMETRIC = 262,
    LOOM_TIFF_STRIP_OFFSETS = 273,
    LOOM_TIFF_SAMPLES = 277,
    LOOM_TIFF_STRIP_COUNTS = 279,
    LOOM_TIFF_COLOUR_MAP = 320,
    LOOM_TIFF_TILE_OFFSETS = 324,
    LOOM_TIFF_TILE_COUNTS = 325,
    LOOM_TIFF_SAMPLE_FORMAT = 339,
    LOOM_TIFF_JPEG_TABLES = 347,
    LOOM_TIFF_SUBSAMPLING = 530
};

/* False: the first directory does not lie within the file. `data` must outlive *tiff. */
bool loom_tiff_open(loom_tiff *tiff, const unsigned char *data, size_t size);

/*
 * Goes on to the next directory; *last tells that there is none. False: it does not lie within the
 * file, or, with *last, the file ends where its offset should be. A chain may be a ring: the caller
 * counts.
 */
bool loom_tiff_next(loom_tiff *tiff, bool *last);

/* Whether `length` bytes at `at` lie within the file. */
bool loom_tiff_inside(const loom_tiff *tiff, uint64_t at, uint64_t length);

/* The tag of the entry `i` < count. */
unsigned loom_tiff_tag(const loom_tiff *tiff, uint64_t i);

/*
 * The values of the entry `i`; *values is left alone where their type is not one of unsigned
 * numbers. False when they lie beyond the end.
 */
bool loom_tiff_values_of(const loom_tiff *tiff, uint64_t i, loom_tiff_values *values);

/* The value `i` < values->count. */
uint64_t loom_tiff_value(const loom_tiff *tiff, const loom_tiff_values *values, uint64_t i);

/*
 * The first entry of a tag; `at` is NULL where there is none. False when there is one, but its
 * values lie beyond the end.
 */
bool loom_tiff_find(const loom_tiff *tiff, unsigned tag, loom_tiff_values *values);

#endif
