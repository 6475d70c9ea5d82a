/*
 * What the first directory of a TIFF says of its samples, where it says it in a way that everybody
 * reads alike.
 */
#ifndef LOOM_FORMAT_TIFF_FIELDS_H
#define LOOM_FORMAT_TIFF_FIELDS_H

#include "format/tiff_directory.h"

typedef struct loom_tiff_field {
    uint64_t value; /* the first one, or the default */
    uint64_t count; /* 0: the tag is not there */
} loom_tiff_field;

enum { LOOM_TIFF_EXTRAS_MAX = 32 };

typedef struct loom_tiff_fields {
    loom_tiff_field colours, numbers, bits, samples, extras, compression, predictor, planes, order,
        inks;
    loom_tiff_field subfile, old_subfile, tile_width, tile_height, t4, t6, indexed, type, depth;
    unsigned char extra[LOOM_TIFF_EXTRAS_MAX]; /* the values of `extras`; 255: 255 or more */
    bool tiled;
} loom_tiff_fields;

typedef enum loom_tiff_reading {
    LOOM_TIFF_READ = 0,
    LOOM_TIFF_CUT,    /* values lie beyond the end: damage */
    LOOM_TIFF_UNUSUAL /* a decoder may take it for something else than we do */
} loom_tiff_reading;

/* Of the one tag. */
loom_tiff_reading loom_tiff_read_field(const loom_tiff_directory *t, unsigned tag,
                                       uint64_t otherwise, loom_tiff_field *field);

/* Of all; *last is the tag that was looked at last. */
loom_tiff_reading loom_tiff_read_fields(const loom_tiff_directory *t, loom_tiff_fields *fields,
                                        unsigned *last);

/* Whether a tag of rationals is absent, or has these values to the third decimal place. */
bool loom_tiff_are_rationals(const loom_tiff_directory *t, unsigned tag, const double *expected,
                             unsigned count);

#endif
