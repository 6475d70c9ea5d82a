#include "engine/locate.h"

#include "base/array.h"
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <imgloom/engine.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *worker; /* real path of the worker that was asked for; NULL: none was */

/* Appends the folder of the file at `path`, with a slash. False with errno if it is unknown. */
static bool add_folder_of(loom_strbuf *out, const char *path)
{
    char *real = realpath(path, NULL);
    const char *slash = real != NULL ? strrchr(real, '/') : NULL;

    if (slash != NULL)
        loom_strbuf_add(out, real, (size_t)(slash - real) + 1);
    free(real);
    return slash != NULL;
}

/* Whether the file exists and is readable; otherwise stores the errno, unless it is missing. */
static bool is_there(const char *path, int *why)
{
    if (access(path, R_OK) == 0)
        return true;
    if (errno != ENOENT && errno != ENOTDIR)
        *why = errno;
    return false;
}

/* The file that this code was loaded from; NULL: not known for certain. */
static const char *library_path(void)
{
    static const char here;
    Dl_info info;

    return dladdr(&here, &info) != 0 && info.dli_fname != NULL && info.dli_fname[0] == '/'
               ? info.dli_fname
               : NULL;
}

bool loom_locate(const char *name, loom_strbuf *path)
{
    static const char own[] = "/proc/self/exe";
    const struct {
        const char *beside, *folder;
    } places[] = {{worker, ""},
                  {own, ""},
                  {own, "../libexec/imgloom/"},
                  {library_path(), LOOM_LIBEXEC_FROM_LIB},
                  {NULL, LOOM_LIBEXEC "/"}};
    int why = ENOENT;

    for (size_t i = 0; i < LOOM_COUNT(places); i++) {
        loom_strbuf_clear(path);
        if (places[i].beside != NULL && !add_folder_of(path, places[i].beside)) {
            why = errno;
            continue;
        }
        loom_strbuf_add_str(path, places[i].folder);
        if (loom_strbuf_str(path)[0] != '/' && !path->failed)
            continue; /* no worker was asked for */
        loom_strbuf_add_str(path, name);
        if (path->failed)
            why = ENOMEM;
        else if (is_there(loom_strbuf_str(path), &why))
            return true;
    }
    errno = why;
    return false;
}

char *loom_engine_program(const char *name)
{
    loom_strbuf path = LOOM_STRBUF_INIT;

    if (loom_locate(name, &path))
        return loom_strbuf_take(&path);
    const int saved = errno;
    loom_strbuf_release(&path);
    errno = saved;
    return NULL;
}

static int open_program(const char *path)
{
    const int file =
        access(path, X_OK) == 0 ? (int)TEMP_FAILURE_RETRY(open(path, O_PATH | O_CLOEXEC)) : -1;

    if (file < 0)
        return -1;
    /* Keeps clear of the descriptors that a worker uses for its streams and its socket. */
    const int high = fcntl(file, F_DUPFD_CLOEXEC, 16);
    const int saved = errno == EINVAL ? EMFILE : errno; /* the limit on descriptors is lower */
    (void)close(file);
    errno = saved;
    return high;
}

int loom_locate_worker(const char *path)
{
    loom_strbuf found = LOOM_STRBUF_INIT;
    int program = -1;

    free(worker);
    worker = path != NULL ? realpath(path, NULL) : NULL;
    if (path != NULL)
        return open_program(path);
    if (loom_locate("imgloom-worker", &found))
        program = open_program(loom_strbuf_str(&found));
    const int saved = errno;
    loom_strbuf_release(&found);
    errno = saved;
    return program;
}
