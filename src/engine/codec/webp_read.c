#include "engine/codec/webp_read.h"

#include <stdlib.h>
#include <webp/decode.h>

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
