#include "engine/codec/decoder.h"

#include <limits.h>
#include <stdlib.h>
#include <webp/decode.h>

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

/* ---- WebP ---------------------------------------------------------------- */

bool loom_webp_decode(const unsigned char *file, size_t size, loom_picture *picture)
{
    WebPDecoderConfig config;

    if (!WebPInitDecoderConfig(&config) ||
        WebPGetFeatures(file, size, &config.input) != VP8_STATUS_OK || config.input.has_animation)
        return false;
    loom_picture made = {.width = (uint32_t)config.input.width,
                         .height = (uint32_t)config.input.height,
                         .channels = config.input.has_alpha ? 4 : 3,
                         .depth = 1};
    const size_t bytes = loom_picture_bytes(made.width, made.height, made.channels, made.depth);
    made.data = bytes > 0 ? malloc(bytes) : NULL;
    if (made.data == NULL)
        return false;
    config.output.colorspace = config.input.has_alpha ? MODE_RGBA : MODE_RGB;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = made.data;
    config.output.u.RGBA.stride = (int)(made.width * made.channels); /* sides are below 2^14 */
    config.output.u.RGBA.size = bytes;
    const bool ok = WebPDecode(file, size, &config) == VP8_STATUS_OK;
    WebPFreeDecBuffer(&config.output);
    if (!ok) {
        loom_picture_release(&made);
        return false;
    }
    *picture = made;
    return true;
}
