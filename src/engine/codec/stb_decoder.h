/* BMP, TGA, PSD, PNM and Radiance HDR by stb_image. */
#ifndef LOOM_ENGINE_CODEC_STB_DECODER_H
#define LOOM_ENGINE_CODEC_STB_DECODER_H

#include "engine/codec/decoder.h"
#include "files/input.h"
#include "picture/picture.h"
#include <imgloom/format.h>

/*
 * Size by the header. LOOM_ERR_CORRUPT, LOOM_ERR_TRUNCATED, LOOM_ERR_TOO_LARGE or
 * LOOM_ERR_UNSUPPORTED, stage `probe`.
 */
loom_status loom_stb_probe(loom_format format, const loom_input *input, uint32_t *width,
                           uint32_t *height, loom_error *err);

/*
 * Decodes to 8 bits a channel (HDR is tone-mapped by stb's gamma of 2.2), a PNM of more to 16.
 * *past_end is set when the decoder wanted data beyond the file's end: what is missing is black,
 * but of HDR, where that is an error. Stage `decode`; *picture is the caller's on LOOM_OK.
 */
loom_status loom_stb_decode(loom_format format, const loom_input *input, loom_picture *picture,
                            bool *past_end, loom_error *err);

extern const loom_decoder loom_decoder_stb;

#endif
