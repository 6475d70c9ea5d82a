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

/* U32 (18181-1, 4.2): two bits select one of four pairs of a number and the bits to add to it. */
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

/* ---- what is behind the size ------------------------------------------------ */

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

/* Bits a sample. */
static uint32_t read_depth(bit_reader *r)
{
    static const u32_choice whole[4] = {{8, 0}, {10, 0}, {12, 0}, {1, 6}};
    static const u32_choice floating[4] = {{32, 0}, {16, 0}, {24, 0}, {1, 6}};
    const bool is_float = bits(r, 1) == 1;

    const uint32_t depth = read_u32(r, is_float ? floating : whole);
    if (is_float)
        (void)bits(r, 4);
    return depth;
}

typedef struct facts {
    bool premultiplied, animation, alpha;
    uint32_t depth;    /* bits a sample */
    uint32_t extra;    /* the type of a channel that is neither a colour nor alpha; 0: none */
    uint32_t transfer; /* the number of ITU-T H.273, if given */
} facts;

/* Reads an extra channel. False: the rest is not read, because it is not needed. */
static bool read_extra(bit_reader *r, facts *found)
{
    static const u32_choice type[4] = {{0, 0}, {1, 0}, {2, 4}, {18, 6}};
    static const u32_choice shift[4] = {{0, 0}, {3, 0}, {4, 0}, {1, 3}};
    static const u32_choice name[4] = {{0, 0}, {0, 4}, {16, 5}, {48, 10}};
    enum { ALPHA = 0 };

    if (bits(r, 1) == 1) { /* all defaults: straight alpha */
        found->alpha = true;
        return true;
    }
    const uint32_t kind = read_u32(r, type);
    if (kind != ALPHA) {
        found->extra = kind;
        return false;
    }
    found->alpha = true;
    (void)read_depth(r);
    (void)read_u32(r, shift);
    r->at += 8 * (size_t)read_u32(r, name);
    found->premultiplied = bits(r, 1) == 1 || found->premultiplied;
    return true;
}

static uint32_t read_enum(bit_reader *r)
{
    static const u32_choice choices[4] = {{0, 0}, {1, 0}, {2, 4}, {18, 6}};

    return read_u32(r, choices);
}

static void skip_xy(bit_reader *r)
{
    static const u32_choice choices[4] = {{0, 19}, {524288, 19}, {1048576, 20}, {2097152, 21}};

    (void)read_u32(r, choices);
    (void)read_u32(r, choices);
}

/* ColourEncoding (18181-1, E.2): the transfer function; 0: given by a profile, or not at all. */
static uint32_t read_transfer(bit_reader *r)
{
    enum { GRAY = 1, XYB = 2, CUSTOM = 2 };

    if (bits(r, 1) == 1 || bits(r, 1) == 1) /* sRGB; an ICC profile */
        return 0;
    const uint32_t space = read_enum(r);
    if (space == XYB)
        return 0;
    if (read_enum(r) == CUSTOM)
        skip_xy(r);
    if (space != GRAY && read_enum(r) == CUSTOM)
        for (int i = 0; i < 3; i++)
            skip_xy(r);
    return bits(r, 1) == 1 ? 0 : read_enum(r); /* a gamma, or a numbered function */
}

/* ImageMetadata (18181-1, annex E), up to the colours. */
static facts read_facts(bit_reader *r)
{
    static const u32_choice extras[4] = {{0, 0}, {1, 0}, {2, 4}, {1, 12}};
    facts found = {.depth = 8};
    uint32_t width, height;

    if (bits(r, 1) == 1) /* all defaults */
        return found;
    if (bits(r, 1) == 1) {
        (void)bits(r, 3); /* orientation: decoders apply it */
        if (bits(r, 1) == 1)
            read_size(r, &width, &height);
        if (bits(r, 1) == 1)
            skip_preview(r);
        found.animation = bits(r, 1) == 1;
        if (found.animation)
            skip_animation(r);
    }
    found.depth = read_depth(r);
    (void)bits(r, 1);
    for (uint32_t left = read_u32(r, extras); left > 0 && r->at < 8 * r->bytes.size; left--)
        if (!read_extra(r, &found))
            return found;
    (void)bits(r, 1); /* whether it is coded as XYB */
    found.transfer = read_transfer(r);
    return found;
}

/* The codestream, after its signature. */
static bool open_stream(loom_bytes file, bit_reader *r)
{
    loom_bytes stream = file;

    if (file.size >= 12 && file.data[0] == 0 &&
        loom_box_find(file, "jxlc", &stream) != LOOM_BOX_FOUND &&
        !loom_box_find_full(file, "jxlp", &stream)) /* its number is in the place of the flags */
        return false;
    *r = (bit_reader){stream, 16};
    return LOOM_BYTES_HAVE(stream, 0, "\xFF\x0A");
}

/* SizeHeader. It gives the size before the orientation that decoders apply, so the decoder's size
 * counts. */
static bool read_header(loom_bytes file, loom_header *header)
{
    bit_reader r;

    if (!open_stream(file, &r))
        return false;
    read_size(&r, &header->width, &header->height);
    const bool told = r.at <= 8 * r.bytes.size; /* libjxl 0.11 writes metadata before the rest */
    const facts found = read_facts(&r);
    if (r.at > 8 * r.bytes.size)
        return told;
    header->premultiplied = found.premultiplied;
    if (loom_colour_hdr_name(found.transfer) !=
        NULL) /* the decoder's rendering is one choice of many */
        header->colour = (loom_colour_words){.kind = LOOM_COLOUR_CODES,
                                             .first = true,
                                             .primaries = LOOM_COLOUR_UNSAID,
                                             .transfer = found.transfer};
    return told;
}

static void read_traits(loom_bytes file, loom_traits *traits)
{
    uint32_t width, height;
    bit_reader r;

    if (!open_stream(file, &r))
        return;
    read_size(&r, &width, &height);
    const facts found = read_facts(&r);
    if (r.at > 8 * r.bytes.size)
        return;
    traits->alpha = loom_presence_of(found.alpha);
    traits->bits = found.depth;
    traits->frames = found.animation ? 0 : 1; /* they are not counted */
}

/* ---- kinds ------------------------------------------------------------------ */

/*
 * libvips 8.14 shows the last frame of an animation instead of the first. It takes the output of
 * libjxl for gray, RGB and alpha, even CMY with an extra black channel.
 */
static const loom_kind kinds[] = {
    {"frames", 0, true, "a single picture"},       {"frames", 1, false, "an animation"},
    {"extra channels", 0, true, "none, or alpha"}, {"extra channels", 1, false, "depth"},
    {"extra channels", 2, false, "a spot colour"}, {"extra channels", 3, false, "a selection"},
    {"extra channels", 4, false, "black (CMYK)"},  {"extra channels", 5, false, "a filter array"},
    {"extra channels", 6, false, "heat"},          {NULL, 0, false, NULL}};

static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    uint32_t width, height;
    bit_reader r;

    if (!open_stream(file, &r))
        return false;
    read_size(&r, &width, &height);
    const facts found = read_facts(&r);
    return r.at <= 8 * r.bytes.size &&
           (loom_kind_refuse(kinds, "frames", found.animation, reason) ||
            loom_kind_refuse(kinds, "extra channels", found.extra, reason));
}

/* Tenths of a byte a px: see loom_memory. */
static unsigned encoder_memory(const loom_recipe *recipe, unsigned bytes, bool alpha)
{
    (void)bytes;
    if (recipe->lossless)
        return 870;
    return recipe->effort >= 8 ? 2900 : alpha ? 660 : 480;
}

/* In a box of its own, after the offset of the TIFF structure: ISO/IEC 18181-2, 9.5. */
static loom_bytes find_exif(loom_bytes start)
{
    loom_bytes box;

    if (loom_box_find(start, "Exif", &box) != LOOM_BOX_FOUND || box.data == NULL || box.size < 4 ||
        loom_be32(box.data) > box.size - 4)
        return (loom_bytes){NULL, 0};
    return loom_bytes_from(box, 4 + loom_be32(box.data));
}

const loom_container loom_container_jxl = {
    .info = {.format = LOOM_FORMAT_JXL,
             .name = "jxl",
             .extensions = {"jxl"},
             .same_as = LOOM_FORMAT_JXL,
             .untrusted = true,
             .writable = true,
             .choices = LOOM_CHOICE_QUALITY | LOOM_CHOICE_LOSSLESS | LOOM_CHOICE_EFFORT,
             .alpha = true,
             .quality = 75,
             .max_side = LOOM_VIPS_SIDE_MAX},
    .sniff = sniff,
    .exif = find_exif,
    .header = read_header,
    .traits = read_traits,
    .unsupported = is_unsupported,
    .kinds = kinds,
    .in_module = true,
    .held = {.profile = true, .media_type = "image/jxl"},
    .memory = {.plain = 120, .whole = 120, .by_depth = true, .encoder = encoder_memory}};
