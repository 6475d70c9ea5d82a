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

/* U32 (18181-1, 4.2): two bits choose among four pairs of a number and bits to be added to it. */
typedef struct u32_choice {
    uint32_t base, width;
} u32_choice;

static uint32_t read_u32(bit_reader *r, const u32_choice choices[4])
{
    const u32_choice *c = &choices[bits(r, 2)];

    return c->base + bits(r, c->width);
}

static void read_size(bit_reader *r, uint32_t *width, uint32_t *height)
{
    static const unsigned ratios[8][2] = {{0, 0}, {1, 1},  {12, 10}, {4, 3},
                                          {3, 2}, {16, 9}, {5, 4},   {2, 1}};
    const bool eighths = bits(r, 1) == 1;

    *height = read_side(r, eighths);
    const unsigned *ratio = ratios[bits(r, 3)];
    *width =
        ratio[1] == 0 ? read_side(r, eighths) : (uint32_t)((uint64_t)*height * ratio[0] / ratio[1]);
}

/* ---- what is behind the size: whether alpha is multiplied into the colours ---------------- */

static uint32_t read_preview_side(bit_reader *r, bool eighths)
{
    static const u32_choice by_8[4] = {{16, 0}, {32, 0}, {1, 5}, {33, 9}};
    static const u32_choice by_1[4] = {{1, 6}, {65, 8}, {321, 10}, {1345, 12}};

    return read_u32(r, eighths ? by_8 : by_1);
}

static void skip_preview(bit_reader *r)
{
    const bool eighths = bits(r, 1) == 1;

    (void)read_preview_side(r, eighths);
    if (bits(r, 3) == 0)
        (void)read_preview_side(r, eighths);
}

static void skip_animation(bit_reader *r)
{
    static const u32_choice numerator[4] = {{100, 0}, {1000, 0}, {1, 10}, {1, 30}};
    static const u32_choice denominator[4] = {{1, 0}, {1001, 0}, {1, 8}, {1, 10}};
    static const u32_choice loops[4] = {{0, 0}, {0, 3}, {0, 16}, {0, 32}};

    (void)read_u32(r, numerator);
    (void)read_u32(r, denominator);
    (void)read_u32(r, loops);
    (void)bits(r, 1);
}

static void skip_depth(bit_reader *r)
{
    static const u32_choice whole[4] = {{8, 0}, {10, 0}, {12, 0}, {1, 6}};
    static const u32_choice floating[4] = {{32, 0}, {16, 0}, {24, 0}, {1, 6}};
    const bool is_float = bits(r, 1) == 1;

    (void)read_u32(r, is_float ? floating : whole);
    if (is_float)
        (void)bits(r, 4);
}

/* An extra channel; sets *premultiplied where it is alpha. False: what follows cannot be read. */
static bool read_extra(bit_reader *r, bool *premultiplied)
{
    static const u32_choice type[4] = {{0, 0}, {1, 0}, {2, 4}, {18, 6}};
    static const u32_choice shift[4] = {{0, 0}, {3, 0}, {4, 0}, {1, 3}};
    static const u32_choice name[4] = {{0, 0}, {0, 4}, {16, 5}, {48, 10}};
    enum { ALPHA = 0, SPOT = 2, FILTER = 5 };

    if (bits(r, 1) == 1) /* all as usual: alpha that stands for itself */
        return true;
    const uint32_t kind = read_u32(r, type);
    skip_depth(r);
    (void)read_u32(r, shift);
    r->at += 8 * (size_t)read_u32(r, name);
    if (kind == ALPHA)
        *premultiplied = bits(r, 1) == 1 || *premultiplied;
    return kind != SPOT && kind != FILTER;
}

/* ImageMetadata (18181-1, annex E), as far as the extra channels. */
static bool is_premultiplied(bit_reader *r)
{
    static const u32_choice extras[4] = {{0, 0}, {1, 0}, {2, 4}, {1, 12}};
    bool premultiplied = false;
    uint32_t width, height;

    if (bits(r, 1) == 1) /* all as usual */
        return false;
    if (bits(r, 1) == 1) {
        (void)bits(r, 3); /* orientation: decoders apply it */
        if (bits(r, 1) == 1)
            read_size(r, &width, &height);
        if (bits(r, 1) == 1)
            skip_preview(r);
        if (bits(r, 1) == 1)
            skip_animation(r);
    }
    skip_depth(r);
    (void)bits(r, 1);
    for (uint32_t left = read_u32(r, extras); left > 0 && r->at < 8 * r->bytes.size; left--)
        if (!read_extra(r, &premultiplied))
            break;
    return premultiplied;
}

/* SizeHeader. It is told before the orientation that decoders apply, so the decoder's word counts.
 */
static bool read_header(loom_bytes file, loom_header *header)
{
    loom_bytes stream = file;

    if (file.size >= 12 && file.data[0] == 0 &&
        loom_box_find(file, "jxlc", &stream) != LOOM_BOX_FOUND &&
        !loom_box_find_full(file, "jxlp", &stream)) /* its number stands where flags would */
        return false;
    if (!LOOM_BYTES_HAVE(stream, 0, "\xFF\x0A"))
        return false;
    bit_reader r = {stream, 16};
    read_size(&r, &header->width, &header->height);
    const bool told = r.at <= 8 * stream.size; /* libjxl 0.11 has metadata before the rest */
    header->premultiplied = is_premultiplied(&r) && r.at <= 8 * stream.size;
    return told;
}

const loom_container loom_container_jxl = {.sniff = sniff, .header = read_header};
