/*
 * Metadata on its way from input to output: the fields that the recipe keeps, on an image without
 * pixels, because the picture itself travels as plain memory. It has a limit: what is beyond
 * LOOM_METADATA_MAX is dropped, with a warning, before anybody makes room for it.
 */
#ifndef LOOM_ENGINE_VIPS_META_H
#define LOOM_ENGINE_VIPS_META_H

#include "engine/lane.h"
#include <vips/vips.h>

/* Takes those blocks off an image, just opened, that are beyond the limit and would be used. */
void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome);

/*
 * What of the fields of `image` the recipe keeps: EXIF (never the thumbnail), XMP, IPTC; the
 * colour profile where `--icc keep`; the orientation where it is not applied; where `animated`,
 * delays and loop. The caller unrefs the result.
 */
VipsImage *loom_vips_meta_take(VipsImage *image, const loom_recipe *recipe, bool animated);

/*
 * Puts the fields that `format` can hold on `image`, the profile only `with_profile`. True when
 * there were any: then the saver must not strip.
 */
bool loom_vips_meta_give(VipsImage *meta, VipsImage *image, loom_format format, bool with_profile);

#endif
