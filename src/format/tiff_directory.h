/*
 * The directories of a TIFF (TIFF 6.0, section 2) or BigTIFF: entries, each a tag with values. Any
 * bytes are allowed: no offset, count or type of the file is trusted.
 */
#ifndef LOOM_FORMAT_TIFF_DIRECTORY_H
#define LOOM_FORMAT_TIFF_DIRECTORY_H

#include "base/bytes.h"

enum {
    LOOM_TIFF_SUBFILE = 254,
    LOOM_TIFF_OLD_SUBFILE = 255,
    LOOM_TIFF_WIDTH = 256,
    LOOM_TIFF_HEIGHT = 257,
    LOOM_TIFF_BITS = 258,
    LOOM_TIFF_COMPRESSION = 259,
    LOOM_TIFF_PHOTOMETRIC = 262,
    LOOM_TIFF_FILL_ORDER = 266,
    LOOM_TIFF_STRIP_OFFSETS = 273,
    LOOM_TIFF_SAMPLES = 277,
    LOOM_TIFF_STRIP_ROWS = 278,
    LOOM_TIFF_STRIP_COUNTS = 279,
    LOOM_TIFF_PLANES = 284,
    LOOM_TIFF_T4_OPTIONS = 292,
    LOOM_TIFF_T6_OPTIONS = 293,
    LOOM_TIFF_PREDICTOR = 317,
    LOOM_TIFF_WHITE_POINT = 318,
    LOOM_TIFF_COLOUR_MAP = 320,
    LOOM_TIFF_DOT_RANGE = 336,
    LOOM_TIFF_TILE_WIDTH = 322,
    LOOM_TIFF_TILE_HEIGHT = 323,
    LOOM_TIFF_TILE_OFFSETS = 324,
    LOOM_TIFF_TILE_COUNTS = 325,
    LOOM_TIFF_SUB_DIRECTORIES = 330,
    LOOM_TIFF_INKS = 332,
    LOOM_TIFF_EXTRA_SAMPLES = 338,
    LOOM_TIFF_SAMPLE_FORMAT = 339,
    LOOM_TIFF_INDEXED = 346,
    LOOM_TIFF_JPEG_TABLES = 347,
    LOOM_TIFF_YCC_COEFFICIENTS = 529,
    LOOM_TIFF_BLACK_WHITE = 532,
    LOOM_TIFF_STRIP_ROW_COUNTS = 559,
    LOOM_TIFF_DATA_TYPE = 32996,
    LOOM_TIFF_DEPTH = 32997
};

/* A directory of a file. */
typedef struct loom_tiff_directory {
    loom_bytes file;
    bool big_endian, wide;        /* wide: BigTIFF, offsets of 8 bytes */
    const unsigned char *entries; /* in the file */
    uint64_t count;
} loom_tiff_directory;

/* The values of a tag, in the file. */
typedef struct loom_tiff_values {
    const unsigned char *at; /* NULL: not there */
    uint64_t count;
    unsigned width; /* bytes each: 1, 2, 4 or 8 */
} loom_tiff_values;

/* False: the first directory does not lie within the file. */
bool loom_tiff_first(loom_tiff_directory *t, loom_bytes file);

/*
 * Goes on to the next directory; *last tells that there is none. False: it does not lie within the
 * file, or, with *last, the file ends where its offset should be. A chain may be a ring: the caller
 * counts.
 */
bool loom_tiff_next(loom_tiff_directory *t, bool *last);

/* Whether `length` bytes at `at` lie within the file. */
bool loom_tiff_inside(const loom_tiff_directory *t, uint64_t at, uint64_t length);

/* The tag, and the type, of the entry `i` < count. */
unsigned loom_tiff_tag(const loom_tiff_directory *t, uint64_t i);
unsigned loom_tiff_type(const loom_tiff_directory *t, uint64_t i);

/* The first entry of a tag, which is the one that counts. False: there is none. */
bool loom_tiff_entry(const loom_tiff_directory *t, unsigned tag, uint64_t *i);

/*
 * The values of the entry `i`; *values is left alone where their type is not one of unsigned
 * numbers. False when they lie beyond the end.
 */
bool loom_tiff_values_of(const loom_tiff_directory *t, uint64_t i, loom_tiff_values *values);

/* The value `i` < values->count. */
uint64_t loom_tiff_value(const loom_tiff_directory *t, const loom_tiff_values *values, uint64_t i);

/*
 * The values of a tag; `at` is NULL where it is not there, or not of unsigned numbers. False when
 * they lie beyond the end.
 */
bool loom_tiff_find(const loom_tiff_directory *t, unsigned tag, loom_tiff_values *values);

#endif
