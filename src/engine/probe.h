/* The probe: examines an input by its structure and header, without decoding it. */
#ifndef LOOM_ENGINE_PROBE_H
#define LOOM_ENGINE_PROBE_H

#include "engine/lane.h"

enum { LOOM_PROBE_START = 1 << 16 }; /* bytes that tell a format, and most often a header */

/*
 * Refuses a large file that need not be read: of an unknown format (LOOM_ERR_UNSUPPORTED, stage
 * `probe`, with the message of the probe), or with more than `max_bytes` (LOOM_ERR_TOO_LARGE, stage
 * `open`; 0: no limit). *input, zeroed before, gets the bytes that were read.
 */
loom_status loom_probe_early(const loom_input_file *file, const char *path, uint64_t max_bytes,
                             loom_input *input, loom_error *err);

/*
 * Fills in the picture fields that the first bytes of a file give, if they are not set: for the row
 * of an image whose worker died. Other fields stay unchanged.
 */
void loom_probe_glance(const loom_input_file *file, const char *path, loom_outcome *outcome);

/*
 * Sets header, integrity and missing_end of a job whose input has been read: its format (by its
 * content, or by the extension of `path` for a format without a magic number), size, orientation
 * and frames. Before a decoder allocates, it refuses anything beyond LOOM_INPUT_SIDE_MAX,
 * LOOM_SCANS_MAX, the settings' max_pixels (of all frames, if `frames`) and, if `frames`,
 * LOOM_FRAMES_MAX, and untrusted formats unless they are allowed. Stage `probe`:
 * LOOM_ERR_UNSUPPORTED if no lane reads it, LOOM_ERR_TOO_LARGE, LOOM_ERR_CORRUPT or, for a
 * truncated file, LOOM_ERR_TRUNCATED. The header holds what was found, also on failure.
 */
loom_status loom_probe_read(loom_lane_job *job, const char *path, bool frames, loom_error *err);

/*
 * The same with our own parsers only, for lanes that may run in a thread. False: these lanes do not
 * take the image, and nothing is reported. Otherwise *status is LOOM_OK or an error.
 */
bool loom_probe_trusted(loom_lane_job *job, loom_status *status, loom_error *err);

/*
 * The same with what needs no plug-in, for lanes that need none. What such lanes do not know, and
 * what would be an error, except of a JPEG, is left to those that do: false.
 */
bool loom_probe_linked(loom_lane_job *job, loom_status *status, loom_error *err);

/*
 * As far as a start of the file tells, with all of its header: all but what takes a walk through
 * the file (loom_container.check).
 */
bool loom_probe_start(loom_lane_job *job, loom_status *status, loom_error *err);

#endif
