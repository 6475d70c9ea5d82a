/*
 * Rows held back until what they tell of is on disk (--durable). The front end's alone. Whole file
 * systems are synced at a time (syncfs), which costs a fraction of what a sync of each file does.
 *
 * A job's outcomes are held together, so that they come out together: those that wrote nothing,
 * too, where another of the job did.
 */
#ifndef LOOM_BATCH_DURABLE_H
#define LOOM_BATCH_DURABLE_H

#include "base/index_set.h"
#include <imgloom/outcome.h>
#include <imgloom/task.h>
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

typedef struct loom_durable_row {
    const loom_task *task;
    loom_outcome outcome; /* owned */
    bool written;
    size_t folder; /* of loom_sync, when written */
} loom_durable_row;

typedef struct loom_durable {
    loom_durable_row *rows; /* rows[0..count); capacity for `every` rows and one more job */
    size_t count, every;
    int64_t since_ns; /* when the first of them came */
    loom_sync sync;
} loom_durable;

/* For a sync after at least `every` rows (>= 1), and jobs of max `per_job` outcomes. */
bool loom_durable_init(loom_durable *durable, size_t every, size_t per_job);
/* A zeroed struct is allowed; no row may be held back. */
void loom_durable_release(loom_durable *durable);

/* Whether one of the outcomes reports a written file. */
bool loom_durable_wants(const loom_task *const *tasks, const loom_outcome *outcomes, size_t count);

/* Takes over the outcomes of a job, which are then as after loom_outcome_init. */
void loom_durable_add(loom_durable *durable, const loom_task *const *tasks, loom_outcome *outcomes,
                      size_t count, int64_t now_ns);

/* Whether there are enough rows, or old enough rows, for a sync. */
bool loom_durable_due(const loom_durable *durable, int64_t now_ns);

/*
 * Syncs, and turns the outcomes whose outputs may not be on disk into errors. The caller then hands
 * over and releases all rows, and sets count to 0.
 */
void loom_durable_sync(loom_durable *durable);

#endif
