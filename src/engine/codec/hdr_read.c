/*
 * Radiance pictures (G. Ward, "Real Pixels"; "Radiance File Formats"). A scanline is coded by
 * channels, or by pixels, of which some repeat the one before. An exposure in the header is already
 * included in the values, and stays.
 *
 * Values are encoded with a gamma of 2.2; those above 1 become 1.
 */
#include "engine/codec/decoder.h"

#include "engine/codec/raster_read.h"
#include "format/raster.h"
#include <math.h>
#include <stdlib.h>

typedef struct job {
    loom_bytes file;
    loom_hdr hdr;
    loom_decoded *made;
    const unsigned char *from, *end;
    unsigned char (*line)[4]; /* a scanline of pixels; from malloc */
    uint32_t length;          /* of it */
    bool known[256];          /* exponents for which `shown` has all mantissas */
    unsigned char shown[256][256];
} job;

/* ---- light to samples ---------------------------------------------------- */

/* The samples of all mantissas of an exponent; 0 is always black. */
static const unsigned char *samples_of(job *j, unsigned exponent)
{
    unsigned char *shown = j->shown[exponent];

    if (j->known[exponent])
        return shown;
    j->known[exponent] = true;
    for (int i = 0; i < 256; i++) {
        const double light = exponent > 0 ? ldexp(i, (int)exponent - 136) : 0;
        shown[i] = light >= 1 ? 255 : (unsigned char)(255 * pow(light, 1 / 2.2) + 0.5);
    }
    return shown;
}

/* Writes a scanline to the picture. */
static void put_line(job *j, uint32_t i)
{
    const loom_picture *picture = &j->made->picture;
    const bool columns = j->hdr.columns;
    const uint32_t x = columns ? i : 0, y = columns ? 0 : i;
    const uint32_t left = j->hdr.from_right ? picture->width - 1 - x : x;
    const uint32_t top = j->hdr.from_bottom ? picture->height - 1 - y : y;
    const bool back = columns ? j->hdr.from_bottom : j->hdr.from_right;
    const ptrdiff_t step = columns ? 3 * (ptrdiff_t)picture->width : 3;
    unsigned char *to = picture->data + 3 * ((size_t)top * picture->width + left);

    for (uint32_t n = 0; n < j->length; n++) {
        const unsigned char *pixel = j->line[n], *shown = samples_of(j, pixel[3]);
        to[0] = shown[pixel[0]];
        to[1] = shown[pixel[1]];
        to[2] = shown[pixel[2]];
        to = n + 1 == j->length ? to : back ? to - step : to + step;
    }
}

/* ---- scanlines ----------------------------------------------------------- */

typedef enum state { WHOLE, CUT, DAMAGED } state;

/* Reads a channel: counts of literal bytes or, above 128, of a repeated byte. */
static state read_channel(job *j, unsigned channel)
{
    for (uint32_t at = 0; at < j->length;) {
        if (j->end - j->from < 2)
            return CUT;
        const unsigned code = *j->from++;
        const bool run = code > 128;
        const uint32_t count = run ? code - 128 : code;
        if (count == 0 || count > j->length - at)
            return DAMAGED;
        const uint32_t used = run ? 1 : count;
        if (used > (size_t)(j->end - j->from))
            return CUT;
        for (uint32_t i = 0; i < count; i++)
            j->line[at + i][channel] = j->from[run ? 0 : i];
        j->from += used;
        at += count;
    }
    return WHOLE;
}

/* Reads pixels; red, green and blue of 1 repeat the previous one, with a count in base 256. */
static state read_pixels(job *j)
{
    unsigned shift = 0;

    for (uint32_t at = 0; at < j->length;) {
        if (j->end - j->from < 4)
            return CUT;
        const unsigned char *pixel = j->from;
        j->from += 4;
        if (pixel[0] != 1 || pixel[1] != 1 || pixel[2] != 1) {
            memcpy(j->line[at++], pixel, 4);
            shift = 0;
            continue;
        }
        const uint64_t count = shift < 32 ? (uint64_t)pixel[3] << shift : 0;
        if (at == 0 || shift >= 32 || count > j->length - at)
            return DAMAGED;
        for (uint64_t i = 0; i < count; i++, at++)
            memcpy(j->line[at], j->line[at - 1], 4);
        shift += 8;
    }
    return WHOLE;
}

/* Scanlines of 8 to 32767 pixels may be coded by channels; their first bytes say so. */
static state read_line(job *j)
{
    const bool sized = j->length >= 8 && j->length <= 32767;

    if (j->end - j->from < 4)
        return CUT;
    if (!sized || j->from[0] != 2 || j->from[1] != 2 || j->from[2] >= 128)
        return read_pixels(j);
    if (loom_be16(j->from + 2) != j->length)
        return DAMAGED;
    j->from += 4;
    state found = WHOLE;
    for (unsigned c = 0; c < 4 && found == WHOLE; c++)
        found = read_channel(j, c);
    return found;
}

/* The scanlines after a damaged one cannot be found. */
static void read_lines(job *j)
{
    const uint32_t count = j->hdr.columns ? j->hdr.width : j->hdr.height;
    state found = WHOLE;

    for (uint32_t i = 0; i < count && found == WHOLE; i++) {
        found = read_line(j);
        if (found == WHOLE)
            put_line(j, i);
    }
    j->made->missing = found == CUT;
    if (found == DAMAGED)
        j->made->damage = "a scanline has the wrong length";
}

/* ---- the two calls ------------------------------------------------------- */

static loom_status decode_with(job *j, loom_error *err)
{
    const loom_hdr *hdr = &j->hdr;
    void *line = NULL;

    loom_status status = loom_hdr_read_header(j->file, &j->hdr, err);
    if (status != LOOM_OK)
        return status;
    j->length = hdr->columns ? hdr->height : hdr->width;
    j->from = j->file.data + hdr->pixels;
    j->end = j->file.data + j->file.size;
    status = loom_raster_alloc(&line, j->length, 4, err);
    if (status == LOOM_OK)
        status = loom_raster_create(&j->made->picture, hdr->width, hdr->height, 3, 1, err);
    if (status == LOOM_OK) {
        j->line = line;
        read_lines(j);
        if (hdr->other_primaries)
            j->made->warning = "its primaries are not those of sRGB, and were ignored";
    }
    free(line);
    return status;
}

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    void *memory;

    (void)header, (void)frames; /* always a single one */
    loom_status status = loom_raster_alloc(&memory, 1, sizeof(job), err);
    if (status != LOOM_OK)
        return status;
    job *j = memory;
    memset(j, 0, sizeof *j);
    j->file = (loom_bytes){input->data, input->size};
    j->made = decoded;
    status = decode_with(j, err);
    free(j);
    return status;
}

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_hdr hdr;

    (void)header; /* the container's, by the same function */
    return loom_hdr_read_header((loom_bytes){input->data, input->size}, &hdr, err);
}

const loom_decoder loom_decoder_hdr = {loom_raster_name, probe, decode};
