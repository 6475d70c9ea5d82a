/* Facts about an output that its metadata must match. */
#ifndef LOOM_FORMAT_TRUTH_H
#define LOOM_FORMAT_TRUTH_H

#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct loom_truth {
    loom_format format;
    uint32_t width, height;         /* px, of one frame */
    uint32_t was_width, was_height; /* px of the stored input */
    int orientation;                /* to be written: 1..8 */
    bool same_view;                 /* the whole picture, neither turned nor padded */
    bool converted;                 /* its colour space differs from the input's */
    bool no_place;                  /* the place of the picture must not be told */
    uint32_t dpi; /* px per inch that it was given; 0: it has those of the input */
} loom_truth;

/* Whether each pixel is in its old place. */
static inline bool loom_truth_same_size(const loom_truth *truth)
{
    return truth->same_view && truth->width == truth->was_width &&
           truth->height == truth->was_height;
}

#endif
