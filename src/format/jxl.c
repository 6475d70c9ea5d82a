/* JPEG XL: a bare codestream (ISO/IEC 18181-1), or one in boxes (18181-2). */
#include "format/box.h"
#include "format/container.h"

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\xFF\x0A") ||
           LOOM_BYTES_HAVE(file, 0, "\0\0\0\x0CJXL \r\n\x87\n");
}

typedef struct bit_reader {
    loom_bytes bytes;
    size_t at; /* bits */
} bit_reader;

/* The next n bits, least significant first; zeros beyond the end. */
static uint32_t bits(bit_reader *r, unsigned n)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < n; i++, r->at++)
        if (r->at / 8 < r->bytes.size && r->bytes.data[r->at / 8] >> r->at % 8 & 1)
            value |= UINT32_C(1) << i;
    return value;
}

static uint32_t read_side(bit_reader *r, bool eighths)
{
    static const unsigned widths[] = {9, 13, 18, 30};

    return eighths ? (bits(r, 5) + 1) * 8 : bits(r, widths[bits(r, 2)]) + 1;
}

/* SizeHeader. It is told before the orientation that decoders apply, so the decoder's word counts.
 */
static bool read_header(loom_bytes file, loom_header *header)
{
    static const unsigned ratios[8][2] = {{0, 0}, {1, 1},  {12, 10}, {4, 3},
                                          {3, 2}, {16, 9}, {5, 4},   {2, 1}};
    loom_bytes stream = file;

    if (file.size >= 12 && file.data[0] == 0 &&
        loom_box_find(file, "jxlc", &stream) != LOOM_BOX_FOUND &&
        !loom_box_find_full(file, "jxlp", &stream)) /* its number stands where flags would */
        return false;
    if (!LOOM_BYTES_HAVE(stream, 0, "\xFF\x0A"))
        return false;
    bit_reader r = {stream, 16};
    const bool eighths = bits(&r, 1) == 1;
    header->height = read_side(&r, eighths);
    const unsigned *ratio = ratios[bits(&r, 3)];
    header->width = ratio[1] == 0 ? read_side(&r, eighths)
                                  : (uint32_t)((uint64_t)header->height * ratio[0] / ratio[1]);
    return r.at <= 8 * stream.size; /* libjxl 0.11 has metadata between the header and the rest */
}

const loom_container loom_container_jxl = {.sniff = sniff, .header = read_header};
