/* GIF as it is decoded: the first frame, or all of them. */
#include "engine/codec/decoder.h"
#include "fuzz_image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    loom_decoded decoded = {.delays = NULL};
    loom_error error = LOOM_ERROR_INIT;
    loom_header header;
    loom_bytes missing;

    if (size < 1)
        return 0;
    const bool frames = (data[0] & 1) != 0;
    loom_input input = fuzz_input(data + 1, size - 1);
    const loom_bytes file = {input.data, input.size};
    (void)loom_format_header(LOOM_FORMAT_GIF, file, &header);
    (void)loom_format_check(file, &header, &missing);
    const uint64_t count = frames ? header.frames : 1;
    if ((uint64_t)header.width * header.height * count <= FUZZ_MAX_PIXELS &&
        loom_decoder_of(LOOM_FORMAT_GIF)->probe(&input, &header, &error) == LOOM_OK &&
        loom_decoder_of(LOOM_FORMAT_GIF)->decode(&input, &header, frames, &decoded, &error) ==
            LOOM_OK) {
        const loom_picture *p = &decoded.picture;
        FUZZ_CHECK(p->width == header.width && p->height == header.height * count);
        FUZZ_CHECK((decoded.delays != NULL) == frames && decoded.loop >= 0);
        /* Each sample is there, and none of it is what was there before. */
        const size_t bytes = loom_picture_bytes(p->width, p->height, p->channels, p->depth);
        unsigned sum = 0;
        for (size_t i = 0; i < bytes; i++)
            sum += p->data[i];
        FUZZ_CHECK(sum <= 255u * bytes);
    }
    loom_decoded_release(&decoded);
    loom_input_release(&input);
    return 0;
}
