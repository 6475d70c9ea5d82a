/*
 * Metadata on its way from input to output. It travels as fields of an image without pixels,
 * because the picture itself is plain memory. libvips' savers write EXIF of their own, so formats.c
 * inserts most metadata into the file afterwards. Metadata beyond LOOM_METADATA_MAX is dropped,
 * with a warning, before any allocation.
 */
#ifndef LOOM_ENGINE_VIPS_META_H
#define LOOM_ENGINE_VIPS_META_H

#include "engine/lane.h"
#include "format/metadata.h"
#include <vips/vips.h>

/* Removes from an image, just opened, the blocks that would be used but exceed the limit. */
void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome);

/*
 * Copies the fields of `image` that outputs may need: EXIF, XMP and IPTC if metadata is kept, the
 * colour profile; if `animated`, delays and loop. The caller unrefs the result.
 */
VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated);

/* An input's metadata, and its relation to an output's colours. */
typedef struct loom_vips_meta {
    VipsImage *fields; /* from loom_vips_meta_take */
    bool with_profile; /* the output has the profile */
    bool converted;    /* its colours were converted, whatever the profile says */
} loom_vips_meta;

/*
 * As loom_lane_meta_make. The blocks of a JPEG are read from the file, as in the jpeg lane; the
 * profile is that of the fields, which must outlive *made.
 */
bool loom_vips_meta_make(loom_meta *made, const loom_vips_meta *from, const loom_lane_job *job,
                         const loom_lane_output *output);

/* The metadata that libvips' saver for a format writes, if it is on the image. */
enum { LOOM_VIPS_WRITES_PROFILE = 1, LOOM_VIPS_WRITES_XMP = 2, LOOM_VIPS_WRITES_ORIENTATION = 4 };

/*
 * Puts on `image` the metadata that libvips writes itself: delays and loop, and those in `writes`
 * (LOOM_VIPS_WRITES_…). True if there is any: then the saver must not strip.
 */
bool loom_vips_meta_give(VipsImage *fields, const loom_meta *meta, int orientation,
                         VipsImage *image, unsigned writes);

#endif
