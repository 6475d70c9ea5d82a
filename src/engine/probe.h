/* The probe: reads an image's header without decoding it. */
#ifndef LOOM_ENGINE_PROBE_H
#define LOOM_ENGINE_PROBE_H

#include "engine/lane.h"

/*
 * The format of `input` by its content (TGA, which has no magic number, by the extension of
 * `path`), its size, orientation and frames. Refuses what is beyond LOOM_MAX_INPUT_SIDE,
 * LOOM_MAX_SCANS, settings->max_pixels (of all frames, where `frames`) and, where `frames`,
 * LOOM_MAX_FRAMES before a decoder allocates for it, and untrusted formats unless they are allowed.
 Stage `probe`: LOOM_ERR_UNSUPPORTED for what no lane reads, LOOM_ERR_TOO_LARGE,
 * LOOM_ERR_CORRUPT or, where the file is cut short, LOOM_ERR_TRUNCATED. *probe holds what was
 * found out, also on failure.
 */
loom_status loom_probe_read(const loom_input *input, const char *path,
                            const loom_settings *settings, bool frames, loom_integrity *integrity,
                            loom_probe *probe, loom_error *err);

/*
 * The same by our own parsers alone, for the lanes that may run in a thread. False: this image is
 * not for them, and nothing else is said. Otherwise *status is LOOM_OK or an error.
 */
bool loom_probe_trusted(const loom_input *input, const loom_settings *settings,
                        loom_integrity *integrity, loom_probe *probe, loom_status *status,
                        loom_error *err);

/*
 * The format that bytes from the start of a file tell (4 KiB are enough), or its path in
 * the case of TGA. And what there is to say of none: LOOM_ERR_UNSUPPORTED, stage `probe`.
 */
loom_format loom_probe_format(const unsigned char *data, size_t size, const char *path);
loom_status loom_probe_unknown(loom_error *err);

#endif
