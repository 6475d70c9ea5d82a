/* stb_image as it is called here. */
#include "engine/codec/stb_decoder.h"
#include "engine/decoders.h"
#include "fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const loom_format formats[] = {LOOM_FORMAT_BMP, LOOM_FORMAT_TGA, LOOM_FORMAT_PSD,
                                          LOOM_FORMAT_PNM, LOOM_FORMAT_HDR};
    loom_format format;
    uint32_t width, height;
    loom_error error = LOOM_ERROR_INIT;

    if (size < 2)
        return 0;
    loom_input input = fuzz_input(data + 1, size - 1);
    format = loom_format_sniff(input.data, input.size);
    if (!loom_stb_reads(format))
        format = formats[data[0] % (sizeof formats / sizeof *formats)];
    if (loom_stb_probe(format, &input, &width, &height, &error) == LOOM_OK &&
        (uint64_t)width * height <= FUZZ_MAX_PIXELS) {
        loom_picture picture = {0};
        bool past_end = false;
        if (loom_stb_decode(format, &input, &picture, &past_end, &error) == LOOM_OK) {
            FUZZ_CHECK(picture.width == width && picture.height == height);
            /* Each sample is there, and none of it is what was there before. */
            const size_t bytes = loom_picture_bytes(width, height, picture.channels, picture.depth);
            unsigned sum = 0;
            for (size_t i = 0; i < bytes; i++)
                sum += picture.data[i];
            FUZZ_CHECK(sum <= 255u * bytes);
            loom_picture_release(&picture);
        }
    }
    loom_input_release(&input);
    return 0;
}
