/* Selects the metadata that an output keeps, for all lanes. */
#ifndef LOOM_ENGINE_METADATA_H
#define LOOM_ENGINE_METADATA_H

#include "engine/lane.h"
#include "format/metadata.h"

/*
 * Whether the input's profile still describes the output's pixels, so that the output keeps it;
 * `cmyk`: the input is CMYK.
 */
bool loom_lane_keeps_profile(const loom_recipe *recipe, loom_format format, bool cmyk);

/*
 * As loom_meta_make, updated for this output; warnings go to its outcome. `converted`: its colours
 * were converted for a reason other than the profile. False: out of memory. *meta must be released
 * in any case, and the source must outlive it.
 */
bool loom_lane_meta_make(loom_meta *meta, const loom_meta_source *source, bool with_profile,
                         bool converted, const loom_lane_job *job, const loom_lane_output *output);

#endif
