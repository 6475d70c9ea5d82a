/*
 * Rows held back until what they tell of is on disk (--durable). The front end's alone.
 *
 * A job's outcomes are held together, so that they come out together: those that wrote nothing,
 * too, where another of the job did.
 */
#ifndef LOOM_BATCH_HELD_H
#define LOOM_BATCH_HELD_H

#include "files/sync.h"
#include <imgloom/outcome.h>
#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct loom_held_row {
    const loom_task *task;
    loom_outcome outcome; /* owned */
    bool written;
    size_t folder; /* of loom_sync, when written */
} loom_held_row;

typedef struct loom_held {
    loom_held_row *rows; /* rows[0..count); room for `every` and a job more */
    size_t count, every;
    int64_t since_ns; /* when the first of them came */
    loom_sync sync;
} loom_held;

/* For syncs of `every` rows (>= 1) at least, and jobs of `room` outcomes at most. */
bool loom_held_init(loom_held *held, size_t every, size_t room);
void loom_held_release(loom_held *held); /* a zeroed struct is allowed; nothing may be held */

/* Whether one of the outcomes tells of a file that was written. */
bool loom_held_wants(const loom_outcome *outcomes, size_t count);

/* Takes the outcomes of a job over, which are then as after loom_outcome_init. */
void loom_held_add(loom_held *held, const loom_task *const *tasks, loom_outcome *outcomes,
                   size_t count, int64_t now_ns);

/* Whether there are enough rows, or old enough ones, for a sync. */
bool loom_held_due(const loom_held *held, int64_t now_ns);

/*
 * Syncs, and makes errors of the outcomes whose outputs may not be on disk. All rows are then to be
 * handed over and released by the caller, who sets count to 0.
 */
void loom_held_sync(loom_held *held);

#endif
