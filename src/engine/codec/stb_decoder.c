#include "engine/codec/stb_decoder.h"

#include "base/array.h"
#include "base/bytes.h"
#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
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

/*
 * stb reads through callbacks and not from memory, because so we learn of reads past the end. Its
 * own context is in our hands to tell its look-ahead, where a short answer is normal, from data.
 */
typedef struct reader {
    stbi__context stb;
    const unsigned char *data;
    size_t size, at;
    bool past_end;
    unsigned char filler; /* stands for what is missing; not 0: there is no end of it */
    bool fills;           /* a piece of which something is missing is whole all the same */
} reader;

static int on_read(void *user, char *to, int wanted)
{
    reader *r = user;
    const size_t left = r->size - r->at, size = wanted > 0 ? (size_t)wanted : 0;
    const size_t given = size < left ? size : left;
    const bool look_ahead = to == (char *)r->stb.buffer_start;

    if (given < size && (given == 0 || !look_ahead))
        r->past_end = true;
    memcpy(to, r->data + r->at, given);
    memset(to + given, r->filler, size - given); /* never stale memory */
    r->at += given;
    return (r->fills && !look_ahead) || (given == 0 && r->filler != 0) ? wanted : (int)given;
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

/* Asked within headers alone, whose end is never the file's. */
static int on_eof(void *user)
{
    reader *r = user;

    if (r->at == r->size && r->stb.img_buffer >= r->stb.img_buffer_end)
        r->past_end = true;
    return r->at == r->size;
}

/*
 * Zeros behind the end of a run-length coded HDR are runs of no length, which stb 2.27 reads for
 * ever; line feeds end its header and fill its rows. Of a cut PNM stb 2.27 shows what there is, and
 * 2.30 nothing, unless it takes it for whole.
 */
static void start(reader *r, loom_format format, const loom_input *input)
{
    static stbi_io_callbacks callbacks = {on_read, on_skip, on_eof};

    r->data = input->data;
    r->size = input->size;
    r->at = 0;
    r->past_end = false;
    r->filler = format == LOOM_FORMAT_HDR ? '\n' : 0;
    r->fills = format == LOOM_FORMAT_PNM;
    stbi__g_failure_reason = NULL; /* of this thread; not every failure sets it */
    stbi__start_callbacks(&r->stb, &callbacks, r);
}

static const char *reason(void)
{
    return stbi__g_failure_reason != NULL ? stbi__g_failure_reason : "it is damaged";
}

/*
 * What kind of file it is that stb complains of, where that is one that it does not read, and no
 * damage; else NULL. Masks and offsets are among them: it takes BMP masks of up to 8 bits only, and
 * no gap before the pixels.
 */
static const char *kind(const char *why)
{
    static const struct {
        const char *why, *kind;
    } kinds[] = {{"BMP RLE", "one with run-length coding"},
                 {"BMP JPEG/PNG", "one that holds a JPEG or PNG"},
                 {"unknown BMP", "one with a header of an unknown size"},
                 {"bad masks", "one whose masks are not of 1 to 8 bits"},
                 {"bad offset", "one with a gap before its pixels"},
                 {"bad bpp", "one of another number of bits a pixel"},
                 {"wrong channel count", "one of more than 16 channels"},
                 {"unsupported bit depth", "one that is not of 8 or 16 bits"},
                 {"wrong color format", "one that is not RGB"},
                 {"wrong version", "one of another version"},
                 {"unsupported format", "one of another pixel format"},
                 {"unsupported data layout", "one whose rows do not go down"}};

    for (size_t i = 0; i < LOOM_COUNT(kinds); i++)
        if (strcmp(why, kinds[i].why) == 0)
            return kinds[i].kind;
    return NULL;
}

static loom_status refuse_kind(loom_format format, loom_stage stage, loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_UNSUPPORTED, stage,
                          "stb_image does not read this kind of %s: %s",
                          loom_format_get(format)->name, kind(reason()));
}

/* ---- BMP of OS/2 1 ------------------------------------------------------- */

/* stb 2.27 takes its palette to be four colours shorter than it is. */

static void put_le32(unsigned char *to, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> 8 * i);
}

/*
 * The same picture with the header and palette of Windows 3 (Microsoft's BITMAPCOREHEADER and
 * BITMAPINFOHEADER), its data from malloc. That is NULL where it is no such picture, or is cut in
 * there: stb says what is wrong then. False: there is no memory.
 */
static bool widen_bmp(const loom_input *input, loom_input *made)
{
    enum { FILE_HEADER = 14, CORE = 12, INFO = 40, PALETTE = FILE_HEADER + CORE };
    const unsigned char *from = input->data;

    made->data = NULL;
    if (input->size < PALETTE || loom_le32(from + FILE_HEADER) != CORE)
        return true;
    const size_t offset = loom_le32(from + 10), depth = loom_le16(from + 24);
    if (depth > 8 || offset < PALETTE || offset > input->size || (offset - PALETTE) / 3 > 256)
        return true;
    const size_t colours = (offset - PALETTE) / 3;
    const size_t pixels = FILE_HEADER + INFO + colours * 4;
    unsigned char *to = calloc(1, pixels + (input->size - offset));
    if (to == NULL)
        return false;
    memcpy(to, from, 10);
    put_le32(to + 10, (uint32_t)pixels);
    put_le32(to + FILE_HEADER, INFO);
    put_le32(to + 18, loom_le16(from + 18)); /* width */
    put_le32(to + 22, loom_le16(from + 20));
    memcpy(to + 26, from + 22, 4); /* planes and bits */
    for (size_t i = 0; i < colours; i++)
        memcpy(to + FILE_HEADER + INFO + 4 * i, from + PALETTE + 3 * i, 3);
    memcpy(to + pixels, from + offset, input->size - offset);
    *made = (loom_input){.data = to, .size = pixels + (input->size - offset)};
    return true;
}

/* ---- PNM: stb passes on the samples as they stand in the file ------------ */

/*
 * The numbers of a binary PNM's header (Netpbm's pgm(5), ppm(5)): width, height and the largest
 * sample value; 0 where the header ends before, more than 65535 where one is too large for stb.
 */
static void pnm_header(const loom_input *input, unsigned numbers[3])
{
    size_t at = 2;

    for (int i = 0; i < 3; i++) {
        while (at < input->size && (isspace(input->data[at]) || input->data[at] == '#'))
            if (input->data[at++] == '#')
                while (at < input->size && input->data[at] != '\n' && input->data[at] != '\r')
                    at++;
        for (numbers[i] = 0; at < input->size && isdigit(input->data[at]); at++)
            if (numbers[i] <= 65535)
                numbers[i] = numbers[i] * 10 + (unsigned)(input->data[at] - '0');
    }
}

static loom_status side_too_long(loom_error *err)
{
    return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                          "the picture has a side of more than %d px, which is what stb_image "
                          "reads",
                          STBI_MAX_DIMENSIONS);
}

/* What stb reads of PNM, before it reads a number that overflows. */
static loom_status check_pnm(const loom_input *input, loom_error *err)
{
    unsigned numbers[3];

    if (input->size < 2 || input->data[1] < '5' || input->data[1] > '6')
        return loom_error_set(err, LOOM_ERR_UNSUPPORTED, LOOM_STAGE_PROBE,
                              "stb_image reads PNM of the binary kinds P5 and P6 only");
    pnm_header(input, numbers);
    if (numbers[0] > STBI_MAX_DIMENSIONS || numbers[1] > STBI_MAX_DIMENSIONS)
        return side_too_long(err);
    if (numbers[2] > 65535)
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE,
                              "the header names a largest sample value of more than 65535");
    return LOOM_OK;
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

/* ---- the two calls ------------------------------------------------------- */

static bool read_header(reader *r, loom_format format, int *width, int *height)
{
    int channels;

    switch (format) {
    case LOOM_FORMAT_BMP:
        return stbi__bmp_info(&r->stb, width, height, &channels);
    case LOOM_FORMAT_TGA:
        return stbi__tga_info(&r->stb, width, height, &channels);
    case LOOM_FORMAT_PSD:
        return stbi__psd_info(&r->stb, width, height, &channels);
    case LOOM_FORMAT_PNM:
        return stbi__pnm_info(&r->stb, width, height, &channels);
    case LOOM_FORMAT_HDR:
        return stbi__hdr_info(&r->stb, width, height, &channels);
    default:
        return false;
    }
}

loom_status loom_stb_probe(loom_format format, const loom_input *input, uint32_t *width,
                           uint32_t *height, loom_error *err)
{
    reader r;
    int w = 0, h = 0;

    if (input->size > INT_MAX)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_PROBE,
                              "the file is larger than stb_image reads (2 GiB)");
    loom_status status = format == LOOM_FORMAT_PNM ? check_pnm(input, err) : LOOM_OK;
    if (status != LOOM_OK)
        return status;
    start(&r, format, input);
    const bool ok = read_header(&r, format, &w, &h);
    if (format == LOOM_FORMAT_BMP && h < 0 && h >= -INT_MAX)
        h = -h; /* rows from the top */
    if (ok && (w > STBI_MAX_DIMENSIONS || h > STBI_MAX_DIMENSIONS))
        return side_too_long(err);
    if (ok && w > 0 && h > 0) {
        *width = (uint32_t)w;
        *height = (uint32_t)h;
        return LOOM_OK;
    }
    if (r.past_end)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short within its header");
    if (kind(reason()) != NULL)
        return refuse_kind(format, LOOM_STAGE_PROBE, err);
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE,
                          "stb_image cannot read the header: %s", reason());
}

static loom_status decode_failure(loom_format format, bool cut, loom_error *err)
{
    const char *why = reason();

    if (strcmp(why, "outofmem") == 0)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_DECODE,
                              "stb_image cannot decode it: out of memory");
    if (cut)
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_DECODE,
                              "the file is cut short: picture data is missing");
    if (kind(why) != NULL)
        return refuse_kind(format, LOOM_STAGE_DECODE, err);
    if (strcmp(why, "too large") == 0)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_DECODE,
                              "the picture is larger than stb_image decodes (2 GiB)");
    return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                          "stb_image cannot decode it: %s", why);
}

static loom_status decode(loom_format format, const loom_input *input, loom_picture *picture,
                          bool *past_end, loom_error *err)
{
    unsigned numbers[3] = {0, 0, 255};
    int width, height, channels;
    reader r;

    if (format == LOOM_FORMAT_PNM)
        pnm_header(input, numbers);
    const unsigned max = numbers[2];
    const bool deep = max > 255;
    start(&r, format, input);
    void *data =
        deep ? (void *)stbi__load_and_postprocess_16bit(&r.stb, &width, &height, &channels, 0)
             : stbi__load_and_postprocess_8bit(&r.stb, &width, &height, &channels, 0);
    *past_end = r.past_end;
    if (data != NULL && r.past_end && format == LOOM_FORMAT_HDR) {
        stbi_image_free(data); /* at a row that is missing stb begins the picture anew: all black */
        data = NULL;
    }
    if (data == NULL)
        return decode_failure(format, r.past_end, err);
    *picture = (loom_picture){.width = (uint32_t)width,
                              .height = (uint32_t)height,
                              .channels = (unsigned)channels,
                              .depth = deep ? 2 : 1,
                              .data = data};
    if (max > 0 && max != 255)
        scale_pnm(picture, max);
    return LOOM_OK;
}

loom_status loom_stb_decode(loom_format format, const loom_input *input, loom_picture *picture,
                            bool *past_end, loom_error *err)
{
    loom_input wide = {.data = NULL};

    if (format == LOOM_FORMAT_BMP && !widen_bmp(input, &wide))
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_DECODE,
                              "there is no memory for the file's palette");
    loom_status status = decode(format, wide.data != NULL ? &wide : input, picture, past_end, err);
    free(wide.data);
    return status;
}

/* ---- as a decoder -------------------------------------------------------- */

static loom_status probe_header(const loom_input *input, loom_header *header, loom_error *err)
{
    return loom_stb_probe(header->format, input, &header->width, &header->height, err);
}

static loom_status decode_whole(const loom_input *input, const loom_header *header, bool frames,
                                loom_decoded *decoded, loom_error *err)
{
    (void)frames; /* there is one */
    return loom_stb_decode(header->format, input, &decoded->picture, &decoded->missing, err);
}

const loom_decoder loom_decoder_stb = {"stb_image " STB_IMAGE_VERSION, probe_header, decode_whole};
