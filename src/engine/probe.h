/* The probe: reads an image's header without decoding it. */
#ifndef LOOM_ENGINE_PROBE_H
#define LOOM_ENGINE_PROBE_H

#include "engine/lane.h"

/*
 * The format of `input` by its content (TGA, which has no magic number, by the extension of
 * `path`), its size and orientation. Refuses more than `max_pixels` (0: no limit) before a
 * decoder allocates for them. Stage `probe`: LOOM_ERR_UNSUPPORTED for what no lane reads,
 * LOOM_ERR_TOO_LARGE, LOOM_ERR_CORRUPT or, where the file is cut short, LOOM_ERR_TRUNCATED.
 * *probe holds what was found out, also on failure.
 */
loom_status loom_probe_read(const loom_input *input, const char *path, loom_integrity *integrity,
                            uint64_t max_pixels, loom_probe *probe, loom_error *err);

#endif
