#include "support/raster_files.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>

void raster_put(raster_file *f, const void *bytes, size_t size)
{
    ck_assert_uint_le(f->size + size, sizeof f->bytes);
    memcpy(f->bytes + f->size, bytes, size);
    f->size += size;
}

void raster_put_text(raster_file *f, const char *text)
{
    raster_put(f, text, strlen(text));
}

void raster_put_le(raster_file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++)
        raster_put(f, &(unsigned char){(unsigned char)(value >> (8 * i))}, 1);
}

void raster_put_be(raster_file *f, uint32_t value, unsigned bytes)
{
    for (unsigned i = bytes; i > 0; i--)
        raster_put(f, &(unsigned char){(unsigned char)(value >> (8 * (i - 1)))}, 1);
}

loom_input raster_input(const void *bytes, size_t size)
{
    loom_input input = {.data = calloc(1, size + LOOM_INPUT_SLACK), .size = size};

    ck_assert_ptr_nonnull(input.data);
    memcpy(input.data, bytes, size);
    return input;
}

/* ---- the pictures: 3x2 px, colours of no symmetry ------------------------ */

const unsigned char raster_rgb[18] = {255, 0, 0,   0,  255, 0,  0,  0,   255,
                                      1,   2, 253, 10, 200, 30, 77, 128, 5};
static const unsigned char gray[6] = {0, 50, 100, 150, 200, 255};

static void put_bgr(raster_file *f, unsigned pixel, bool alpha)
{
    const unsigned char *p = raster_rgb + (size_t)3 * pixel;

    raster_put(f, (unsigned char[]){p[2], p[1], p[0], (unsigned char)(40 * (pixel + 1))},
               alpha ? 4 : 3);
}

/* BITMAPINFOHEADER of Windows 3: rows from the bottom, padded to 4 bytes. */
static void make_bmp(raster_file *f, unsigned bits, bool from_top)
{
    const uint32_t row = (3 * bits / 8 + 3) / 4 * 4;

    raster_put_text(f, "BM");
    raster_put_le(f, 54 + 2 * row, 4);
    raster_put_le(f, 0, 4);
    raster_put_le(f, 54, 4);
    raster_put_le(f, 40, 4);
    raster_put_le(f, 3, 4);
    raster_put_le(f, from_top ? (uint32_t)-2 : 2, 4);
    raster_put_le(f, 1, 2);
    raster_put_le(f, bits, 2);
    for (int i = 0; i < 6; i++)
        raster_put_le(f, 0, 4);
    for (unsigned y = 0; y < 2; y++) {
        for (unsigned x = 0; x < 3; x++)
            put_bgr(f, (from_top ? y : 1 - y) * 3 + x, bits == 32);
        raster_put_le(f, 0, row - 3 * bits / 8);
    }
}

static void make_bmp_24(raster_file *f)
{
    make_bmp(f, 24, false);
}

static void make_bmp_from_top(raster_file *f)
{
    make_bmp(f, 24, true);
}

static void make_bmp_32(raster_file *f)
{
    make_bmp(f, 32, false);
}

/* Truevision TGA 2.0. Types 2 and 3: true colour and black-and-white; 10: run-length coded. */
static void make_tga(raster_file *f, unsigned type, unsigned bits, unsigned descriptor)
{
    raster_put(f, (unsigned char[]){0, 0, (unsigned char)type}, 3);
    raster_put_le(f, 0, 4);
    raster_put_le(f, 0, 1);
    raster_put_le(f, 0, 4);
    raster_put_le(f, 3, 2);
    raster_put_le(f, 2, 2);
    raster_put(f, (unsigned char[]){(unsigned char)bits, (unsigned char)descriptor}, 2);
}

static void make_tga_raw(raster_file *f)
{
    make_tga(f, 2, 24, 0x20);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i, false);
}

static void make_tga_from_bottom(raster_file *f)
{
    make_tga(f, 2, 24, 0);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i < 3 ? i + 3 : i - 3, false);
}

static void make_tga_alpha(raster_file *f)
{
    make_tga(f, 2, 32, 0x28);
    for (unsigned i = 0; i < 6; i++)
        put_bgr(f, i, true);
}

static void make_tga_gray(raster_file *f)
{
    make_tga(f, 3, 8, 0x20);
    raster_put(f, gray, sizeof gray);
}

/* A run of one pixel, then a packet of five as they are. */
static void make_tga_rle(raster_file *f)
{
    make_tga(f, 10, 24, 0x20);
    raster_put_le(f, 0x80, 1);
    put_bgr(f, 0, false);
    raster_put_le(f, 4, 1);
    for (unsigned i = 1; i < 6; i++)
        put_bgr(f, i, false);
}

/* Adobe Photoshop file format: planes one after another; PackBits where `packed`. */
static void make_psd(raster_file *f, bool packed)
{
    raster_put_text(f, "8BPS");
    raster_put_be(f, 1, 2);
    raster_put_be(f, 0, 4);
    raster_put_be(f, 0, 2);
    raster_put_be(f, 3, 2);
    raster_put_be(f, 2, 4);
    raster_put_be(f, 3, 4);
    raster_put_be(f, 8, 2);
    raster_put_be(f, 3, 2);
    for (int section = 0; section < 3; section++)
        raster_put_be(f, 0, 4);
    raster_put_be(f, packed, 2);
    for (unsigned row = 0; packed && row < 6; row++)
        raster_put_be(f, 4, 2);
    for (unsigned plane = 0; plane < 3; plane++)
        for (unsigned i = 0; i < 6; i++) {
            if (packed && i % 3 == 0)
                raster_put_be(f, 2, 1); /* three bytes as they are */
            raster_put(f, raster_rgb + (size_t)3 * i + plane, 1);
        }
}

static void make_psd_raw(raster_file *f)
{
    make_psd(f, false);
}

static void make_psd_packed(raster_file *f)
{
    make_psd(f, true);
}

static void make_ppm(raster_file *f)
{
    raster_put_text(f, "P6\n# a comment\n3 2\n255\n");
    raster_put(f, raster_rgb, sizeof raster_rgb);
}

static void make_pgm(raster_file *f)
{
    raster_put_text(f, "P5 3 2 255 ");
    raster_put(f, gray, sizeof gray);
}

/* Values of 0..100: 0, 20, 40, 60, 80, 100 per cent. */
static void make_pgm_100(raster_file *f)
{
    raster_put_text(f, "P5\n3\n2\n100\n");
    raster_put(f, (unsigned char[]){0, 20, 40, 60, 80, 100}, 6);
}

static void make_pgm_1000(raster_file *f)
{
    raster_put_text(f, "P5\n3 2\n1000\n");
    for (uint32_t i = 0; i < 6; i++)
        raster_put_be(f, 200 * i, 2);
}

static void make_pgm_16(raster_file *f)
{
    raster_put_text(f, "P5\n3 2\n65535\n");
    for (uint32_t i = 0; i < 6; i++)
        raster_put_be(f, 0x0102 + 0x3001 * i, 2);
}

static void make_ppm_16(raster_file *f)
{
    raster_put_text(f, "P6 3 2 65535\n");
    for (uint32_t i = 0; i < 18; i++)
        raster_put_be(f, 1000 * i + 7, 2);
}

static const char hdr_header[] = "#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n\n";

/* Too narrow for runs: four bytes a pixel. 128 * 2^(129 - 136) is 1. */
static void make_hdr_flat(raster_file *f)
{
    raster_put_text(f, hdr_header);
    raster_put_text(f, "-Y 2 +X 3\n");
    for (unsigned i = 0; i < 6; i++)
        raster_put(f, (unsigned char[]){128, 64, 32, (unsigned char)(129 - i)}, 4);
}

/* 16x1 px: a run of 16 for red, and bytes as they are for the others. */
static void make_hdr_rle(raster_file *f)
{
    raster_put_text(f, hdr_header);
    raster_put_text(f, "-Y 1 +X 16\n");
    raster_put(f, (unsigned char[]){2, 2, 0, 16}, 4);
    raster_put(f, (unsigned char[]){128 + 16, 128}, 2);
    for (unsigned plane = 1; plane < 4; plane++) {
        raster_put_le(f, 16, 1);
        for (unsigned x = 0; x < 16; x++)
            raster_put_le(f, plane == 1 ? 8 * x : plane == 2 ? 0 : 129, 1);
    }
}

/* ---- the table ----------------------------------------------------------- */

const raster_sample raster_files[RASTER_FILES] = {
    {"bmp 24", make_bmp_24, LOOM_FORMAT_BMP, 3, 2, 3, 1},
    {"bmp from top", make_bmp_from_top, LOOM_FORMAT_BMP, 3, 2, 3, 1},
    {"bmp 32", make_bmp_32, LOOM_FORMAT_BMP, 3, 2, 3, 1},
    {"tga", make_tga_raw, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"tga from bottom", make_tga_from_bottom, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"tga alpha", make_tga_alpha, LOOM_FORMAT_TGA, 3, 2, 4, 1},
    {"tga gray", make_tga_gray, LOOM_FORMAT_TGA, 3, 2, 1, 1},
    {"tga rle", make_tga_rle, LOOM_FORMAT_TGA, 3, 2, 3, 1},
    {"psd", make_psd_raw, LOOM_FORMAT_PSD, 3, 2, 3, 1},
    {"psd packed", make_psd_packed, LOOM_FORMAT_PSD, 3, 2, 3, 1},
    {"ppm", make_ppm, LOOM_FORMAT_PNM, 3, 2, 3, 1},
    {"pgm", make_pgm, LOOM_FORMAT_PNM, 3, 2, 1, 1},
    {"pgm 100", make_pgm_100, LOOM_FORMAT_PNM, 3, 2, 1, 1},
    {"pgm 1000", make_pgm_1000, LOOM_FORMAT_PNM, 3, 2, 1, 2},
    {"pgm 16", make_pgm_16, LOOM_FORMAT_PNM, 3, 2, 1, 2},
    {"ppm 16", make_ppm_16, LOOM_FORMAT_PNM, 3, 2, 3, 2},
    {"hdr flat", make_hdr_flat, LOOM_FORMAT_HDR, 3, 2, 3, 1},
    {"hdr rle", make_hdr_rle, LOOM_FORMAT_HDR, 16, 1, 3, 1},
};

int raster_file_called(const char *name)
{
    int i = 0;

    while (strcmp(raster_files[i].name, name) != 0)
        i++;
    return i;
}
