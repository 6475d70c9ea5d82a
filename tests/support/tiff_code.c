#include "support/tiff_file.h"

#include "support/check.h"
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>
#include <zlib.h>

/* Runs of literals alone (TIFF 6.0, section 9). */
static unsigned char *pack_bits(const unsigned char *data, size_t size, size_t *coded)
{
    enum { RUN = 128 };
    unsigned char *made = malloc(size + size / RUN + 2), *to = made;

    ck_assert_ptr_nonnull(made);
    for (size_t at = 0; at < size; at += RUN) {
        const size_t run = size - at < RUN ? size - at : RUN;
        *to++ = (unsigned char)(run - 1);
        memcpy(to, data + at, run);
        to += run;
    }
    *coded = (size_t)(to - made);
    return made;
}

/* A code of 9 bits, from the highest bit on. */
static void put_code(unsigned char *made, size_t *bit, unsigned code)
{
    for (int i = 8; i >= 0; i--, ++*bit)
        if ((code >> i & 1) != 0)
            made[*bit / 8] |= (unsigned char)(0x80 >> *bit % 8);
}

/* Literals, and the table cleared before codes become longer (section 13). */
static unsigned char *lzw(const unsigned char *data, size_t size, size_t *coded)
{
    enum { CLEAR = 256, END = 257, KEPT = 200 };
    const size_t codes = size + size / KEPT + 3;
    unsigned char *made = calloc(1, (codes * 9 + 7) / 8);
    size_t bit = 0;

    ck_assert_ptr_nonnull(made);
    for (size_t i = 0; i < size; i++) {
        if (i % KEPT == 0)
            put_code(made, &bit, CLEAR);
        put_code(made, &bit, data[i]);
    }
    put_code(made, &bit, END);
    *coded = (bit + 7) / 8;
    return made;
}

static unsigned char *deflate_piece(const unsigned char *data, size_t size, size_t *coded)
{
    uLongf length = compressBound((uLong)size);
    unsigned char *made = malloc(length);

    ck_assert_ptr_nonnull(made);
    ck_assert_int_eq(compress(made, &length, data, (uLong)size), Z_OK);
    *coded = length;
    return made;
}

static void quiet(const char *module, const char *format, va_list args)
{
    (void)module, (void)format, (void)args;
}

static void set_fields(TIFF *tiff, const tiff_piece *piece)
{
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, piece->width);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, piece->rows);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, piece->rows);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, piece->bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, piece->samples);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC,
                 piece->samples >= 3 ? PHOTOMETRIC_RGB : PHOTOMETRIC_MINISBLACK);
    TIFFSetField(tiff, TIFFTAG_FILLORDER, piece->order == 2 ? 2 : 1);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, piece->compression);
    if (piece->compression == COMPRESSION_CCITTFAX3)
        TIFFSetField(tiff, TIFFTAG_GROUP3OPTIONS, piece->t4);
    if (piece->compression == COMPRESSION_WEBP)
        TIFFSetField(tiff, TIFFTAG_WEBP_LOSSLESS, 1);
}

static unsigned char *by_libtiff(const tiff_piece *piece, const unsigned char *data, size_t size,
                                 size_t *coded)
{
    static const char path[] = "coded.tif";
    unsigned char *copy = malloc(size), *made = NULL; /* libtiff may write into it */

    ck_assert_ptr_nonnull(copy);
    memcpy(copy, data, size);
    TIFFErrorHandler before = TIFFSetErrorHandler(quiet);
    TIFF *tiff = TIFFOpen(path, "w");
    ck_assert_ptr_nonnull(tiff);
    set_fields(tiff, piece);
    const bool ok = TIFFWriteEncodedStrip(tiff, 0, copy, (tmsize_t)size) == (tmsize_t)size;
    TIFFClose(tiff);
    free(copy);
    tiff = ok ? TIFFOpen(path, "r") : NULL;
    if (tiff != NULL) {
        const uint64_t length = TIFFGetStrileByteCount(tiff, 0);
        made = malloc(length);
        ck_assert_ptr_nonnull(made);
        ck_assert_int_eq(TIFFReadRawStrip(tiff, 0, made, (tmsize_t)length), (tmsize_t)length);
        *coded = length;
        TIFFClose(tiff);
    }
    (void)remove(path);
    (void)TIFFSetErrorHandler(before);
    return made;
}

unsigned char *tiff_code(const tiff_piece *piece, const unsigned char *data, size_t size,
                         size_t *coded)
{
    const unsigned c = piece->compression;

    switch (c) {
    case COMPRESSION_PACKBITS:
        return pack_bits(data, size, coded);
    case COMPRESSION_LZW:
        return lzw(data, size, coded);
    case COMPRESSION_ADOBE_DEFLATE:
    case COMPRESSION_DEFLATE:
        return deflate_piece(data, size, coded);
    case COMPRESSION_CCITTRLE:
    case COMPRESSION_CCITTRLEW:
    case COMPRESSION_CCITTFAX3:
    case COMPRESSION_CCITTFAX4:
    case COMPRESSION_LZMA:
    case COMPRESSION_ZSTD:
    case COMPRESSION_WEBP:
        return TIFFIsCODECConfigured((uint16_t)c) ? by_libtiff(piece, data, size, coded) : NULL;
    default:
        return NULL;
    }
}

void tiff_append_page(const char *path)
{
    enum { SIDE = 40 };
    static unsigned char rows[SIDE * SIDE];
    TIFF *tiff = TIFFOpen(path, "a");

    ck_assert_ptr_nonnull(tiff);
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, SIDE);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, SIDE);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, SIDE);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_CIELAB);
    ck_assert_int_eq(TIFFWriteEncodedStrip(tiff, 0, rows, sizeof rows), (tmsize_t)sizeof rows);
    TIFFClose(tiff);
}
