/* Packed drawings: bytes as they are, and bytes that are packed before one of them is changed. */
#include "engine/codec/svg.h"
#include "fuzz_image.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static void check(const unsigned char *data, size_t size)
{
    loom_input input = fuzz_input(data, size);
    loom_error error = LOOM_ERROR_INIT;
    loom_format format = LOOM_FORMAT_UNKNOWN;
    const loom_status status = loom_svgz_unpack(&input, &format, &error);

    if (status != LOOM_OK)
        FUZZ_CHECK(error.code == status && error.message[0] != '\0' && format == LOOM_FORMAT_SVG);
    if (status != LOOM_OK || loom_format_sniff(input.data, input.size) != LOOM_FORMAT_SVG)
        FUZZ_CHECK(input.size == size && (size == 0 || memcmp(input.data, data, size) == 0));
    if (status == LOOM_OK && loom_svg_give_size(&input, &format, &error) == LOOM_OK) {
        const size_t given = input.size; /* once it has a size, it has one */
        FUZZ_CHECK(loom_svg_give_size(&input, &format, &error) == LOOM_OK && input.size == given);
    }
    loom_input_release(&input);
}

/* Gzips `data` and spoils one byte, so that the fuzzer need not find checksums. */
static void check_packed(const uint8_t *data, size_t size, size_t spoiled, uint8_t by)
{
    z_stream z = {.next_in = (unsigned char *)(uintptr_t)data, .avail_in = (uInt)size};

    if (deflateInit2(&z, 6, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    const size_t room = deflateBound(&z, size);
    unsigned char *packed = malloc(room);
    FUZZ_CHECK(packed != NULL);
    z.next_out = packed;
    z.avail_out = (uInt)room;
    FUZZ_CHECK(deflate(&z, Z_FINISH) == Z_STREAM_END);
    packed[spoiled % z.total_out] ^= by;
    check(packed, z.total_out);
    free(packed);
    (void)deflateEnd(&z);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 4)
        return 0;
    if (data[0] & 1)
        check(data + 1, size - 1);
    else
        check_packed(data + 4, size - 4, (size_t)data[1] << 8 | data[2], data[3]);
    return 0;
}
