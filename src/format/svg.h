/* What drawings (SVG) lack: a size of their root element, or fonts. */
#ifndef LOOM_FORMAT_SVG_H
#define LOOM_FORMAT_SVG_H

#include "base/bytes.h"

enum { LOOM_SVG_WINDOW = 1 << 16 }; /* the part of a file in which its first element is searched */

typedef struct loom_svg_blank {
    size_t from, end;
} loom_svg_blank;

/* The edit that gives the drawing a size. */
typedef struct loom_svg_gap {
    size_t at;                /* the position in the text to insert `attributes` */
    const char *attributes;   /* static */
    loom_svg_blank blanks[2]; /* attributes without a value, to be overwritten with spaces */
    unsigned blank_count;
} loom_svg_gap;

/*
 * Whether a drawing has neither a view box nor both a width and a height; *gap is then the edit
 * that gives it the size that browsers use: 300 by 150 (CSS 2.2, 10.3.2 and 10.6.2). Any bytes are
 * allowed.
 */
bool loom_svg_missing_size(loom_bytes text, loom_svg_gap *gap);

/* Whether an element `text` begins anywhere in a drawing, be it in a comment. Any bytes are
 * allowed. */
bool loom_svg_has_text(loom_bytes drawing);

#endif
