/* In which order a batch runs its tasks. */
#ifndef LOOM_BATCH_ORDER_H
#define LOOM_BATCH_ORDER_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>

/* The tasks of one input: tasks[0..count) of the caller's, of which at least one is to be run. */
typedef struct loom_batch_input {
    const loom_task *tasks;
    size_t count;
} loom_batch_input;

/* Whether the task neither failed nor was skipped already. */
bool loom_task_runs(const loom_task *task);

/*
 * The inputs with something to run, the largest files first: *ordered of them, and *per_job is the
 * number of tasks of the largest job (>= 1). To be freed; NULL when memory runs out.
 */
loom_batch_input *loom_batch_order(const loom_task *tasks, size_t count, size_t *ordered,
                                   size_t *per_job);

#endif
