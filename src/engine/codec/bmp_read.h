/* BMP, of all kinds that format/bmp.c lists as read. */
#ifndef LOOM_ENGINE_CODEC_BMP_READ_H
#define LOOM_ENGINE_CODEC_BMP_READ_H

#include "engine/codec/decoder.h"

extern const loom_decoder loom_decoder_bmp;

#endif
