#include "base/read_at.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
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

bool loom_write_at_start(int file, const void *data, size_t size)
{
    const unsigned char *bytes = data;

    for (size_t at = 0; at < size;) {
        const ssize_t n = pwrite(file, bytes + at, size - at, (off_t)at);
        if (n < 0 && errno == EINTR)
            continue;
        if (n == 0)
            errno = ENOSPC;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    return true;
}

int loom_nameless_file(const char *name)
{
    int file = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (file < 0 && (errno == ENOSYS || errno == EPERM)) {
        const char *folder = getenv("TMPDIR");
        file = open(folder != NULL ? folder : "/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    }
    return file;
}
