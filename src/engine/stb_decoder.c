#include "engine/stb_decoder.h"

#include "base/bytes.h"
#include <ctype.h>
#include <limits.h>
#include <string.h>

/* Only these: stb's GIF and PIC readers crash on malformed files. */
#define STBI_ONLY_BMP
#define STBI_ONLY_TGA
#define STBI_ONLY_PSD
#define STBI_ONLY_PNM
#define STBI_ONLY_HDR
#define STBI_NO_STDIO
#define STBI_MAX_DIMENSIONS 65535
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include <stb_image.h>

/* stb reads through callbacks and not from memory, because so we learn of reads past the end. */
typedef struct reader {
    const unsigned char *data;
    size_t size, at;
    bool past_end;
} reader;

/* How much stb asks for when it fills its look-ahead buffer; there a short answer is normal. */
enum { STB_BUFFER = sizeof((stbi__context *)0)->buffer_start };

static int on_read(void *user, char *to, int wanted)
{
    reader *r = user;
    const size_t left = r->size - r->at, size = wanted > 0 ? (size_t)wanted : 0;
    const size_t given = size < left ? size : left;

    if (given < size && (given == 0 || size != STB_BUFFER))
        r->past_end = true;
    memcpy(to, r->data + r->at, given);
    memset(to + given, 0, size - given); /* what is missing is black, never stale memory */
    r->at += given;
    return (int)given;
}

static void on_skip(void *user, int n)
{
    reader *r = user;

    if (n < 0) { /* stb puts look-ahead back */
        const size_t back = (size_t) - (long)n;
        r->at = back < r->at ? r->at - back : 0;
    } else if ((size_t)n > r->size - r->at) {
        r->past_end = true;
        r->at = r->size;
    } else {
        r->at += (size_t)n;
    }
}

static int on_eof(void *user)
{
    const reader *r = user;

    return r->at == r->size;
}

static const stbi_io_callbacks callbacks = {on_read, on_skip, on_eof};

bool loom_stb_reads(loom_format format)
{
    switch (format) {
    case LOOM_FORMAT_BMP:
    case LOOM_FORMAT_TGA:
    case LOOM_FORMAT_PSD:
    case LOOM_FORMAT_PNM:
    case LOOM_FORMAT_HDR:
        return true;
    default:
        return false;
    }
}

static const char *reason(void)
{
    const char *text = stbi_failure_reason(); /* of this thread */

    return text != NULL ? text : "unknown reason";
}

/* ---- PNM: stb passes on the samples as they stand in the file ------------------------------ */

/*
 * The largest sample value of a binary PNM (Netpbm's pgm(5), ppm(5)), which follows the width and
 * height; 0 when the header ends before.
 */
static unsigned pnm_max_value(const loom_input *input)
{
    unsigned value = 0;
    size_t at = 2;

    for (int number = 0; number < 3; number++) {
        while (at < input->size && (isspace(input->data[at]) || input->data[at] == '#'))
            if (input->data[at++] == '#')
                while (at < input->size && input->data[at] != '\n')
                    at++;
        for (value = 0; at < input->size && isdigit(input->data[at]) && value <= 65535; at++)
            value = value * 10 + (unsigned)(input->data[at] - '0');
    }
    return value;
}

/* Scales samples of 0..max to the whole range of their type; those of 16 bits are big-endian. */
static void scale_pnm(loom_picture *picture, unsigned max)
{
    const size_t samples = (size_t)picture->width * picture->height * picture->channels;
    const unsigned full = picture->depth == 2 ? 65535 : 255;
    uint16_t *wide = (uint16_t *)(void *)picture->data;

    for (size_t i = 0; i < samples; i++) {
        unsigned value = picture->depth == 2 ? loom_be16(picture->data + 2 * i) : picture->data[i];
        value = value >= max ? full : (value * full + max / 2) / max;
        if (picture->depth == 2)
            wide[i] = (uint16_t)value;
        else
            picture->data[i] = (unsigned char)value;
    }
}

/* ---- the two calls -------------------------------------------------------------------------- */

loom_status loom_stb_probe(loom_format format, const loom_input *input, uint32_t *width,
                           uint32_t *height, loom_error *err)
{
    int w, h, channels;

    if (input->size > INT_MAX)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                              "the file is larger than stb_image reads (2 GiB)");
    if (format == LOOM_FORMAT_PNM && (input->data[1] < '5' || input->data[1] > '6'))
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "stb_image reads PNM of the binary kinds P5 and P6 only");
    if (!stbi_info_from_memory(input->data, (int)input->size, &w, &h, &channels) || w < 1 || h < 1)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE,
                              "stb_image cannot read the header: %s", reason());
    *width = (uint32_t)w;
    *height = (uint32_t)h;
    return LOOM_OK;
}

loom_status loom_stb_decode(loom_format format, const loom_input *input, loom_picture *picture,
                            bool *past_end, loom_error *err)
{
    const unsigned max = format == LOOM_FORMAT_PNM ? pnm_max_value(input) : 255;
    const bool deep = max > 255;
    reader r = {.data = input->data, .size = input->size};
    int width, height, channels;

    void *data =
        deep ? (void *)stbi_load_16_from_callbacks(&callbacks, &r, &width, &height, &channels, 0)
             : stbi_load_from_callbacks(&callbacks, &r, &width, &height, &channels, 0);
    *past_end = r.past_end;
    if (data == NULL) {
        const char *why = reason();
        loom_status code = strcmp(why, "outofmem") == 0 ? LOOM_ERR_OUT_OF_MEMORY
                           : r.past_end                 ? LOOM_ERR_TRUNCATED
                                                        : LOOM_ERR_CORRUPT;
        return loom_error_set(err, code, LOOM_STAGE_DECODE, "stb_image cannot decode it: %s", why);
    }
    *picture = (loom_picture){.width = (uint32_t)width,
                              .height = (uint32_t)height,
                              .channels = (unsigned)channels,
                              .depth = deep ? 2 : 1,
                              .data = data};
    if (max > 0 && max != 255)
        scale_pnm(picture, max);
    return LOOM_OK;
}
