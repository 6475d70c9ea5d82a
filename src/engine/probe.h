/* The probe: finds out what an input is, by its structure and its header, without decoding it. */
#ifndef LOOM_ENGINE_PROBE_H
#define LOOM_ENGINE_PROBE_H

#include "engine/lane.h"

/*
 * Refuses a large file that need not be read: of no format that is known (LOOM_ERR_UNSUPPORTED,
 * stage `probe`, in the words of the probe), or with more than `max_bytes` (LOOM_ERR_TOO_LARGE,
 * stage `open`; 0: no limit).
 */
loom_status loom_probe_early(const loom_input_file *file, const char *path, uint64_t max_bytes,
                             loom_error *err);

/*
 * Fills in what the first bytes of a file say of its picture, where nothing is said yet: for the
 * row of an image whose worker did not live to tell. What they do not say stays as it is.
 */
void loom_probe_glance(const loom_input_file *file, const char *path, loom_outcome *outcome);

/*
 * Sets header, integrity and missing_end of a job, whose input has been read: its format (by its
 * content, or by the extension of `path` for one without a magic number), size, orientation and
 * frames. Refuses what is beyond LOOM_INPUT_SIDE_MAX, LOOM_SCANS_MAX, the settings' max_pixels (of
 * all frames, where `frames`) and, where `frames`, LOOM_FRAMES_MAX before a decoder makes room for
 * it, and untrusted formats unless they are allowed. Stage `probe`: LOOM_ERR_UNSUPPORTED for what
 * no lane reads, LOOM_ERR_TOO_LARGE, LOOM_ERR_CORRUPT or, where the file is cut short,
 * LOOM_ERR_TRUNCATED. The header holds what was found out, also on failure.
 */
loom_status loom_probe_read(loom_lane_job *job, const char *path, bool frames, loom_error *err);

/*
 * The same by our own parsers alone, for the lanes that may run in a thread. False: this image is
 * not for them, and nothing else is said. Otherwise *status is LOOM_OK or an error.
 */
bool loom_probe_trusted(loom_lane_job *job, loom_status *status, loom_error *err);

#endif
