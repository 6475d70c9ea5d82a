#include "format/heif.h"

#include "format/colour_words.h"

typedef struct bit_reader {
    loom_bytes bytes;
    size_t at; /* bits */
} bit_reader;

/* The next n bits, the highest first; zeros beyond the end. */
static uint32_t bits(bit_reader *r, unsigned n)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < n; i++, r->at++)
        value = value << 1 | (r->at / 8 < r->bytes.size
                                  ? (uint32_t)r->bytes.data[r->at / 8] >> (7 - r->at % 8) & 1u
                                  : 0);
    return value;
}

static bool flag(bit_reader *r)
{
    return bits(r, 1) == 1;
}

/* uvlc() */
static void skip_variable(bit_reader *r)
{
    unsigned zeros = 0;

    while (zeros < 32 && r->at < 8 * r->bytes.size && !flag(r))
        zeros++;
    if (zeros < 32)
        (void)bits(r, zeros);
}

/* timing_info() and decoder_model_info(): bits of a delay; 0: there is no model. */
static unsigned skip_timing(bit_reader *r)
{
    unsigned delay = 0;

    if (!flag(r))
        return 0;
    (void)bits(r, 32);
    (void)bits(r, 32);
    if (flag(r))
        skip_variable(r);
    if (flag(r)) {
        delay = bits(r, 5) + 1;
        (void)bits(r, 32);
        (void)bits(r, 10);
    }
    return delay;
}

static void skip_operating_points(bit_reader *r)
{
    const unsigned delay = skip_timing(r);
    const bool display = flag(r);
    const uint32_t count = bits(r, 5) + 1;

    for (uint32_t i = 0; i < count; i++) {
        (void)bits(r, 12);
        if (bits(r, 5) > 7)
            (void)bits(r, 1);
        if (delay > 0 && flag(r)) {
            (void)bits(r, delay);
            (void)bits(r, delay);
            (void)bits(r, 1);
        }
        if (display && flag(r))
            (void)bits(r, 4);
    }
}

static void skip_sides(bit_reader *r)
{
    const unsigned width = bits(r, 4) + 1, height = bits(r, 4) + 1;

    (void)bits(r, width);
    (void)bits(r, height);
}

/* Skips fields that only videos have. */
static void skip_tools(bit_reader *r)
{
    (void)bits(r, 4);
    const bool order = flag(r);

    if (order)
        (void)bits(r, 2);
    const bool screen = flag(r) || flag(r); /* chosen later, or always */
    if (screen && !flag(r))
        (void)bits(r, 1);
    if (order)
        (void)bits(r, 3);
}

/* color_config() */
static void read_colour(bit_reader *r, unsigned profile, loom_av1_colour *colour)
{
    *colour = (loom_av1_colour){.primaries = LOOM_COLOUR_UNSAID,
                                .transfer = LOOM_COLOUR_UNSAID,
                                .matrix = LOOM_COLOUR_UNSAID};
    if (flag(r) && profile == 2)
        (void)bits(r, 1); /* 12 or 10 bits */
    const bool gray = profile != 1 && flag(r);
    if (flag(r)) {
        colour->primaries = bits(r, 8);
        colour->transfer = bits(r, 8);
        colour->matrix = bits(r, 8);
    }
    /* sRGB is of full range. */
    colour->full_range =
        (!gray && colour->primaries == 1 && colour->transfer == 13 && colour->matrix == 0) ||
        flag(r);
}

static bool read_sequence(loom_bytes content, loom_av1_colour *colour)
{
    bit_reader r = {content, 0};
    const unsigned profile = bits(&r, 3);

    (void)bits(&r, 1);
    const bool reduced = flag(&r);
    if (reduced)
        (void)bits(&r, 5);
    else
        skip_operating_points(&r);
    skip_sides(&r);
    if (!reduced && flag(&r))
        (void)bits(&r, 7);
    (void)bits(&r, 3);
    if (!reduced)
        skip_tools(&r);
    (void)bits(&r, 3);
    read_colour(&r, profile, colour);
    return r.at <= 8 * content.size;
}

/* leb128(); false beyond the end, or if it is too long. */
static bool read_length(loom_bytes *rest, uint64_t *length)
{
    *length = 0;
    for (unsigned i = 0; i < 8 && rest->size > 0; i++) {
        const unsigned char byte = rest->data[0];
        *rest = loom_bytes_from(*rest, 1);
        *length |= (uint64_t)(byte & 127u) << 7 * i;
        if (byte < 128)
            return true;
    }
    return false;
}

bool loom_av1_colour_read(loom_bytes obus, loom_av1_colour *colour)
{
    enum { SEQUENCE_HEADER = 1, EXTENSION = 4, HAS_SIZE = 2 };

    while (obus.size > 0) {
        const unsigned head = obus.data[0];
        const size_t skipped = head & EXTENSION ? 2 : 1;
        if (obus.size < skipped)
            return false;
        obus = loom_bytes_from(obus, skipped);
        uint64_t length = obus.size;
        if ((head & HAS_SIZE) && !read_length(&obus, &length))
            return false;
        if (length > obus.size)
            length = obus.size;
        if ((head >> 3 & 15) == SEQUENCE_HEADER)
            return read_sequence((loom_bytes){obus.data, (size_t)length}, colour);
        obus = loom_bytes_from(obus, (size_t)length);
    }
    return false;
}
