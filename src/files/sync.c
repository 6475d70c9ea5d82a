#include "files/sync.h"

#include "base/memory.h"
#include "files/output_tree.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static loom_status fail(loom_error *err, int errnum, const char *what)
{
    return loom_output_tree_fail(err, LOOM_STAGE_WRITE, errnum, what);
}

/* The output's folder, open for reading; -1 with errno. */
static int open_folder(const loom_task *task)
{
    const char *path = task->output_path;
    const size_t size = (size_t)(loom_path_base(path) - path);
    const int folder = loom_output_tree_open(task->tree, path, size, false);

    if (folder < 0)
        return -1;
    const int readable =
        (int)TEMP_FAILURE_RETRY(openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    const int saved = errno;
    (void)close(folder);
    errno = saved;
    return readable;
}

/* The file system that `folder` is on, which the set takes over or closes. */
static bool find_system(loom_sync *sync, int folder, uint64_t device, size_t *system)
{
    void *systems = sync->systems;

    for (size_t i = 0; i < sync->count; i++)
        if (sync->systems[i].device == device) {
            (void)close(folder);
            *system = i;
            return true;
        }
    if (!loom_grow(&systems, &sync->capacity, sync->count + 1, sizeof *sync->systems)) {
        (void)close(folder);
        return false;
    }
    sync->systems = systems;
    sync->systems[sync->count] = (loom_file_system){.device = device, .folder = folder};
    *system = sync->count++;
    return true;
}

loom_status loom_sync_note(loom_sync *sync, const loom_task *task, size_t *system, loom_error *err)
{
    struct stat info;
    const int folder = open_folder(task);

    if (folder < 0)
        return fail(err, errno, "cannot open the output folder to sync it");
    if (fstat(folder, &info) != 0) {
        const int errnum = errno;
        (void)close(folder);
        return fail(err, errnum, "cannot look at the output folder");
    }
    if (!find_system(sync, folder, info.st_dev, system))
        return loom_error_set(err, LOOM_ERR_OUT_OF_MEMORY, LOOM_STAGE_WRITE, "out of memory");
    sync->systems[*system].wanted = true;
    return LOOM_OK;
}

void loom_sync_run(loom_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++) {
        loom_file_system *one = &sync->systems[i];
        if (!one->wanted)
            continue;
        do
            one->errnum = syncfs(one->folder) == 0 ? 0 : errno;
        while (one->errnum == EINTR);
        one->wanted = false;
    }
}

/* Network file systems know folders of their own; others have nothing left to do, or cannot. */
static int sync_folder(int folder)
{
    int result;

    do
        result = fsync(folder);
    while (result != 0 && errno == EINTR);
    return result != 0 && errno != EINVAL && errno != EROFS ? -1 : 0;
}

loom_status loom_sync_result(const loom_sync *sync, const loom_task *task, size_t system,
                             loom_error *err)
{
    const int folder = open_folder(task);
    int errnum = sync->systems[system].errnum;

    if (folder < 0)
        return fail(err, errno, "cannot open the output folder to sync it");
    if (errnum == 0 && sync_folder(folder) != 0)
        errnum = errno;
    if (errnum != 0)
        (void)unlinkat(folder, loom_path_base(task->output_path), 0);
    (void)close(folder);
    return errnum == 0 ? LOOM_OK : fail(err, errnum, "the output cannot be synced to disk");
}

void loom_sync_release(loom_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++)
        (void)close(sync->systems[i].folder);
    free(sync->systems);
    *sync = (loom_sync){0};
}
