/* What an output keeps of its input's metadata, for all lanes. */
#ifndef LOOM_ENGINE_METADATA_H
#define LOOM_ENGINE_METADATA_H

#include "engine/lane.h"
#include "format/metadata.h"

/*
 * Whether an output's pixels still mean what its input's profile says, so that it keeps the
 * profile; `cmyk`: those of the input have four inks.
 */
bool loom_lane_keeps_profile(const loom_recipe *recipe, loom_format format, bool cmyk);

/*
 * As loom_meta_make, of what is true of this output; warnings go to its outcome. `converted`: its
 * colours are others for a reason that the profile does not tell. False: no memory. *meta is to be
 * released in any case, and the source must outlive it.
 */
bool loom_lane_meta_make(loom_meta *meta, const loom_meta_source *source, bool with_profile,
                         bool converted, const loom_lane_job *job, const loom_lane_output *output);

#endif
