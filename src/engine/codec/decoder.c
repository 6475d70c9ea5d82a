#include "engine/codec/decoder.h"

#include "engine/codec/bmp_read.h"
#include "engine/codec/gif_read.h"
#include "engine/codec/hdr_read.h"
#include "engine/codec/pnm_read.h"
#include "engine/codec/psd_read.h"
#include "engine/codec/tga_read.h"
#include <stdlib.h>

const loom_decoder *loom_decoder_of(loom_format format)
{
    switch (format) {
    case LOOM_FORMAT_GIF:
        return &loom_decoder_gif;
    case LOOM_FORMAT_BMP:
        return &loom_decoder_bmp;
    case LOOM_FORMAT_TGA:
        return &loom_decoder_tga;
    case LOOM_FORMAT_PSD:
        return &loom_decoder_psd;
    case LOOM_FORMAT_PNM:
        return &loom_decoder_pnm;
    case LOOM_FORMAT_HDR:
        return &loom_decoder_hdr;
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
