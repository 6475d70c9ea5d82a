/* What an output is, that its metadata must be true of. */
#ifndef LOOM_FORMAT_TRUTH_H
#define LOOM_FORMAT_TRUTH_H

#include <imgloom/format.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct loom_truth {
    loom_format format;
    uint32_t width, height;         /* px, of one frame */
    uint32_t was_width, was_height; /* px of the input as stored */
    int orientation;                /* to be written: 1..8 */
    bool same_view;                 /* all of the picture, not turned, nothing around it */
    bool converted;                 /* its values are of another colour space than the input's */
} loom_truth;

/* Whether each pixel is where it was. */
static inline bool loom_truth_same_size(const loom_truth *truth)
{
    return truth->same_view && truth->width == truth->was_width &&
           truth->height == truth->was_height;
}

#endif
