/*
 * Metadata has a limit: what is beyond LOOM_METADATA_MAX is dropped, with a warning, before anybody
 * makes room for it.
 */
#ifndef LOOM_ENGINE_VIPS_META_LIMIT_H
#define LOOM_ENGINE_VIPS_META_LIMIT_H

#include "engine/lane.h"
#include <vips/vips.h>

/*
 * Has a decoder pass over the text of a PNG, which may be 1,000 times as large as in the file, from
 * where all of it together is beyond the limit: its chunks are given, in place, another name.
 * Nothing is done to other files.
 */
void loom_vips_limit_text(loom_input *input, loom_outcome *outcome);

/* Takes those blocks off an image, just opened, that are beyond the limit and would be used. */
void loom_vips_limit_blocks(VipsImage *image, const loom_recipe *recipe, loom_outcome *outcome);

#endif
