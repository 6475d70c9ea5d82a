#include "support/samples.h"

#include "support/check.h"
#include "support/oracle_private.h"
#include "support/tmpdir.h"
#include <stdlib.h>
#include <string.h>

/* ---- pictures ------------------------------------------------------------ */

void sample_fill(oracle_image *image, uint32_t x, uint32_t y, uint32_t width, uint32_t height,
                 const uint16_t *colour)
{
    for (uint32_t j = 0; j < height; j++)
        for (uint32_t i = 0; i < width; i++)
            memcpy(oracle_pixel(image, x + i, y + j), colour, image->channels * sizeof *colour);
}

oracle_image sample_flat(uint32_t width, uint32_t height, uint32_t channels, uint32_t max,
                         const uint16_t *colour)
{
    oracle_image made = oracle_create(width, height, channels, max);

    sample_fill(&made, 0, 0, width, height, colour);
    return made;
}

/* ---- bytes --------------------------------------------------------------- */

void sample_be16(loom_strbuf *out, unsigned value)
{
    const unsigned char bytes[2] = {(unsigned char)(value >> 8), (unsigned char)value};

    loom_strbuf_add(out, bytes, sizeof bytes);
}

void sample_be32(loom_strbuf *out, uint32_t value)
{
    sample_be16(out, value >> 16);
    sample_be16(out, value & 0xFFFF);
}

void sample_le16(loom_strbuf *out, unsigned value)
{
    sample_be16(out, (value & 0xFF) << 8 | (value >> 8 & 0xFF));
}

void sample_le32(loom_strbuf *out, uint32_t value)
{
    sample_le16(out, value & 0xFFFF);
    sample_le16(out, value >> 16);
}

void sample_write(const char *path, loom_strbuf *out)
{
    ck_assert(!out->failed);
    tmpdir_write(path, out->data, out->size);
    loom_strbuf_release(out);
}

/* The samples of a picture as bytes, 16 bits in the order asked for. */
static void add_row(loom_strbuf *out, const oracle_image *image, uint32_t y, bool big_endian)
{
    const uint16_t *row = oracle_pixel(image, 0, y);
    const size_t count = (size_t)image->width * image->channels;
    unsigned char *bytes = malloc(2 * count);

    ck_assert_ptr_nonnull(bytes);
    for (size_t i = 0; i < count; i++) {
        if (image->max == 255) {
            bytes[i] = (unsigned char)row[i];
        } else {
            bytes[2 * i + big_endian] = (unsigned char)row[i];
            bytes[2 * i + !big_endian] = (unsigned char)(row[i] >> 8);
        }
    }
    loom_strbuf_add(out, bytes, image->max == 255 ? count : 2 * count);
    free(bytes);
}

/* ---- PNG (ISO/IEC 15948) ------------------------------------------------- */

static uint32_t crc32_of(const unsigned char *p, size_t size)
{
    static uint32_t of_byte[256];
    uint32_t crc = 0xFFFFFFFF;

    for (uint32_t n = 0; n < 256 && of_byte[255] == 0; n++) {
        uint32_t value = n;
        for (int bit = 0; bit < 8; bit++)
            value = value & 1 ? value >> 1 ^ 0xEDB88320 : value >> 1;
        of_byte[n] = value;
    }
    for (size_t i = 0; i < size; i++)
        crc = crc >> 8 ^ of_byte[(crc ^ p[i]) & 255];
    return ~crc;
}

void sample_chunk(loom_strbuf *out, const char *type, const loom_strbuf *data)
{
    sample_be32(out, (uint32_t)data->size);
    const size_t from = out->size;
    loom_strbuf_add(out, type, 4);
    loom_strbuf_add(out, loom_strbuf_str(data), data->size);
    ck_assert(!out->failed);
    sample_be32(out, crc32_of((const unsigned char *)out->data + from, out->size - from));
}

/* zlib (RFC 1950) with stored blocks (RFC 1951, 3.2.4). */
static void add_stored(loom_strbuf *out, const loom_strbuf *data)
{
    const unsigned char *p = (const unsigned char *)loom_strbuf_str(data);
    uint32_t a = 1, b = 0;
    size_t at = 0;

    sample_be16(out, 0x7801);
    do {
        const size_t left = data->size - at, length = left < 65535 ? left : 65535;
        loom_strbuf_add_char(out, length == left);
        sample_le16(out, (unsigned)length);
        sample_le16(out, (unsigned)length ^ 0xFFFF);
        loom_strbuf_add(out, p + at, length);
        at += length;
    } while (at < data->size);
    for (size_t i = 0; i < data->size; i++) { /* RFC 1950, 9: the sums may grow so long */
        a += p[i];
        b += a;
        if (i % 5552 == 5551 || i + 1 == data->size) {
            a %= 65521;
            b %= 65521;
        }
    }
    sample_be32(out, b << 16 | a);
}

void sample_exif_orientation(loom_strbuf *out, int orientation)
{
    loom_strbuf_add(out, "MM\0*\0\0\0\10\0\1", 10); /* first directory at 8, one entry */
    loom_strbuf_add(out, "\1\22\0\3\0\0\0\1", 8);   /* tag 0x0112, SHORT, one of it */
    sample_be16(out, (unsigned)orientation);
    loom_strbuf_add(out, "\0\0\0\0\0\0", 6);
}

static void add_header(loom_strbuf *out, const oracle_image *image, char colour_type)
{
    loom_strbuf header = LOOM_STRBUF_INIT;

    loom_strbuf_add(out, "\211PNG\r\n\32\n", 8);
    sample_be32(&header, image->width);
    sample_be32(&header, image->height);
    loom_strbuf_add_char(&header, image->max == 255 ? 8 : 16);
    loom_strbuf_add_char(&header, colour_type);
    loom_strbuf_add(&header, "\0\0\0", 3);
    sample_chunk(out, "IHDR", &header);
    loom_strbuf_release(&header);
}

static void add_extras(loom_strbuf *out, const sample_extras *extras)
{
    loom_strbuf chunk = LOOM_STRBUF_INIT;

    if (extras->icc != NULL) {
        loom_strbuf icc = LOOM_STRBUF_INIT;
        loom_strbuf_add(&icc, extras->icc, extras->icc_size);
        loom_strbuf_add(&chunk, "profile\0", 9); /* name and method, which is 0 */
        add_stored(&chunk, &icc);
        sample_chunk(out, "iCCP", &chunk);
        loom_strbuf_release(&icc);
        loom_strbuf_clear(&chunk);
    }
    if (extras->orientation != 0) {
        sample_exif_orientation(&chunk, extras->orientation);
        sample_chunk(out, "eXIf", &chunk);
    }
    loom_strbuf_release(&chunk);
}

static void add_pixels(loom_strbuf *out, const oracle_image *image)
{
    loom_strbuf rows = LOOM_STRBUF_INIT, data = LOOM_STRBUF_INIT;

    for (uint32_t y = 0; y < image->height; y++) {
        loom_strbuf_add_char(&rows, 0); /* no filter */
        add_row(&rows, image, y, true);
    }
    add_stored(&data, &rows);
    sample_chunk(out, "IDAT", &data);
    loom_strbuf_clear(&data);
    sample_chunk(out, "IEND", &data);
    loom_strbuf_release(&rows);
    loom_strbuf_release(&data);
}

void sample_png(const char *path, const oracle_image *image, const sample_extras *extras)
{
    static const char colour_types[5] = {0, 0, 4, 2, 6};
    loom_strbuf out = LOOM_STRBUF_INIT;

    add_header(&out, image, colour_types[image->channels]);
    if (extras != NULL)
        add_extras(&out, extras);
    add_pixels(&out, image);
    sample_write(path, &out);
}

void sample_palette_png(const char *path, const oracle_image *image, const uint8_t *palette,
                        size_t count)
{
    loom_strbuf out = LOOM_STRBUF_INIT, chunk = LOOM_STRBUF_INIT;

    ck_assert(image->channels == 1 && image->max == 255);
    add_header(&out, image, 3);
    loom_strbuf_add(&chunk, palette, 3 * count);
    sample_chunk(&out, "PLTE", &chunk);
    loom_strbuf_release(&chunk);
    add_pixels(&out, image);
    sample_write(path, &out);
}

/* ---- TIFF 6.0 ------------------------------------------------------------ */

static void add_entry(loom_strbuf *out, unsigned tag, unsigned type, size_t count, size_t value)
{
    sample_le16(out, tag);
    sample_le16(out, type); /* 1 BYTE, 3 SHORT, 4 LONG, 7 UNDEFINED */
    sample_le32(out, (uint32_t)count);
    sample_le32(out, (uint32_t)value);
}

void sample_tiff(const char *path, const oracle_image *image, const sample_extras *extras)
{
    const sample_extras none = {.icc = NULL}, *more = extras != NULL ? extras : &none;
    const unsigned bits = image->max == 255 ? 8 : 16, channels = image->channels;
    const size_t bytes = (size_t)image->width * image->height * channels * bits / 8;
    const size_t after = 8 + bytes, icc = after + 8, directory = icc + more->icc_size;
    const bool alpha = channels % 2 == 0 && !more->cmyk;
    loom_strbuf out = LOOM_STRBUF_INIT;

    loom_strbuf_add(&out, "II*\0", 4);
    sample_le32(&out, (uint32_t)directory);
    for (uint32_t y = 0; y < image->height; y++)
        add_row(&out, image, y, false);
    for (unsigned c = 0; c < 4; c++)
        sample_le16(&out, bits);
    if (more->icc != NULL)
        loom_strbuf_add(&out, more->icc, more->icc_size);
    sample_le16(&out, 10u + (alpha ? 1 : 0) + (more->icc != NULL ? 1 : 0));
    add_entry(&out, 256, 4, 1, image->width);
    add_entry(&out, 257, 4, 1, image->height);
    if (channels < 3) /* up to two numbers stand in the entry itself */
        add_entry(&out, 258, 3, channels, alpha ? bits << 16 | bits : bits);
    else
        add_entry(&out, 258, 3, channels, after);
    add_entry(&out, 259, 3, 1, 1);                                     /* no compression */
    add_entry(&out, 262, 3, 1, more->cmyk ? 5 : channels < 3 ? 1 : 2); /* 1: 0 is black; 2: RGB */
    add_entry(&out, 273, 4, 1, 8);
    add_entry(&out, 274, 3, 1, more->orientation != 0 ? (unsigned)more->orientation : 1);
    add_entry(&out, 277, 3, 1, channels);
    add_entry(&out, 278, 4, 1, image->height);
    add_entry(&out, 279, 4, 1, bytes);
    if (alpha)
        add_entry(&out, 338, 3, 1, 2); /* not premultiplied */
    if (more->icc != NULL)
        add_entry(&out, 34675, 7, more->icc_size, icc);
    sample_le32(&out, 0);
    sample_write(path, &out);
}

/* ---- JPEG (ITU-T T.81, Annex B) and WebP --------------------------------- */

void sample_segment(loom_strbuf *out, unsigned marker, const void *prefix, size_t prefix_size,
                    const void *data, size_t size)
{
    ck_assert_uint_le(prefix_size + size + 2, 65535);
    sample_be16(out, 0xFF00 | marker);
    sample_be16(out, (unsigned)(prefix_size + size + 2));
    loom_strbuf_add(out, prefix, prefix_size);
    loom_strbuf_add(out, data, size);
}

void sample_exif_segment(loom_strbuf *out, loom_strbuf *exif)
{
    sample_segment(out, 0xE1, "Exif\0", 6, exif->data, exif->size);
    loom_strbuf_release(exif);
}

void sample_icc_segment(loom_strbuf *out, const void *icc, size_t size)
{
    sample_segment(out, 0xE2, "ICC_PROFILE\0\1\1", 14, icc, size);
}

void sample_insert(const char *from, const char *to, loom_strbuf *segments)
{
    loom_strbuf out = LOOM_STRBUF_INIT;
    size_t size;
    char *data = tmpdir_read(from, &size);

    ck_assert(size > 4 && memcmp(data, "\xFF\xD8", 2) == 0 && !segments->failed);
    loom_strbuf_add(&out, data, 2);
    loom_strbuf_add(&out, segments->data, segments->size);
    loom_strbuf_add(&out, data + 2, size - 2);
    free(data);
    loom_strbuf_release(segments);
    sample_write(to, &out);
}

static void add_le24(loom_strbuf *out, uint32_t value)
{
    sample_le16(out, value & 0xFFFF);
    loom_strbuf_add_char(out, (char)(value >> 16));
}

void sample_webp_orientation(const char *from, const char *to, uint32_t width, uint32_t height,
                             int orientation)
{
    loom_strbuf out = LOOM_STRBUF_INIT, exif = LOOM_STRBUF_INIT;
    size_t size;
    char *data = tmpdir_read(from, &size);

    ck_assert(size > 20 && memcmp(data, "RIFF", 4) == 0 && memcmp(data + 12, "VP8X", 4) != 0);
    sample_exif_orientation(&exif, orientation);
    loom_strbuf_add(&out, "RIFF", 4);
    sample_le32(&out, (uint32_t)(size - 8 + 18 + 8 + exif.size));
    loom_strbuf_add(&out, "WEBPVP8X\12\0\0\0\10\0\0\0", 16); /* the flag says: EXIF */
    add_le24(&out, width - 1);
    add_le24(&out, height - 1);
    loom_strbuf_add(&out, data + 12, size - 12);
    loom_strbuf_add(&out, "EXIF", 4);
    sample_le32(&out, (uint32_t)exif.size);
    loom_strbuf_add(&out, exif.data, exif.size);
    loom_strbuf_release(&exif);
    free(data);
    sample_write(to, &out);
}
