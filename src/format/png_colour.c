#include "format/png_colour.h"

#include "format/png.h"

typedef struct chunks {
    loom_bytes cicp, srgb, gama, chrm; /* data; NULL: none, or not of its length */
} chunks;

/* The first of them; one whose checksum is wrong is not believed. */
static void keep(const loom_png_chunk *chunk, const char *type, size_t length, loom_bytes *data)
{
    if (data->data == NULL && loom_png_chunk_is(chunk, type) && chunk->length == length &&
        loom_png_chunk_is_sound(chunk))
        *data = (loom_bytes){chunk->start + 8, length};
}

static chunks find_chunks(loom_bytes file)
{
    chunks c = {.cicp = {NULL, 0}};
    loom_png_chunk chunk;

    for (size_t at = LOOM_PNG_SIGNATURE; loom_png_chunk_at(file, at, &chunk); at = chunk.end) {
        if (loom_png_chunk_is(&chunk, "IDAT"))
            break;
        keep(&chunk, "cICP", 4, &c.cicp);
        keep(&chunk, "sRGB", 1, &c.srgb);
        keep(&chunk, "gAMA", 4, &c.gama);
        keep(&chunk, "cHRM", 32, &c.chrm);
    }
    return c;
}

/* Times 100,000 (PNG, 11.3.2.1 and 11.3.2.2). */
static double fraction(const unsigned char *data)
{
    return loom_be32(data) / 100000.0;
}

/* cHRM begins with the white point. */
static loom_colour_words measures_of(const chunks *c)
{
    loom_colour_words words = {.kind = LOOM_COLOUR_MEASURES, .has_xy = c->chrm.data != NULL};

    if (c->gama.data != NULL && loom_be32(c->gama.data) > 0) /* 0 says nothing */
        words.gamma = 1 / fraction(c->gama.data);
    for (int i = 0; i < 4 && words.has_xy; i++)
        for (int k = 0; k < 2; k++)
            words.xy[i][k] = fraction(c->chrm.data + 8 * ((i + 1) % 4) + 4 * k);
    return words;
}

loom_colour_words loom_png_colour_read(loom_bytes file)
{
    const chunks c = find_chunks(file);

    if (c.cicp.data != NULL)
        return (loom_colour_words){.kind = LOOM_COLOUR_CODES,
                                   .first = c.cicp.data[0] != LOOM_COLOUR_UNSAID ||
                                            c.cicp.data[1] != LOOM_COLOUR_UNSAID,
                                   .narrow = c.cicp.data[3] == 0,
                                   .primaries = c.cicp.data[0],
                                   .transfer = c.cicp.data[1],
                                   .matrix = c.cicp.data[2]};
    if (c.srgb.data != NULL || (c.gama.data == NULL && c.chrm.data == NULL))
        return (loom_colour_words){.kind = LOOM_COLOUR_NONE};
    return measures_of(&c);
}
