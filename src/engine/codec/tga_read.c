/*
 * TGA (Truevision TGA 2.0): pixels from any corner, raw or as run lengths, which may continue
 * across rows.
 */
#include "engine/codec/decoder.h"

#include "engine/codec/raster_read.h"
#include "format/raster.h"
#include <stdlib.h>

typedef struct job {
    loom_bytes file;
    loom_tga tga;
    loom_decoded *made;
    unsigned char (*map)[4];        /* the colours of an indexed picture; from malloc */
    unsigned step;                  /* bytes of a pixel in the file */
    unsigned unused_or, unused_and; /* OR and AND of the bytes that are not alpha */
    uint32_t x, y;                  /* of the next pixel, in file order */
} job;

/* ---- one pixel ----------------------------------------------------------- */

/* Colours of 15 or 16, 24 or 32 bits, with blue in the lowest bits. */
static void read_colour(const unsigned char *from, unsigned bits, unsigned char to[4])
{
    if (bits <= 16) {
        const unsigned value = loom_le16(from);
        for (unsigned c = 0; c < 3; c++)
            to[c] = (unsigned char)loom_raster_scale(value >> (10 - 5 * c) & 31, 31, 255);
        to[3] = (value & 0x8000) != 0 ? 255 : 0;
        return;
    }
    to[0] = from[2];
    to[1] = from[1];
    to[2] = from[0];
    to[3] = bits == 32 ? from[3] : 255;
}

static const unsigned char *find_colour(job *j, const unsigned char *from)
{
    static const unsigned char black[4] = {0, 0, 0, 255};
    const unsigned index = j->step == 1 ? from[0] : loom_le16(from);

    if (index >= j->tga.first && index - j->tga.first < j->tga.colours)
        return j->map[index - j->tga.first];
    j->made->damage = "a pixel has a colour that is not in the colour map";
    return black;
}

static void read_pixel(job *j, const unsigned char *from, unsigned char to[4])
{
    switch (j->tga.type) {
    case LOOM_TGA_GRAY:
        memcpy(to, from, j->step);
        break;
    case LOOM_TGA_INDEXED:
        memcpy(to, find_colour(j, from), 4);
        break;
    default:
        read_colour(from, j->tga.bits, to);
        if (j->tga.bits == 32) {
            j->unused_or |= from[3];
            j->unused_and &= from[3];
        }
    }
}

/* ---- many ---------------------------------------------------------------- */

/* Fast versions of the common cases: colours of whole bytes, from the left. */

static void put_colours(const unsigned char *from, unsigned char *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++, from += 3, to += 3) {
        to[0] = from[2];
        to[1] = from[1];
        to[2] = from[0];
    }
}

static void put_colours_alpha(const unsigned char *from, unsigned char *to, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++, from += 4, to += 4) {
        const unsigned char pixel[4] = {from[2], from[1], from[0], from[3]};
        memcpy(to, pixel, 4);
    }
}

static void put_colours_unused(job *j, const unsigned char *from, unsigned char *to, uint32_t count)
{
    unsigned all_or = j->unused_or, all_and = j->unused_and;

    for (uint32_t i = 0; i < count; i++, from += 4, to += 3) {
        to[0] = from[2];
        to[1] = from[1];
        to[2] = from[0];
        all_or |= from[3];
        all_and &= from[3];
    }
    j->unused_or = all_or;
    j->unused_and = all_and;
}

/* Stores as many of the `count` pixels as fit in the row, and advances; `step` 0 repeats one pixel.
 */
static uint32_t put_in_row(job *j, const unsigned char *from, unsigned step, uint32_t count)
{
    const loom_picture *picture = &j->made->picture;
    const uint32_t left = picture->width - j->x, taken = count < left ? count : left;
    const uint32_t y = j->tga.from_top ? j->y : picture->height - 1 - j->y;
    const uint32_t x = j->tga.from_right ? picture->width - 1 - j->x : j->x;
    const size_t channels = picture->channels;
    unsigned char *to = picture->data + ((size_t)y * picture->width + x) * channels;
    unsigned char pixel[4];

    if (step == 3 && !j->tga.from_right) {
        put_colours(from, to, taken);
    } else if (step == 4 && channels == 4 && !j->tga.from_right) {
        put_colours_alpha(from, to, taken);
    } else if (step == 4 && !j->tga.from_right) {
        put_colours_unused(j, from, to, taken);
    } else {
        for (uint32_t i = 0; i < taken; i++, from += step) {
            if (i == 0 || step > 0)
                read_pixel(j, from, pixel);
            memcpy(j->tga.from_right ? to - i * channels : to + i * channels, pixel, channels);
        }
    }
    j->x += taken;
    if (j->x == picture->width) {
        j->x = 0;
        j->y++;
    }
    return taken;
}

static void put_pixels(job *j, const unsigned char *from, unsigned step, uint32_t count)
{
    while (count > 0 && j->y < j->tga.height) {
        const uint32_t taken = put_in_row(j, from, step, count);
        from += (size_t)taken * step;
        count -= taken;
    }
    if (count > 0)
        j->made->damage = "a run of pixels is longer than the picture";
}

static void read_plain(job *j, loom_bytes data)
{
    const size_t wanted = (size_t)j->tga.width * j->tga.height, there = data.size / j->step;

    put_pixels(j, data.data, j->step, (uint32_t)(there < wanted ? there : wanted));
}

static void read_coded(job *j, loom_bytes data)
{
    const unsigned char *from = data.data, *const end = from + data.size;

    while (j->y < j->tga.height && end - from > (ptrdiff_t)j->step) {
        const uint32_t count = (*from & 127) + 1U;
        const bool repeated = *from++ >= 128;
        const size_t there = repeated ? count : (size_t)(end - from) / j->step;
        const uint32_t taken = there < count ? (uint32_t)there : count;
        put_pixels(j, from, repeated ? 0 : j->step, taken);
        from += (size_t)j->step * (repeated ? 1 : taken);
    }
}

/* ---- the picture --------------------------------------------------------- */

static loom_status read_map(job *j, loom_error *err)
{
    const unsigned bytes = (j->tga.map_bits + 7) / 8;
    void *map;

    if (j->tga.type != LOOM_TGA_INDEXED)
        return LOOM_OK;
    const loom_status status = loom_raster_alloc(&map, j->tga.colours, 4, err);
    if (status != LOOM_OK)
        return status;
    j->map = map;
    for (unsigned i = 0; i < j->tga.colours; i++) /* exists, because the header was read */
        read_colour(j->tga.map + (size_t)i * bytes, j->tga.map_bits, j->map[i]);
    return LOOM_OK;
}

static void judge(job *j)
{
    if (j->y < j->tga.height)
        j->made->missing = true;
    if (loom_tga_has_alpha(&j->tga))
        loom_raster_judge_alpha(j->made);
    else if (j->tga.type == LOOM_TGA_COLOUR && j->tga.bits == 32 && (j->x > 0 || j->y > 0))
        loom_raster_judge_unused(j->made, j->unused_or, j->unused_and);
    if (j->tga.meaning == LOOM_TGA_PREMULTIPLIED && j->made->picture.channels % 2 == 0)
        loom_raster_unpremultiply(&j->made->picture);
}

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    job j = {.file = {input->data, input->size}, .made = decoded, .unused_and = 255};

    (void)header, (void)frames; /* always a single one */
    loom_status status = loom_tga_read_header(j.file, &j.tga, err);
    if (status == LOOM_OK)
        status = read_map(&j, err);
    if (status != LOOM_OK)
        return status;
    const unsigned colours = j.tga.type == LOOM_TGA_GRAY ? 1 : 3;
    status = loom_raster_create(&decoded->picture, j.tga.width, j.tga.height,
                                colours + loom_tga_has_alpha(&j.tga), 1, err);
    if (status == LOOM_OK) {
        const size_t at = j.tga.pixels < j.file.size ? j.tga.pixels : j.file.size;
        j.step = (j.tga.bits + 7) / 8;
        if (j.tga.coded)
            read_coded(&j, loom_bytes_from(j.file, at));
        else
            read_plain(&j, loom_bytes_from(j.file, at));
        judge(&j);
    }
    free(j.map);
    return status;
}

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_tga tga;

    (void)header; /* the container's, by the same function */
    return loom_tga_read_header((loom_bytes){input->data, input->size}, &tga, err);
}

const loom_decoder loom_decoder_tga = {loom_raster_name, probe, decode};
