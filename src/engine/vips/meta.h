/*
 * Metadata on its way from input to output: fields on an image without pixels, because the picture
 * itself travels as plain memory, and what is made of them. libvips' savers write EXIF of their
 * own, so most of it is put into the file behind their backs: formats.c. There is a limit: what is
 * beyond LOOM_METADATA_MAX is dropped, with a warning, before anybody makes room for it.
 */
#ifndef LOOM_ENGINE_VIPS_META_H
#define LOOM_ENGINE_VIPS_META_H

#include "engine/lane.h"
#include "format/metadata.h"
#include <vips/vips.h>

/* Takes those blocks off an image, just opened, that are beyond the limit and would be used. */
void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome);

/*
 * What of the fields of `image` outputs may need: EXIF, XMP and IPTC where metadata are kept, the
 * colour profile; where `animated`, delays and loop. The caller unrefs the result.
 */
VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated);

/* An input's metadata, and how an output's colours are related to them. */
typedef struct loom_vips_meta {
    VipsImage *fields; /* from loom_vips_meta_take */
    bool with_profile; /* the output has the profile */
    bool converted;    /* its colours are others, whatever the profile says */
} loom_vips_meta;

/*
 * As loom_lane_meta_make. A JPEG's blocks are taken from the file, as the jpeg lane does; the
 * profile is that of the fields, which must outlive *made.
 */
bool loom_vips_meta_make(loom_meta *made, const loom_vips_meta *from, const loom_lane_job *job,
                         const loom_lane_output *output);

/* What libvips' saver for a format writes of metadata, if it is on the image. */
enum { LOOM_VIPS_WRITES_PROFILE = 1, LOOM_VIPS_WRITES_XMP = 2, LOOM_VIPS_WRITES_ORIENTATION = 4 };

/*
 * Puts on `image` what libvips is to write itself: delays and loop, and what `writes` says
 * (LOOM_VIPS_WRITES_…). True when there is any: then the saver must not strip.
 */
bool loom_vips_meta_give(VipsImage *fields, const loom_meta *meta, int orientation,
                         VipsImage *image, unsigned writes);

#endif
