/*
 * GIF decoded into memory, as browsers show it: what no frame covers, and what is disposed to the
 * background, is transparent, whatever the background colour. An opaque picture has no alpha.
 */
#ifndef LOOM_ENGINE_CODEC_GIF_READ_H
#define LOOM_ENGINE_CODEC_GIF_READ_H

#include "engine/codec/decoder.h"

extern const loom_decoder loom_decoder_gif;

#endif
