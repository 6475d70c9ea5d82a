/* The decoders of plain raster formats. */
#include "engine/codec/decoder.h"
#include "fuzz_image.h"

/* Each sample is there, and none of it is what was there before. */
static void check_picture(const loom_picture *picture, const loom_header *header)
{
    const size_t bytes =
        loom_picture_bytes(header->width, header->height, picture->channels, picture->depth);
    uint64_t sum = 0;

    FUZZ_CHECK(picture->width == header->width && picture->height == header->height);
    for (size_t i = 0; i < bytes; i++)
        sum += picture->data[i];
    FUZZ_CHECK(sum <= 255 * (uint64_t)bytes);
}

static void run(const loom_input *input, loom_format format)
{
    const loom_decoder *decoder = loom_decoder_of(format);
    const loom_bytes file = {input->data, input->size};
    char reason[LOOM_UNSUPPORTED_REASON];
    loom_error error = LOOM_ERROR_INIT;
    loom_decoded decoded = {.delays = NULL};
    loom_header header;

    FUZZ_CHECK(decoder != NULL);
    const bool sized = loom_format_header(format, file, &header);
    if (loom_format_unsupported(format, file, reason))
        return;
    const bool probed = decoder->probe(input, &header, &error) == LOOM_OK;
    FUZZ_CHECK(probed == sized);
    if (!probed || (uint64_t)header.width * header.height > FUZZ_MAX_PIXELS)
        return;
    if (decoder->decode(input, &header, false, &decoded, &error) == LOOM_OK) {
        check_picture(&decoded.picture, &header);
        FUZZ_CHECK(decoded.profile.data == NULL ||
                   (decoded.profile.data >= file.data && decoded.profile.size <= file.size));
    }
    loom_decoded_release(&decoded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const loom_format formats[] = {LOOM_FORMAT_BMP, LOOM_FORMAT_TGA, LOOM_FORMAT_PSD,
                                          LOOM_FORMAT_PNM, LOOM_FORMAT_HDR};

    if (size < 2)
        return 0;
    loom_input input = fuzz_input(data + 1, size - 1);
    loom_format format = loom_format_sniff(input.data, input.size);
    if (loom_decoder_of(format) == NULL || format == LOOM_FORMAT_GIF)
        format = formats[data[0] % (sizeof formats / sizeof *formats)];
    run(&input, format);
    loom_input_release(&input);
    return 0;
}
