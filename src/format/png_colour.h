/* What a PNG says of its colours beside an ICC profile (PNG, Third Edition, 4.3). */
#ifndef LOOM_FORMAT_PNG_COLOUR_H
#define LOOM_FORMAT_PNG_COLOUR_H

#include "base/bytes.h"
#include "format/colour_words.h"

/*
 * The chunks before the pixels: cICP, which counts before a profile; sRGB, which counts before
 * gAMA and cHRM; those two. Any bytes are allowed.
 */
loom_colour_words loom_png_colour_read(loom_bytes file);

#endif
