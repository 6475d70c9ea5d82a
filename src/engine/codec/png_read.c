#include "engine/codec/png.h"

#include "base/memory.h"
#include "engine/codec/png_parts.h"
#include "format/png.h"
#include <limits.h>
#include <stdlib.h>

/* ---- the stream of picture data ------------------------------------------ */

/*
 * The zlib stream in all of the file's IDAT chunks (10.1). Its checksum (Adler-32) is checked,
 * those of the chunks are not. Any bytes are allowed.
 */

typedef enum stream_end {
    GOES_ON = 0,
    ENDED,   /* complete, and its checksum is right */
    RAN_OUT, /* there are no more IDATs, but the stream is not complete */
    BROKEN   /* it is damaged, or its checksum is wrong */
} stream_end;

typedef struct png_stream {
    loom_bytes file;
    size_t next; /* offset of the next IDAT */
    stream_end end;
    bool surplus; /* bytes follow the end in the last IDATs; known once the stream has ended */
    struct inflate_state inflate;
} png_stream;

enum { HEAD = 8 }; /* bytes of a chunk before its data */

/* The data of the IDAT at `at`, as far as it exists, and the position of the next chunk. */
static bool idat_at(loom_bytes file, size_t at, loom_bytes *data, size_t *next)
{
    if (at > file.size || file.size - at < HEAD || memcmp(file.data + at + 4, "IDAT", 4) != 0)
        return false;
    const size_t length = loom_be32(file.data + at), there = file.size - at - HEAD;

    *data = (loom_bytes){file.data + at + HEAD, length < there ? length : there};
    *next = length <= there && there - length >= LOOM_PNG_CHUNK - HEAD
                ? at + LOOM_PNG_CHUNK + length
                : file.size;
    return true;
}

/* Begins with the first IDAT of the file, which must outlive the stream. False: there is none. */
static bool open_stream(png_stream *stream, loom_bytes file)
{
    loom_png_chunk chunk;
    loom_bytes data;
    size_t at = LOOM_PNG_SIGNATURE, next;

    while (loom_png_chunk_at(file, at, &chunk) && !loom_png_chunk_is(&chunk, "IDAT"))
        at = chunk.end;
    if (!idat_at(file, at, &data, &next))
        return false;
    stream->file = file;
    stream->next = at;
    stream->end = GOES_ON;
    stream->surplus = false;
    isal_inflate_init(&stream->inflate);
    stream->inflate.crc_flag = ISAL_ZLIB; /* with header and checksum */
    return true;
}

/* Passes the next IDAT to the inflater. False: there is none. */
static bool feed(png_stream *stream)
{
    loom_bytes data;

    if (!idat_at(stream->file, stream->next, &data, &stream->next))
        return false;
    /* The inflater only reads, although its pointer is not const. */
    memcpy(&stream->inflate.next_in, &data.data, sizeof stream->inflate.next_in);
    stream->inflate.avail_in = (uint32_t)data.size;
    return true;
}

int loom_inflate(struct inflate_state *state)
{
    const int code = isal_inflate(state);

#ifdef __x86_64__
    if (__builtin_cpu_supports("avx"))
        __asm__ volatile("vzeroupper" ::: "memory");
#endif
    return code;
}

/* Whether anything except empty IDATs follows the stream, which has ended. */
static bool has_surplus(png_stream *stream)
{
    const struct inflate_state *state = &stream->inflate;

    while (state->avail_in == 0 && feed(stream))
        continue;
    return state->avail_in > 0 || state->read_in_length >= CHAR_BIT;
}

/*
 * Inflates to `to`. Returns `size`, or how many bytes came before stream->end was no longer
 * GOES_ON. In all no more than 4 GiB.
 */
static size_t read_stream(png_stream *stream, unsigned char *to, uint32_t size)
{
    struct inflate_state *state = &stream->inflate;

    state->next_out = to;
    state->avail_out = size;
    while (state->avail_out > 0 && stream->end == GOES_ON) {
        const uint32_t wanted = state->avail_out;
        if (loom_inflate(state) != ISAL_DECOMP_OK) {
            stream->end = BROKEN;
        } else if (state->avail_out == wanted) {
            if (state->block_state == ISAL_BLOCK_FINISH) {
                stream->end = ENDED;
                stream->surplus = has_surplus(stream);
            } else if (state->avail_in > 0) {
                stream->end = BROKEN; /* no progress */
            } else if (!feed(stream)) {
                stream->end = RAN_OUT;
            }
        }
    }
    return size - state->avail_out;
}

/* ---- the reader ---------------------------------------------------------- */

enum { BAND_BYTES = 1 << 17, ROWS_MIN = 2, ROW_MAX = 1 << 28, PASSES = 7, ADAM7 = 1 };

struct loom_png_reader {
    loom_png_header header;
    loom_png_samples samples;
    loom_png_faults faults;
    size_t row, stride; /* bytes of a stored row, and from one to the next in `rows` */
    size_t pixel;    /* bytes from a byte of a stored row to the one that filters compare it with */
    size_t made_row; /* bytes of a converted row; 0: rows are not converted */

    /* A band of rows, inflated and unfiltered. The row before the band comes first. */
    uint32_t max_rows, first, ready; /* per band; the band's first row, and its rows */
    uint32_t known;                  /* of those: the others are 0 */
    uint32_t at;                     /* the next row */
    unsigned char *filtered, *rows;
    unsigned char *made; /* a row; for an interlaced picture all rows, and a working row */
    bool failed;         /* no more rows can be decoded */
    png_stream stream;
};

/* ---- opening ------------------------------------------------------------- */

/* The inflater's counters must hold all bytes together. */
static bool plan_rows(loom_png_reader *reader)
{
    const loom_png_header *h = &reader->header;
    const loom_png_samples *s = &reader->samples;

    if (h->width == 0 || h->height == 0 || h->width > ROW_MAX / (s->stored * 2) ||
        h->compression != 0 || h->filter != 0 || h->interlace > ADAM7)
        return false;
    reader->row = loom_png_samples_row(s, h->width);
    const size_t bits = (size_t)s->stored * s->depth;
    reader->pixel = bits < 8 ? 1 : bits / 8;
    if (!loom_png_samples_plain(s) || h->interlace == ADAM7)
        reader->made_row = (size_t)h->width * s->channels * s->bytes;
    /* Each row of a pass may take one more byte, and the passes have twice as many rows in total.
     */
    return h->height <= UINT32_MAX / 2 / (reader->row + 3);
}

static bool make_room(loom_png_reader *reader)
{
    const size_t fit = BAND_BYTES / (reader->row + 1);
    const size_t wanted = fit < ROWS_MIN ? ROWS_MIN : fit & ~(size_t)1; /* pairs */
    const size_t made_rows =
        reader->header.interlace == ADAM7 ? reader->header.height + (size_t)1 : 1;
    size_t filtered, rows;

    reader->max_rows = wanted < reader->header.height ? (uint32_t)wanted : reader->header.height;
    reader->stride = reader->row + LOOM_PNG_SLACK;
    if (!loom_size_mul(reader->max_rows, reader->row + 1, &filtered) ||
        !loom_size_mul(reader->max_rows + (size_t)1, reader->stride, &rows))
        return false;
    reader->filtered = calloc(1, filtered + LOOM_PNG_SLACK);
    reader->rows = calloc(1, rows);
    if (reader->made_row > 0)
        reader->made = calloc(made_rows, reader->made_row);
    return reader->filtered != NULL && reader->rows != NULL &&
           (reader->made != NULL || reader->made_row == 0);
}

loom_png_reader *loom_png_reader_create(const unsigned char *file, size_t size)
{
    const loom_bytes bytes = {file, size};
    loom_png_reader *reader = malloc(sizeof *reader);

    if (reader == NULL)
        return NULL;
    reader->faults = (loom_png_faults){NULL, false, false, false};
    reader->first = reader->ready = reader->known = reader->at = 0;
    reader->made_row = 0;
    reader->filtered = reader->rows = reader->made = NULL;
    reader->failed = false;
    if (loom_png_header_read(bytes, &reader->header) &&
        loom_png_samples_read(bytes, &reader->header, &reader->samples) && plan_rows(reader) &&
        open_stream(&reader->stream, bytes) && make_room(reader))
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
    free(reader->made);
    free(reader);
}

uint32_t loom_png_reader_width(const loom_png_reader *reader)
{
    return reader->header.width;
}

uint32_t loom_png_reader_height(const loom_png_reader *reader)
{
    return reader->header.height;
}

unsigned loom_png_reader_channels(const loom_png_reader *reader)
{
    return reader->samples.channels;
}

unsigned loom_png_reader_depth(const loom_png_reader *reader)
{
    return reader->samples.bytes;
}

uint32_t loom_png_reader_at(const loom_png_reader *reader)
{
    return reader->at;
}

const loom_png_faults *loom_png_reader_faults(const loom_png_reader *reader)
{
    return &reader->faults;
}

/* ---- what is wrong ------------------------------------------------------- */

static void record_damage(loom_png_reader *reader, const char *what)
{
    if (reader->faults.damage == NULL)
        reader->faults.damage = what;
}

static void record_broken(loom_png_reader *reader)
{
    record_damage(reader, "its compressed data is broken, or fails its checksum (Adler-32)");
}

/* The stream has ended before the last row. */
static void record_end(loom_png_reader *reader)
{
    reader->failed = true;
    if (reader->stream.end == BROKEN)
        record_broken(reader);
    else
        reader->faults.missing = true;
}

/*
 * All rows are complete: reads on to the checksum, which says whether they are right. More data
 * than the picture needs is allowed, within a limit.
 */
static void read_end(loom_png_reader *reader)
{
    unsigned char more[4096];
    uint64_t left = ((uint64_t)reader->row + 1) * reader->header.height + BAND_BYTES;
    size_t got;

    while ((got = read_stream(&reader->stream, more, sizeof more)) > 0 && left > got) {
        reader->faults.surplus = true;
        left -= got;
    }
    switch (reader->stream.end) {
    case ENDED:
        reader->faults.surplus = reader->faults.surplus || reader->stream.surplus;
        break;
    case RAN_OUT:
        reader->faults.unfinished = true;
        break;
    case BROKEN:
        record_broken(reader);
        break;
    default:
        record_damage(reader, "it has far more data than its pixels need");
    }
}

/* ---- rows ---------------------------------------------------------------- */

/*
 * Reads `count` rows of `size` bytes each to reader->rows, after the row above them; returns the
 * number of rows read.
 */
static uint32_t read_rows(loom_png_reader *reader, uint32_t count, size_t size)
{
    const size_t all = (size + 1) * count;
    const size_t got = read_stream(&reader->stream, reader->filtered, (uint32_t)all);
    uint32_t whole = (uint32_t)(got / (size + 1)), good = 0;

    if (got < all)
        record_end(reader);
    while (good < whole && loom_png_filter_known(reader->filtered[good * (size + 1)]))
        good++;
    if (good < whole) {
        reader->failed = true;
        record_damage(reader, "a row has an unknown filter");
    }
    (void)loom_png_unfilter(reader->filtered, good, reader->rows, size, reader->pixel,
                            reader->rows + reader->stride, reader->stride);
    return good;
}

static void expand(loom_png_reader *reader, const unsigned char *row, uint32_t count,
                   unsigned char *to)
{
    if (!loom_png_expand(&reader->samples, row, count, to))
        record_damage(reader, "a pixel has a colour that is not in the palette");
}

static void next_band(loom_png_reader *reader)
{
    const uint32_t left = reader->header.height - reader->at;
    const uint32_t count = left < reader->max_rows ? left : reader->max_rows;
    unsigned char *rows = reader->rows + reader->stride;

    if (reader->ready > 0)
        memcpy(reader->rows, rows + reader->stride * (reader->ready - 1), reader->row);
    reader->first = reader->at;
    reader->ready = count;
    reader->known = reader->failed ? 0 : read_rows(reader, count, reader->row);
    if (reader->known < count)
        memset(rows + reader->stride * reader->known, 0, reader->stride * (count - reader->known));
    if (count == left && !reader->failed)
        read_end(reader);
}

/* ---- interlaced pictures: 8.1, Adam7 ------------------------------------- */

typedef struct pass {
    uint32_t x, y, across, down; /* its first pixel, and the steps between pixels */
} pass;

static const pass passes[PASSES] = {{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4},
                                    {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}};

/* The number of pixels on a side, from the first on. */
static uint32_t count_of(uint32_t side, uint32_t first, uint32_t step)
{
    return side > first ? (side - first - 1) / step + 1 : 0;
}

/* Copies the pixels of a pass's row to their places. */
static void scatter(loom_png_reader *reader, const pass *p, uint32_t y, uint32_t width)
{
    unsigned char *line = reader->made + reader->made_row * reader->header.height;
    const size_t size = (size_t)reader->samples.channels * reader->samples.bytes;
    unsigned char *to =
        reader->made + reader->made_row * (p->y + (size_t)y * p->down) + (size_t)p->x * size;

    expand(reader, reader->rows + reader->stride, width, line);
    for (uint32_t x = 0; x < width; x++, line += size, to += (size_t)p->across * size)
        memcpy(to, line, size);
}

static void read_pass(loom_png_reader *reader, const pass *p)
{
    const uint32_t width = count_of(reader->header.width, p->x, p->across);
    const uint32_t height = width > 0 ? count_of(reader->header.height, p->y, p->down) : 0;
    const size_t size = loom_png_samples_row(&reader->samples, width);

    memset(reader->rows, 0, reader->stride);
    for (uint32_t y = 0; y < height && !reader->failed; y++)
        if (read_rows(reader, 1, size) == 1) {
            scatter(reader, p, y, width);
            memcpy(reader->rows, reader->rows + reader->stride, size);
        }
}

static void read_all(loom_png_reader *reader)
{
    for (int i = 0; i < PASSES; i++)
        read_pass(reader, &passes[i]);
    if (!reader->failed)
        read_end(reader);
}

const unsigned char *loom_png_reader_next(loom_png_reader *reader)
{
    if (reader->header.interlace == ADAM7) {
        if (reader->at == 0)
            read_all(reader);
        return reader->made + reader->made_row * reader->at++;
    }
    if (reader->at == reader->first + reader->ready)
        next_band(reader);
    const uint32_t in_band = reader->at++ - reader->first;
    const unsigned char *row = reader->rows + reader->stride * (in_band + (size_t)1);
    if (reader->made_row == 0)
        return row;
    if (in_band < reader->known)
        expand(reader, row, reader->header.width, reader->made);
    else
        memset(reader->made, 0, reader->made_row);
    return reader->made;
}
