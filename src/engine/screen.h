/* What can be told of an input from its size and its first bytes, before it is read. */
#ifndef LOOM_ENGINE_SCREEN_H
#define LOOM_ENGINE_SCREEN_H

#include "files/input.h"
#include <imgloom/error.h>
#include <stdint.h>

/*
 * Refuses a large file that need not be read: of no format that is known (LOOM_ERR_UNSUPPORTED,
 * stage `probe`, in the words of the probe), or with more than `most` bytes (LOOM_ERR_TOO_LARGE,
 * stage `open`; 0: no limit).
 */
loom_status loom_probe_early(const loom_input_file *file, const char *path, uint64_t most,
                             loom_error *err);

#endif
