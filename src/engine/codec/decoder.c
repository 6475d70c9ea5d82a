#include "engine/codec/decoder.h"

#include <stdlib.h>

/* Each in its file, NAME_read.c. */
extern const loom_decoder loom_decoder_bmp, loom_decoder_gif, loom_decoder_hdr, loom_decoder_pnm,
    loom_decoder_psd, loom_decoder_tga;

static const loom_decoder *const decoders[LOOM_FORMAT_COUNT] = {
    [LOOM_FORMAT_GIF] = &loom_decoder_gif, [LOOM_FORMAT_BMP] = &loom_decoder_bmp,
    [LOOM_FORMAT_TGA] = &loom_decoder_tga, [LOOM_FORMAT_PSD] = &loom_decoder_psd,
    [LOOM_FORMAT_PNM] = &loom_decoder_pnm, [LOOM_FORMAT_HDR] = &loom_decoder_hdr,
};

const loom_decoder *loom_decoder_of(loom_format format)
{
    return (unsigned)format < LOOM_FORMAT_COUNT ? decoders[format] : NULL;
}

void loom_decoded_release(loom_decoded *decoded)
{
    loom_picture_release(&decoded->picture);
    free(decoded->delays);
    *decoded = (loom_decoded){.delays = NULL};
}
