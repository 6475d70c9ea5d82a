/* PNM, plain and binary. */
#ifndef LOOM_ENGINE_CODEC_PNM_READ_H
#define LOOM_ENGINE_CODEC_PNM_READ_H

#include "engine/codec/decoder.h"

extern const loom_decoder loom_decoder_pnm;

#endif
