/*
 * Decodes a GIF into memory, as browsers show it: areas that no frame covers, or that are disposed
 * to the background, are transparent, whatever the background colour. An opaque picture has no
 * alpha.
 */
#include "engine/codec/decoder.h"

#include "base/error.h"
#include "base/memory.h"
#include "engine/codec/gif_lzw.h"
#include "engine/codec/raster_read.h"
#include "format/gif.h"
#include <stdlib.h>

/* The max rows of an image in libvips (its VIPS_MAX_COORD). */
enum { STACK_MAX = 10000000 };

/* ---- painting a frame ---------------------------------------------------- */

/* Receives the indices of a frame from its first row to its last, and paints the canvas. */
typedef struct painter {
    const loom_gif_frame *frame;
    unsigned char *canvas;
    size_t row;             /* bytes of a canvas row */
    unsigned channels;      /* 3, or 4: R, G, B, A */
    uint32_t width, height; /* px of the part of the frame that lies on the canvas */
    unsigned char colours[256][4];
    unsigned count;      /* of colours in the table */
    bool over;           /* transparent pixels keep what is below */
    bool foreign;        /* a pixel has a colour that is not in the table */
    uint32_t x, y, step; /* position in the frame; rows to the next one */
} painter;

static void start_painter(painter *p, const loom_gif_frame *frame, const loom_header *header,
                          unsigned char *canvas, unsigned channels)
{
    const uint32_t across = header->width > frame->left ? header->width - frame->left : 0;
    const uint32_t down = header->height > frame->top ? header->height - frame->top : 0;

    *p = (painter){.frame = frame,
                   .row = (size_t)header->width * channels,
                   .channels = channels,
                   .width = frame->width < across ? frame->width : across,
                   .height = frame->height < down ? frame->height : down,
                   .count = (unsigned)(frame->table.size / 3),
                   .step = frame->interlaced ? 8 : 1};
    if (p->width > 0 && p->height > 0)
        p->canvas = canvas + frame->top * p->row + (size_t)frame->left * channels;
    for (unsigned i = 0; i < p->count; i++) {
        memcpy(p->colours[i], frame->table.data + 3 * i, 3);
        p->colours[i][3] = 255;
    }
    if (frame->transparent >= 0)
        memset(p->colours[frame->transparent], 0, 4);
}

/*
 * The rows of an interlaced frame come in four passes (GIF89a, appendix E): each 8th, each 8th from
 * 4 on, each 4th from 2 on, each 2nd from 1 on.
 */
static void next_row(painter *p)
{
    p->x = 0;
    p->y += p->step;
    while (p->frame->interlaced && p->y >= p->frame->height && p->step > 1) {
        const bool first = p->step == 8 && p->y % 8 == 0;
        p->y = first ? 4 : p->step / 4;
        p->step = first ? 8 : p->step / 2;
    }
}

/*
 * The number of indices that are needed: up to the last visible one. The odd rows of an interlaced
 * frame come last.
 */
static uint64_t needed(const painter *p)
{
    const uint32_t last = p->height - 1;
    const uint32_t before =
        p->frame->interlaced && last > 0 ? (p->frame->height + 1) / 2 + (last - 1) / 2 : last;

    if (p->width == 0 || p->height == 0)
        return 0;
    return (uint64_t)before * p->frame->width + p->width;
}

static bool is_foreign(const painter *p, const unsigned char *indices, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (indices[i] >= p->count && (int)indices[i] != p->frame->transparent)
            return true;
    return false;
}

/* Writes four bytes for each pixel of three, except for the last one: the row below may exist
 * already. */
static void draw_opaque(const painter *p, unsigned char *to, const unsigned char *indices,
                        size_t count)
{
    for (size_t i = 0; i + 1 < count; i++, to += 3)
        memcpy(to, p->colours[indices[i]], 4);
    memcpy(to, p->colours[indices[count - 1]], 3);
}

static void draw(painter *p, const unsigned char *indices, size_t count)
{
    unsigned char *to = p->canvas + p->y * p->row + (size_t)p->x * p->channels;

    if (p->count < 1u << p->frame->code_size && !p->foreign)
        p->foreign = is_foreign(p, indices, count);
    if (p->channels == 3) {
        draw_opaque(p, to, indices, count);
        return;
    }
    for (size_t i = 0; i < count; i++, to += 4)
        if (!p->over || p->colours[indices[i]][3] != 0)
            memcpy(to, p->colours[indices[i]], 4);
}

static void paint(void *user, const unsigned char *indices, size_t count)
{
    painter *p = user;

    while (count > 0) {
        const size_t left = p->frame->width - p->x, run = count < left ? count : left;
        if (p->y < p->height && p->x < p->width)
            draw(p, indices, run < p->width - p->x ? run : p->width - p->x);
        p->x += (uint32_t)run;
        indices += run;
        count -= run;
        if (p->x == p->frame->width)
            next_row(p);
    }
}

/* With a code size of one bit, decoders disagree about the length of the third and later codes. */
static bool is_read(unsigned code_size, uint64_t count)
{
    return (code_size >= LOOM_GIF_CODE_SIZE_MIN && code_size <= LOOM_GIF_CODE_SIZE_MAX) ||
           (code_size == 1 && count <= 1);
}

/* Decodes the frame onto the canvas, and reports its damage. */
static loom_gif_codes paint_frame(painter *p, loom_bytes file, loom_decoded *decoded)
{
    const loom_gif_frame *frame = p->frame;
    const loom_gif_stream stream = {file, frame->data, frame->code_size, needed(p), paint, p};
    loom_gif_codes codes = LOOM_GIF_CODES_FULL;

    if (frame->width == 0 || frame->height == 0)
        codes = LOOM_GIF_CODES_SHORT;
    else if (!is_read(frame->code_size, stream.count))
        codes = LOOM_GIF_CODES_DAMAGED;
    else if (stream.count > 0)
        codes = loom_gif_lzw_decode(&stream);
    if (codes == LOOM_GIF_CODES_SHORT)
        decoded->missing = true;
    else if (codes == LOOM_GIF_CODES_DAMAGED)
        decoded->damage = "a frame has an invalid code";
    if (p->foreign)
        decoded->damage = "a pixel has a colour that is not in the colour table";
    return codes;
}

/* ---- pictures ------------------------------------------------------------ */

static loom_status no_memory(loom_error *err)
{
    return loom_no_memory(err, LOOM_STAGE_DECODE, "for the picture");
}

/* Makes `count` transparent canvases, one below another. */
static bool make_canvas(loom_picture *picture, const loom_header *header, uint32_t count,
                        unsigned channels)
{
    return loom_raster_create(picture, header->width, header->height * count, channels, 1, NULL) ==
           LOOM_OK;
}

/* Copies R, G and B of the pixels. */
static void copy_without_alpha(unsigned char *to, const unsigned char *from, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++, from += 4, to += 3)
        memcpy(to, from, 3);
}

/* Drops an alpha channel that is opaque everywhere. */
static void drop_opaque_alpha(loom_picture *picture)
{
    if (picture->channels == 4 && loom_raster_is_opaque(picture))
        loom_raster_drop_alpha(picture);
}

/* Whether the frame gives all of the canvas a colour, unless data is missing. */
static bool is_opaque(const loom_gif_frame *frame, const loom_header *header)
{
    return frame->transparent < 0 && frame->left == 0 && frame->top == 0 &&
           frame->width >= header->width && frame->height >= header->height &&
           frame->table.size / 3 >= (size_t)1 << (frame->code_size & 31);
}

static loom_status decode_first(loom_gif *gif, const loom_header *header, loom_decoded *decoded,
                                loom_error *err)
{
    loom_gif_codes codes = LOOM_GIF_CODES_NO_MEMORY;
    loom_gif_frame frame;
    painter p;

    if (!loom_gif_next(gif, &frame))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                              "the file contains no picture");
    if (is_opaque(&frame, header) && make_canvas(&decoded->picture, header, 1, 3)) {
        start_painter(&p, &frame, header, decoded->picture.data, 3);
        codes = paint_frame(&p, gif->file, decoded);
        if (codes == LOOM_GIF_CODES_FULL)
            return LOOM_OK;
        loom_picture_release(&decoded->picture); /* missing pixels are transparent */
    }
    if (make_canvas(&decoded->picture, header, 1, 4)) {
        start_painter(&p, &frame, header, decoded->picture.data, 4);
        codes = paint_frame(&p, gif->file, decoded);
    }
    if (codes == LOOM_GIF_CODES_NO_MEMORY)
        return no_memory(err);
    drop_opaque_alpha(&decoded->picture);
    return LOOM_OK;
}

/* ---- animations ---------------------------------------------------------- */

typedef struct film {
    const loom_header *header;
    loom_picture canvas;  /* R, G, B, A */
    unsigned char *saved; /* the canvas before a frame that is disposed to it */
    loom_decoded *decoded;
} film;

static bool is_passing(const loom_gif_frame *frame)
{
    return frame->disposal == LOOM_GIF_TO_PREVIOUS || frame->disposal == LOOM_GIF_TO_PREVIOUS_TOO;
}

/* Whether a canvas that the first frame has filled stays opaque; the walk is after that frame. */
static bool stays_opaque(loom_gif gif, loom_gif_frame frame)
{
    bool opaque = !is_passing(&frame);

    do
        opaque = opaque && frame.disposal != LOOM_GIF_TO_BACKGROUND;
    while (opaque && loom_gif_next(&gif, &frame));
    return opaque;
}

/* Allocates memory for all frames, when the first is on the canvas. */
static bool make_film(film *f, const loom_gif *gif, const loom_gif_frame *first)
{
    const bool opaque = stays_opaque(*gif, *first) && loom_raster_is_opaque(&f->canvas);

    return make_canvas(&f->decoded->picture, f->header, f->header->frames, opaque ? 3 : 4);
}

static void clear_rect(const painter *p)
{
    for (uint32_t y = 0; p->canvas != NULL && y < p->height; y++)
        memset(p->canvas + y * p->row, 0, (size_t)p->width * 4);
}

/* Paints the frame on the canvas, copies the visible result to the film, and disposes of the frame.
 */
static bool add_frame(film *f, const loom_gif *gif, const loom_gif_frame *frame, uint32_t place)
{
    loom_picture *made = &f->decoded->picture;
    const size_t pixels = (size_t)f->canvas.width * f->canvas.height;
    painter p;

    if (is_passing(frame))
        memcpy(f->saved, f->canvas.data, pixels * 4);
    start_painter(&p, frame, f->header, f->canvas.data, 4);
    p.over = true;
    if (paint_frame(&p, gif->file, f->decoded) == LOOM_GIF_CODES_NO_MEMORY ||
        (made->data == NULL && !make_film(f, gif, frame)))
        return false;
    unsigned char *shown = made->data + place * pixels * made->channels;
    if (made->channels == 3)
        copy_without_alpha(shown, f->canvas.data, pixels);
    else
        memcpy(shown, f->canvas.data, pixels * 4);
    if (is_passing(frame))
        memcpy(f->canvas.data, f->saved, pixels * 4);
    else if (frame->disposal == LOOM_GIF_TO_BACKGROUND)
        clear_rect(&p);
    return true;
}

static loom_status decode_all(loom_gif *gif, const loom_header *header, loom_decoded *decoded,
                              loom_error *err)
{
    film f = {.header = header, .decoded = decoded};
    loom_gif_frame frame;

    if ((uint64_t)header->height * header->frames > STACK_MAX)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_DECODE,
                              "the frames have more than %d rows in total", STACK_MAX);
    decoded->delays = loom_alloc_array(header->frames, sizeof *decoded->delays);
    bool ok = decoded->delays != NULL && make_canvas(&f.canvas, header, 1, 4) &&
              (f.saved = malloc((size_t)header->width * header->height * 4)) != NULL;
    for (uint32_t i = 0; ok && i < header->frames && loom_gif_next(gif, &frame); i++) {
        decoded->delays[i] = (int)frame.delay * 10;
        ok = add_frame(&f, gif, &frame, i);
    }
    loom_picture_release(&f.canvas);
    free(f.saved);
    if (!ok)
        return no_memory(err);
    if (!loom_gif_next(gif, &frame) && gif->end == LOOM_GIF_DAMAGED)
        decoded->damage = "there are extra bytes between the frames";
    decoded->loop = gif->loop;
    drop_opaque_alpha(&decoded->picture);
    return LOOM_OK;
}

/* ---- the two calls ------------------------------------------------------- */

static loom_status probe(const loom_input *input, const loom_header *header, loom_error *err)
{
    loom_gif_frame frame;
    loom_gif gif;

    const bool found =
        loom_gif_begin(&gif, (loom_bytes){input->data, input->size}) && loom_gif_next(&gif, &frame);
    if (!found && (gif.end == LOOM_GIF_CUT || gif.end == LOOM_GIF_NO_TRAILER))
        return loom_error_set(err, LOOM_ERR_TRUNCATED, LOOM_STAGE_PROBE,
                              "the file is cut short: its first picture is missing");
    if (!found || header->width == 0 || header->height == 0)
        return loom_error_set(
            err, LOOM_ERR_CORRUPT, LOOM_STAGE_PROBE, "the gif header cannot be read: %s",
            found                         ? "neither its screen nor its first picture has a size"
            : gif.end == LOOM_GIF_DAMAGED ? "the data before the first picture is damaged"
                                          : "no picture follows it");
    return LOOM_OK;
}

static loom_status decode(const loom_input *input, const loom_header *header, bool frames,
                          loom_decoded *decoded, loom_error *err)
{
    loom_status status;
    loom_gif gif;

    if (!loom_gif_begin(&gif, (loom_bytes){input->data, input->size}))
        return loom_error_set(err, LOOM_ERR_CORRUPT, LOOM_STAGE_DECODE,
                              "the file contains no picture");
    if (frames)
        status = decode_all(&gif, header, decoded, err);
    else
        status = decode_first(&gif, header, decoded, err);
    if (status != LOOM_OK)
        loom_decoded_release(decoded);
    return status;
}

const loom_decoder loom_decoder_gif = {loom_raster_name, probe, decode};
