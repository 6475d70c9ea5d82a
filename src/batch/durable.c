#include "batch/durable.h"

#include "base/clock.h"
#include "base/error.h"
#include "base/memory.h"
#include "batch/job.h"
#include "files/output_tree.h"
#include "files/path.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- getting outputs to disk --------------------------------------------- */

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
        return fail(err, errnum, "cannot examine the output folder");
    }
    if (!record_folder(sync, task, descriptor, loom_path_id(&info), folder))
        return loom_no_memory(err, LOOM_STAGE_WRITE, NULL);
    return LOOM_OK;
}

/*
 * Notes an output that has its final name: run_syncs will get its file system to disk. *folder
 * is to be handed to sync_result. The task must live until then. On failure the output is
 * removed: LOOM_ERR_IO when its folder is gone, others as the system says, LOOM_ERR_OUT_OF_MEMORY.
 * Stage `write`.
 */
static loom_status note_output(loom_sync *sync, const loom_task *task, size_t *folder,
                               loom_error *err)
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

/* Syncs each file system and folder that something was noted in since the last time. Takes a while.
 */
static void run_syncs(loom_sync *sync)
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

/*
 * After run_syncs, before anything is noted again: whether the output is on disk, its folder
 * with it. If not, it is removed (nobody could tell what a crash leaves of it; it stays where its
 * folder is gone from its path), and the error is LOOM_ERR_IO, or as the system says. Stage
 * `write`.
 */
static loom_status sync_result(const loom_sync *sync, const loom_task *task, size_t folder,
                               loom_error *err)
{
    const int errnum = sync->folders[folder].errnum;

    if (errnum == 0)
        return LOOM_OK;
    remove_output(task);
    return fail(err, errnum, "the output cannot be synced to disk");
}

static void release_sync(loom_sync *sync)
{
    for (size_t i = 0; i < sync->count; i++)
        (void)close(sync->systems[i].folder);
    free(sync->systems);
    free(sync->folders);
    loom_index_set_release(&sync->known);
    *sync = (loom_sync){0};
}

/* ---- rows held back ------------------------------------------------------ */

#define LONGEST_NS (5 * LOOM_NS_PER_SECOND) /* the max time that a row waits for others */

bool loom_durable_init(loom_durable *durable, size_t every, size_t per_job)
{
    size_t rows;

    *durable = (loom_durable){.every = every};
    if (!loom_size_add(every, per_job, &rows))
        return false;
    durable->rows = loom_alloc_array(rows, sizeof *durable->rows);
    return durable->rows != NULL;
}

void loom_durable_release(loom_durable *durable)
{
    release_sync(&durable->sync);
    free(durable->rows);
    *durable = (loom_durable){.rows = NULL};
}

static bool wrote(const loom_task *task, const loom_outcome *outcome)
{
    return task->output_path != NULL &&
           (outcome->result == LOOM_RESULT_OK || outcome->result == LOOM_RESULT_WARNING);
}

bool loom_durable_wants(const loom_task *const *tasks, const loom_outcome *outcomes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (wrote(tasks[i], &outcomes[i]))
            return true;
    return false;
}

void loom_durable_add(loom_durable *durable, const loom_task *const *tasks, loom_outcome *outcomes,
                      size_t count, int64_t now_ns)
{
    if (durable->count == 0)
        durable->since_ns = now_ns;
    for (size_t i = 0; i < count; i++) {
        loom_durable_row *row = &durable->rows[durable->count++];
        *row = (loom_durable_row){.task = tasks[i], .outcome = outcomes[i]};
        loom_outcome_init(&outcomes[i]);
        if (!wrote(row->task, &row->outcome))
            continue;
        row->written =
            note_output(&durable->sync, row->task, &row->folder, &row->outcome.error) == LOOM_OK;
        if (!row->written)
            loom_outcome_unwrite(&row->outcome);
    }
}

bool loom_durable_due(const loom_durable *durable, int64_t now_ns)
{
    return durable->count > 0 &&
           (durable->count >= durable->every || now_ns - durable->since_ns >= LONGEST_NS);
}

void loom_durable_sync(loom_durable *durable)
{
    run_syncs(&durable->sync);
    for (size_t i = 0; i < durable->count; i++) {
        loom_durable_row *row = &durable->rows[i];
        if (row->written &&
            sync_result(&durable->sync, row->task, row->folder, &row->outcome.error) != LOOM_OK)
            loom_outcome_unwrite(&row->outcome);
    }
}
