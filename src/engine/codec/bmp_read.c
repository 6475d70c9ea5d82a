/*
 * BMP (Microsoft, "Bitmap Storage" and "Bitmap Compression"): rows from the bottom up, padded to
 * four bytes; run lengths may leave out pixels, which are then transparent.
 */
#include "engine/codec/decoder.h"

#include "engine/codec/raster_read.h"
#include "format/raster.h"
#include <stdlib.h>

static const char beyond_palette[] = "a pixel has a colour that is not in the palette";

typedef struct job {
    loom_bytes file;
    loom_bmp bmp;
    loom_decoded *made;
} job;

/* The picture row for row `i` of the file. */
static unsigned char *row_at(const job *j, uint32_t i)
{
    const loom_picture *picture = &j->made->picture;
    const uint32_t y = j->bmp.from_top ? i : picture->height - 1 - i;

    return picture->data + (size_t)y * picture->width * picture->channels;
}

/* ---- palettes ------------------------------------------------------------ */

/* Red, green and blue of every index that a pixel can hold; black beyond the palette. */
static void make_palette(const job *j, unsigned char palette[256][3])
{
    memset(palette, 0, 3 * 256);
    for (unsigned i = 0; i < j->bmp.colours; i++) {
        const unsigned char *entry = j->bmp.table + (size_t)i * j->bmp.entry;
        palette[i][0] = entry[2];
        palette[i][1] = entry[1];
        palette[i][2] = entry[0];
    }
}

static void read_indexed_row(const job *j, const unsigned char *from, unsigned char *to,
                             unsigned char palette[256][3])
{
    const unsigned bits = j->bmp.bits, mask = (1U << bits) - 1;
    unsigned max = 0;

    for (uint32_t x = 0; x < j->bmp.width; x++, to += 3) {
        const size_t at = (size_t)x * bits;
        const unsigned index = from[at / 8] >> (8 - bits - at % 8) & mask;
        memcpy(to, palette[index], 3);
        max = index > max ? index : max;
    }
    if (max >= j->bmp.colours)
        j->made->damage = beyond_palette;
}

/* ---- masks --------------------------------------------------------------- */

/* A channel of a pixel: its bits, and their meaning. */
typedef struct channel {
    unsigned shift;
    uint32_t max;            /* 0: no such channel; its value is 0 */
    unsigned char full[256]; /* of values to 255 */
} channel;

static void make_channels(const loom_bmp *bmp, channel channels[4])
{
    for (unsigned c = 0; c < 4; c++) {
        channels[c] = (channel){.shift = 0};
        uint32_t mask = bmp->masks[c];
        for (; mask != 0 && (mask & 1) == 0; mask >>= 1)
            channels[c].shift++;
        channels[c].max = mask;
        for (uint32_t i = 0; i < 256 && i <= mask && mask > 0; i++)
            channels[c].full[i] = (unsigned char)loom_raster_scale(i, mask, 255);
    }
}

static unsigned char channel_of(const channel *c, uint32_t pixel)
{
    const uint32_t value = pixel >> c->shift & c->max;

    return c->max <= 255 ? c->full[value] : (unsigned char)loom_raster_scale(value, c->max, 255);
}

static void read_masked_row(const job *j, const unsigned char *from, unsigned char *to,
                            const channel channels[4])
{
    const unsigned count = j->made->picture.channels;
    const bool wide = j->bmp.bits == 32;

    for (uint32_t x = 0; x < j->bmp.width; x++, to += count) {
        const uint32_t pixel =
            wide ? loom_le32(from + 4 * (size_t)x) : loom_le16(from + 2 * (size_t)x);
        for (unsigned c = 0; c < count; c++)
            to[c] = channel_of(&channels[c], pixel);
    }
}

/* Reads pixels whose channels are bytes, at these offsets. */
static void read_bytes_row(const job *j, const unsigned char *from, unsigned char *to,
                           const unsigned places[4])
{
    const unsigned count = j->made->picture.channels, step = j->bmp.bits / 8;

    for (uint32_t x = 0; x < j->bmp.width; x++, to += count, from += step)
        for (unsigned c = 0; c < count; c++)
            to[c] = from[places[c]];
}

/* False: a channel is not a whole byte. */
static bool find_bytes(const job *j, const channel channels[4], unsigned places[4])
{
    for (unsigned c = 0; c < j->made->picture.channels; c++) {
        if (j->bmp.bits == 16 || channels[c].max != 255 || channels[c].shift % 8 != 0)
            return false;
        places[c] = channels[c].shift / 8;
    }
    return true;
}

/* ---- rows as they are ---------------------------------------------------- */

/* The number of complete rows; the last one may lack its padding. */
static uint32_t rows_there(const job *j, size_t row)
{
    const size_t left = j->bmp.pixels < j->file.size ? j->file.size - j->bmp.pixels : 0;
    const size_t used = ((size_t)j->bmp.width * j->bmp.bits + 7) / 8;
    const size_t whole = left / row + (left % row >= used ? 1 : 0);

    return whole < j->bmp.height ? (uint32_t)whole : j->bmp.height;
}

/* Judges the fourth byte of 32 bits, which Windows 3 leaves unused, but many writers fill. */
static void judge_unused(const job *j, uint32_t rows, size_t row)
{
    unsigned all_or = 0, all_and = 255;

    if (j->bmp.coding != LOOM_BMP_RAW || j->bmp.bits != 32 || j->made->picture.channels == 4)
        return;
    for (uint32_t y = 0; y < rows; y++)
        for (size_t x = 0; x < j->bmp.width; x++) {
            const unsigned byte = j->file.data[j->bmp.pixels + y * row + 4 * x + 3];
            all_or |= byte;
            all_and &= byte;
        }
    if (rows > 0)
        loom_raster_judge_unused(j->made, all_or, all_and);
}

static void read_rows(const job *j)
{
    const size_t row = loom_bmp_row_bytes(&j->bmp);
    const uint32_t rows = rows_there(j, row);
    unsigned char palette[256][3];
    unsigned places[4] = {0};
    channel channels[4];

    make_palette(j, palette);
    make_channels(&j->bmp, channels);
    const bool bytes = find_bytes(j, channels, places);
    for (uint32_t i = 0; i < rows; i++) {
        const unsigned char *from = j->file.data + j->bmp.pixels + i * row;
        if (j->bmp.bits <= 8)
            read_indexed_row(j, from, row_at(j, i), palette);
        else if (bytes)
            read_bytes_row(j, from, row_at(j, i), places);
        else
            read_masked_row(j, from, row_at(j, i), channels);
    }
    j->made->missing = rows < j->bmp.height;
    judge_unused(j, rows, row);
}

/* ---- run lengths --------------------------------------------------------- */

/* The target of the pixels: four channels, because some pixels may stay transparent. */
typedef struct runs {
    const job *j;
    const unsigned char *from, *end;
    uint32_t x, y;
    unsigned char palette[256][3];
} runs;

/* Some writers code the padding of a row too, to whole 32 bits of uncompressed pixels. */
static bool is_padding(const runs *r)
{
    const uint32_t to = r->j->bmp.bits == 8 ? 3 : r->j->bmp.bits == 4 ? 7 : 0;

    return r->y < r->j->bmp.height && r->x >= r->j->bmp.width &&
           r->x < ((r->j->bmp.width + to) & ~to);
}

static void put(runs *r, const unsigned char *colour)
{
    if (is_padding(r)) {
        r->x++;
        return;
    }
    if (r->x >= r->j->bmp.width || r->y >= r->j->bmp.height) {
        r->j->made->damage = "a run of pixels is longer than its row";
        return;
    }
    unsigned char *to = row_at(r->j, r->y) + (size_t)4 * r->x++;
    memcpy(to, colour, 3);
    to[3] = 255;
}

static void put_index(runs *r, unsigned index)
{
    if (index >= r->j->bmp.colours)
        r->j->made->damage = beyond_palette;
    put(r, r->palette[index]);
}

/* Stores pixel `i` of those that begin at `p`. */
static void put_coded(runs *r, const unsigned char *p, unsigned i)
{
    switch (r->j->bmp.bits) {
    case 4:
        put_index(r, i % 2 == 0 ? p[i / 2] >> 4 : p[i / 2] & 15);
        break;
    case 8:
        put_index(r, p[i]);
        break;
    default:
        put(r,
            (const unsigned char[]){p[(size_t)3 * i + 2], p[(size_t)3 * i + 1], p[(size_t)3 * i]});
    }
}

/* Reads single pixels, padded to two bytes. False: they are truncated. */
static bool put_literals(runs *r, unsigned count)
{
    const size_t bytes = ((size_t)count * r->j->bmp.bits + 7) / 8;
    const bool whole = bytes <= (size_t)(r->end - r->from);

    for (unsigned i = 0; whole && i < count; i++)
        put_coded(r, r->from, i);
    const size_t step = bytes + bytes % 2, left = (size_t)(r->end - r->from);
    r->from += step < left ? step : left;
    return whole;
}

/* Repeats a pixel, or with 4 bits two pixels in turn. False: it is truncated. */
static bool put_run(runs *r, unsigned count)
{
    const size_t bytes = r->j->bmp.bits == 24 ? 3 : 1;

    if (bytes > (size_t)(r->end - r->from))
        return false;
    for (unsigned i = 0; i < count; i++)
        put_coded(r, r->from, r->j->bmp.bits == 4 ? i % 2 : 0);
    r->from += bytes;
    return true;
}

static bool skip(runs *r)
{
    if (r->end - r->from < 2)
        return false;
    r->x += r->from[0];
    r->y += r->from[1];
    r->from += 2;
    if (r->x > r->j->bmp.width || r->y > r->j->bmp.height) {
        r->j->made->damage = "a step goes outside the picture";
        r->x = r->y = UINT32_MAX / 2; /* pixels after this point are ignored */
    }
    return true;
}

/* Reads up to the end of the bitmap. False: the file ends first. */
static bool read_runs(runs *r)
{
    while (r->end - r->from >= 2) {
        const unsigned count = *r->from++;
        bool there = true;
        if (count > 0) {
            there = put_run(r, count);
        } else {
            const unsigned escape = *r->from++;
            if (escape == 1)
                return true;
            if (escape == 0) {
                r->x = 0;
                r->y += r->y < r->j->bmp.height;
            } else {
                there = escape == 2 ? skip(r) : put_literals(r, escape);
            }
        }
        if (!there)
            return false;
    }
    return false;
}

static void read_coded(const job *j)
{
    runs r = {.j = j, .from = j->file.data + j->file.size, .end = j->file.data + j->file.size};

    if (j->bmp.pixels < j->file.size)
        r.from = j->file.data + j->bmp.pixels;
    make_palette(j, r.palette);
    const bool ended = read_runs(&r);
    if (loom_raster_is_opaque(&j->made->picture))
        loom_raster_drop_alpha(&j->made->picture); /* nothing was left out */
    else
        j->made->missing = !ended;
}

/* ---- the two calls ------------------------------------------------------- */

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_bmp bmp;

    (void)header; /* the container's, by the same function */
    return loom_bmp_read_header((loom_bytes){input->data, input->size}, &bmp, err);
}

static void tell_colours(const job *j)
{
    j->made->profile = j->bmp.profile;
    if (j->bmp.space == LOOM_BMP_LINKED)
        j->made->warning = "its colour profile is in another file, and was ignored";
    else if (j->bmp.space == LOOM_BMP_EMBEDDED && j->bmp.profile.data == NULL)
        j->made->warning = "its colour profile is missing";
    else if (j->bmp.other_primaries)
        j->made->warning = "its primaries and gamma are not those of sRGB, and were ignored";
}

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    job j = {.file = {input->data, input->size}, .made = decoded};

    (void)header, (void)frames; /* always a single one */
    loom_status status = loom_bmp_read_header(j.file, &j.bmp, err);
    if (status != LOOM_OK)
        return status;
    const bool coded = loom_bmp_is_coded(&j.bmp);
    const bool masked = j.bmp.bits == 16 || j.bmp.bits == 32;
    const bool alpha = coded || (masked && j.bmp.masks[LOOM_BMP_ALPHA] != 0);
    status =
        loom_raster_create(&decoded->picture, j.bmp.width, j.bmp.height, alpha ? 4 : 3, 1, err);
    if (status != LOOM_OK)
        return status;
    if (coded)
        read_coded(&j);
    else
        read_rows(&j);
    if (masked && alpha)
        loom_raster_judge_alpha(decoded);
    tell_colours(&j);
    return LOOM_OK;
}

const loom_decoder loom_decoder_bmp = {loom_raster_name, probe, decode};
