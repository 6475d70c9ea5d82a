/* PNG (Third Edition), sections 5 and 11: a signature, then chunks. */
#include "format/png.h"

#include "format/container.h"
#include "format/exif.h"
#include <stdio.h>

enum { INTERLACE = 28 }; /* the offset of this field in IHDR, which comes first */

static const unsigned char end_chunk[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

static bool sniff(loom_bytes file)
{
    return LOOM_BYTES_HAVE(file, 0, "\x89PNG\r\n\x1A\n");
}

/* ---- what is known ------------------------------------------------------- */

#define SAMPLES(colour, depth) ((colour) << 8 | (depth))
#define TYPE(a, b, c, d)       ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/* 11.2.1: the only allowed combinations; and the critical chunks. */
static const loom_kind kinds[] = {
    {"samples", SAMPLES(LOOM_PNG_GRAY, 1), true, "gray, 1 bit"},
    {"samples", SAMPLES(LOOM_PNG_GRAY, 2), true, "gray, 2 bits"},
    {"samples", SAMPLES(LOOM_PNG_GRAY, 4), true, "gray, 4 bits"},
    {"samples", SAMPLES(LOOM_PNG_GRAY, 8), true, "gray, 8 bits"},
    {"samples", SAMPLES(LOOM_PNG_GRAY, 16), true, "gray, 16 bits"},
    {"samples", SAMPLES(LOOM_PNG_RGB, 8), true, "RGB, 8 bits"},
    {"samples", SAMPLES(LOOM_PNG_RGB, 16), true, "RGB, 16 bits"},
    {"samples", SAMPLES(LOOM_PNG_PALETTE, 1), true, "palette, 1 bit"},
    {"samples", SAMPLES(LOOM_PNG_PALETTE, 2), true, "palette, 2 bits"},
    {"samples", SAMPLES(LOOM_PNG_PALETTE, 4), true, "palette, 4 bits"},
    {"samples", SAMPLES(LOOM_PNG_PALETTE, 8), true, "palette, 8 bits"},
    {"samples", SAMPLES(LOOM_PNG_GRAY_ALPHA, 8), true, "gray with alpha, 8 bits"},
    {"samples", SAMPLES(LOOM_PNG_GRAY_ALPHA, 16), true, "gray with alpha, 16 bits"},
    {"samples", SAMPLES(LOOM_PNG_RGB_ALPHA, 8), true, "RGB with alpha, 8 bits"},
    {"samples", SAMPLES(LOOM_PNG_RGB_ALPHA, 16), true, "RGB with alpha, 16 bits"},
    {"compression", 0, true, "deflate"},
    {"filter method", 0, true, "adaptive"},
    {"interlace", 0, true, "none"},
    {"interlace", 1, true, "Adam7"},
    {"chunk", TYPE('I', 'H', 'D', 'R'), true, "IHDR"},
    {"chunk", TYPE('P', 'L', 'T', 'E'), true, "PLTE"},
    {"chunk", TYPE('I', 'D', 'A', 'T'), true, "IDAT"},
    {"chunk", TYPE('I', 'E', 'N', 'D'), true, "IEND"},
    {"chunk", TYPE('C', 'g', 'B', 'I'), false, "CgBI, Apple's own PNG for iPhone programs"},
    {NULL, 0, false, NULL},
};

bool loom_png_chunk_is_named(const loom_png_chunk *chunk)
{
    for (const unsigned char *c = chunk->start + 4; c < chunk->start + 8; c++)
        if (!((*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z')))
            return false;
    return true;
}

static const loom_kind *find_chunk(const loom_png_chunk *chunk)
{
    const uint32_t type = loom_be32(chunk->start + 4);
    const loom_kind *k = kinds;

    while (k->aspect != NULL && (k->value != type || strcmp(k->aspect, "chunk") != 0))
        k++;
    return k->aspect != NULL ? k : NULL;
}

bool loom_png_chunk_is_known(const loom_png_chunk *chunk)
{
    const loom_kind *k = find_chunk(chunk);

    return k != NULL && k->read;
}

bool loom_png_header_read(loom_bytes file, loom_png_header *header)
{
    loom_png_chunk chunk;

    if (!loom_png_chunk_at(file, LOOM_PNG_SIGNATURE, &chunk) ||
        !loom_png_chunk_is(&chunk, "IHDR") || chunk.length != LOOM_PNG_HEADER)
        return false;
    const unsigned char *data = chunk.start + 8;
    *header = (loom_png_header){.width = loom_be32(data),
                                .height = loom_be32(data + 4),
                                .depth = data[8],
                                .colour = data[9],
                                .compression = data[10],
                                .filter = data[11],
                                .interlace = data[12]};
    return true;
}

/* Annex D, byte by byte, for a few short chunks. The engine checks all chunks, faster. */
static uint32_t crc_of(const unsigned char *bytes, size_t size)
{
    uint32_t table[256], crc = UINT32_MAX;

    for (uint32_t i = 0; i < 256; i++) {
        table[i] = i;
        for (int bit = 0; bit < 8; bit++)
            table[i] = (table[i] & 1) != 0 ? 0xEDB88320u ^ table[i] >> 1 : table[i] >> 1;
    }
    for (size_t i = 0; i < size; i++)
        crc = table[(crc ^ bytes[i]) & 255] ^ crc >> 8;
    return crc ^ UINT32_MAX;
}

bool loom_png_chunk_is_sound(const loom_png_chunk *chunk)
{
    return crc_of(chunk->start + 4, chunk->length + 4) == loom_png_chunk_crc(chunk);
}

static bool refuse_header(const loom_png_header *h, char reason[LOOM_UNSUPPORTED_REASON])
{
    char unnamed[LOOM_UNSUPPORTED_REASON];

    if (h->depth > 255 || h->colour > 255 ||
        loom_kind_refuse(kinds, "samples", SAMPLES(h->colour, h->depth), unnamed)) {
        (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "samples: colour type %u of %u bits",
                       h->colour, h->depth);
        return true;
    }
    return loom_kind_refuse(kinds, "compression", h->compression, reason) ||
           loom_kind_refuse(kinds, "filter method", h->filter, reason) ||
           loom_kind_refuse(kinds, "interlace", h->interlace, reason);
}

/* A critical chunk that is not one of ours. */
static bool is_foreign(const loom_png_chunk *chunk)
{
    return loom_png_chunk_is_named(chunk) && loom_png_chunk_is_critical(chunk) &&
           !loom_png_chunk_is_known(chunk);
}

static bool refuse_chunk(const loom_png_chunk *chunk, char reason[LOOM_UNSUPPORTED_REASON])
{
    const loom_kind *k = find_chunk(chunk);

    if (k != NULL)
        (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "chunk: %s", k->name);
    else
        (void)snprintf(reason, LOOM_UNSUPPORTED_REASON, "chunk: %.4s, which is not known",
                       (const char *)chunk->start + 4);
    return true;
}

/* An unknown value with a wrong checksum is damage: it means something else. */
static bool is_unsupported(loom_bytes file, char reason[LOOM_UNSUPPORTED_REASON])
{
    loom_png_header header;
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (is_foreign(&chunk))
            return loom_png_chunk_is_sound(&chunk) && refuse_chunk(&chunk, reason);
        if (at == LOOM_PNG_SIGNATURE && loom_png_header_read(file, &header) &&
            loom_png_chunk_is_sound(&chunk) && refuse_header(&header, reason))
            return true;
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
    }
    return false;
}

/* ---- what it says of its colours (4.3) ----------------------------------- */

typedef struct chunks {
    loom_bytes cicp, srgb, gama, chrm; /* data; NULL: missing, or of the wrong length */
} chunks;

/* Stores the first one; a chunk with a wrong checksum is ignored. */
static void keep(const loom_png_chunk *chunk, const char *type, size_t length, loom_bytes *data)
{
    if (data->data == NULL && loom_png_chunk_is(chunk, type) && chunk->length == length &&
        loom_png_chunk_is_sound(chunk))
        *data = (loom_bytes){chunk->start + 8, length};
}

static chunks find_chunks(loom_bytes file)
{
    chunks c = {.cicp = {NULL, 0}};
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (loom_png_chunk_is(&chunk, "IDAT"))
            break;
        keep(&chunk, "cICP", 4, &c.cicp);
        keep(&chunk, "sRGB", 1, &c.srgb);
        keep(&chunk, "gAMA", 4, &c.gama);
        keep(&chunk, "cHRM", 32, &c.chrm);
    }
    return c;
}

/* Times 100,000 (PNG, 11.3.2.1 and 11.3.2.2). */
static double fraction(const unsigned char *data)
{
    return loom_be32(data) / 100000.0;
}

/* cHRM begins with the white point. */
static loom_colour_words measures_of(const chunks *c)
{
    loom_colour_words words = {.kind = LOOM_COLOUR_MEASURES, .has_xy = c->chrm.data != NULL};

    if (c->gama.data != NULL && loom_be32(c->gama.data) > 0) /* 0 says nothing */
        words.gamma = 1 / fraction(c->gama.data);
    for (int i = 0; i < 4 && words.has_xy; i++)
        for (int k = 0; k < 2; k++)
            words.xy[i][k] = fraction(c->chrm.data + 8 * ((i + 1) % 4) + 4 * k);
    return words;
}

/*
 * The chunks before the pixels: cICP, which takes precedence over a profile; sRGB, which takes
 * precedence over gAMA and cHRM; and these two.
 */
static loom_colour_words read_colour(loom_bytes file)
{
    const chunks c = find_chunks(file);

    if (c.cicp.data != NULL)
        return (loom_colour_words){.kind = LOOM_COLOUR_CODES,
                                   .first = c.cicp.data[0] != LOOM_COLOUR_UNSAID ||
                                            c.cicp.data[1] != LOOM_COLOUR_UNSAID,
                                   .narrow = c.cicp.data[3] == 0,
                                   .primaries = c.cicp.data[0],
                                   .transfer = c.cicp.data[1],
                                   .matrix = c.cicp.data[2]};
    if (c.srgb.data != NULL || (c.gama.data == NULL && c.chrm.data == NULL))
        return (loom_colour_words){.kind = LOOM_COLOUR_NONE};
    return measures_of(&c);
}

/* ---- the header, and whether it is all there ------------------------------ */

/* Where the walk through the chunks ends. */
typedef struct last {
    size_t at;   /* position of IEND, or of the first incomplete chunk */
    bool end;    /* it is IEND */
    bool pixels; /* a complete IDAT precedes it */
} last;

static last find_last(loom_bytes file)
{
    last l = {.at = file.size < LOOM_PNG_SIGNATURE ? file.size : LOOM_PNG_SIGNATURE};
    loom_png_chunk chunk;

    while (loom_png_chunk_at(file, l.at, &chunk)) {
        l.end = loom_png_chunk_is(&chunk, "IEND");
        if (l.end)
            break;
        l.pixels = l.pixels || loom_png_chunk_is(&chunk, "IDAT");
        l.at = chunk.end;
    }
    return l;
}

static bool read_header(loom_bytes file, loom_header *header)
{
    if (file.size < 24 || !LOOM_BYTES_HAVE(file, 12, "IHDR"))
        return false;
    header->binding = true;
    header->colour = read_colour(file);
    header->width = loom_be32(file.data + 16);
    header->height = loom_be32(file.data + 20);
    header->whole = file.size > INTERLACE && file.data[INTERLACE] == 1;
    return true;
}

/* tRNS makes a colour transparent; pHYs gives px per metre, or a mere ratio (11.3.1.1, 11.3.4.3).
 */
static void read_traits(loom_bytes file, loom_traits *traits)
{
    enum { PHYS = 9, METRE = 1, ANIMATION = 8 };
    loom_png_header header;
    loom_png_chunk chunk;
    uint32_t exif = 0;

    if (!loom_png_header_read(file, &header))
        return;
    traits->alpha = loom_presence_of(header.colour == LOOM_PNG_GRAY_ALPHA ||
                                     header.colour == LOOM_PNG_RGB_ALPHA);
    traits->bits = header.colour == LOOM_PNG_PALETTE ? 8 : header.depth;
    traits->frames = 1;
    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        const unsigned char *data = chunk.start + 8;
        if (loom_png_chunk_is(&chunk, "IDAT"))
            break;
        if (loom_png_chunk_is(&chunk, "tRNS"))
            traits->alpha = LOOM_PRESENCE_PRESENT;
        else if (loom_png_chunk_is(&chunk, "pHYs") && chunk.length == PHYS && data[8] == METRE)
            traits->dpi = loom_traits_dpi(loom_be32(data));
        else if (loom_png_chunk_is(&chunk, "acTL") && chunk.length == ANIMATION)
            traits->frames = loom_be32(data);
        else if (loom_png_chunk_is(&chunk, "eXIf"))
            exif = loom_exif_block_dpi((loom_bytes){data, chunk.length});
    }
    traits->dpi = traits->dpi > 0 ? traits->dpi : exif;
}

/*
 * If a file with pixels has no end, the decoder finds out whether pixels are missing: their stream
 * may end before the truncation.
 */
static loom_integrity check(loom_bytes file, loom_header *header, loom_bytes *missing_end)
{
    const last l = find_last(file);
    const size_t there = file.size - l.at;

    /* For a truncated chunk, a decoder allocates the length that it declares, up to 2 GiB. */
    header->no_pixels = !l.end && !l.pixels && !LOOM_BYTES_HAVE(file, l.at + 4, "IDAT");

    if (l.end)
        return LOOM_INTEGRITY_WHOLE;
    if (header->no_pixels)
        return LOOM_INTEGRITY_CUT;
    /* IEND is missing, or incomplete. */
    if (l.pixels && there < sizeof end_chunk && memcmp(file.data + l.at, end_chunk, there) == 0)
        *missing_end = (loom_bytes){end_chunk + there, sizeof end_chunk - there};
    return LOOM_INTEGRITY_NO_END;
}

/* ---- plain files ---------------------------------------------------------- */

/* Chunks that hold no metadata; those about colours count as read_colour reads them. */
static bool is_plain_chunk(const loom_png_chunk *chunk)
{
    static const char *const types[] = {"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "sRGB",
                                        "gAMA", "cHRM", "pHYs", "bKGD", "sBIT"};

    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (loom_png_chunk_is(chunk, types[i]))
            return true;
    return false;
}

/* EXIF and XMP, each once. */
static bool store_block(const loom_png_chunk *chunk, loom_meta_source *source)
{
    const loom_bytes data = {chunk->start + 8, chunk->length};
    const size_t head = sizeof LOOM_PNG_XMP;

    if (loom_png_chunk_is(chunk, "eXIf") && source->exif.data == NULL)
        source->exif = data;
    else if (loom_png_chunk_is(chunk, "iTXt") && loom_bytes_equal(data, 0, LOOM_PNG_XMP, head) &&
             source->xmp.data == NULL)
        source->xmp = loom_bytes_from(data, head);
    else
        return false;
    return true;
}

static bool is_plain(loom_bytes file, loom_meta_source *source)
{
    loom_png_chunk chunk;
    bool ended = false;
    size_t at = LOOM_PNG_SIGNATURE;

    *source = (loom_meta_source){.further = false};
    for (; !ended && loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (!is_plain_chunk(&chunk) && !store_block(&chunk, source))
            return false;
        ended = loom_png_chunk_is(&chunk, "IEND");
    }
    return ended && at == file.size && read_colour(file).kind == LOOM_COLOUR_NONE;
}

/* Tenths of a byte a px: see loom_memory. */
static unsigned encoder_memory(const loom_recipe *recipe, unsigned bytes, bool alpha)
{
    (void)alpha;
    /* The output, and a second copy while it grows. */
    return 12 * bytes + (recipe->progressive ? 32 : 12);
}

/* As a chunk pHYs behind IHDR, in px per metre: an inch is 0.0254 m. */
static bool put_dpi(loom_bytes file, uint32_t dpi, loom_strbuf *out)
{
    const size_t header = LOOM_PNG_SIGNATURE + LOOM_PNG_CHUNK + LOOM_PNG_HEADER;
    unsigned char chunk[LOOM_PNG_CHUNK + 9] = {0, 0, 0, 9, 'p', 'H', 'Y', 's', [16] = 1};
    const uint32_t per_metre = (uint32_t)((dpi * UINT64_C(10) + 127) / 254);

    if (file.size < header)
        return false;
    loom_put32(chunk + 8, true, per_metre);
    loom_put32(chunk + 12, true, per_metre);
    loom_put32(chunk + 17, true, crc_of(chunk + 4, 13));
    loom_strbuf_add(out, file.data, header);
    loom_strbuf_add(out, chunk, sizeof chunk);
    loom_strbuf_add(out, file.data + header, file.size - header);
    return !out->failed;
}

static loom_bytes find_exif(loom_bytes start)
{
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(start, at, &chunk); at = chunk.end)
        if (loom_png_chunk_is(&chunk, "eXIf"))
            return (loom_bytes){chunk.start + 8, chunk.length};
    return (loom_bytes){NULL, 0};
}

const loom_container loom_container_png = {
    .info = {.format = LOOM_FORMAT_PNG,
             .name = "png",
             .extensions = {"png"},
             .same_as = LOOM_FORMAT_PNG,
             .writable = true,
             .choices = LOOM_CHOICE_EFFORT | LOOM_CHOICE_PROGRESSIVE | LOOM_CHOICE_PALETTE,
             .always_lossless = true,
             .alpha = true,
             .deep = true,
             .max_side = LOOM_VIPS_SIDE_MAX},
    .sniff = sniff,
    .header = read_header,
    .traits = read_traits,
    .put_dpi = put_dpi,
    .unsupported = is_unsupported,
    .check = check,
    .plain = is_plain,
    .exif = find_exif,
    .kinds = kinds,
    .tells_missing = true,
    .held = {.exif = true,
             .xmp = true,
             .orientation = true,
             .profile = true,
             .media_type = "image/png"},
    /* Whole, interlaced: the picture. */
    .memory = {.in_strips = true, .whole = 40, .by_depth = true, .encoder = encoder_memory}};
