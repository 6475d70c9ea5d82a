/* Shared code of our decoders for simple raster formats. */
#ifndef LOOM_ENGINE_CODEC_RASTER_READ_H
#define LOOM_ENGINE_CODEC_RASTER_READ_H

#include "engine/codec/decoder.h"

/* The name of our own decoders in `imgloom formats`. */
extern const char loom_raster_name[];

/* Makes a black picture, with alpha 0 if it has alpha. Stage `decode`: LOOM_ERR_TOO_LARGE,
 * _OUT_OF_MEMORY. */
loom_status loom_raster_create(loom_picture *picture, uint32_t width, uint32_t height,
                               unsigned channels, unsigned depth, loom_error *err);

/* Allocates `count` items for data of a file. Stage `decode`: LOOM_ERR_OUT_OF_MEMORY. */
loom_status loom_raster_alloc(void **made, size_t count, size_t size, loom_error *err);

/* Scales a sample of 0..`max` (>= 1) to 0..`full`, rounded. */
static inline uint32_t loom_raster_scale(uint32_t value, uint32_t max, uint32_t full)
{
    return (uint32_t)(((uint64_t)value * full + max / 2) / max);
}

/* Whether alpha, the last of four channels of 8 bits, is 255 everywhere. */
bool loom_raster_is_opaque(const loom_picture *picture);

/* Removes the last channel, an alpha. In place: cannot fail. */
void loom_raster_drop_alpha(loom_picture *picture);

/*
 * Some writers store alpha 0 although they mean opaque: drops alpha if it is 0 everywhere, with a
 * warning in `decoded`.
 */
void loom_raster_judge_alpha(loom_decoded *decoded);

/* Unpremultiplies samples of 8 bits. */
void loom_raster_unpremultiply(loom_picture *picture);

/* Warns about unused bytes that look like alpha, judged by the OR and AND of all of them. */
void loom_raster_judge_unused(loom_decoded *decoded, unsigned all_or, unsigned all_and);

#endif
