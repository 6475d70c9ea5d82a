#include "engine/codec/decoder.h"

#include "engine/codec/gif_read.h"
#include "engine/codec/stb_decoder.h"
#include <stdlib.h>

const loom_decoder *loom_decoder_of(loom_format format)
{
    switch (format) {
    case LOOM_FORMAT_GIF:
        return &loom_decoder_gif;
    case LOOM_FORMAT_BMP:
    case LOOM_FORMAT_TGA:
    case LOOM_FORMAT_PSD:
    case LOOM_FORMAT_PNM:
    case LOOM_FORMAT_HDR:
        return &loom_decoder_stb;
    default:
        return NULL;
    }
}

void loom_decoded_release(loom_decoded *decoded)
{
    loom_picture_release(&decoded->picture);
    free(decoded->delays);
    *decoded = (loom_decoded){.delays = NULL};
}
