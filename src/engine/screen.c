#include "engine/screen.h"

#include "base/read_at.h"
#include "engine/probe.h"
#include <inttypes.h>

enum {
    WINDOW = 4096,  /* bytes that the sniffer may want */
    LARGE = 1 << 20 /* smaller files are read before anything is asked */
};

loom_status loom_probe_early(const loom_input_file *file, const char *path, uint64_t most,
                             loom_error *err)
{
    unsigned char start[WINDOW];
    size_t got;

    if (file->size <= LARGE)
        return LOOM_OK;
    /* What cannot be read now is told by who reads it all. */
    if (loom_read_at(file->descriptor, start, sizeof start, 0, &got) && got == sizeof start &&
        loom_probe_format(start, got, path) == LOOM_FORMAT_UNKNOWN)
        return loom_probe_unknown(err);
    if (most > 0 && file->size > most)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN,
                              "the file has %zu bytes; at most %" PRIu64 " are read", file->size,
                              most);
    return LOOM_OK;
}
