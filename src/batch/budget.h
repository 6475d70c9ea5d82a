/*
 * The byte budget: how much memory the images at work may need together, by estimate. An image
 * takes its whole cost in one step, or waits in line: first come, first served, so that a large
 * one is not starved by small ones. One that is larger than the whole budget runs alone.
 */
#ifndef LOOM_BATCH_BUDGET_H
#define LOOM_BATCH_BUDGET_H

#include "batch/job.h"
#include <pthread.h>

/* Of a thread that waits; on its stack. */
typedef struct loom_budget_place {
    struct loom_budget_place *next;
} loom_budget_place;

typedef struct loom_budget {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* CLOCK_MONOTONIC */
    /*
     * Guarded by `lock`. Only who stands first in the line may take. used <= capacity, unless one
     * image alone has it all.
     */
    uint64_t capacity, used;
    loom_budget_place *line;
} loom_budget;

/* capacity > 0. False when the system has no lock for it; then there is nothing to release. */
bool loom_budget_init(loom_budget *budget, uint64_t capacity);
void loom_budget_release(loom_budget *budget);

/*
 * Takes `bytes`, waiting in line as long as it must and `cancel` allows. LOOM_OK, or why it ended
 * without them, within some 20 ms.
 */
loom_status loom_budget_take(loom_budget *budget, uint64_t bytes, const loom_cancel *cancel);

/* Gives back what was taken. */
void loom_budget_give(loom_budget *budget, uint64_t bytes);

#endif
