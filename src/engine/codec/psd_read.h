/* PSD and PSB, of all kinds that format/psd.c lists as read: the picture of all layers. */
#ifndef LOOM_ENGINE_CODEC_PSD_READ_H
#define LOOM_ENGINE_CODEC_PSD_READ_H

#include "engine/codec/decoder.h"

extern const loom_decoder loom_decoder_psd;

#endif
