#include "engine/codec/png.h"

#include "base/bytes.h"
#include "base/memory.h"
#include "engine/codec/png_parts.h"
#include "format/png.h"
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

enum { BYTES_MAX = 64 << 20, EFFORTS = 11 }; /* of samples; 0..10 */

static const unsigned char signature[LOOM_PNG_SIGNATURE] = {0x89, 'P',  'N',  'G',
                                                            '\r', '\n', 0x1A, '\n'};

/*
 * libdeflate's level for each effort. A filtered photograph is mostly noise: higher levels take
 * longer and gain little. Without a filter, level 6 makes files no larger than zlib's level 6.
 * Measured on 15 photographs of 800x533 px and 55 drawings and screenshots, relative to zlib 6
 * without filters, as bytes and time: photographs 0.70 x and 0.4 x (level 3), 0.69 x and 0.7 x (6),
 * 0.68 x and 3.4 x (9); the others 0.98 x and 0.6 x (6, unfiltered).
 */
enum { USUAL_EFFORT = 6 };
static const int levels_filtered[EFFORTS] = {0, 1, 1, 2, 2, 3, 3, 5, 6, 8, 9};
static const int levels_plain[EFFORTS] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10};

/* ---- rows ---------------------------------------------------------------- */

/* A picture as the compressor needs it. */
typedef struct rows {
    const loom_picture *picture;
    size_t size, pixel;  /* bytes of a row, and of a pixel */
    unsigned char *made; /* a byte for the filter and `size` bytes, for each row */
    unsigned char *line; /* four rows: zeros, two in the file's byte order, scratch */
} rows;

/* Row y in the byte order of PNG, valid until two more rows are requested. */
static const unsigned char *row_of(const rows *r, uint32_t y)
{
    const unsigned char *from = r->picture->data + r->size * y;
    unsigned char *to = r->line + r->size * (1 + y % 2);

    if (r->picture->depth == 1)
        return from;
    for (size_t i = 0; i < r->size; i += 2) {
        uint16_t sample;
        memcpy(&sample, from + i, 2);
        to[i] = (unsigned char)(sample >> 8);
        to[i + 1] = (unsigned char)sample;
    }
    return to;
}

static void make_filtered(const rows *r)
{
    const unsigned char *above = r->line; /* zeros */

    for (uint32_t y = 0; y < r->picture->height; y++) {
        const unsigned char *row = row_of(r, y);
        loom_png_filter(row, above, r->size, r->pixel, r->line + 3 * r->size,
                        r->made + (r->size + 1) * y);
        above = row;
    }
}

static void make_plain(const rows *r, uint32_t first, uint32_t count, unsigned char *to)
{
    for (uint32_t y = 0; y < count; y++, to += r->size + 1) {
        to[0] = 0;
        memcpy(to + 1, row_of(r, first + y), r->size);
    }
}

/* ---- compressing --------------------------------------------------------- */

static size_t compress(int level, const unsigned char *from, size_t size, unsigned char *to,
                       size_t capacity)
{
    struct libdeflate_compressor *compressor = libdeflate_alloc_compressor(level);
    size_t made = 0;

    if (compressor != NULL)
        made = libdeflate_zlib_compress(compressor, from, size, to, capacity);
    libdeflate_free_compressor(compressor);
    return made;
}

/* What samples of a picture are compressed to, with filters and without. */
typedef struct weights {
    size_t filtered, plain;
} weights;

/*
 * Compresses `bands` bands of the picture, or all of it if it has not many more, both ways. `to`
 * has `capacity` bytes, enough for the whole picture. False: out of memory.
 */
static bool weigh(const rows *r, uint32_t bands, int level_filtered, int level_plain,
                  unsigned char *to, size_t capacity, weights *found)
{
    enum { BAND_BYTES = 1 << 15 };
    const uint32_t height = r->picture->height;
    const size_t wanted = BAND_BYTES / (r->size + 1) + 1;
    const bool whole = height / wanted <= bands;
    const uint32_t count = whole ? height : (uint32_t)wanted;
    unsigned char *band = loom_alloc_array(count, r->size + 1);

    *found = (weights){0, 0};
    if (band == NULL)
        return false;
    for (uint32_t i = 0; i < (whole ? 1 : bands); i++) {
        const uint32_t first = whole ? 0 : (height - count) / (bands - 1) * i;
        const size_t bytes = (r->size + 1) * count;
        make_plain(r, first, count, band);
        found->filtered +=
            compress(level_filtered, r->made + (r->size + 1) * first, bytes, to, capacity);
        found->plain += compress(level_plain, band, bytes, to, capacity);
    }
    free(band);
    return true;
}

/*
 * Whether filters make this picture smaller, as for photographs, or larger, as for most drawings.
 * Mostly a quick look tells; higher levels gain more without filters. Else samples of it, 8 bands
 * or a sixteenth, are compressed as the picture would be. Either way works.
 */
static bool filters_pay(const rows *r, int effort, unsigned char *to, size_t capacity)
{
    enum { QUICK_BANDS = 4, QUICK_LEVEL = 1, BANDS_MIN = 8, BAND_BYTES = 1 << 15, PART = 16 };
    const size_t part = (r->size + 1) * r->picture->height / BAND_BYTES / PART;
    const uint32_t bands = part > BANDS_MIN ? (uint32_t)part : BANDS_MIN;
    weights found;

    if (!weigh(r, QUICK_BANDS, QUICK_LEVEL, QUICK_LEVEL, to, capacity, &found) ||
        found.filtered < found.plain / 5 * 4)
        return true;
    if (found.plain <= found.filtered)
        return false;
    return !weigh(r, bands, levels_filtered[effort], levels_plain[effort], to, capacity, &found) ||
           found.filtered < found.plain;
}

/* ---- chunks -------------------------------------------------------------- */

/* Completes a chunk of `length` bytes at `at` + 8; returns its end. */
static unsigned char *close_chunk(unsigned char *at, const char *type, size_t length)
{
    loom_put32(at, true, (uint32_t)length);
    memcpy(at + 4, type, 4);
    loom_put32(at + 8 + length, true, libdeflate_crc32(0, at + 4, length + 4));
    return at + LOOM_PNG_CHUNK + length;
}

static unsigned char *put_header(unsigned char *at, const loom_picture *picture)
{
    static const unsigned char colour_types[] = {0, 4, 2, 6}; /* by channels */
    unsigned char *header = at + 8;

    loom_put32(header, true, picture->width);
    loom_put32(header + 4, true, picture->height);
    header[8] = (unsigned char)(8 * picture->depth);
    header[9] = colour_types[picture->channels - 1];
    header[10] = header[11] = header[12] = 0; /* deflate, the five filters, not interlaced */
    return close_chunk(at, "IHDR", LOOM_PNG_HEADER);
}

/* ---- the file ------------------------------------------------------------ */

bool loom_png_writes(const loom_picture *picture)
{
    const size_t bytes =
        loom_picture_bytes(picture->width, picture->height, picture->channels, picture->depth);

    return !picture->cmyk && bytes > 0 && bytes <= BYTES_MAX;
}

/* Writes the file, with space for `bound` bytes of pixel data. Returns its size; 0: out of memory.
 */
static size_t write(const rows *r, int effort, loom_bytes chunks, unsigned char *file, size_t bound)
{
    const uint32_t height = r->picture->height;
    const size_t bytes = (r->size + 1) * height;
    unsigned char *at = file;

    memcpy(at, signature, LOOM_PNG_SIGNATURE);
    at = put_header(at + LOOM_PNG_SIGNATURE, r->picture);
    if (chunks.size > 0)
        memcpy(at, chunks.data, chunks.size);
    at += chunks.size;
    const int *levels = levels_filtered;
    if (effort > 0)
        make_filtered(r);
    if (effort == 0 || !filters_pay(r, effort, at + 8, bound)) {
        make_plain(r, 0, height, r->made);
        levels = levels_plain;
    }
    const size_t length = compress(levels[effort], r->made, bytes, at + 8, bound);
    if (length == 0)
        return 0;
    at = close_chunk(at, "IDAT", length);
    return (size_t)(close_chunk(at, "IEND", 0) - file);
}

bool loom_png_write(const loom_picture *picture, int effort, loom_bytes chunks, void **data,
                    size_t *size)
{
    rows r = {.picture = picture,
              .pixel = (size_t)picture->channels * picture->depth,
              .size = (size_t)picture->channels * picture->depth * picture->width};
    const size_t bytes = (r.size + 1) * picture->height;
    const size_t bound = libdeflate_zlib_compress_bound(NULL, bytes);
    unsigned char *file = NULL;
    size_t made = 0;

    effort = effort < 0 ? USUAL_EFFORT : effort >= EFFORTS ? EFFORTS - 1 : effort;
    r.made = malloc(bytes);
    r.line = calloc(4, r.size);
    file = malloc(LOOM_PNG_SIGNATURE + 3 * LOOM_PNG_CHUNK + LOOM_PNG_HEADER + bound + chunks.size);
    if (r.made != NULL && r.line != NULL && file != NULL)
        made = write(&r, effort, chunks, file, bound);
    free(r.made);
    free(r.line);
    if (made == 0) {
        free(file);
        return false;
    }
    unsigned char *fitted = realloc(file, made);
    *data = fitted != NULL ? fitted : file;
    *size = made;
    return true;
}
