#include "support/make_png.h"

#include "format/container.h"
#include "support/check.h"
#include "support/samples.h"
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { GRAY = 0, RGB = 2, PALETTE = 3, GRAY_ALPHA = 4, RGB_ALPHA = 6 };

/* ---- kinds --------------------------------------------------------------- */

png_plan png_plan_of_kind(int row, uint32_t width, uint32_t height)
{
    const loom_kind *kinds = loom_format_kind(LOOM_FORMAT_PNG, 0);

    ck_assert_str_eq(kinds[row].aspect, "samples");
    ck_assert(kinds[row].read);
    png_plan plan = {.width = width,
                     .height = height,
                     .depth = kinds[row].value & 255,
                     .colour = kinds[row].value >> 8};
    if (plan.colour == PALETTE)
        plan.colours = plan.depth == 8 ? 200 : 1u << plan.depth;
    return plan;
}

bool png_add_transparency(png_plan *plan, unsigned char trns[6])
{
    static const unsigned char alphas[6] = {0, 77, 255, 1, 128, 9};

    if (plan->colour == GRAY_ALPHA || plan->colour == RGB_ALPHA)
        return false;
    plan->trns = trns;
    if (plan->colour == PALETTE) {
        memcpy(trns, alphas, 6);
        plan->trns_size = plan->colours < 6 ? plan->colours - 1 : 6;
        return true;
    }
    plan->trns_size = 2 * (size_t)png_stored(plan->colour);
    for (unsigned c = 0; c < png_stored(plan->colour); c++) {
        const unsigned sample = png_sample(plan, plan->width / 2, plan->height / 2, c);
        trns[2 * c] = (unsigned char)(sample >> 8 | (plan->depth < 16 ? 0xA5 : 0));
        trns[2 * c + 1] = (unsigned char)(sample | (0xFFu << plan->depth & 255));
    }
    return true;
}

/* ---- the picture --------------------------------------------------------- */

unsigned png_stored(unsigned colour)
{
    return colour == RGB ? 3 : colour == GRAY_ALPHA ? 2 : colour == RGB_ALPHA ? 4 : 1;
}

unsigned png_sample(const png_plan *plan, uint32_t x, uint32_t y, unsigned channel)
{
    const unsigned mask = (1u << plan->depth) - 1;
    uint32_t v = x * 2654435761u ^ y * 2246822519u ^ (channel + 1) * 3266489917u;

    v = (v ^ v >> 15) * 2246822519u;
    if (plan->colour == PALETTE)
        return (v >> 9) % plan->colours;
    return plan->repeated && plan->depth == 16 ? (v >> 9 & 255) * 257 : v >> 9 & mask;
}

void png_palette(unsigned i, uint8_t rgb[3])
{
    rgb[0] = (uint8_t)(i * 7 + 3);
    rgb[1] = (uint8_t)(255 - i * 5);
    rgb[2] = (uint8_t)(i * 31);
}

/* The two bytes of tRNS for a channel, less the bits that samples do not have. */
static unsigned key_of(const png_plan *plan, unsigned channel)
{
    const uint8_t *trns = (const uint8_t *)plan->trns + 2 * (size_t)channel;

    return (trns[0] * 256u + trns[1]) & ((1u << plan->depth) - 1);
}

static void expect_palette(const png_plan *plan, uint32_t x, uint32_t y, uint16_t *to)
{
    const unsigned i = png_sample(plan, x, y, 0);
    uint8_t rgb[3];

    png_palette(i, rgb);
    for (int c = 0; c < 3; c++)
        to[c] = rgb[c];
    if (plan->trns != NULL)
        to[3] = i < plan->trns_size ? ((const uint8_t *)plan->trns)[i] : 255;
}

static void expect_pixel(const png_plan *plan, uint32_t x, uint32_t y, uint16_t *to)
{
    const unsigned stored = png_stored(plan->colour), most = (1u << plan->depth) - 1;
    const unsigned max = plan->depth == 16 ? 65535 : 255;
    bool hidden = true;

    for (unsigned c = 0; c < stored; c++) {
        const unsigned sample = png_sample(plan, x, y, c);
        to[c] = (uint16_t)(sample * max / most); /* 1, 3, 15 and 255 divide 255 */
        hidden = hidden && plan->trns != NULL && sample == key_of(plan, c);
    }
    if (plan->trns != NULL)
        to[stored] = (uint16_t)(hidden ? 0 : max);
}

oracle_image png_expected(const png_plan *plan)
{
    const unsigned colours = plan->colour == PALETTE ? 3 : png_stored(plan->colour);
    oracle_image image = {.width = plan->width,
                          .height = plan->height,
                          .channels = colours + (plan->trns != NULL),
                          .max = plan->depth == 16 ? 65535 : 255};

    image.samples = calloc((size_t)image.width * image.height * image.channels, sizeof(uint16_t));
    ck_assert_ptr_nonnull(image.samples);
    uint16_t *to = image.samples;
    for (uint32_t y = 0; y < image.height; y++)
        for (uint32_t x = 0; x < image.width; x++, to += image.channels) {
            if (plan->colour == PALETTE)
                expect_palette(plan, x, y, to);
            else
                expect_pixel(plan, x, y, to);
        }
    return image;
}

/* ---- rows: 7.2, 8.1 and 9.2 ---------------------------------------------- */

static int paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

static void add_filtered(loom_strbuf *out, const uint8_t *row, const uint8_t *above, size_t size,
                         size_t pixel, unsigned type)
{
    char *line = malloc(size + 1);

    ck_assert_ptr_nonnull(line);
    line[0] = (char)type;
    for (size_t i = 0; i < size; i++) {
        const int a = i < pixel ? 0 : row[i - pixel], b = above[i];
        const int c = i < pixel ? 0 : above[i - pixel];
        const int guess[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
        line[i + 1] = (char)(row[i] - guess[type]);
    }
    loom_strbuf_add(out, line, size + 1);
    free(line);
}

/* The pixels of a pass; an image that is not interlaced has one, of all of them. */
static void add_pass(loom_strbuf *out, const png_plan *plan, const unsigned pass[4])
{
    const unsigned stored = png_stored(plan->colour), bits = stored * plan->depth;
    const uint32_t width =
        plan->width > pass[0] ? (plan->width - pass[0] + pass[2] - 1) / pass[2] : 0;
    const size_t size = ((size_t)width * bits + 7) / 8, pixel = bits < 8 ? 1 : bits / 8;
    uint8_t *row = malloc(size + 1), *above = calloc(1, size + 1);
    unsigned type = 0;

    ck_assert(row != NULL && above != NULL);
    for (uint32_t y = pass[1]; y < plan->height && width > 0; y += pass[3]) {
        memset(row, 0, size);
        for (uint32_t i = 0; i < width * stored; i++) {
            const unsigned sample = png_sample(plan, pass[0] + i / stored * pass[2], y, i % stored);
            const size_t at = (size_t)i * plan->depth;
            if (plan->depth == 16)
                row[at / 8] = (uint8_t)(sample >> 8), row[at / 8 + 1] = (uint8_t)sample;
            else
                row[at / 8] |= (uint8_t)(sample << (8 - plan->depth - at % 8));
        }
        add_filtered(out, row, above, size, pixel, type++ % 5);
        memcpy(above, row, size);
    }
    free(row);
    free(above);
}

void png_raw(loom_strbuf *out, const png_plan *plan)
{
    static const unsigned whole[4] = {0, 0, 1, 1};
    static const unsigned passes[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                          {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

    for (int i = 0; i < (plan->interlaced ? 7 : 1); i++)
        add_pass(out, plan, plan->interlaced ? passes[i] : whole);
    ck_assert(!out->failed);
}

/* ---- chunks -------------------------------------------------------------- */

void png_chunk(loom_strbuf *out, const char *type, const void *data, size_t size)
{
    sample_be32(out, (uint32_t)size);
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add(out, data, size);
    ck_assert(!out->failed);
    const char *from = out->data + out->size - size - 4;
    sample_be32(out, (uint32_t)crc32_z(0, (const Bytef *)from, size + 4));
}

void png_deflate(loom_strbuf *out, const void *data, size_t size)
{
    uLongf packed = compressBound(size);
    unsigned char *to = malloc(packed);

    ck_assert_ptr_nonnull(to);
    ck_assert_int_eq(compress(to, &packed, data, size), Z_OK);
    loom_strbuf_add(out, (char *)to, packed);
    free(to);
}

void png_begin(loom_strbuf *out, const png_plan *plan)
{
    unsigned char header[13] = {0}, palette[256][3];

    loom_strbuf_add(out, "\x89PNG\r\n\x1A\n", 8);
    for (int i = 0; i < 4; i++) {
        header[i] = (unsigned char)(plan->width >> (24 - 8 * i));
        header[4 + i] = (unsigned char)(plan->height >> (24 - 8 * i));
    }
    header[8] = (unsigned char)plan->depth;
    header[9] = (unsigned char)plan->colour;
    header[12] = plan->interlaced;
    png_chunk(out, "IHDR", header, sizeof header);
    if (plan->significant)
        png_chunk(out, "sBIT", "\1\1\1\1", plan->colour == PALETTE ? 3 : png_stored(plan->colour));
    for (unsigned i = 0; i < plan->colours; i++)
        png_palette(i, palette[i]);
    if (plan->colours > 0)
        png_chunk(out, "PLTE", palette, 3 * (size_t)plan->colours);
    if (plan->trns != NULL)
        png_chunk(out, "tRNS", plan->trns, plan->trns_size);
    if (plan->between != NULL)
        png_chunk(out, plan->between, "", 0);
}

void png_make(loom_strbuf *out, const png_plan *plan)
{
    loom_strbuf raw = LOOM_STRBUF_INIT, stream = LOOM_STRBUF_INIT;

    loom_strbuf_clear(out);
    png_begin(out, plan);
    png_raw(&raw, plan);
    png_deflate(&stream, raw.data, raw.size);
    png_chunk(out, "IDAT", stream.data, stream.size);
    png_chunk(out, "IEND", "", 0);
    loom_strbuf_release(&raw);
    loom_strbuf_release(&stream);
}

static size_t length_at(const loom_strbuf *file, size_t at)
{
    const unsigned char *p = (const unsigned char *)file->data + at;

    return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
}

size_t png_find(const loom_strbuf *file, const char *type)
{
    size_t at = 8;

    while (at + 12 <= file->size && memcmp(file->data + at + 4, type, 4) != 0)
        at += 12 + length_at(file, at);
    ck_assert_msg(at + 12 <= file->size, "there is no %s", type);
    return at + 8;
}

void png_right(loom_strbuf *file, size_t data)
{
    const size_t size = length_at(file, data - 8);
    const uLong crc = crc32_z(0, (const Bytef *)file->data + data - 4, size + 4);

    for (unsigned i = 0; i < 4; i++)
        file->data[data + size + i] = (char)(crc >> (24 - 8 * i));
}
