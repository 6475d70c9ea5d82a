/*
 * Settles what is wrong with the chunks of a PNG before any decoder sees it, so that all say the
 * same: libpng and libspng differ in what they make of a wrong checksum.
 */
#ifndef LOOM_ENGINE_CODEC_PNG_SETTLE_H
#define LOOM_ENGINE_CODEC_PNG_SETTLE_H

#include "files/input.h"
#include <imgloom/outcome.h>

/*
 * Looks at the checksum of every chunk to the end of the file, at the order of chunks, and at the
 * size of tRNS and PLTE. Of those that the picture needs (IHDR, PLTE, tRNS, IDAT, IEND) a wrong
 * checksum is returned as damage, and set right. Others, as what speaks of colour and of texts, are
 * dropped with a warning where they are damaged: no pixel is wrong for want of them. So is text
 * beyond LOOM_METADATA_MAX when it is unpacked. Returns what is damaged, static; NULL: nothing.
 */
const char *loom_png_settle(loom_input *input, loom_outcome *outcome);

/* Pictures of an animation (APNG), of which the first or another one is read; else 1. */
uint32_t loom_png_frames(const loom_input *input);

#endif
