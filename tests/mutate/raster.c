/* BMP, TGA, PSD, PNM and Radiance HDR: each field of their headers. */
#include "mutate/mutate.h"

#include <stdio.h>
#include <string.h>

/* ---- BMP ------------------------------------------------------------------ */

typedef struct bmp {
    unsigned header, bits, compression, colours, planes;
    int height;
    uint32_t masks[4];
} bmp;

static void write_bmp(const char *field, unsigned value, const bmp *b)
{
    static mutate_file f;
    const unsigned palette = b->bits <= 8 ? (b->header == 12 ? 3 : 4) * (1u << b->bits) : 0;
    const unsigned masks = b->header == 40 && (b->compression == 3 || b->compression == 6)
                               ? (b->compression == 6 ? 16 : 12)
                               : 0;
    const uint32_t offset = 14 + b->header + masks + palette;

    f.size = 0;
    mutate_put(&f, "BM", 2);
    mutate_put_le(&f, offset + MUTATE_SIDE * MUTATE_SIDE * 8, 4);
    mutate_put_le(&f, 0, 4);
    mutate_put_le(&f, offset, 4);
    mutate_put_le(&f, b->header, 4);
    const size_t from = f.size;
    const unsigned size = b->header == 12 ? 2 : 4;
    mutate_put_le(&f, MUTATE_SIDE, size);
    mutate_put_le(&f, (uint32_t)b->height, size);
    mutate_put_le(&f, b->planes, 2);
    mutate_put_le(&f, b->bits, 2);
    mutate_put_le(&f, b->compression, 4);
    mutate_put_le(&f, 0, 4);
    mutate_put_le(&f, 2835, 4);
    mutate_put_le(&f, 2835, 4);
    mutate_put_le(&f, b->colours, 4);
    mutate_put_le(&f, 0, 4);
    for (unsigned i = 0; i < 4; i++)
        mutate_put_le(&f, b->masks[i], 4);
    mutate_put(&f, "BGRs", 4); /* sRGB, in a header that has room for it */
    memset(f.bytes + f.size, 0, 256);
    f.size = from - 4 + b->header + masks;
    for (unsigned i = 0; i < palette; i++)
        mutate_put_byte(&f, b->header != 12 && i % 4 == 3 ? 0 : i * 5);
    mutate_put_pixels(&f, MUTATE_SIDE, MUTATE_SIDE * 8);
    mutate_write(&f, "bmp-%u-%s-%u.bmp", b->bits, field, value);
}

static void mutate_bmp(void)
{
    static const unsigned depths[] = {0, 1, 2, 3, 4, 8, 15, 16, 24, 32, 48, 64};
    static const unsigned headers[] = {12, 16, 40, 52, 56, 64, 108, 124};
    static const uint32_t masks[][4] = {
        {0xF800, 0x07E0, 0x001F, 0},      {0x7C00, 0x03E0, 0x001F, 0},
        {0x0F00, 0x00F0, 0x000F, 0xF000}, {0xFF0000, 0xFF00, 0xFF, 0xFF000000},
        {0xFF, 0xFF00, 0xFF0000, 0},      {0x3FF00000, 0xFFC00, 0x3FF, 0},
        {0xE000, 0x1C00, 0x0300, 0},      {0, 0, 0, 0},
        {0xFF00FF, 0xFF00, 0xFF, 0}};

    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
        const bmp base = {40, depths[d], 0, 0, 1, MUTATE_SIDE, {0xFF0000, 0xFF00, 0xFF, 0}};
        bmp b = base;
        write_bmp("plain", 0, &b);
        b.height = -MUTATE_SIDE;
        write_bmp("down", 0, &b);
        for (unsigned i = 0; i < 8; i++) {
            b = base;
            b.compression = i;
            write_bmp("compression", i, &b);
            b = base;
            b.header = headers[i];
            write_bmp("header", b.header, &b);
        }
        for (unsigned i = 0; i < sizeof masks / sizeof *masks; i++)
            for (unsigned head = 40; head <= 56; head += 16) {
                b = base;
                b.header = head;
                b.compression = 3;
                memcpy(b.masks, masks[i], sizeof b.masks);
                write_bmp(head == 40 ? "masks" : "masks56", i, &b);
            }
        b = base;
        b.planes = 3;
        write_bmp("planes", 3, &b);
    }
}

/* ---- TGA ------------------------------------------------------------------ */

static void write_tga(unsigned type, unsigned depth, unsigned descriptor, unsigned map)
{
    static mutate_file f;

    f.size = 0;
    mutate_put_byte(&f, 0);
    mutate_put_byte(&f, map > 0);
    mutate_put_byte(&f, type);
    mutate_put_le(&f, 0, 2);
    mutate_put_le(&f, map > 0 ? 256 : 0, 2);
    mutate_put_byte(&f, map);
    mutate_put_le(&f, 0, 4);
    mutate_put_le(&f, MUTATE_SIDE, 2);
    mutate_put_le(&f, MUTATE_SIDE, 2);
    mutate_put_byte(&f, depth);
    mutate_put_byte(&f, descriptor);
    for (unsigned i = 0; i < 256 * ((map + 7) / 8); i++)
        mutate_put_byte(&f, i * 3);
    if (type & 8) /* packets of one pixel each */
        for (unsigned i = 0; i < MUTATE_SIDE * MUTATE_SIDE; i++) {
            mutate_put_byte(&f, 128);
            for (unsigned k = 0; k < (depth + 7) / 8; k++)
                mutate_put_byte(&f, i * 3 + k * 50);
        }
    else
        mutate_put_pixels(&f, MUTATE_SIDE, (size_t)MUTATE_SIDE * ((depth + 7) / 8));
    mutate_write(&f, "tga-type%u-depth%u-descriptor%u-map%u.tga", type, depth, descriptor, map);
}

static void mutate_tga(void)
{
    static const unsigned types[] = {0, 1, 2, 3, 4, 9, 10, 11, 32, 33};
    static const unsigned depths[] = {1, 8, 15, 16, 24, 32};
    static const unsigned maps[] = {15, 16, 24, 32};

    for (size_t t = 0; t < sizeof types / sizeof *types; t++)
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
            for (unsigned descriptor = 0; descriptor < 256; descriptor += 8)
                if (descriptor <= 56 || descriptor == 64 || descriptor == 128)
                    write_tga(types[t], depths[d], descriptor | (depths[d] == 32 ? 8 : 0),
                              types[t] % 8 == 1 ? 24 : 0);
            for (size_t m = 0; m < sizeof maps / sizeof *maps; m++)
                write_tga(types[t], depths[d], 32, maps[m]);
        }
}

/* ---- PSD: the file header, and the merged picture as raw planes ------------- */

static void write_psd(unsigned version, unsigned mode, unsigned depth, unsigned channels,
                      unsigned compression)
{
    static mutate_file f;

    f.size = 0;
    mutate_put(&f, "8BPS", 4);
    mutate_put_be(&f, version, 2);
    mutate_put(&f, "\0\0\0\0\0\0", 6);
    mutate_put_be(&f, channels, 2);
    mutate_put_be(&f, MUTATE_SIDE, 4);
    mutate_put_be(&f, MUTATE_SIDE, 4);
    mutate_put_be(&f, depth, 2);
    mutate_put_be(&f, mode, 2);
    mutate_put_be(&f, mode == 2 ? 768 : 0, 4);
    for (unsigned i = 0; i < 768 && mode == 2; i++)
        mutate_put_byte(&f, i * 5);
    mutate_put_be(&f, 0, 4);
    mutate_put_be(&f, 0, 4);
    mutate_put_be(&f, compression, 2);
    const size_t row = ((size_t)MUTATE_SIDE * depth + 7) / 8;
    if (compression == 1) {
        for (unsigned i = 0; i < MUTATE_SIDE * channels; i++)
            mutate_put_be(&f, (uint32_t)row + 1, 2);
        for (unsigned i = 0; i < MUTATE_SIDE * channels; i++) {
            mutate_put_byte(&f, (unsigned)row - 1);
            mutate_put_pixels(&f, 1, row);
        }
    } else {
        for (unsigned i = 0; i < channels; i++)
            mutate_put_pixels(&f, MUTATE_SIDE, row);
    }
    mutate_write(&f, "psd-%u-mode%u-depth%u-channels%u-coding%u.psd", version, mode, depth,
                 channels, compression);
}

static void mutate_psd(void)
{
    static const unsigned depths[] = {1, 4, 8, 16, 32};

    for (unsigned mode = 0; mode <= 10; mode++)
        for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
            for (unsigned channels = 1; channels <= 5; channels++)
                for (unsigned compression = 0; compression <= 4; compression++)
                    write_psd(1, mode, depths[d], channels, compression);
    write_psd(2, 3, 8, 3, 0);
    write_psd(3, 3, 8, 3, 0);
    write_psd(1, 3, 8, 17, 0);
}

/* ---- PNM and HDR ----------------------------------------------------------- */

static void mutate_pnm(void)
{
    static const unsigned peaks[] = {0, 1, 2, 15, 100, 254, 255, 256, 1000, 4095, 65535, 65536};
    static mutate_file f;

    for (unsigned kind = 1; kind <= 7; kind++)
        for (size_t p = 0; p < sizeof peaks / sizeof *peaks; p++) {
            char text[64];
            f.size = 0;
            (void)snprintf(text, sizeof text, "P%u\n# remark\n16 16\n", kind);
            mutate_put(&f, text, strlen(text));
            if (kind != 1 && kind != 4) {
                (void)snprintf(text, sizeof text, "%u\n", peaks[p]);
                mutate_put(&f, text, strlen(text));
            }
            for (unsigned i = 0; i < 16 * 16 * 3; i++) {
                const unsigned value = kind == 1 ? i * 7 % 11 % 2 : i * 7 % (peaks[p] + 1);
                (void)snprintf(text, sizeof text, "%u ", value);
                if (kind <= 3)
                    mutate_put(&f, text, strlen(text));
                else
                    mutate_put_be(&f, value, kind != 4 && peaks[p] > 255 ? 2 : 1);
            }
            mutate_write(&f, "pnm-%u-peak%u.ppm", kind, peaks[p]);
        }
}

static void mutate_hdr(void)
{
    static const char *const formats[] = {"32-bit_rle_rgbe", "32-bit_rle_xyze", "16-bit"};
    static const char *const sizes[] = {"-Y 16 +X 16", "+Y 16 +X 16", "-Y 16 -X 16", "+Y 16 -X 16",
                                        "+X 16 -Y 16", "-X 16 +Y 16", "+X 16 +Y 16", "-X 16 -Y 16"};
    static mutate_file f;

    for (unsigned i = 0; i < sizeof formats / sizeof *formats; i++)
        for (unsigned k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            char text[128];
            f.size = 0;
            (void)snprintf(text, sizeof text, "#?RADIANCE\nFORMAT=%s\n\n%s\n", formats[i],
                           sizes[k]);
            mutate_put(&f, text, strlen(text));
            for (unsigned p = 0; p < 256; p++)
                mutate_put(&f, (const unsigned char[]){(unsigned char)(128 + p / 4), 100, 200, 128},
                           4);
            mutate_write(&f, "hdr-format%u-order%u.hdr", i, k);
        }
}

void mutate_raster(void)
{
    mutate_bmp();
    mutate_tga();
    mutate_psd();
    mutate_pnm();
    mutate_hdr();
}
