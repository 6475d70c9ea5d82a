#include "engine/codec/raster_read.h"

#include "base/error.h"
#include "base/memory.h"
#include <stdlib.h>

const char loom_raster_name[] = "imgloom";

loom_status loom_raster_create(loom_picture *picture, uint32_t width, uint32_t height,
                               unsigned channels, unsigned depth, loom_error *err)
{
    const size_t bytes = loom_picture_bytes(width, height, channels, depth);

    if (bytes == 0)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_DECODE,
                              "the picture is too large for the address space");
    unsigned char *data = calloc(bytes, 1);
    if (data == NULL)
        return loom_no_memory(err, LOOM_STAGE_DECODE, "for the picture");
    *picture = (loom_picture){
        .width = width, .height = height, .channels = channels, .depth = depth, .data = data};
    return LOOM_OK;
}

loom_status loom_raster_alloc(void **made, size_t count, size_t size, loom_error *err)
{
    *made = loom_alloc_array(count > 0 ? count : 1, size);
    return *made != NULL ? LOOM_OK : loom_no_memory(err, LOOM_STAGE_DECODE, "for the picture");
}

bool loom_raster_is_opaque(const loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;

    for (size_t i = 0; i < pixels; i++)
        if (picture->data[4 * i + 3] != 255)
            return false;
    return true;
}

void loom_raster_drop_alpha(loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;
    const size_t from = (size_t)picture->channels * picture->depth, to = from - picture->depth;

    for (size_t i = 1; i < pixels; i++)
        memmove(picture->data + i * to, picture->data + i * from, to);
    picture->channels--;
    loom_picture_trim(picture);
}

void loom_raster_judge_alpha(loom_decoded *decoded)
{
    loom_picture *picture = &decoded->picture;
    const size_t pixels = (size_t)picture->width * picture->height;
    const size_t step = (size_t)picture->channels * picture->depth;

    for (size_t i = 0; i < pixels; i++)
        for (size_t b = step - picture->depth; b < step; b++)
            if (picture->data[i * step + b] != 0)
                return;
    loom_raster_drop_alpha(picture);
    decoded->warning = "its transparency is 0 everywhere, and was ignored";
}

void loom_raster_unpremultiply(loom_picture *picture)
{
    const size_t pixels = (size_t)picture->width * picture->height;
    const unsigned colours = picture->channels - 1;

    for (size_t i = 0; i < pixels; i++) {
        unsigned char *pixel = picture->data + i * picture->channels;
        const unsigned alpha = pixel[colours];
        for (unsigned c = 0; c < colours && alpha > 0 && alpha < 255; c++)
            pixel[c] =
                pixel[c] >= alpha ? 255 : (unsigned char)loom_raster_scale(pixel[c], alpha, 255);
    }
}

void loom_raster_judge_unused(loom_decoded *decoded, unsigned all_or, unsigned all_and)
{
    if (all_or != all_and)
        decoded->warning = "bits of its pixels that look like transparency are declared unused, "
                           "and were ignored";
}
