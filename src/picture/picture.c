#include "picture/picture.h"

#include "base/memory.h"
#include <stdlib.h>
#include <string.h>

enum { MAX_PIXEL = 8 }; /* bytes: 4 channels of 2 */

size_t loom_picture_bytes(uint32_t width, uint32_t height, unsigned channels, unsigned depth)
{
    size_t bytes;

    if (!loom_size_mul(width, height, &bytes) ||
        !loom_size_mul(bytes, (size_t)channels * depth, &bytes))
        return 0;
    return bytes;
}

void loom_picture_release(loom_picture *picture)
{
    free(picture->data);
    picture->data = NULL;
}

static size_t pixel_bytes(const loom_picture *picture)
{
    return (size_t)picture->channels * picture->depth;
}

static loom_status allocate(uint32_t width, uint32_t height, unsigned channels, unsigned depth,
                            loom_picture *made, loom_error *err)
{
    size_t bytes = loom_picture_bytes(width, height, channels, depth);
    unsigned char *data = bytes > 0 ? malloc(bytes) : NULL;

    if (data == NULL)
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                              "not enough memory for a picture of %ux%u px", width, height);
    *made = (loom_picture){width, height, channels, depth, data, false};
    return LOOM_OK;
}

/* Replaces the content of the picture by `made`. */
static void replace(loom_picture *picture, const loom_picture *made)
{
    const bool cmyk = picture->cmyk;

    free(picture->data);
    *picture = *made;
    picture->cmyk = cmyk;
}

/* ---- turning ------------------------------------------------------------- */

/*
 * Walks the target row by row; one step to the right in it is `step` bytes in the source. Rows are
 * processed in blocks of columns, so that the source's cache lines serve several target rows.
 */
static void copy_turned(const loom_picture *from, loom_picture *to, loom_turn turn)
{
    const size_t size = pixel_bytes(from), row = size * from->width;
    const ptrdiff_t across = (ptrdiff_t)size, down = (ptrdiff_t)row;
    const unsigned char *first = from->data; /* the source of the target's top left pixel */
    const unsigned char *last_row = from->data + row * (from->height - 1);
    const size_t last_column = row - size;
    ptrdiff_t right, below; /* steps in the source for one step in the target */

    switch (turn.quarters) {
    case 1:
        first = last_row, right = -down, below = across;
        break;
    case 2:
        first = last_row + last_column, right = -across, below = -down;
        break;
    case 3:
        first = from->data + last_column, right = down, below = -across;
        break;
    default:
        right = across, below = down;
    }
    if (turn.flop) {
        first += right * (ptrdiff_t)(to->width - 1);
        right = -right;
    }

    enum { BLOCK = 32 };
    for (uint32_t x0 = 0; x0 < to->width; x0 += BLOCK) {
        const uint32_t x1 = to->width - x0 > BLOCK ? x0 + BLOCK : to->width;
        for (uint32_t y = 0; y < to->height; y++) {
            const unsigned char *p = first + below * (ptrdiff_t)y + right * (ptrdiff_t)x0;
            unsigned char *q = to->data + ((size_t)y * to->width + x0) * size;
            switch (size) { /* constant sizes let the compiler copy in registers */
            case 1:
                for (uint32_t x = x0; x < x1; x++, p += right, q++)
                    *q = *p;
                break;
            case 3:
                for (uint32_t x = x0; x < x1; x++, p += right, q += 3)
                    memcpy(q, p, 3);
                break;
            default:
                for (uint32_t x = x0; x < x1; x++, p += right, q += size)
                    memcpy(q, p, size);
            }
        }
    }
}

loom_status loom_picture_turn(loom_picture *picture, loom_turn turn, loom_error *err)
{
    const bool swaps = loom_turn_swaps(turn);
    loom_picture made;

    if (turn.quarters == 0 && !turn.flop)
        return LOOM_OK;
    loom_status status =
        allocate(swaps ? picture->height : picture->width, swaps ? picture->width : picture->height,
                 picture->channels, picture->depth, &made, err);
    if (status != LOOM_OK)
        return status;
    copy_turned(picture, &made, turn);
    replace(picture, &made);
    return LOOM_OK;
}

/* ---- colours as pixels --------------------------------------------------- */

/* Writes the colour to `pixel`, as a pixel of the picture's kind. */
static void make_pixel(const loom_picture *picture, loom_colour colour,
                       unsigned char pixel[MAX_PIXEL])
{
    const uint8_t gray[] = {loom_colour_luma(colour), colour.alpha};
    const uint8_t rgb[] = {colour.red, colour.green, colour.blue, colour.alpha};
    const uint8_t inks[] = {(uint8_t)(255 - colour.red), (uint8_t)(255 - colour.green),
                            (uint8_t)(255 - colour.blue), 0};
    const uint8_t *values = picture->cmyk ? inks : picture->channels <= 2 ? gray : rgb;

    for (unsigned i = 0; i < picture->channels; i++)
        for (unsigned byte = 0; byte < picture->depth; byte++)
            pixel[i * picture->depth + byte] = values[i]; /* v * 257 repeats the byte */
}

loom_status loom_picture_pad(loom_picture *picture, uint32_t width, uint32_t height, uint32_t left,
                             uint32_t top, loom_colour fill, loom_error *err)
{
    const size_t size = pixel_bytes(picture), row = size * picture->width;
    unsigned char pixel[MAX_PIXEL];
    loom_picture made;

    if (width == picture->width && height == picture->height)
        return LOOM_OK;
    loom_status status = allocate(width, height, picture->channels, picture->depth, &made, err);
    if (status != LOOM_OK)
        return status;
    make_pixel(picture, fill, pixel);
    const size_t made_row = size * width;
    for (uint32_t x = 0; x < width; x++) /* one row of fill, then copies of it */
        memcpy(made.data + x * size, pixel, size);
    for (uint32_t y = 1; y < height; y++)
        memcpy(made.data + y * made_row, made.data, made_row);
    for (uint32_t y = 0; y < picture->height; y++)
        memcpy(made.data + (top + (size_t)y) * made_row + left * size, picture->data + y * row,
               row);
    replace(picture, &made);
    return LOOM_OK;
}

loom_status loom_picture_crop(loom_picture *picture, loom_rect part, loom_error *err)
{
    const size_t size = pixel_bytes(picture), row = size * picture->width;
    loom_picture made;

    if (part.width == picture->width && part.height == picture->height)
        return LOOM_OK;
    loom_status status =
        allocate(part.width, part.height, picture->channels, picture->depth, &made, err);
    if (status != LOOM_OK)
        return status;
    const size_t made_row = size * part.width;
    for (uint32_t y = 0; y < part.height; y++)
        memcpy(made.data + y * made_row, picture->data + (part.y + (size_t)y) * row + part.x * size,
               made_row);
    replace(picture, &made);
    return LOOM_OK;
}

loom_status loom_picture_append(loom_picture *picture, loom_picture *frame, loom_error *err)
{
    if (picture->data == NULL) {
        *picture = *frame;
    } else {
        const size_t old =
            loom_picture_bytes(picture->width, picture->height, picture->channels, picture->depth);
        const size_t more =
            loom_picture_bytes(frame->width, frame->height, frame->channels, frame->depth);
        uint32_t height;
        size_t bytes;
        unsigned char *data = NULL;
        if (loom_size_add(old, more, &bytes) &&
            !__builtin_add_overflow(picture->height, frame->height, &height))
            data = realloc(picture->data, bytes);
        if (data == NULL)
            return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_TRANSFORM,
                                  "not enough memory for the frames of an animation");
        memcpy(data + old, frame->data, more);
        picture->data = data;
        picture->height = height;
        free(frame->data);
    }
    *frame = (loom_picture){0};
    return LOOM_OK;
}

/* ---- fewer channels or bits, in place ------------------------------------ */

void loom_picture_trim(loom_picture *picture)
{
    size_t bytes =
        loom_picture_bytes(picture->width, picture->height, picture->channels, picture->depth);
    unsigned char *data = realloc(picture->data, bytes);

    if (data != NULL)
        picture->data = data;
}

#define DEFINE_FLATTEN(name, sample, max)                                                          \
    static void name(sample *data, size_t pixels, unsigned colours, const sample *background)      \
    {                                                                                              \
        const sample *from = data;                                                                 \
        sample *to = data;                                                                         \
        for (size_t i = 0; i < pixels; i++, from += colours + 1) {                                 \
            const uint64_t alpha = from[colours];                                                  \
            for (unsigned c = 0; c < colours; c++)                                                 \
                *to++ = (sample)((from[c] * alpha + background[c] * ((max)-alpha) + (max) / 2) /   \
                                 (max));                                                           \
        }                                                                                          \
    }
DEFINE_FLATTEN(flatten_8, uint8_t, UINT64_C(255))
DEFINE_FLATTEN(flatten_16, uint16_t, UINT64_C(65535))

void loom_picture_flatten(loom_picture *picture, loom_colour background)
{
    const size_t pixels = (size_t)picture->width * picture->height;
    const unsigned colours = picture->channels - 1;
    _Alignas(uint16_t) unsigned char pixel[MAX_PIXEL];

    if (!loom_picture_has_alpha(picture))
        return;
    make_pixel(picture, background, pixel);
    if (picture->depth == 1)
        flatten_8(picture->data, pixels, colours, pixel);
    else
        flatten_16((uint16_t *)(void *)picture->data, pixels, colours, (uint16_t *)(void *)pixel);
    picture->channels = colours;
    loom_picture_trim(picture);
}

void loom_picture_drop_depth(loom_picture *picture)
{
    const size_t samples = (size_t)picture->width * picture->height * picture->channels;
    const uint16_t *from = (const uint16_t *)(const void *)picture->data;

    if (picture->depth == 1)
        return;
    for (size_t i = 0; i < samples; i++)
        picture->data[i] = (unsigned char)((from[i] + 128U) / 257);
    picture->depth = 1;
    loom_picture_trim(picture);
}

/* ---- more channels ------------------------------------------------------- */

/*
 * A copy with `channels` channels: those the picture has not are taken from its first one
 * (colour from gray), an alpha that it has not is opaque.
 */
static loom_status widen(loom_picture *picture, unsigned channels, loom_error *err)
{
    const size_t depth = picture->depth, pixels = (size_t)picture->width * picture->height;
    const unsigned colours_from = (picture->channels - 1) | 1, colours_to = (channels - 1) | 1;
    loom_picture made;

    loom_status status =
        allocate(picture->width, picture->height, channels, picture->depth, &made, err);
    if (status != LOOM_OK)
        return status;
    const unsigned char *from = picture->data;
    unsigned char *to = made.data;
    for (size_t i = 0; i < pixels; i++, from += picture->channels * depth) {
        for (unsigned c = 0; c < colours_to; c++, to += depth)
            memcpy(to, from + (c < colours_from ? c : 0) * depth, depth);
        if (channels % 2 == 0) {
            if (loom_picture_has_alpha(picture))
                memcpy(to, from + colours_from * depth, depth);
            else
                memset(to, 0xFF, depth);
            to += depth;
        }
    }
    replace(picture, &made);
    return LOOM_OK;
}

loom_status loom_picture_add_alpha(loom_picture *picture, loom_error *err)
{
    return picture->cmyk || loom_picture_has_alpha(picture)
               ? LOOM_OK
               : widen(picture, picture->channels + 1, err);
}

loom_status loom_picture_add_colour(loom_picture *picture, loom_error *err)
{
    return picture->channels > 2 ? LOOM_OK : widen(picture, picture->channels + 2, err);
}
