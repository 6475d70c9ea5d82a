/* PNG (Third Edition), 11.2: each combination of colour type, depth and interlace, and beyond. */
#include "mutate/mutate.h"

#include <string.h>
#include <zlib.h>

static void put_chunk(mutate_file *f, const char *type, const void *data, size_t size)
{
    mutate_put_be(f, (uint32_t)size, 4);
    const size_t from = f->size;
    mutate_put(f, type, 4);
    mutate_put(f, data, size);
    mutate_put_be(f, (uint32_t)crc32(0, f->bytes + from, (uInt)(size + 4)), 4);
}

typedef struct head {
    unsigned depth, type, compression, filter, interlace;
} head;

static unsigned channels_of(unsigned type)
{
    static const unsigned channels[] = {1, 1, 3, 1, 2, 2, 4, 4};

    return channels[type & 7];
}

static void put_header(mutate_file *f, const head *h)
{
    mutate_file ihdr = {.size = 0};

    mutate_put(f, "\x89PNG\r\n\x1A\n", 8);
    mutate_put_be(&ihdr, MUTATE_SIDE, 4);
    mutate_put_be(&ihdr, MUTATE_SIDE, 4);
    mutate_put_byte(&ihdr, h->depth);
    mutate_put_byte(&ihdr, h->type);
    mutate_put_byte(&ihdr, h->compression);
    mutate_put_byte(&ihdr, h->filter);
    mutate_put_byte(&ihdr, h->interlace);
    put_chunk(f, "IHDR", ihdr.bytes, ihdr.size);
}

/* The rows of one pass, each behind its filter byte, which is none. */
static void put_rows(mutate_file *raw, const head *h, unsigned width, unsigned height)
{
    const size_t row = ((size_t)width * channels_of(h->type) * h->depth + 7) / 8;

    for (unsigned y = 0; y < height && width > 0; y++) {
        mutate_put_byte(raw, 0);
        mutate_put_pixels(raw, 1, row);
        for (size_t x = 0; x < row; x++) /* no two rows are alike */
            raw->bytes[raw->size - row + x] = (unsigned char)(raw->bytes[raw->size - row + x] + y);
    }
}

static void put_picture(mutate_file *f, const head *h)
{
    static const unsigned passes[7][4] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                          {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};
    static mutate_file raw, packed;
    uLongf size = sizeof packed.bytes;

    raw.size = 0;
    if (h->interlace == 0)
        put_rows(&raw, h, MUTATE_SIDE, MUTATE_SIDE);
    for (unsigned i = 0; i < 7 && h->interlace != 0; i++)
        put_rows(&raw, h, (MUTATE_SIDE - passes[i][0] + passes[i][2] - 1) / passes[i][2],
                 (MUTATE_SIDE - passes[i][1] + passes[i][3] - 1) / passes[i][3]);
    (void)compress(packed.bytes, &size, raw.bytes, (uLong)raw.size);
    put_chunk(f, "IDAT", packed.bytes, size);
    put_chunk(f, "IEND", "", 0);
}

static void put_palette(mutate_file *f, unsigned colours)
{
    mutate_file palette = {.size = 0};

    for (unsigned i = 0; i < colours; i++) {
        mutate_put_byte(&palette, i * 7);
        mutate_put_byte(&palette, 255 - i);
        mutate_put_byte(&palette, i * 3);
    }
    put_chunk(f, "PLTE", palette.bytes, palette.size);
}

/* `transparent`: bytes of tRNS. */
static void write_png(const char *name, const head *h, size_t transparent)
{
    static const unsigned char value[256] = {0, 30, 0, 200, 0, 40};
    static mutate_file f;

    f.size = 0;
    put_header(&f, h);
    if (h->type == 3)
        put_palette(&f, h->depth < 8 ? 1u << h->depth : 256);
    if (transparent > 0)
        put_chunk(&f, "tRNS", value, transparent);
    put_picture(&f, h);
    mutate_write(&f, "png-%s-type%u-depth%u-lace%u-trns%zu.png", name, h->type, h->depth,
                 h->interlace, transparent);
}

void mutate_png(void)
{
    static const unsigned depths[] = {0, 1, 2, 3, 4, 8, 12, 16, 32};

    for (unsigned type = 0; type <= 7; type++)
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
            for (unsigned interlace = 0; interlace <= 2; interlace++) {
                const head h = {depths[d], type, 0, 0, interlace};
                write_png("plain", &h, 0);
                if (type <= 3)
                    write_png("clear", &h, type == 2 ? 6 : type == 3 ? 5 : 2);
            }
    for (unsigned i = 1; i < 3; i++) {
        write_png("compression", &(head){8, 2, i, 0, 0}, 0);
        write_png("filter", &(head){8, 2, 0, i, 0}, 0);
    }
}
