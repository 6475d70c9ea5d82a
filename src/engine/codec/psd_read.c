/*
 * PSD and PSB (Adobe Photoshop File Formats Specification, "Image Data Section"): one channel after
 * another. Of the channels after the colours, only the layers' transparency belongs to the picture;
 * the others are saved selections. The EXIF orientation is obsolete there: Photoshop has turned the
 * pixels, and ignores it.
 */
#include "engine/codec/decoder.h"

#include "base/memory.h"
#include "engine/codec/raster_read.h"
#include "format/raster.h"
#include <stdlib.h>

typedef struct job {
    loom_bytes file;
    loom_psd psd;
    loom_decoded *made;
    size_t row;                   /* bytes of a row of one channel */
    unsigned char *packed;        /* buffer for one */
    loom_bytes rest;              /* the remaining data */
    const unsigned char *lengths; /* the packed length of each row, in `length_bytes`; NULL: raw */
    unsigned length_bytes;
} job;

/* ---- a row --------------------------------------------------------------- */

/* Unpacks PackBits (TIFF 6.0, section 9) for one row. False: it is damaged. */
static bool unpack(loom_bytes from, unsigned char *to, size_t size)
{
    size_t at = 0, made = 0;

    while (made < size) {
        if (at == from.size)
            return false;
        const unsigned code = from.data[at++];
        if (code == 128)
            continue;
        const size_t count = code < 128 ? code + 1 : 257 - code, used = code < 128 ? count : 1;
        if (count > size - made || used > from.size - at)
            return false;
        if (code < 128)
            memcpy(to + made, from.data + at, count);
        else
            memset(to + made, from.data[at], count);
        at += used;
        made += count;
    }
    return true;
}

/* The next row, number `i` over all channels; NULL: it is missing. */
static const unsigned char *next_row(job *j, size_t i)
{
    size_t length = j->row;

    if (j->lengths != NULL) {
        const unsigned char *p = j->lengths + i * j->length_bytes;
        length = j->length_bytes == 4 ? loom_be32(p) : loom_be16(p);
    }
    if (length > j->rest.size) {
        j->rest = loom_bytes_from(j->rest, j->rest.size);
        return NULL;
    }
    const loom_bytes row = {j->rest.data, length};
    j->rest = loom_bytes_from(j->rest, length);
    if (j->lengths == NULL)
        return row.data;
    memset(j->packed, 0, j->row);
    if (!unpack(row, j->packed, j->row))
        j->made->damage = "a packed row has the wrong length";
    return j->packed;
}

/* ---- samples ------------------------------------------------------------- */

static void put_bits(const unsigned char *from, unsigned char *to, uint32_t width)
{
    for (uint32_t x = 0; x < width; x++) /* 1 is black */
        to[x] = (from[x / 8] >> (7 - x % 8) & 1) != 0 ? 0 : 255;
}

static void put_indexed(const job *j, const unsigned char *from, unsigned char *to)
{
    const unsigned char *palette = j->psd.palette.data;
    const unsigned channels = j->made->picture.channels;

    for (uint32_t x = 0; x < j->psd.width; x++, to += channels) {
        const unsigned index = from[x];
        to[0] = palette[index];
        to[1] = palette[256 + index];
        to[2] = palette[512 + index];
        if (channels == 4)
            to[3] = (int)index == j->psd.transparent_index ? 0 : 255;
    }
}

/* Stores the samples of one channel. CMYK is stored as light, and output as ink. */
static void put_samples(const job *j, const unsigned char *from, unsigned char *to)
{
    const loom_picture *picture = &j->made->picture;
    const unsigned channels = picture->channels, invert = picture->cmyk ? 255 : 0;

    if (j->psd.depth == 8) {
        for (uint32_t x = 0; x < j->psd.width; x++)
            to[(size_t)x * channels] = (unsigned char)(from[x] ^ invert);
    } else if (picture->depth == 1) {
        for (uint32_t x = 0; x < j->psd.width; x++)
            to[(size_t)x * channels] =
                (unsigned char)(loom_raster_scale(loom_be16(from + 2 * (size_t)x), 65535, 255) ^
                                invert);
    } else {
        uint16_t *wide = (uint16_t *)(void *)to;
        for (uint32_t x = 0; x < j->psd.width; x++)
            wide[(size_t)x * channels] = loom_be16(from + 2 * (size_t)x);
    }
}

static void put_row(const job *j, const unsigned char *from, unsigned channel, uint32_t y)
{
    const loom_picture *picture = &j->made->picture;
    unsigned char *to =
        picture->data + (size_t)y * picture->width * picture->channels * picture->depth;

    switch (j->psd.mode) {
    case LOOM_PSD_BITMAP:
        put_bits(from, to, picture->width);
        break;
    case LOOM_PSD_INDEXED:
        put_indexed(j, from, to);
        break;
    default:
        put_samples(j, from, to + (size_t)channel * picture->depth);
    }
}

/* ---- the picture --------------------------------------------------------- */

/*
 * Photoshop blends the colours with white, so no sample can be darker than full - alpha; this
 * undoes the blending. Other writers store the colours unblended, which shows by darker samples; a
 * few may come from rounding.
 */
#define DEFINE_TAKE_OFF_WHITE(name, sample, full, rounding)                                        \
    static bool name##_is_over(const sample *data, size_t pixels, unsigned channels)               \
    {                                                                                              \
        for (size_t i = 0; i < pixels; i++) {                                                      \
            const sample *pixel = data + i * channels;                                             \
            const uint32_t alpha = pixel[channels - 1];                                            \
            for (unsigned c = 0; c + 1 < channels; c++)                                            \
                if (pixel[c] + alpha + (rounding) < (full))                                        \
                    return false;                                                                  \
        }                                                                                          \
        return true;                                                                               \
    }                                                                                              \
    static void name(sample *data, size_t pixels, unsigned channels)                               \
    {                                                                                              \
        if (!name##_is_over(data, pixels, channels))                                               \
            return;                                                                                \
        for (size_t i = 0; i < pixels; i++) {                                                      \
            sample *pixel = data + i * channels;                                                   \
            const uint32_t alpha = pixel[channels - 1];                                            \
            for (unsigned c = 0; c + 1 < channels && alpha > 0 && alpha < (full); c++) {           \
                const uint32_t away = loom_raster_scale((full)-pixel[c], alpha, full);             \
                pixel[c] = (sample)(away < (full) ? (full)-away : 0);                              \
            }                                                                                      \
        }                                                                                          \
    }

DEFINE_TAKE_OFF_WHITE(white_8, uint8_t, 255U, 2U)
DEFINE_TAKE_OFF_WHITE(white_16, uint16_t, 65535U, 512U)

static void take_off_white(loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;

    if (picture->depth == 1)
        white_8(picture->data, pixels, picture->channels);
    else
        white_16((uint16_t *)(void *)picture->data, pixels, picture->channels);
}

/* The lengths of all rows precede them. False: they are truncated. */
static bool find_rows(job *j)
{
    size_t count, bytes;

    j->rest = loom_bytes_from(j->file, j->psd.pixels);
    if (j->psd.coding == LOOM_PSD_RAW)
        return true;
    j->length_bytes = j->psd.version == 2 ? 4 : 2;
    if (!loom_size_mul(j->psd.height, j->psd.channels, &count) ||
        !loom_size_mul(count, j->length_bytes, &bytes) || bytes > j->rest.size)
        return false;
    j->lengths = j->rest.data;
    j->rest = loom_bytes_from(j->rest, bytes);
    return true;
}

/* Reads all channels of the picture. */
static void read_channels(job *j)
{
    const unsigned channels = loom_psd_colours(j->psd.mode) + j->psd.transparent;
    const uint32_t height = j->psd.height;
    bool there = find_rows(j);

    for (unsigned c = 0; there && c < channels; c++)
        for (uint32_t y = 0; there && y < height; y++) {
            const unsigned char *row = next_row(j, (size_t)c * height + y);
            there = row != NULL;
            if (there)
                put_row(j, row, c, y);
        }
    j->made->missing = !there;
}

static loom_status create(const job *j, loom_error *err)
{
    const loom_psd *psd = &j->psd;
    const bool cmyk = psd->mode == LOOM_PSD_CMYK;
    unsigned channels = loom_psd_colours(psd->mode) + psd->transparent;

    if (psd->mode == LOOM_PSD_INDEXED)
        channels = psd->transparent_index >= 0 && psd->transparent_index < 256 ? 4 : 3;
    const loom_status status = loom_raster_create(&j->made->picture, psd->width, psd->height,
                                                  channels, psd->depth == 16 && !cmyk ? 2 : 1, err);
    if (status == LOOM_OK)
        j->made->picture.cmyk = cmyk;
    return status;
}

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    job j = {.file = {input->data, input->size}, .made = decoded};
    void *packed = NULL;

    (void)header, (void)frames; /* always a single one */
    loom_status status = loom_psd_read_header(j.file, &j.psd, err);
    if (status != LOOM_OK)
        return status;
    if (j.psd.mode == LOOM_PSD_BITMAP || j.psd.mode == LOOM_PSD_INDEXED)
        j.psd.transparent = false; /* such pictures have no layers */
    j.row = (size_t)(((uint64_t)j.psd.width * j.psd.depth + 7) / 8);
    status = loom_raster_alloc(&packed, j.row, 1, err);
    if (status == LOOM_OK)
        status = create(&j, err);
    if (status == LOOM_OK) {
        j.packed = packed;
        read_channels(&j);
        if (j.psd.transparent)
            take_off_white(&decoded->picture);
        decoded->profile = j.psd.profile;
    }
    free(packed);
    return status;
}

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_psd psd;

    (void)header; /* the container's, by the same function */
    return loom_psd_read_header((loom_bytes){input->data, input->size}, &psd, err);
}

const loom_decoder loom_decoder_psd = {loom_raster_name, probe, decode};
