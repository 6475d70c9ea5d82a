/*
 * Our PNG reader, on files whose checksums are made right, so that what they hold is looked at.
 * What it reads to the end must be what another inflate and the standard's formulas make of it.
 */
#include "engine/codec/png_read.h"
#include "format/png.h"
#include "fuzz_image.h"

#include <libdeflate.h>

static void put32(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Rights each chunk's checksum, and gathers the pixel data in `stream`. Its size. */
static size_t repair(unsigned char *file, size_t size, unsigned char *stream)
{
    const loom_bytes bytes = {file, size};
    loom_png_chunk chunk;
    size_t gathered = 0;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(bytes, at, &chunk); at = chunk.end) {
        put32(file + chunk.end - 4, libdeflate_crc32(0, file + at + 4, chunk.length + 4));
        if (loom_png_chunk_is(&chunk, "IDAT")) {
            memcpy(stream + gathered, file + at + 8, chunk.length);
            gathered += chunk.length;
        }
    }
    return gathered;
}

/* PNG, third edition, 9.4. */
static int paeth(int a, int b, int c)
{
    const int p = a + b - c, pa = abs(p - a), pb = abs(p - b), pc = abs(p - c);

    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
}

/* Undoes a row's filter in place; `above` is NULL for the first. */
static void unfilter(unsigned char *row, const unsigned char *above, size_t size, size_t pixel)
{
    const unsigned type = row[-1];

    for (size_t i = 0; i < size; i++) {
        const int a = i < pixel ? 0 : row[i - pixel], b = above == NULL ? 0 : above[i];
        const int c = i < pixel || above == NULL ? 0 : above[i - pixel];
        const int expected[] = {0, a, b, (a + b) / 2, paeth(a, b, c)};
        FUZZ_CHECK(type < 5);
        row[i] = (unsigned char)(row[i] + expected[type]);
    }
}

/* `rows`: all that the reader gave. */
static void compare(const loom_png_reader *reader, const unsigned char *rows,
                    const unsigned char *stream, size_t size)
{
    const size_t pixel = loom_png_reader_channels(reader);
    const size_t row = loom_png_reader_width(reader) * pixel,
                 height = loom_png_reader_height(reader);
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    unsigned char *raw = malloc((row + 1) * height);
    size_t used, made;

    FUZZ_CHECK(inflater != NULL && raw != NULL);
    FUZZ_CHECK(libdeflate_zlib_decompress_ex(inflater, stream, size, raw, (row + 1) * height, &used,
                                             &made) == LIBDEFLATE_SUCCESS);
    FUZZ_CHECK(used == size && made == (row + 1) * height);
    for (size_t y = 0; y < height; y++) {
        unsigned char *line = raw + y * (row + 1) + 1;
        unfilter(line, y == 0 ? NULL : line - (row + 1), row, pixel);
        FUZZ_CHECK(memcmp(line, rows + y * row, row) == 0);
    }
    libdeflate_free_decompressor(inflater);
    free(raw);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char *file = fuzz_copy(data, size), *stream = fuzz_copy(data, size);
    const size_t stream_size = repair(file, size, stream);
    loom_png_reader *reader = loom_png_reader_create(file, size);

    if (reader != NULL &&
        (uint64_t)loom_png_reader_width(reader) * loom_png_reader_height(reader) <=
            FUZZ_MAX_PIXELS) {
        const size_t row = (size_t)loom_png_reader_width(reader) * loom_png_reader_channels(reader);
        const uint32_t height = loom_png_reader_height(reader);
        unsigned char *rows = malloc(row * height);
        const unsigned char *next = rows;
        FUZZ_CHECK(rows != NULL);
        while (next != NULL && loom_png_reader_at(reader) < height) {
            const uint32_t y = loom_png_reader_at(reader);
            next = loom_png_reader_next(reader);
            if (next != NULL)
                memcpy(rows + row * y, next, row);
        }
        if (next != NULL)
            compare(reader, rows, stream, stream_size);
        free(rows);
    }
    loom_png_reader_free(reader);
    free(stream);
    free(file);
    return 0;
}
