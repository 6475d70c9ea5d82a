#include "engine/screen.h"

#include "engine/probe.h"
#include <errno.h>
#include <inttypes.h>
#include <unistd.h>

enum {
    WINDOW = 4096,  /* bytes that the sniffer may want */
    LARGE = 1 << 20 /* smaller files are read before anything is asked */
};

/* As many of the first bytes as there are, or can be had. */
static size_t read_start(int file, unsigned char *start, size_t size)
{
    size_t got = 0;

    while (got < size) {
        const ssize_t n = pread(file, start + got, size - got, (off_t)got);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            break;
        got += (size_t)n;
    }
    return got;
}

loom_status loom_screen(const loom_input_file *file, const char *path, uint64_t most,
                        loom_error *err)
{
    unsigned char start[WINDOW];

    if (file->size <= LARGE)
        return LOOM_OK;
    const size_t got = read_start(file->descriptor, start, sizeof start);
    /* What cannot be read now is told by who reads it all. */
    if (got == sizeof start && loom_probe_format(start, got, path) == LOOM_FORMAT_UNKNOWN)
        return loom_probe_unknown(err);
    if (most > 0 && file->size > most)
        return loom_error_set(err, LOOM_ERR_TOO_LARGE, LOOM_STAGE_OPEN,
                              "the file has %zu bytes; at most %" PRIu64 " are read", file->size,
                              most);
    return LOOM_OK;
}
