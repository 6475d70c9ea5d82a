#include "engine/codec/png_read.h"

#include "base/array.h"
#include "base/memory.h"
#include "engine/codec/png_filter.h"
#include "format/png.h"
#include <isa-l/igzip_lib.h>
#include <libdeflate.h>
#include <limits.h>
#include <stdlib.h>

enum { BAND_BYTES = 1 << 17, ROWS_MIN = 2, ROW_MAX = 1 << 28 };

struct loom_png_reader {
    const unsigned char *file;
    size_t size, next_chunk; /* offset of the first IDAT that was not begun */
    uint32_t width, height;
    unsigned channels;
    size_t row, stride; /* bytes of a row, and from one to the next in `rows` */

    /* A band of rows: inflated, and without filters. The row before the band is the first there. */
    uint32_t max_rows, first, ready; /* of a band; number of the band's first row, and of rows */
    uint32_t at;                     /* the row that is next */
    unsigned char *filtered, *rows;
    struct inflate_state inflate;
};

/* ---- which files --------------------------------------------------------- */

static bool read_header(loom_png_reader *reader, const loom_png_chunk *chunk)
{
    static const unsigned channels[] = {1, 0, 3, 0, 2, 0, 4}; /* by colour type; 3: a palette */
    const unsigned char *data = chunk->start + 8;

    if (!loom_png_chunk_is(chunk, "IHDR") || chunk->length != LOOM_PNG_HEADER)
        return false;
    reader->width = loom_be32(data);
    reader->height = loom_be32(data + 4);
    const bool plain = data[8] == 8 && data[10] == 0 && data[11] == 0 && data[12] == 0;
    if (!plain || data[9] >= LOOM_COUNT(channels))
        return false;
    reader->channels = channels[data[9]];
    reader->row = (size_t)reader->width * reader->channels;
    /* All bytes together fit in the numbers that the inflater counts with. */
    return reader->row > 0 && reader->row <= ROW_MAX && reader->height > 0 &&
           reader->height <= UINT32_MAX / (reader->row + 1);
}

static bool is_sound(const loom_png_chunk *chunk)
{
    return libdeflate_crc32(0, chunk->start + 4, chunk->length + 4) ==
           loom_be32(chunk->start + 8 + chunk->length);
}

/*
 * Whether every chunk is sound, and behind the pixel data is nothing but the end. What stands
 * before it is judged by libpng, but that transparency would make more channels.
 */
static bool check_chunks(loom_png_reader *reader)
{
    loom_png_chunk chunk;
    size_t at = LOOM_PNG_SIGNATURE;

    if (!loom_png_chunk_at((loom_bytes){reader->file, reader->size}, at, &chunk) ||
        !read_header(reader, &chunk))
        return false;
    for (;; at = chunk.end) {
        if (!loom_png_chunk_at((loom_bytes){reader->file, reader->size}, at, &chunk) ||
            !is_sound(&chunk) || loom_png_chunk_is(&chunk, "tRNS"))
            return false;
        if (loom_png_chunk_is(&chunk, "IDAT"))
            reader->next_chunk = reader->next_chunk == 0 ? at : reader->next_chunk;
        else if (reader->next_chunk > 0)
            return loom_png_chunk_is(&chunk, "IEND") && chunk.length == 0;
    }
}

/* Whether the window that the stream says it needs is one that it cannot look beyond. */
static bool has_window(const loom_png_reader *reader)
{
    enum { WIDEST = 7 }; /* RFC 1950: 32 KiB */
    loom_png_chunk chunk;

    if (!loom_png_chunk_at((loom_bytes){reader->file, reader->size}, reader->next_chunk, &chunk) ||
        chunk.length < 2)
        return false;
    const unsigned bits = chunk.start[8] >> 4;
    return bits == WIDEST ||
           (bits < WIDEST && (reader->row + 1) <= ((size_t)256 << bits) / reader->height);
}

/* ---- opening ------------------------------------------------------------- */

static bool make_room(loom_png_reader *reader)
{
    const size_t fit = BAND_BYTES / (reader->row + 1);
    const size_t wanted = fit < ROWS_MIN ? ROWS_MIN : fit & ~(size_t)1; /* pairs */
    size_t filtered, rows;

    reader->max_rows = wanted < reader->height ? (uint32_t)wanted : reader->height;
    reader->stride = reader->row + LOOM_PNG_SLACK;
    if (!loom_size_mul(reader->max_rows, reader->row + 1, &filtered) ||
        !loom_size_mul(reader->max_rows + (size_t)1, reader->stride, &rows))
        return false;
    reader->filtered = calloc(1, filtered + LOOM_PNG_SLACK);
    reader->rows = calloc(1, rows);
    return reader->filtered != NULL && reader->rows != NULL;
}

loom_png_reader *loom_png_reader_create(const unsigned char *file, size_t size)
{
    loom_png_reader *reader = malloc(sizeof *reader);

    if (reader == NULL)
        return NULL;
    isal_inflate_init(&reader->inflate);
    reader->inflate.crc_flag = ISAL_ZLIB; /* with header and checksum */
    reader->file = file;
    reader->size = size;
    reader->next_chunk = 0;
    reader->first = reader->ready = reader->at = 0;
    reader->filtered = reader->rows = NULL;
    if (check_chunks(reader) && has_window(reader) && make_room(reader))
        return reader;
    loom_png_reader_free(reader);
    return NULL;
}

void loom_png_reader_free(loom_png_reader *reader)
{
    if (reader == NULL)
        return;
    free(reader->filtered);
    free(reader->rows);
    free(reader);
}

uint32_t loom_png_reader_width(const loom_png_reader *reader)
{
    return reader->width;
}

uint32_t loom_png_reader_height(const loom_png_reader *reader)
{
    return reader->height;
}

unsigned loom_png_reader_channels(const loom_png_reader *reader)
{
    return reader->channels;
}

uint32_t loom_png_reader_at(const loom_png_reader *reader)
{
    return reader->at;
}

/* ---- rows ---------------------------------------------------------------- */

/* Gives the next IDAT to the inflater. False: there is none. */
static bool feed(loom_png_reader *reader)
{
    loom_png_chunk chunk;

    if (!loom_png_chunk_at((loom_bytes){reader->file, reader->size}, reader->next_chunk, &chunk) ||
        !loom_png_chunk_is(&chunk, "IDAT") || chunk.length > UINT32_MAX)
        return false;
    reader->next_chunk = chunk.end;
    /* The inflater only reads, but says it otherwise. */
    memcpy(&reader->inflate.next_in, &(const unsigned char *){chunk.start + 8},
           sizeof reader->inflate.next_in);
    reader->inflate.avail_in = (uint32_t)chunk.length;
    return true;
}

/*
 * ISA-L returns with the upper halves of the vector registers in use, with which all SSE code after
 * it is slow, here and in libvips: 1.51 s instead of 1.18 for 15 photographs.
 */
static int inflate(struct inflate_state *state)
{
    const int code = isal_inflate(state);

#ifdef __x86_64__
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroupper" ::: "memory");
#endif
    return code;
}

/* Inflates `size` bytes to `to`. */
static bool inflate_to(loom_png_reader *reader, unsigned char *to, size_t size)
{
    struct inflate_state *state = &reader->inflate;

    state->next_out = to;
    state->avail_out = (uint32_t)size;
    while (state->avail_out > 0) {
        const uint32_t wanted = state->avail_out;
        if (inflate(state) != ISAL_DECOMP_OK)
            return false;
        if (state->avail_out < wanted)
            continue;
        if (state->block_state == ISAL_BLOCK_FINISH || state->avail_in > 0 || !feed(reader))
            return false; /* it has ended early */
    }
    return true;
}

/* Whether the stream ends here, with the right checksum and nothing behind it. */
static bool ends(loom_png_reader *reader)
{
    struct inflate_state *state = &reader->inflate;
    unsigned char more;

    do {
        state->next_out = &more;
        state->avail_out = 1;
        if (inflate(state) != ISAL_DECOMP_OK || state->avail_out == 0)
            return false;
    } while (state->block_state != ISAL_BLOCK_FINISH && state->avail_in == 0 && feed(reader));
    while (state->avail_in == 0 && feed(reader))
        continue; /* empty ones may follow */
    return state->block_state == ISAL_BLOCK_FINISH && state->avail_in == 0 &&
           state->read_in_length < CHAR_BIT;
}

static bool next_band(loom_png_reader *reader)
{
    const uint32_t left = reader->height - reader->at;
    const uint32_t count = left < reader->max_rows ? left : reader->max_rows;
    unsigned char *rows = reader->rows + reader->stride;

    if (reader->ready > 0)
        memcpy(reader->rows, rows + reader->stride * (reader->ready - 1), reader->row);
    reader->first = reader->at;
    reader->ready = 0;
    if (!inflate_to(reader, reader->filtered, (reader->row + 1) * count) ||
        (count == left && !ends(reader)) ||
        !loom_png_unfilter(reader->filtered, count, reader->rows, reader->row, reader->channels,
                           rows, reader->stride))
        return false;
    reader->ready = count;
    return true;
}

const unsigned char *loom_png_reader_next(loom_png_reader *reader)
{
    if (reader->at == reader->first + reader->ready && !next_band(reader))
        return NULL;
    reader->at++;
    return reader->rows + reader->stride * (reader->at - reader->first);
}
