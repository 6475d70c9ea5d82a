/* Drawings (SVG) whose root element does not say how large they are. */
#ifndef LOOM_FORMAT_SVG_H
#define LOOM_FORMAT_SVG_H

#include "base/bytes.h"

enum { LOOM_SVG_WINDOW = 1 << 16 }; /* how far into a file its first element is looked for */

typedef struct loom_svg_blank {
    size_t from, end;
} loom_svg_blank;

/* What gives it a size. */
typedef struct loom_svg_gap {
    size_t at;                /* where in the text `attributes` are to be put */
    const char *attributes;   /* static */
    loom_svg_blank blanks[2]; /* attributes that say nothing, to be made spaces of */
    unsigned blank_count;
} loom_svg_gap;

/*
 * Whether a drawing has neither a view box nor both a width and a height; *gap then tells how it
 * gets what browsers give it: 300 by 150 (CSS 2.2, 10.3.2 and 10.6.2). Any bytes are allowed.
 */
bool loom_svg_missing_size(loom_bytes text, loom_svg_gap *gap);

#endif
