/* The order in which a batch runs its tasks. */
#ifndef LOOM_BATCH_ORDER_H
#define LOOM_BATCH_ORDER_H

#include <imgloom/task.h>
#include <stdbool.h>
#include <stddef.h>

/* The tasks of one input: the caller's tasks[0..count), of which at least one runs. */
typedef struct loom_batch_input {
    const loom_task *tasks;
    size_t count;
} loom_batch_input;

/* Whether the task has neither failed nor been skipped. */
bool loom_task_runs(const loom_task *task);

/*
 * Sorts the inputs that have tasks to run, largest files first. *ordered is their number, *per_job
 * the number of tasks of the largest job (>= 1). The caller frees the array; NULL: out of memory.
 */
loom_batch_input *loom_batch_order(const loom_task *tasks, size_t count, size_t *ordered,
                                   size_t *per_job);

#endif
