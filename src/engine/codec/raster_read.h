/* What our decoders of plain raster formats have in common. */
#ifndef LOOM_ENGINE_CODEC_RASTER_READ_H
#define LOOM_ENGINE_CODEC_RASTER_READ_H

#include "engine/codec/decoder.h"

/* The name of the decoders of our own, as `imgloom formats` shows it. */
extern const char loom_raster_name[];

/* A black picture, without alpha's value. Stage `decode`: LOOM_ERR_TOO_LARGE, _OUT_OF_MEMORY. */
loom_status loom_raster_create(loom_picture *picture, uint32_t width, uint32_t height,
                               unsigned channels, unsigned depth, loom_error *err);

/* Memory for something of a file's: `count` items. Stage `decode`: LOOM_ERR_OUT_OF_MEMORY. */
loom_status loom_raster_alloc(void **made, size_t count, size_t size, loom_error *err);

/* The sample's share of `max` >= 1, in 0..`full`, rounded. */
static inline uint32_t loom_raster_scale(uint32_t value, uint32_t max, uint32_t full)
{
    return (uint32_t)(((uint64_t)value * full + max / 2) / max);
}

/* Whether alpha, the last of four channels of 8 bits, is 255 everywhere. */
bool loom_raster_is_opaque(const loom_picture *picture);

/* Takes away the last channel, an alpha. In place: cannot fail. */
void loom_raster_drop_alpha(loom_picture *picture);

/*
 * Of a picture with alpha that some writers leave 0 although they mean opaque: drops it where it
 * is 0 everywhere, with a warning to `decoded`.
 */
void loom_raster_judge_alpha(loom_decoded *decoded);

/* Divides alpha out, of samples of 8 bits. */
void loom_raster_unpremultiply(loom_picture *picture);

/* Warns of bytes, of which all bits were collected, that look like an alpha but are not used. */
void loom_raster_judge_unused(loom_decoded *decoded, unsigned all_or, unsigned all_and);

#endif
