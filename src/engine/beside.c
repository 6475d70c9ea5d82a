#include "engine/beside.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *worker; /* the real path of the one that was asked for; NULL: none was */

/* The folder of the file at `path`, with a slash; nothing where the system does not tell. */
static void add_folder_of(loom_strbuf *out, const char *path)
{
    char *real = realpath(path, NULL);
    const char *slash = real != NULL ? strrchr(real, '/') : NULL;

    if (slash != NULL)
        loom_strbuf_add(out, real, (size_t)(slash - real) + 1);
    free(real);
}

bool loom_beside_find(const char *name, loom_strbuf *path)
{
    static const char own[] = "/proc/self/exe";
    const struct {
        const char *beside, *folder;
    } places[] = {{worker, ""}, {own, ""}, {own, "../libexec/imgloom/"}, {NULL, LOOM_LIBEXEC "/"}};

    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        loom_strbuf_clear(path);
        if (places[i].beside != NULL)
            add_folder_of(path, places[i].beside);
        loom_strbuf_add_str(path, places[i].folder);
        if (path->size == 0 || loom_strbuf_str(path)[0] != '/')
            continue;
        loom_strbuf_add_str(path, name);
        if (!path->failed && access(loom_strbuf_str(path), R_OK) == 0)
            return true;
    }
    return false;
}

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

int loom_beside_open_worker(const char *path)
{
    loom_strbuf found = LOOM_STRBUF_INIT;
    int program = -1;

    free(worker);
    worker = path != NULL ? realpath(path, NULL) : NULL;
    if (path != NULL)
        return open_program(path);
    if (loom_beside_find("imgloom-worker", &found))
        program = open_program(loom_strbuf_str(&found));
    loom_strbuf_release(&found);
    return program;
}
