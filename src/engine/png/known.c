#include "base/array.h"
#include "engine/codec/png_parts.h"
#include "engine/metadata.h"
#include "engine/png/steps.h"
#include "format/colour_words.h"
#include "format/icc.h"
#include <stdlib.h>
#include <string.h>

/* ---- chunks (PNG, third edition, 11) -------------------------------------- */

enum { PROFILE_MAX = 1 << 16, OTHER_MAX = 1 << 20, KEYWORD_MAX = 79 };

/* More bytes of an IDAT than this, and than its pixels have, libpng warns of. */
enum { IDAT_MAX = 8000000 };

/* What the walk through the chunks has come to. */
typedef struct walk {
    loom_png_header header;
    bool palette, in_pixels, behind_pixels;
    unsigned seen;      /* bits of the rows below */
    loom_bytes profile; /* of iCCP, packed: its data; size 0: none */
} walk;

static loom_bytes data_of(const loom_png_chunk *chunk)
{
    return (loom_bytes){chunk->start + 8, chunk->length};
}

static bool is_intent(const walk *w, loom_bytes data)
{
    (void)w;
    return data.size == 1 && data.data[0] <= 3;
}

static bool is_number(const walk *w, loom_bytes data)
{
    (void)w;
    return data.size == 4;
}

static bool is_points(const walk *w, loom_bytes data)
{
    (void)w;
    return data.size == 32;
}

static bool is_density(const walk *w, loom_bytes data)
{
    (void)w;
    return data.size == 9 && data.data[8] <= 1;
}

/* Of a colour type; a palette's is the number of a colour, which comes before. */
static bool is_background(const walk *w, loom_bytes data)
{
    switch (w->header.colour) {
    case LOOM_PNG_PALETTE:
        return data.size == 1 && w->palette;
    case LOOM_PNG_GRAY:
    case LOOM_PNG_GRAY_ALPHA:
        return data.size == 2;
    default:
        return data.size == 6;
    }
}

static bool is_time(const walk *w, loom_bytes data)
{
    (void)w;
    return data.size == 7 && data.data[2] >= 1 && data.data[2] <= 12 && data.data[3] >= 1 &&
           data.data[3] <= 31 && data.data[4] <= 23 && data.data[5] <= 59 && data.data[6] <= 60;
}

/* A keyword of printable Latin-1 and a NUL; what follows has been unpacked when damage was settled.
 */
static bool is_text(const walk *w, loom_bytes data)
{
    size_t length = 0;

    (void)w;
    for (; length < data.size && data.data[length] != 0; length++)
        if (data.data[length] < ' ' || (data.data[length] > '~' && data.data[length] < 0xA1))
            return false;
    return length >= 1 && length <= KEYWORD_MAX && length < data.size;
}

/* Packed by the one method that there is. */
static bool is_packed_text(const walk *w, loom_bytes data)
{
    const unsigned char *end = is_text(w, data) ? memchr(data.data, 0, data.size) : NULL;

    return end != NULL && LOOM_BYTES_HAVE(data, (size_t)(end - data.data), "\0\0");
}

/* Packed or not, with a language and a translated keyword. */
static bool is_foreign_text(const walk *w, loom_bytes data)
{
    const unsigned char *end = is_text(w, data) ? memchr(data.data, 0, data.size) : NULL;
    size_t at = end != NULL ? (size_t)(end - data.data) + 1 : data.size;
    int names = 0;

    if (data.size - at < 2 || data.data[at] > 1 || data.data[at + 1] != 0)
        return false;
    for (at += 2; at < data.size && names < 2; at++)
        names += data.data[at] == 0;
    return names == 2;
}

static bool is_any(const walk *w, loom_bytes data)
{
    (void)w, (void)data;
    return true;
}

/*
 * The chunks beside IHDR, PLTE, tRNS, IDAT and IEND that are known: what they must be. None of them
 * changes a pixel, but the first four, which say what the colours are. The last ones are
 * ImageMagick's and Apple's own, and the name that damaged ones get.
 */
static const struct {
    char type[5];
    bool once, before; /* there is one at most; it comes before the pixels */
    bool (*is)(const walk *w, loom_bytes data);
} known[] = {
    {"iCCP", true, true, is_packed_text},   {"sRGB", true, true, is_intent},
    {"gAMA", true, true, is_number},        {"cHRM", true, true, is_points},
    {"pHYs", true, true, is_density},       {"bKGD", true, true, is_background},
    {"tIME", true, false, is_time},         {"tEXt", false, false, is_text},
    {"zTXt", false, false, is_packed_text}, {"iTXt", false, false, is_foreign_text},
    {"vpAg", false, true, is_any},          {"caNv", false, true, is_any},
    {"iDOT", false, true, is_any},          {"loOm", false, false, is_any},
};

static bool take_other(walk *w, const loom_png_chunk *chunk)
{
    for (size_t i = 0; i < LOOM_COUNT(known); i++) {
        if (!loom_png_chunk_is(chunk, known[i].type))
            continue;
        const bool again = (w->seen & 1u << i) != 0;
        w->seen |= 1u << i;
        if (i == 0)
            w->profile = data_of(chunk);
        return !(known[i].once && again) && !(known[i].before && w->in_pixels) &&
               chunk->length <= OTHER_MAX && known[i].is(w, data_of(chunk));
    }
    return false;
}

/* Whether an IDAT may say that it has so many bytes, whether they are there or not. */
static bool is_length(const loom_png_header *header, uint32_t length)
{
    const uint64_t pixels = (uint64_t)header->width * header->height;

    return length <= IDAT_MAX || length <= pixels * header->depth / 8;
}

/* Damage has been settled: what is left of these is right, or a decoder's to judge. */
static bool take_chunk(walk *w, const loom_png_chunk *chunk)
{
    if (loom_png_chunk_is(chunk, "IDAT")) {
        const bool apart = w->behind_pixels;
        w->in_pixels = true;
        return !apart && is_length(&w->header, (uint32_t)chunk->length);
    }
    w->behind_pixels = w->in_pixels;
    if (loom_png_chunk_is(chunk, "PLTE"))
        w->palette = true;
    return loom_png_chunk_is(chunk, "PLTE") || loom_png_chunk_is(chunk, "tRNS") ||
           loom_png_chunk_is(chunk, "IEND") || take_other(w, chunk);
}

/* Up to IEND, or to where the file is cut within its pixels or behind them. */
static bool walk_through(walk *w, loom_bytes file)
{
    loom_png_chunk chunk;
    size_t at = LOOM_PNG_SIGNATURE;

    *w = (walk){.palette = false};
    if (!loom_png_header_read(file, &w->header))
        return false;
    while (loom_png_chunk_at(file, at, &chunk)) {
        if (at != LOOM_PNG_SIGNATURE && !take_chunk(w, &chunk))
            return false;
        if (loom_png_chunk_is(&chunk, "IEND"))
            break;
        at = chunk.end;
    }
    if (!LOOM_BYTES_HAVE(file, at + 4, "IDAT"))
        return w->in_pixels;
    return !w->behind_pixels && is_length(&w->header, loom_be32(file.data + at));
}

/* ---- colours -------------------------------------------------------------- */

static bool is_gray(const walk *w)
{
    return (w->header.colour & LOOM_PNG_RGB) == 0;
}

/* A profile that changes nothing. */
static bool is_srgb(const walk *w)
{
    size_t size;
    unsigned char *profile = loom_png_profile_take(w->profile, PROFILE_MAX, &size);
    const bool is = profile != NULL &&
                    loom_icc_judge(profile, size, is_gray(w) ? LOOM_ICC_GRAY : LOOM_ICC_RGB) ==
                        LOOM_ICC_SUITS &&
                    loom_icc_hdr_name(profile, size) == NULL && loom_icc_is_srgb(profile, size);

    free(profile);
    return is;
}

/* As the vips lane has it: a profile counts before what the other chunks say. */
static bool is_plain(const walk *w, const loom_lane_job *job)
{
    const loom_recipe *recipe = job->job->recipe;
    unsigned char profile[LOOM_ICC_WRITE_MAX];
    char reason[LOOM_COLOUR_REASON];
    size_t size;

    if (w->profile.size > 0)
        return recipe->icc != LOOM_ICC_KEEP && is_srgb(w);
    return job->header.colour.kind == LOOM_COLOUR_NONE ||
           loom_colour_words_read(&job->header.colour, is_gray(w), profile, &size, reason) ==
               LOOM_COLOUR_SRGB;
}

/* libvips takes gray of 16 bits to one of 8 by way of linear light, which is not done here. */
static bool keeps_gray(const walk *w, const loom_lane_job *job)
{
    return !is_gray(w) || w->header.depth < 16 ||
           loom_format_get(job->outputs[0].task->format)->deep;
}

/* ---- the file ------------------------------------------------------------- */

bool loom_png_is_known(const loom_lane_job *job)
{
    walk w;

    return walk_through(&w, (loom_bytes){job->input.data, job->input.size}) && is_plain(&w, job) &&
           keeps_gray(&w, job);
}

bool loom_png_complete_header(loom_lane_job *job)
{
    const loom_bytes file = {job->input.data, job->input.size};
    loom_png_header header;
    loom_png_samples samples;

    if (!loom_png_is_known(job) || !loom_png_header_read(file, &header) ||
        !loom_png_samples_read(file, &header, &samples))
        return false;
    job->header.pixel_bytes = samples.channels * samples.bytes;
    return true;
}
