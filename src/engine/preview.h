/* The embedded previews of cameras' raw files, in the place of the files. */
#ifndef LOOM_ENGINE_PREVIEW_H
#define LOOM_ENGINE_PREVIEW_H

#include "engine/lane.h"

enum { LOOM_PREVIEW_START = 1 << 18 }; /* bytes that tell a raw file, in which headers are apart */

/* Whether the recipe has previews read, and the file, of which `start` may be the beginning, is a
 * raw file. */
bool loom_preview_is_wanted(const loom_job *job, loom_bytes start);

/*
 * If the job's input, the whole file, is a raw file: replaces it by its preview, a JPEG, which is
 * then an input as any other, and records the kind in job->common. Stage `probe`:
 * LOOM_ERR_UNSUPPORTED if the recipe does not ask for previews, or there is none that can be read;
 * LOOM_ERR_TRUNCATED if one is missing, unless the settings let that pass; LOOM_ERR_OUT_OF_MEMORY.
 * The header's format is then that of raw files. Any other input stays as it is.
 */
loom_status loom_preview_take(loom_lane_job *job, loom_error *err);

#endif
