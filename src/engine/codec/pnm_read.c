/*
 * PNM (Netpbm's pbm(5), pgm(5), ppm(5)): samples of 0..max, in one byte or two (big-endian), or as
 * text. Their gamma counts as sRGB. Of several pictures, the first is read.
 */
#include "engine/codec/decoder.h"

#include "engine/codec/raster_read.h"
#include "format/raster.h"

static const char beyond_max[] =
    "a sample is larger than the header allows, and was set to the maximum";
static const char no_number[] = "there is other data between the samples";

typedef struct job {
    loom_bytes file;
    loom_pnm pnm;
    loom_decoded *made;
    size_t samples;
} job;

/* Stores a sample of 0..max, scaled to the range of its type. Some writers exceed max. */
static void put(const job *j, size_t i, uint32_t value)
{
    const loom_picture *picture = &j->made->picture;

    if (value > j->pnm.max) {
        j->made->warning = beyond_max;
        value = j->pnm.max;
    }
    if (picture->depth == 1)
        picture->data[i] = (unsigned char)loom_raster_scale(value, j->pnm.max, 255);
    else
        ((uint16_t *)(void *)picture->data)[i] =
            (uint16_t)loom_raster_scale(value, j->pnm.max, 65535);
}

/* ---- binary -------------------------------------------------------------- */

static void read_samples(const job *j)
{
    const unsigned depth = j->made->picture.depth;
    const unsigned char *from = j->file.data + j->pnm.pixels;
    const size_t there = (j->file.size - j->pnm.pixels) / depth;
    const size_t count = there < j->samples ? there : j->samples;

    if (j->pnm.max == 255) {
        memcpy(j->made->picture.data, from, count);
    } else if (j->pnm.max == 65535) {
        for (size_t i = 0; i < count; i++)
            ((uint16_t *)(void *)j->made->picture.data)[i] = loom_be16(from + 2 * i);
    } else {
        for (size_t i = 0; i < count; i++)
            put(j, i, depth == 1 ? from[i] : loom_be16(from + 2 * i));
    }
    j->made->missing = count < j->samples;
}

/* Reads rows of bits, padded to bytes; 1 is black. */
static void read_bits(const job *j)
{
    const size_t width = j->pnm.width, row = (width + 7) / 8;
    const size_t there = (j->file.size - j->pnm.pixels) / row;
    const size_t rows = there < j->pnm.height ? there : j->pnm.height;

    for (size_t y = 0; y < rows; y++) {
        const unsigned char *from = j->file.data + j->pnm.pixels + y * row;
        for (size_t x = 0; x < width; x++)
            j->made->picture.data[y * width + x] = (from[x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
    }
    j->made->missing = rows < j->pnm.height;
}

/* ---- plain --------------------------------------------------------------- */

static void read_numbers(const job *j)
{
    size_t at = j->pnm.pixels;

    for (size_t i = 0; i < j->samples; i++) {
        uint32_t value;
        const loom_status status = loom_pnm_take_number(j->file, &at, &value);
        j->made->missing = status == LOOM_ERR_TRUNCATED;
        if (status == LOOM_ERR_CORRUPT)
            j->made->damage = no_number;
        if (status != LOOM_OK)
            return;
        put(j, i, value);
    }
}

/* Reads digits, with or without space between them. */
static void read_digits(const job *j)
{
    size_t at = j->pnm.pixels;

    for (size_t i = 0; i < j->samples; i++) {
        loom_pnm_skip_space(j->file, &at);
        j->made->missing = at == j->file.size;
        if (j->made->missing)
            return;
        const unsigned char digit = j->file.data[at++];
        if (digit != '0' && digit != '1') {
            j->made->damage = no_number;
            return;
        }
        j->made->picture.data[i] = digit == '1' ? 0 : 255;
    }
}

/* ---- the two calls ------------------------------------------------------- */

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    job j = {.file = {input->data, input->size}, .made = decoded};

    (void)header, (void)frames; /* always a single one */
    loom_status status = loom_pnm_read_header(j.file, &j.pnm, err);
    if (status != LOOM_OK)
        return status;
    const unsigned channels = j.pnm.kind % 3 == 0 ? 3 : 1;
    status = loom_raster_create(&decoded->picture, j.pnm.width, j.pnm.height, channels,
                                j.pnm.max > 255 ? 2 : 1, err);
    if (status != LOOM_OK)
        return status;
    j.samples = (size_t)j.pnm.width * j.pnm.height * channels;
    switch (j.pnm.kind) {
    case 1:
        read_digits(&j);
        break;
    case 2:
    case 3:
        read_numbers(&j);
        break;
    case 4:
        read_bits(&j);
        break;
    default:
        read_samples(&j);
    }
    return LOOM_OK;
}

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_pnm pnm;

    (void)header; /* the container's, by the same function */
    return loom_pnm_read_header((loom_bytes){input->data, input->size}, &pnm, err);
}

const loom_decoder loom_decoder_pnm = {loom_raster_name, probe, decode};
