/* Metadata in PNG (Third Edition, 11.3.2.3, 11.3.3.4, 11.3.5.1; XMP Specification part 3, 1.1.5).
 */
#ifndef LOOM_ENGINE_CODEC_PNG_META_H
#define LOOM_ENGINE_CODEC_PNG_META_H

#include "format/metadata.h"

/* Appends them as whole chunks, for before the pixel data. False: no memory. */
bool loom_png_meta_add(const loom_meta *meta, loom_strbuf *out);

/* Appends to `out` a PNG with those chunks behind its IHDR. False: it is none, or no memory. */
bool loom_png_meta_insert(loom_bytes file, const loom_meta *meta, loom_strbuf *out);

#endif
