/* Which library decodes a format. */
#ifndef LOOM_ENGINE_DECODERS_H
#define LOOM_ENGINE_DECODERS_H

#include <imgloom/format.h>
#include <stdbool.h>

/* Whether the format is a plain raster one, read by decoders of our own. */
static inline bool loom_raster_reads(loom_format format)
{
    return format == LOOM_FORMAT_BMP || format == LOOM_FORMAT_TGA || format == LOOM_FORMAT_PSD ||
           format == LOOM_FORMAT_PNM || format == LOOM_FORMAT_HDR;
}

/* Whether the format is a drawing, which has no pixels of its own. */
static inline bool loom_vips_is_drawing(loom_format format)
{
    return format == LOOM_FORMAT_SVG;
}

#endif
