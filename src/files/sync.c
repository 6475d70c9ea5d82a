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

static bool same_folder(const void *context, uint32_t item, const void *key)
{
    const loom_sync *sync = context;

    return loom_path_same(sync->folders[item].id, *(const loom_file_id *)key);
}

static bool add_folder(loom_sync *sync, const loom_sync_folder *folder, uint64_t hash)
{
    void *folders = sync->folders;

    if (sync->folder_count + 1 >= LOOM_INDEX_SET_NONE ||
        !loom_grow(&folders, &sync->folder_capacity, sync->folder_count + 1, sizeof *sync->folders))
        return false;
    sync->folders = folders;
    sync->folders[sync->folder_count] = *folder;
    if (!loom_index_set_add(&sync->known, hash, (uint32_t)sync->folder_count))
        return false;
    sync->folder_count++;
    return true;
}

/* Takes `descriptor` over. */
static bool record_folder(loom_sync *sync, const loom_task *task, int descriptor, loom_file_id id,
                          size_t *folder)
{
    loom_sync_folder found = {.id = id, .task = task};
    const uint64_t hash = loom_hash_id(id);

    if (sync->ran) {
        loom_index_set_release(&sync->known);
        sync->folder_count = 0;
        sync->ran = false;
    }
    if (!find_system(sync, descriptor, id.device, &found.system))
        return false;
    const uint32_t known = loom_index_set_find(&sync->known, hash, same_folder, sync, &id);
    *folder = known != LOOM_INDEX_SET_NONE ? known : sync->folder_count;
    if (known == LOOM_INDEX_SET_NONE && !add_folder(sync, &found, hash))
        return false;
    sync->systems[found.system].wanted = true;
    return true;
}

/* Nobody could tell what a crash leaves of it. Needs no right to read its folder. */
static void remove_output(const loom_task *task)
{
    const char *path = task->output_path, *name = loom_path_base(path);
    const int folder = loom_output_tree_open(task->tree, path, (size_t)(name - path), false);

    if (folder < 0)
        return;
    (void)unlinkat(folder, name, 0);
    (void)close(folder);
}

static loom_status record(loom_sync *sync, const loom_task *task, size_t *folder, loom_error *err)
{
    struct stat info;
    const int descriptor = open_folder(task);

    if (descriptor < 0)
        return fail(err, errno, "cannot open the output folder to sync it");
    if (fstat(descriptor, &info) != 0) {
        const int errnum = errno;
        (void)close(descriptor);
        return fail(err, errnum, "cannot look at the output folder");
    }
    if (!record_folder(sync, task, descriptor, loom_path_id(&info), folder))
        return loom_no_memory(err, LOOM_STAGE_WRITE, NULL);
    return LOOM_OK;
}

loom_status loom_sync_note(loom_sync *sync, const loom_task *task, size_t *folder, loom_error *err)
{
    const loom_status status = record(sync, task, folder, err);

    if (status != LOOM_OK)
        remove_output(task);
    return status;
}

static int sync_system(int folder)
{
    int result;

    do
        result = syncfs(folder);
    while (result != 0 && errno == EINTR);
    return result == 0 ? 0 : errno;
}

/* Network file systems know folders of their own; others have nothing left to do, or cannot. */
static int sync_folder(const loom_task *task)
{
    const int folder = open_folder(task);
    int result;

    if (folder < 0)
        return errno;
    do
        result = fsync(folder);
    while (result != 0 && errno == EINTR);
    const int errnum = result == 0 || errno == EINVAL || errno == EROFS ? 0 : errno;
    (void)close(folder);
    return errnum;
}

void loom_sync_run(loom_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++)
        if (sync->systems[i].wanted) {
            sync->systems[i].errnum = sync_system(sync->systems[i].folder);
            sync->systems[i].wanted = false;
        }
    for (size_t i = 0; i < sync->folder_count && !sync->ran; i++) {
        loom_sync_folder *folder = &sync->folders[i];
        folder->errnum = sync->systems[folder->system].errnum;
        if (folder->errnum == 0)
            folder->errnum = sync_folder(folder->task);
    }
    sync->ran = true;
}

loom_status loom_sync_result(const loom_sync *sync, const loom_task *task, size_t folder,
                             loom_error *err)
{
    const int errnum = sync->folders[folder].errnum;

    if (errnum == 0)
        return LOOM_OK;
    remove_output(task);
    return fail(err, errnum, "the output cannot be synced to disk");
}

void loom_sync_release(loom_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++)
        (void)close(sync->systems[i].folder);
    free(sync->systems);
    free(sync->folders);
    loom_index_set_release(&sync->known);
    *sync = (loom_sync){0};
}
