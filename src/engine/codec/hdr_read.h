/* Radiance pictures, mapped to 8 bits. */
#ifndef LOOM_ENGINE_CODEC_HDR_READ_H
#define LOOM_ENGINE_CODEC_HDR_READ_H

#include "engine/codec/decoder.h"

extern const loom_decoder loom_decoder_hdr;

#endif
