#include "engine/codec/png_parts.h"

#include <limits.h>

enum { OPAQUE = 255, OPAQUE_16 = 65535, WORD = 2 };

/* ---- what the file says -------------------------------------------------- */

static bool read_palette(loom_png_samples *s, const loom_png_chunk *chunk)
{
    const size_t count = chunk->length / 3, limit = (size_t)1 << s->depth;

    if (chunk->length % 3 != 0 || count == 0 || count > 256)
        return false;
    s->colours = (unsigned)(count < limit ? count : limit);
    for (unsigned i = 0; i < s->colours; i++) {
        memcpy(s->palette[i], chunk->start + 8 + 3 * (size_t)i, 3);
        s->palette[i][3] = OPAQUE;
    }
    return true;
}

/* 11.3.1.1: only as many bits of a key count as a sample has. */
static void read_transparency(loom_png_samples *s, const loom_png_chunk *chunk)
{
    const unsigned char *data = chunk->start + 8;
    const unsigned mask = (1u << s->depth) - 1;

    if (s->colour == LOOM_PNG_PALETTE) {
        if (chunk->length == 0 || chunk->length > s->colours)
            return;
        for (size_t i = 0; i < chunk->length; i++)
            s->palette[i][3] = data[i];
        s->channels = 4;
    } else if ((s->colour == LOOM_PNG_GRAY || s->colour == LOOM_PNG_RGB) &&
               chunk->length == (size_t)WORD * s->stored) {
        for (unsigned i = 0; i < s->stored; i++)
            s->key[i] = (uint16_t)(loom_be16(data + WORD * (size_t)i) & mask);
        s->keyed = true;
        s->channels = s->stored + 1;
    }
}

/* Samples of a pixel; 0: unknown colour type. */
static unsigned stored_samples(unsigned colour)
{
    switch (colour) {
    case LOOM_PNG_GRAY:
    case LOOM_PNG_PALETTE:
        return 1;
    case LOOM_PNG_GRAY_ALPHA:
        return 2;
    case LOOM_PNG_RGB:
        return 3;
    case LOOM_PNG_RGB_ALPHA:
        return 4;
    default:
        return 0;
    }
}

static bool is_depth(const loom_png_samples *s)
{
    switch (s->depth) {
    case 8:
        return true;
    case 16:
        return s->colour != LOOM_PNG_PALETTE;
    case 1:
    case 2:
    case 4:
        return s->stored == 1;
    default:
        return false;
    }
}

bool loom_png_samples_read(loom_bytes file, const loom_png_header *header,
                           loom_png_samples *samples)
{
    loom_png_samples *s = samples;
    loom_png_chunk chunk;
    bool transparency = false;

    *s = (loom_png_samples){.depth = header->depth, .colour = header->colour};
    s->stored = stored_samples(header->colour);
    if (s->stored == 0 || !is_depth(s))
        return false;
    s->channels = s->colour == LOOM_PNG_PALETTE ? 3 : s->stored;
    s->bytes = s->depth == 16 ? WORD : 1;
    for (size_t at = LOOM_PNG_SIGNATURE;
         loom_png_chunk_at(file, at, &chunk) && !loom_png_chunk_is(&chunk, "IDAT");
         at = chunk.end) {
        const bool palette = s->colour == LOOM_PNG_PALETTE && s->colours == 0;
        if (palette && loom_png_chunk_is(&chunk, "PLTE") && !read_palette(s, &chunk))
            return false;
        if (!transparency && loom_png_chunk_is(&chunk, "tRNS")) {
            read_transparency(s, &chunk);
            transparency = true;
        }
    }
    return s->colour != LOOM_PNG_PALETTE || s->colours > 0;
}

bool loom_png_samples_plain(const loom_png_samples *samples)
{
    return samples->depth == 8 && samples->colour != LOOM_PNG_PALETTE && !samples->keyed;
}

size_t loom_png_samples_row(const loom_png_samples *samples, uint32_t width)
{
    return ((size_t)width * samples->stored * samples->depth + CHAR_BIT - 1) / CHAR_BIT;
}

/* ---- pixels -------------------------------------------------------------- */

/* Sample `i` of those of 8 bits or fewer, stored from the highest bits of a byte. */
static inline unsigned sample_at(const unsigned char *row, uint32_t i, unsigned depth)
{
    const unsigned in_byte = CHAR_BIT / depth, shift = CHAR_BIT - depth - i % in_byte * depth;

    return (unsigned)row[i / in_byte] >> shift & ((1u << depth) - 1);
}

static bool expand_palette(const loom_png_samples *s, const unsigned char *row, uint32_t count,
                           unsigned char *to)
{
    bool inside = true;

    for (uint32_t x = 0; x < count; x++, to += s->channels) {
        const unsigned i = sample_at(row, x, s->depth);
        const bool known = i < s->colours;
        static const unsigned char black[4] = {0, 0, 0, OPAQUE};
        memcpy(to, known ? s->palette[i] : black, s->channels);
        inside = inside && known;
    }
    return inside;
}

static void expand_gray(const loom_png_samples *s, const unsigned char *row, uint32_t count,
                        unsigned char *to)
{
    const unsigned step = 255 / ((1u << s->depth) - 1);

    for (uint32_t x = 0; x < count; x++) {
        const unsigned sample = sample_at(row, x, s->depth);
        *to++ = (unsigned char)(sample * step);
        if (s->keyed)
            *to++ = sample == s->key[0] ? 0 : OPAQUE;
    }
}

static void expand_rgb(const loom_png_samples *s, const unsigned char *row, uint32_t count,
                       unsigned char *to)
{
    for (uint32_t x = 0; x < count; x++, row += 3, to += 4) {
        const bool hidden = row[0] == s->key[0] && row[1] == s->key[1] && row[2] == s->key[2];
        memcpy(to, row, 3);
        to[3] = hidden ? 0 : OPAQUE;
    }
}

static void swap_samples(const unsigned char *row, size_t count, unsigned char *to)
{
    for (size_t i = 0; i < count; i++) {
        const uint16_t sample = loom_be16(row + WORD * i);
        memcpy(to + WORD * i, &sample, WORD);
    }
}

static void expand_deep(const loom_png_samples *s, const unsigned char *row, uint32_t count,
                        unsigned char *to)
{
    if (!s->keyed) {
        swap_samples(row, (size_t)count * s->stored, to);
        return;
    }
    for (uint32_t x = 0; x < count; x++, row += WORD * (size_t)s->stored) {
        bool hidden = true;
        for (unsigned i = 0; i < s->stored; i++)
            hidden = hidden && loom_be16(row + WORD * (size_t)i) == s->key[i];
        const uint16_t alpha = hidden ? 0 : OPAQUE_16;
        swap_samples(row, s->stored, to);
        memcpy(to + WORD * (size_t)s->stored, &alpha, WORD);
        to += WORD * (size_t)s->channels;
    }
}

bool loom_png_expand(const loom_png_samples *samples, const unsigned char *row, uint32_t count,
                     unsigned char *to)
{
    if (samples->colour == LOOM_PNG_PALETTE)
        return expand_palette(samples, row, count, to);
    if (samples->depth == 16)
        expand_deep(samples, row, count, to);
    else if (loom_png_samples_plain(samples))
        memcpy(to, row, (size_t)count * samples->channels);
    else if (samples->colour == LOOM_PNG_RGB)
        expand_rgb(samples, row, count, to);
    else
        expand_gray(samples, row, count, to);
    return true;
}
