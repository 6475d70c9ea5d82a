#include "engine/worker_path.h"

#include "base/strbuf.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int open_program(const char *path)
{
    const int file = access(path, X_OK) == 0 ? open(path, O_PATH | O_CLOEXEC) : -1;

    if (file < 0)
        return -1;
    /* Out of the way of the descriptors that a child finds its streams and its socket at. */
    const int high = fcntl(file, F_DUPFD_CLOEXEC, 16);
    (void)close(file);
    return high;
}

/* The folder of this process's program, with a slash; nothing where the system does not tell. */
static void add_own_folder(loom_strbuf *out)
{
    char *own = realpath("/proc/self/exe", NULL);
    const char *slash = own != NULL ? strrchr(own, '/') : NULL;

    if (slash != NULL)
        loom_strbuf_add(out, own, (size_t)(slash - own) + 1);
    free(own);
}

int loom_worker_open(const char *path)
{
    static const char *const beside[] = {"imgloom-worker", "../libexec/imgloom/imgloom-worker"};
    loom_strbuf found = LOOM_STRBUF_INIT;
    int program = -1;

    if (path != NULL)
        return open_program(path);
    for (size_t i = 0; i < sizeof beside / sizeof *beside && program < 0; i++) {
        loom_strbuf_clear(&found);
        add_own_folder(&found);
        if (found.size == 0)
            break;
        loom_strbuf_add_str(&found, beside[i]);
        if (!found.failed)
            program = open_program(loom_strbuf_str(&found));
    }
    loom_strbuf_release(&found);
    return program >= 0 ? program : open_program(LOOM_LIBEXEC "/imgloom-worker");
}
