/* PNG files out of pictures, by libdeflate. */
#ifndef LOOM_ENGINE_CODEC_PNG_WRITE_H
#define LOOM_ENGINE_CODEC_PNG_WRITE_H

#include "base/bytes.h"
#include "picture/picture.h"

/*
 * Whether the picture is written here: not CMYK, and not so large that compressing it, which cannot
 * be interrupted, would take long.
 */
bool loom_png_writes(const loom_picture *picture);

/*
 * Writes the picture as a PNG, not interlaced. `effort` 0..10 (0: not compressed; below 0: the
 * usual). `chunks` (size 0: none) are whole ones, put before the pixel data. *data (from malloc) of
 * *size bytes is the caller's. False, and nothing written: no memory.
 */
bool loom_png_write(const loom_picture *picture, int effort, loom_bytes chunks, void **data,
                    size_t *size);

#endif
