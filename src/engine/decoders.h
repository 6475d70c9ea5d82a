/* What is special about decoding some formats. */
#ifndef LOOM_ENGINE_DECODERS_H
#define LOOM_ENGINE_DECODERS_H

#include <imgloom/format.h>
#include <stdbool.h>

/* Whether the format is a drawing, which has no pixels of its own. */
static inline bool loom_vips_is_drawing(loom_format format)
{
    return format == LOOM_FORMAT_SVG;
}

#endif
