#include "base/read_at.h"

#include <errno.h>
#include <unistd.h>

bool loom_read_at(int file, void *data, size_t size, uint64_t offset, size_t *got)
{
    unsigned char *bytes = data;
    size_t done = 0;

    while (done < size) {
        const ssize_t n = pread(file, bytes + done, size - done, (off_t)(offset + done));
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        done += (size_t)n;
    }
    *got = done;
    return true;
}
