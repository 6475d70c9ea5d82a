/*
 * Getting outputs to disk: whole file systems at a time (syncfs), which costs a fraction of what a
 * sync of each file does. Zero-initialise; one thread at a time.
 */
#ifndef LOOM_FILES_SYNC_H
#define LOOM_FILES_SYNC_H

#include <imgloom/error.h>
#include <imgloom/task.h>

#include "base/index_set.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_file_system {
    uint64_t device;
    int folder;  /* open for reading from the first output on, so that no error goes by unseen */
    bool wanted; /* holds outputs that were noted since the last sync */
    int errnum;  /* of the last sync; 0: none */
} loom_file_system;

/* A folder of outputs noted since the last sync: each is synced once, however many it holds. */
typedef struct loom_sync_folder {
    loom_file_id id;
    const loom_task *task; /* one of them, by whose path it is found */
    size_t system;
    int errnum; /* of the sync; 0: all is on disk */
} loom_sync_folder;

typedef struct loom_sync {
    loom_file_system *systems;
    size_t count, capacity;
    loom_sync_folder *folders;
    size_t folder_count, folder_capacity;
    loom_index_set known; /* folders by id */
    bool ran;             /* what is noted next begins anew */
} loom_sync;

/*
 * Notes an output that has its final name: loom_sync_run will get its file system to disk. *folder
 * is to be handed to loom_sync_result. The task must live until then. On failure the output is
 * removed: LOOM_ERR_IO when its folder is gone, others as the system says, LOOM_ERR_OUT_OF_MEMORY.
 * Stage `write`.
 */
loom_status loom_sync_note(loom_sync *sync, const loom_task *task, size_t *folder, loom_error *err);

/* Syncs each file system and folder that something was noted in since the last time. Takes a while.
 */
void loom_sync_run(loom_sync *sync);

/*
 * After loom_sync_run, before anything is noted again: whether the output is on disk, its folder
 * with it. If not, it is removed (nobody could tell what a crash leaves of it; it stays where its
 * folder is gone from its path), and the error is LOOM_ERR_IO, or as the system says. Stage
 * `write`.
 */
loom_status loom_sync_result(const loom_sync *sync, const loom_task *task, size_t folder,
                             loom_error *err);

void loom_sync_release(loom_sync *sync);

#endif
