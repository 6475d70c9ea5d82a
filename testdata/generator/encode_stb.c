/* PNG, BMP, TGA and HDR by way of stb_image_write; PSD and PNM, which are a header and samples. */
#include "encode.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#include <stb_image_write.h>

void put_be16(loom_strbuf *out, uint32_t value)
{
    loom_strbuf_add_char(out, (char)(value >> 8));
    loom_strbuf_add_char(out, (char)value);
}

void put_be32(loom_strbuf *out, uint32_t value)
{
    put_be16(out, value >> 16);
    put_be16(out, value);
}

/* ---- PNG (the W3C recommendation's second edition, third for eXIf) ------- */

static uint32_t crc_of(const char *data, size_t size)
{
    uint32_t crc = 0xffffffffu;

    for (size_t i = 0; i < size; i++) {
        crc ^= (uint8_t)data[i];
        for (int bit = 0; bit < 8; bit++)
            crc = (crc & 1u) != 0 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

static void put_chunk(loom_strbuf *out, const char *name, const void *data, size_t size)
{
    put_be32(out, (uint32_t)size);
    size_t begin = out->size;
    loom_strbuf_add(out, name, 4);
    loom_strbuf_add(out, data, size);
    if (!out->failed)
        put_be32(out, crc_of(out->data + begin, out->size - begin));
}

static void put_start(loom_strbuf *out, const canvas *picture, uint8_t depth, uint8_t colour_type)
{
    loom_strbuf header = LOOM_STRBUF_INIT;
    const uint8_t rest[5] = {depth, colour_type, 0, 0, 0};

    loom_strbuf_add(out, "\x89PNG\r\n\x1a\n", 8);
    put_be32(&header, picture->width);
    put_be32(&header, picture->height);
    loom_strbuf_add(&header, rest, sizeof rest);
    out->failed |= header.failed;
    put_chunk(out, "IHDR", loom_strbuf_str(&header), header.size);
    loom_strbuf_release(&header);
}

/* IDAT of filtered rows, and the end. */
static void put_rows(loom_strbuf *out, loom_strbuf *rows)
{
    unsigned char *packed = NULL;
    int size = 0;

    if (!rows->failed && rows->size <= INT_MAX)
        packed = stbi_zlib_compress((unsigned char *)rows->data, (int)rows->size, &size, 8);
    if (packed == NULL)
        out->failed = true;
    else
        put_chunk(out, "IDAT", packed, (size_t)size);
    put_chunk(out, "IEND", "", 0);
    free(packed);
}

/* Row bytes with filter Sub: each is stored as its difference to the pixel on its left. */
static void put_filtered(loom_strbuf *rows, const uint8_t *row, size_t size, size_t pixel)
{
    loom_strbuf_add_char(rows, 1);
    for (size_t i = 0; i < size; i++)
        loom_strbuf_add_char(rows, (char)(row[i] - (i < pixel ? 0 : row[i - pixel])));
}

void encode_png(loom_strbuf *out, const canvas *picture, int orientation)
{
    static const uint8_t colour_types[5] = {0, 0, 4, 2, 6};
    size_t row_bytes = canvas_row_bytes(picture), step = picture->depth / 8;
    loom_strbuf rows = LOOM_STRBUF_INIT;
    uint8_t *row = malloc(row_bytes);

    if (picture->pixels == NULL || row == NULL) {
        out->failed = true;
        goto done;
    }
    put_start(out, picture, (uint8_t)picture->depth, colour_types[picture->channels]);
    if (orientation != 0) {
        const uint8_t exif[26] = {'M', 'M',  0, 42, 0, 0, 0, 8, 0, 1,
                                  1,   0x12, 0, 3,  0, 0, 0, 1, 0, (uint8_t)orientation};
        put_chunk(out, "eXIf", exif, sizeof exif);
    }
    for (uint32_t y = 0; y < picture->height; y++) {
        memcpy(row, picture->pixels + y * row_bytes, row_bytes);
        for (size_t i = 0; step == 2 && i < row_bytes; i += 2) {
            uint16_t sample;

            memcpy(&sample, row + i, 2);
            row[i] = (uint8_t)(sample >> 8);
            row[i + 1] = (uint8_t)sample;
        }
        put_filtered(&rows, row, row_bytes, picture->channels * step);
    }
    put_rows(out, &rows);
done:
    loom_strbuf_release(&rows);
    free(row);
}

static unsigned palette_index(const uint8_t *rgb)
{
    if (rgb[0] == rgb[1])
        return rgb[0] == 0 ? 2 : 3;
    return rgb[0] != 0 ? 0 : 1;
}

void encode_png_palette(loom_strbuf *out, const canvas *quadrants)
{
    static const uint8_t palette[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 255};
    loom_strbuf rows = LOOM_STRBUF_INIT;

    if (quadrants->pixels == NULL) {
        out->failed = true;
        return;
    }
    put_start(out, quadrants, 2, 3);
    put_chunk(out, "PLTE", palette, sizeof palette);
    for (uint32_t y = 0; y < quadrants->height; y++) {
        const uint8_t *row = quadrants->pixels + y * canvas_row_bytes(quadrants);

        loom_strbuf_add_char(&rows, 0);
        for (uint32_t x = 0; x < quadrants->width; x += 4) {
            unsigned byte = 0;

            for (uint32_t i = 0; i < 4 && x + i < quadrants->width; i++)
                byte |= palette_index(row + 3 * (size_t)(x + i)) << (6 - 2 * i);
            loom_strbuf_add_char(&rows, (char)byte);
        }
    }
    put_rows(out, &rows);
    loom_strbuf_release(&rows);
}

void png_claim_size(loom_strbuf *png, uint32_t width, uint32_t height)
{
    const uint32_t sides[2] = {width, height};
    enum { chunk = 8 + 4, header = 4 + 13 }; /* IHDR's name follows signature and length */

    if (png->failed || png->size < chunk + header + 4)
        return;
    for (size_t i = 0; i < 8; i++)
        png->data[chunk + 4 + i] = (char)(sides[i / 4] >> (24 - 8 * (i % 4)));
    uint32_t crc = crc_of(png->data + chunk, header);
    for (size_t i = 0; i < 4; i++)
        png->data[chunk + header + i] = (char)(crc >> (24 - 8 * i));
}

/* ---- the others ---------------------------------------------------------- */

static void append(void *context, void *data, int size)
{
    loom_strbuf_add(context, data, (size_t)size);
}

void encode_bmp(loom_strbuf *out, const canvas *p)
{
    out->failed |=
        p->pixels == NULL || stbi_write_bmp_to_func(append, out, (int)p->width, (int)p->height,
                                                    (int)p->channels, p->pixels) == 0;
}

void encode_tga(loom_strbuf *out, const canvas *p)
{
    out->failed |=
        p->pixels == NULL || stbi_write_tga_to_func(append, out, (int)p->width, (int)p->height,
                                                    (int)p->channels, p->pixels) == 0;
}

void encode_hdr(loom_strbuf *out, const canvas *p)
{
    size_t count = canvas_bytes(p);
    float *light = loom_alloc_array(count, sizeof *light);

    if (p->pixels == NULL || light == NULL) {
        out->failed = true;
        free(light);
        return;
    }
    for (size_t i = 0; i < count; i++)
        light[i] = (float)p->pixels[i] / 255.0f;
    if (stbi_write_hdr_to_func(append, out, (int)p->width, (int)p->height, (int)p->channels,
                               light) == 0)
        out->failed = true;
    free(light);
}

void encode_psd(loom_strbuf *out, const canvas *p)
{
    if (p->pixels == NULL) {
        out->failed = true;
        return;
    }
    loom_strbuf_add(out, "8BPS\0\1\0\0\0\0\0\0", 12);
    put_be16(out, p->channels);
    put_be32(out, p->height);
    put_be32(out, p->width);
    put_be16(out, 8); /* bits a channel */
    put_be16(out, 3); /* RGB */
    for (int section = 0; section < 3; section++)
        put_be32(out, 0); /* no colour table, no resources, no layers */
    put_be16(out, 0);     /* not compressed */
    for (uint32_t channel = 0; channel < p->channels; channel++)
        for (size_t i = channel; i < canvas_bytes(p); i += p->channels)
            loom_strbuf_add_char(out, (char)p->pixels[i]);
}

void encode_pnm(loom_strbuf *out, const canvas *p)
{
    if (p->pixels == NULL) {
        out->failed = true;
        return;
    }
    loom_strbuf_add_format(out, "P%c\n%u %u\n255\n", p->channels == 1 ? '5' : '6', p->width,
                           p->height);
    loom_strbuf_add(out, p->pixels, canvas_bytes(p));
}
