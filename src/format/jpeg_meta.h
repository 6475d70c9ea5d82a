/* What of a JPEG's metadata another JPEG of the same picture is to have. */
#ifndef LOOM_FORMAT_JPEG_META_H
#define LOOM_FORMAT_JPEG_META_H

#include "base/strbuf.h"
#include <imgloom/recipe.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_jpeg_block {
    const unsigned char *data; /* of the file; NULL: not there */
    size_t size;
} loom_jpeg_block;

/* The segments that may be kept, with the names that they begin with. */
typedef struct loom_jpeg_meta {
    loom_jpeg_block exif, xmp, iptc, profile;
    bool several; /* one of them in several segments: not to be put together here */
} loom_jpeg_meta;

/* Finds them in the `size` bytes of a JPEG, which must outlive *meta. Any bytes are allowed. */
void loom_jpeg_meta_find(const unsigned char *data, size_t size, loom_jpeg_meta *meta);

/* Whether the profile is one for pictures of so many components (1: gray, 3: RGB). */
bool loom_jpeg_meta_suits(const loom_jpeg_meta *meta, unsigned components);

/*
 * Appends, as whole segments (marker, length, bytes), what the recipe keeps for an output of that
 * size: EXIF that is true of it (see exif.h), XMP and IPTC (without thumbnails), the profile where
 * `with_profile`. `orientation` is what is to be written, where there is EXIF or it is not 1.
 * False where EXIF is of a kind that cannot be made true, or too long, or memory runs out.
 */
bool loom_jpeg_meta_add(const loom_jpeg_meta *meta, loom_metadata kept, bool with_profile,
                        int orientation, uint32_t width, uint32_t height, loom_strbuf *out);

#endif
