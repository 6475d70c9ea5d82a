/* What is packed in chunks of a PNG beside its pixels: texts and the colour profile. */
#ifndef LOOM_ENGINE_CODEC_PNG_TEXT_H
#define LOOM_ENGINE_CODEC_PNG_TEXT_H

#include "format/png.h"

/* PNG (Third Edition), 11.3.3: tEXt, zTXt, iTXt. */
bool loom_png_is_text(const loom_png_chunk *chunk);

/*
 * Bytes of memory that the text of such a chunk takes; more than `limit`: more than that. *damaged
 * tells that it cannot be unpacked to its end, or fails its checksum.
 */
size_t loom_png_text_size(const loom_png_chunk *chunk, size_t limit, bool *damaged);

/*
 * The text of a chunk iTXt with this keyword, unpacked; NULL: it is none, has more than `limit`
 * bytes or is damaged, or there is no memory. The caller releases it with free().
 */
unsigned char *loom_png_text_take(const loom_png_chunk *chunk, size_t limit, const char *keyword,
                                  size_t *size);

/*
 * Whether the profile of an iCCP chunk can be unpacked and has the right checksum, as far as
 * `limit` bytes of it tell.
 */
bool loom_png_profile_is_sound(const loom_png_chunk *chunk, size_t limit);

#endif
